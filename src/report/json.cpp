// The schema "stackaudit/1". Keys keep the order in which they are written here, and everything
// beyond ASCII is escaped: the output is the same bytes for the same audit and safe on a terminal.
#include "report/report.hpp"
#include "text/utf8.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace stackaudit::report {
namespace {

using Json = nlohmann::ordered_json;

Json text_of(std::string_view text) {
  return text::valid_utf8(text);
}

Json number_or_null(const std::optional<std::int64_t>& number) {
  return number ? Json(*number) : Json(nullptr);
}

Json texts_of(const std::vector<std::string>& texts) {
  auto out = Json::array();
  for (const auto& text : texts) out.push_back(text_of(text));
  return out;
}

Json prediction_of(const std::optional<rules::Prediction>& prediction) {
  if (!prediction) return nullptr;
  return {{"process", text_of(prediction->process)}, {"user", text_of(prediction->user)},
          {"call", text_of(prediction->call)},       {"path", text_of(prediction->path)},
          {"errno", text_of(prediction->error)},     {"effect", text_of(prediction->effect)}};
}

Json action_of(const rules::Action& action) {
  Json out{{"kind", rules::kind_name(action.kind)},
           {"summary", text_of(action.summary)},
           {"path", text_of(action.path)},
           {"safe", action.safe}};
  if (action.line) out["line"] = *action.line;
  switch (action.kind) {
    case rules::Action::Kind::replace:
      if (action.span_begin && action.span_end)
        out["span"] = {{"begin", *action.span_begin}, {"end", *action.span_end}};
      out["text"] = text_of(action.text);
      break;
    case rules::Action::Kind::mode:
      if (action.mode) out["mode"] = fmt::format("{:04o}", *action.mode);
      break;
    case rules::Action::Kind::owner:
      if (!action.owner.empty()) out["owner"] = text_of(action.owner);
      if (!action.group.empty()) out["group"] = text_of(action.group);
      break;
    case rules::Action::Kind::acl:
      out["acl"] = text_of(action.acl);
      break;
    case rules::Action::Kind::decide:
      break;
  }
  return out;
}

Json finding_of(const rules::Finding& finding) {
  Json out{{"rule", text_of(finding.rule)},
           {"class", text_of(finding.rule_class)},
           {"severity", rules::severity_name(finding.severity)},
           {"path", text_of(finding.path)},
           {"line", number_or_null(finding.line)},
           {"column", number_or_null(finding.column)},
           {"message", text_of(finding.message)},
           {"prediction", prediction_of(finding.prediction)},
           {"related", Json::array()},
           {"actions", Json::array()},
           {"incidents", texts_of(finding.incidents)},
           {"fingerprint", text_of(finding.fingerprint)}};
  for (const auto& related : finding.related)
    out["related"].push_back({{"path", text_of(related.path)},
                              {"line", number_or_null(related.line)},
                              {"message", text_of(related.message)}});
  for (const auto& action : finding.actions) out["actions"].push_back(action_of(action));
  return out;
}

Json summary_of(const Report& report) {
  const auto count = [&](text::Severity severity) {
    return std::ranges::count(report.results.findings, severity, &rules::Finding::severity);
  };
  return {{"error", count(text::Severity::error)},
          {"warning", count(text::Severity::warning)},
          {"info", count(text::Severity::info)},
          {"suppressed", report.results.suppressed.size()},
          {"files", report.checked.files},
          {"references",
           {{"checked", report.checked.references_checked},
            {"dynamic", report.checked.references_dynamic}}}};
}

}  // namespace

std::string as_json(const Report& report) {
  Json out{{"schema", "stackaudit/1"},
           {"tool", {{"name", "stackaudit"}, {"version", report.version}}},
           {"root", text_of(report.root)},
           {"targets", texts_of(report.targets)},
           {"policy", report.policy.empty() ? Json(nullptr) : text_of(report.policy)},
           {"findings", Json::array()},
           {"incomplete", Json::array()}};
  for (const auto& finding : report.results.findings)
    out["findings"].push_back(finding_of(finding));
  for (const auto& gap : report.results.incomplete)
    out["incomplete"].push_back({{"path", text_of(gap.path)}, {"reason", text_of(gap.reason)}});
  out["checked"] = {{"services", texts_of(report.checked.services)},
                    {"rules", report.checked.rules},
                    {"not_evaluated", texts_of(report.checked.not_evaluated)}};
  out["summary"] = summary_of(report);
  return out.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace stackaudit::report
