// How names become paths: relative to the configuration, or to the prefix.
#include "stack/nginx/reader.hpp"

#include "tree/resolve.hpp"

namespace stackaudit::stack::nginx {

std::string Reader::conf_relative(std::string_view name) const {
  return tree::join(tree::dirname(conf_path), name);
}

std::string Reader::prefix_relative(std::string_view name) const {
  return tree::join(prefix, name);
}

void Reader::problem(text::Span span, std::string_view code, text::Severity severity,
                     std::string message, std::string help, std::string replacement) {
  survey.add_problem(survey.place(span),
                     {.service = "nginx",
                      .language = "nginx",
                      .code = code,
                      .severity = severity == text::Severity::error     ? "error"
                                  : severity == text::Severity::warning ? "warning"
                                                                        : "info",
                      .message = std::move(message),
                      .help = std::move(help),
                      .replacement = std::move(replacement)});
}

void Reader::problem_with(text::Span span, std::string_view code, std::string message,
                          text::Span related, std::string related_message, std::string help) {
  problem(span, code, text::Severity::error, std::move(message), std::move(help));
  Survey::relate(survey.facts.rows<facts::SyntaxProblem>().back(), survey.place(related),
                 std::move(related_message));
}

facts::Reference Reader::reference(text::Span span, std::string_view kind,
                                   std::string_view as_written, std::string_view wanted) const {
  return reference(survey.place(span), kind, as_written, wanted);
}

facts::Reference Reader::reference(facts::Place place, std::string_view kind,
                                   std::string_view as_written, std::string_view wanted) const {
  facts::Reference row;
  static_cast<facts::Place&>(row) = std::move(place);
  row.service = "nginx";
  row.kind = kind;
  row.as_written = as_written;
  row.wanted = wanted;
  row.process = "nginx master";
  if (master) row.user = master->who.name;
  row.call = "openat";
  row.reached_from = conf_path;
  return row;
}

bool has_variable(std::string_view value) {
  return value.find('$') != std::string_view::npos;
}

}  // namespace stackaudit::stack::nginx
