// An action that lacks what its kind needs becomes a decision: advice is kept, nothing is guessed.
#include "rules/make_finding.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace stackaudit::rules {
namespace {

std::optional<std::int64_t> number(std::string_view text, int base) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

std::optional<Prediction> make_prediction(const Rule& rule, const Row& row) {
  if (!rule.prediction) return std::nullopt;
  const auto& parts = *rule.prediction;
  Prediction made{expand(parts[0], row), expand(parts[1], row), expand(parts[2], row),
                  expand(parts[3], row), expand(parts[4], row), expand(parts[5], row)};
  return made == Prediction{} ? std::nullopt : std::optional(std::move(made));
}

void add_list(std::string_view lines, std::vector<Related>& all) {
  while (!lines.empty()) {
    const auto line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    const auto tab = std::min(line.find('\t'), line.size());
    all.push_back({std::string(line.substr(0, tab)), std::nullopt,
                   std::string(line.substr(std::min(tab + 1, line.size())))});
  }
}

std::vector<Related> make_related(const Rule& rule, const Row& row) {
  std::vector<Related> all;
  for (const auto& pattern : rule.related) {
    auto path = expand(pattern.path, row);
    if (path.empty()) continue;
    if (sole_column(pattern.path.text) == "way") {
      add_list(path, all);
      continue;
    }
    all.push_back(
        {std::move(path), number(expand(pattern.line, row), 10), expand(pattern.message, row)});
  }
  return all;
}

// Permission bits: an integer column as it is, text as octal digits.
std::optional<std::int64_t> make_mode(const Template& pattern, const Row& row) {
  if (const auto column = sole_column(pattern.text))
    if (const auto bits = row.integer(*column)) return bits;
  return number(expand(pattern, row), 8);
}

bool complete(const Action& action, const Finding& finding) {
  switch (action.kind) {
    case Action::Kind::replace:
      return action.path == finding.path && action.span_begin && action.span_end;
    case Action::Kind::mode:
      return action.mode && *action.mode >= 0 && *action.mode <= 07777;
    case Action::Kind::owner:
      return !action.owner.empty() || !action.group.empty();
    case Action::Kind::acl:
      return !action.acl.empty();
    case Action::Kind::decide:
      return true;
  }
  return false;
}

Action make_action(const ActionTemplate& pattern, const Row& row, const Finding& finding) {
  Action action;
  action.kind = pattern.kind;
  action.summary = expand(pattern.summary, row);
  action.path = expand(pattern.path, row);
  if (action.path.empty()) action.path = finding.path;
  action.safe = pattern.safe;
  if (pattern.kind == Action::Kind::replace) {
    action.line = finding.line;
    action.span_begin = finding.span_begin;
    action.span_end = finding.span_end;
    action.text = expand(pattern.text, row);
  }
  if (pattern.kind == Action::Kind::mode) action.mode = make_mode(pattern.mode, row);
  if (pattern.kind == Action::Kind::owner) {
    action.owner = expand(pattern.owner, row);
    action.group = expand(pattern.group, row);
  }
  if (pattern.kind == Action::Kind::acl) action.acl = expand(pattern.acl, row);
  if (complete(action, finding)) return action;
  Action decision;
  decision.summary = std::move(action.summary);
  decision.path = std::move(action.path);
  decision.line = finding.line;
  return decision;
}

auto sort_key(const Finding& f) {
  return std::tie(f.path, f.line, f.column, f.rule, f.message);
}

// Of two rows that say the same, which is kept must not depend on the order of a query plan.
auto full_key(const Finding& f) {
  const auto parts = f.prediction.value_or(Prediction{});
  std::string rest = parts.process + '\n' + parts.user + '\n' + parts.call + '\n' + parts.path +
                     '\n' + parts.error + '\n' + parts.effect;
  for (const auto& related : f.related) rest += '\n' + related.path + '\n' + related.message;
  for (const auto& action : f.actions) rest += '\n' + action.summary;
  return std::tuple(f.path, f.line, f.column, f.rule, f.message, rest);
}

}  // namespace

Finding make_finding(const Rule& rule, const Row& row) {
  Finding finding;
  finding.rule = rule.id;
  finding.rule_class = rule.rule_class;
  finding.severity = rule.severity;
  finding.title = rule.title;
  finding.path = row.text("path");
  finding.line = row.integer("line");
  finding.column = row.integer("column");
  finding.span_begin = row.integer("span_begin");
  finding.span_end = row.integer("span_end");
  finding.message = expand(rule.message, row);
  finding.prediction = make_prediction(rule, row);
  finding.related = make_related(rule, row);
  for (const auto& pattern : rule.actions)
    if (pattern.when.empty() || row.says_yes(pattern.when))
      finding.actions.push_back(make_action(pattern, row, finding));
  finding.incidents = rule.incidents;
  return finding;
}

void put_in_order(std::vector<Finding>& findings) {
  std::ranges::stable_sort(findings,
                           [](const auto& a, const auto& b) { return full_key(a) < full_key(b); });
  const auto same = [](const auto& a, const auto& b) { return sort_key(a) == sort_key(b); };
  findings.erase(std::unique(findings.begin(), findings.end(), same), findings.end());
}

}  // namespace stackaudit::rules
