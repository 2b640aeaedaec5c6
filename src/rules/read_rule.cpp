// The rule file's grammar: which keys, of which types, with which words.
#include "rules/loader.hpp"
#include "text/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace stackaudit::rules {
namespace {

using Type = TomlValue::Type;
using Problems = std::vector<text::Diagnostic>;

// Words of a rule file and what they stand for.
template <class T>
struct Word {
  std::string_view word;
  T value;
};
constexpr std::array kSeverities{Word<text::Severity>{"error", text::Severity::error},
                                 Word<text::Severity>{"warning", text::Severity::warning},
                                 Word<text::Severity>{"info", text::Severity::info}};
constexpr std::array kKinds{Word<Action::Kind>{"replace", Action::Kind::replace},
                            Word<Action::Kind>{"mode", Action::Kind::mode},
                            Word<Action::Kind>{"owner", Action::Kind::owner},
                            Word<Action::Kind>{"acl", Action::Kind::acl},
                            Word<Action::Kind>{"decide", Action::Kind::decide}};
constexpr std::array<std::string_view, 6> kPrediction{"process", "user",  "call",
                                                      "path",    "errno", "effect"};

// The key of an action without which its kind means nothing.
struct Needs {
  Action::Kind kind;
  std::string_view key;
};
constexpr std::array kNeeds{Needs{Action::Kind::replace, "text"}, Needs{Action::Kind::mode, "mode"},
                            Needs{Action::Kind::acl, "acl"}};

void problem(Problems& problems, text::Span span, std::string message, std::string help = {}) {
  problems.push_back({span, std::move(message), text::Severity::error, {}, std::move(help)});
}

template <class T, std::size_t N>
T read_word(const TomlValue* value, std::string_view what, const std::array<Word<T>, N>& words,
            Problems& problems) {
  if (value == nullptr) return words[0].value;
  for (const auto& word : words)
    if (word.word == value->text) return word.value;
  std::vector<std::string_view> known;
  for (const auto& word : words) known.push_back(word.word);
  problem(problems, value->span, fmt::format("unknown {} {}", what, value->text),
          suggestion(value->text, known));
  return words[0].value;
}

Template read_template(const TomlValue* value) {
  if (value == nullptr) return {};
  if (!value->text_begin) return {value->text, value->span};
  const auto begin = *value->text_begin;
  const auto size = static_cast<std::uint32_t>(value->text.size());
  return {value->text, {value->span.file, begin, begin + size}};
}

std::string text_or_empty(const TomlValue* value) {
  return value == nullptr ? std::string{} : value->text;
}

bool well_formed_id(std::string_view id) {
  const auto fits = [](char c) {
    return std::islower(static_cast<unsigned char>(c)) != 0 ||
           std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '-';
  };
  return !id.empty() && std::ranges::all_of(id, fits) && id.front() != '-' && id.back() != '-' &&
         id.find("--") == std::string_view::npos;
}

void read_id(Rule& rule, const TomlValue* id, const text::SourceMap& texts, Problems& problems) {
  if (id == nullptr) return;
  rule.id = id->text;
  rule.id_span = id->span;
  if (!well_formed_id(rule.id))
    return problem(problems, id->span, fmt::format("bad id {}", rule.id),
                   "lower case words and digits joined by -, such as nginx-user-root");
  const auto path = texts.path(rule.file);
  const auto name = path.substr(path.rfind('/') + 1);
  if (name != rule.id + ".toml")
    problem(problems, id->span, fmt::format("the file of rule {0} must be {0}.toml", rule.id),
            fmt::format("it is {}", name));
}

void read_class(Rule& rule, const TomlValue* value, Problems& problems) {
  if (value == nullptr) return;
  rule.rule_class = value->text;
  if (std::ranges::find(rule_classes(), rule.rule_class) == rule_classes().end())
    problem(problems, value->span, fmt::format("unknown class {}", rule.rule_class),
            suggestion(rule.rule_class, rule_classes()));
}

void read_prediction(Rule& rule, const TomlValue* table, Problems& problems) {
  if (table == nullptr) return;
  TomlReader reader(*table, "[prediction]", problems);
  auto& templates = rule.prediction.emplace();
  for (std::size_t i = 0; i < kPrediction.size(); ++i)
    templates[i] = read_template(reader.get(kPrediction[i], Type::string));
  reader.finish();
}

RelatedTemplate read_related(const TomlValue& table, Problems& problems) {
  TomlReader reader(table, "[[related]]", problems);
  RelatedTemplate related;
  related.path = read_template(reader.require("path", Type::string));
  related.line = read_template(reader.get("line", Type::string));
  related.message = read_template(reader.require("message", Type::string));
  reader.finish();
  return related;
}

ActionTemplate read_action(const TomlValue& table, Problems& problems) {
  TomlReader reader(table, "[[action]]", problems);
  ActionTemplate action;
  action.kind = read_word(reader.require("kind", Type::string), "kind of action", kKinds, problems);
  action.summary = read_template(reader.require("summary", Type::string));
  action.path = read_template(reader.get("path", Type::string));
  action.text = read_template(reader.get("text", Type::string));
  action.mode = read_template(reader.get("mode", Type::string));
  action.owner = read_template(reader.get("owner", Type::string));
  action.group = read_template(reader.get("group", Type::string));
  action.acl = read_template(reader.get("acl", Type::string));
  action.when = text_or_empty(reader.get("when", Type::string));
  const auto* safe = reader.get("safe", Type::boolean);
  action.safe = safe != nullptr && safe->boolean;
  reader.finish();
  for (const auto& needs : kNeeds)
    if (needs.kind == action.kind && table.find(needs.key) == nullptr)
      problem(
          problems, table.span,
          fmt::format("an action of kind {0} needs the key {1}", kind_name(needs.kind), needs.key));
  return action;
}

}  // namespace

text::Span inside(text::Span span, std::string_view text, std::size_t begin, std::size_t end) {
  if (span.end - span.begin != text.size()) return span;
  const auto at = [&](std::size_t offset) {
    return span.begin + static_cast<std::uint32_t>(std::min(offset, text.size()));
  };
  return {span.file, at(begin), at(end)};
}

Rule read_rule(text::FileId file, const text::SourceMap& texts, Problems& problems) {
  Rule rule;
  rule.file = file;
  const auto parsed = parse_toml(file, texts);
  if (!parsed.problems.empty()) {
    problems.insert(problems.end(), parsed.problems.begin(), parsed.problems.end());
    return rule;
  }
  TomlReader reader(parsed.root, "", problems);
  read_id(rule, reader.require("id", Type::string), texts, problems);
  read_class(rule, reader.require("class", Type::string), problems);
  rule.severity =
      read_word(reader.require("severity", Type::string), "severity", kSeverities, problems);
  rule.title = text_or_empty(reader.require("title", Type::string));
  rule.message = read_template(reader.require("message", Type::string));
  const auto query = read_template(reader.require("query", Type::string));
  rule.query = query.text;
  rule.query_span = query.span;
  for (const auto* incident : reader.strings("incidents")) {
    rule.incidents.push_back(incident->text);
    rule.incident_spans.push_back(incident->span);
  }
  read_prediction(rule, reader.get("prediction", Type::table), problems);
  for (const auto* table : reader.tables("related"))
    rule.related.push_back(read_related(*table, problems));
  for (const auto* table : reader.tables("action"))
    rule.actions.push_back(read_action(*table, problems));
  reader.finish();
  return rule;
}

}  // namespace stackaudit::rules
