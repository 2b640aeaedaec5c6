// The audit: facts, rules, report, exit status.
#include "cli/cli.hpp"
#include "cli/commands.hpp"
#include "cli/complain.hpp"
#include "cli/gather.hpp"
#include "cli/output.hpp"
#include "report/report.hpp"
#include "rules/run.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <future>
#include <memory>
#include <sstream>
#include <utility>

namespace stackaudit::cli {
namespace {

// The local date, against which suppressions expire.
std::string today() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm local{};
  localtime_r(&now, &local);
  std::array<char, 16> date{};
  return {date.data(), std::strftime(date.data(), date.size(), "%Y-%m-%d", &local)};
}

bool counts(text::Severity severity, FailOn threshold) {
  switch (threshold) {
    case FailOn::error:
      return severity == text::Severity::error;
    case FailOn::warning:
      return severity >= text::Severity::warning;
    case FailOn::info:
      return true;
    case FailOn::never:
      return false;
  }
  return true;
}

int status_of(const Options& options, const Gathered& gathered, const rules::Results& results) {
  if (!gathered.missing.empty()) return kTrouble;
  if (std::ranges::any_of(results.findings, [&](const rules::Finding& finding) {
        return counts(finding.severity, options.fail_on);
      }))
    return kFindings;
  return results.incomplete.empty() || options.allow_incomplete ? kClean : kTrouble;
}

// What the audit needed and did not get, besides what the rules say of it.
std::vector<rules::Incomplete> gaps_of(const Gathered& gathered) {
  auto gaps = gathered.gaps;
  for (const auto& missing : gathered.missing) gaps.push_back({missing.path, missing.message});
  return gaps;
}

// The rules, ready to run.
struct Judge {
  Judge(rules::Catalogue loaded, const Options& options)
      : catalogue(std::move(loaded)), rules(catalogue, {options.select, options.ignore}) {}

  rules::Catalogue catalogue;
  rules::PreparedRules rules;
};

// None where a rule or a name is refused, which is said.
std::unique_ptr<Judge> load_judge(const Options& options, std::ostream& err) {
  auto catalogue = load_catalogue(options, err);
  return catalogue ? std::make_unique<Judge>(*std::move(catalogue), options) : nullptr;
}

report::Report make_report(const Options& options, Judge& judge, const Gathered& gathered) {
  report::Report report;
  report.version = STACKAUDIT_VERSION;
  report.root = gathered.root;
  report.targets = gathered.targets;
  report.policy = gathered.policy.path;
  report.results = judge.rules.run(gathered.facts, gathered.policy, today());
  auto& incomplete = report.results.incomplete;
  for (auto& gap : gaps_of(gathered)) incomplete.push_back(std::move(gap));
  if (gathered.files_read == 0 && incomplete.empty())
    incomplete.push_back({gathered.targets.front(), "nothing of it could be read"});
  report.checked = summarize(gathered);
  report.checked.rules = static_cast<std::int64_t>(std::ranges::count_if(
      judge.catalogue.rules, [&](const rules::Rule& rule) { return is_selected(rule, options); }));
  return report;
}

}  // namespace

int audit(const Options& options, std::ostream& out, std::ostream& err, Leave leave) {
  // The rules are made ready while the files are read; what is complained of keeps its order.
  std::ostringstream of_rules;
  auto loading = std::async(std::launch::async, [&] { return load_judge(options, of_rules); });
  std::ostringstream of_files;
  const auto gathered = gather(options, of_files);
  const auto judge = loading.get();
  err << of_rules.str();
  if (!judge) return kTrouble;
  err << of_files.str();
  if (!gathered || gathered->missing.size() == gathered->targets.size()) return kTrouble;
  if (print_problems(err, *gathered->sources,
                     rules::check_policy(gathered->policy, judge->catalogue)))
    return kTrouble;
  const auto report = make_report(options, *judge, *gathered);
  const auto text = options.format == Format::json
                        ? report::as_json(report)
                        : report::as_text(report, *gathered->sources, {wants_color(options, out)});
  if (!deliver(options, text, out, err)) return kTrouble;
  const int status = status_of(options, *gathered, report.results);
  if (leave != nullptr) leave(status);
  return status;
}

}  // namespace stackaudit::cli
