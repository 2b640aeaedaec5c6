// The report that an engineer reads at three in the morning: files with errors first, and a summary
// that says what was checked and what was not.
#include "report/report.hpp"
#include "report/text_finding.hpp"
#include "text/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>
#include <set>
#include <utility>

namespace stackaudit::report {
namespace {

constexpr std::size_t kErrorsRepeated = 10;  // in the summary of a report that fills a screen
constexpr std::size_t kScreenful = 6;        // findings

using Finding = rules::Finding;
struct Group {
  std::string_view path;
  std::vector<const Finding*> findings;
  text::Severity worst = text::Severity::info;
};

// Findings come sorted by path and place. Within a file they keep that order; files are ordered by
// the worst that they hold.
std::vector<Group> by_file(const std::vector<Finding>& findings) {
  std::vector<Group> groups;
  for (const auto& finding : findings) {
    if (groups.empty() || groups.back().path != finding.path)
      groups.push_back({finding.path, {}, text::Severity::info});
    groups.back().findings.push_back(&finding);
    groups.back().worst = std::max(groups.back().worst, finding.severity);
  }
  std::ranges::stable_sort(groups, std::greater{}, &Group::worst);
  return groups;
}

std::string plural(std::int64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::int64_t count_of(const Report& report, text::Severity severity) {
  return std::ranges::count(report.results.findings, severity, &Finding::severity);
}

std::string line_of(std::string_view word, std::string_view text) {
  return fmt::format("{:<12} {}\n", word, text);
}

// word on the first line only, the rest below it.
std::string list_of(std::string_view word, const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts)
    out += line_of(out.empty() ? word : std::string_view{}, text::printable(text));
  return out;
}

std::string counts(const Report& report, const Paint& paint) {
  using text::Severity;
  static constexpr std::array<std::pair<Severity, std::pair<std::string_view, std::string_view>>, 3>
      kWords{{{Severity::error, {"error", "errors"}},
              {Severity::warning, {"warning", "warnings"}},
              {Severity::info, {"remark", "remarks"}}}};
  std::vector<std::string> parts;
  for (const auto& [severity, words] : kWords)
    if (const auto count = count_of(report, severity); count > 0)
      parts.push_back(paint(role_of(severity), plural(count, words.first, words.second)));
  if (!parts.empty())
    return line_of("Found", fmt::format("{} in {}", fmt::join(parts, ", "),
                                        plural(std::ssize(by_file(report.results.findings)), "file",
                                               "files")));
  return line_of("Found", report.results.incomplete.empty()
                              ? paint(Role::mend, "nothing wrong in what was checked")
                              : "nothing wrong in the part that could be checked");
}

std::string errors_again(const Report& report, const Paint& paint) {
  if (report.results.findings.size() <= kScreenful) return {};
  std::string out;
  std::size_t shown = 0;
  for (const auto& group : by_file(report.results.findings)) {
    for (const auto* finding : group.findings) {
      if (finding->severity != text::Severity::error || shown == kErrorsRepeated) continue;
      ++shown;
      auto place = text::printable(finding->path);
      if (finding->line) place += ":" + std::to_string(*finding->line);
      out += fmt::format("  {} {} {}\n", paint(Role::error, "error"), place,
                         text::printable(finding->message));
    }
  }
  const auto errors = static_cast<std::size_t>(count_of(report, text::Severity::error));
  if (errors > shown) out += fmt::format("  and {} more\n", errors - shown);
  return out;
}

std::string checked(const Report& report) {
  const auto& seen = report.checked;
  std::vector<std::string> lines = seen.services;
  if (lines.empty()) lines.emplace_back("no server and no WordPress among what was found");
  auto sizes = fmt::format("{}, {}", plural(seen.files, "file", "files"),
                           plural(seen.references_checked, "reference", "references"));
  if (seen.rules > 0) sizes += fmt::format(", {}", plural(seen.rules, "rule", "rules"));
  lines.push_back(fmt::format("{}; looked for {} in {}", sizes, "entry points",
                              fmt::join(report.targets, ", ")));
  if (report.root != "/") lines.back() += " of the root " + report.root;
  lines.push_back(report.policy.empty() ? "no policy: who may listen where was not asked"
                                        : "policy " + report.policy);
  return list_of("Checked", lines);
}

std::string unchecked(const Report& report, const Paint& paint) {
  std::string out;
  std::vector<std::string> gaps;
  for (const auto& gap : report.results.incomplete)
    gaps.push_back(gap.path.empty() ? gap.reason : gap.path + ": " + gap.reason);
  if (!gaps.empty())
    out += paint(Role::warning, "Incomplete") + "   these were needed and could not be read:\n" +
           list_of("", gaps);
  std::vector<std::string> vague = report.checked.not_evaluated;
  if (report.checked.references_dynamic > 0)
    vague.insert(vague.begin(),
                 plural(report.checked.references_dynamic, "reference", "references") +
                     " that only a request decides");
  if (report.checked.references_unseen > 0)
    vague.insert(vague.begin(),
                 plural(report.checked.references_unseen, "reference", "references") +
                     " to what the auditor cannot see");
  out += list_of("Not checked", vague);
  if (!report.results.suppressed.empty())
    out +=
        line_of("Suppressed", plural(std::ssize(report.results.suppressed), "finding", "findings") +
                                  " that the policy accepts");
  return out;
}

}  // namespace

std::string as_text(const Report& report, const text::SourceMap& sources, TextStyle style) {
  const Paint paint(style.color);
  std::string out;
  std::set<std::string_view> told;
  for (const auto& group : by_file(report.results.findings)) {
    out += paint(Role::path, text::printable(group.path)) + "\n";
    for (const auto* finding : group.findings) {
      const bool first = told.insert(finding->rule).second;
      out += finding_as_text(*finding, sources, paint, first ? Incident::tell : Incident::told);
      out += "\n";
    }
  }
  return out + counts(report, paint) + errors_again(report, paint) + checked(report) +
         unchecked(report, paint);
}

}  // namespace stackaudit::report
