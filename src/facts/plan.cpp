// The steps below one parent are the loops of one SELECT, outermost first, and its subqueries.
// https://www.sqlite.org/eqp.html
#include "facts/plan.hpp"

#include <algorithm>
#include <set>
#include <string_view>

namespace stackaudit::facts {
namespace {

constexpr std::string_view kVirtual = " VIRTUAL TABLE INDEX ";
constexpr std::string_view kOr = "MULTI-INDEX OR";
constexpr int kMaxDepth = 64;

bool is_loop(std::string_view detail) {
  return detail.starts_with("SCAN ") || detail.starts_with("SEARCH ");
}

bool is_constant(std::string_view detail) {
  return detail.find("CONSTANT ROW") != std::string_view::npos;
}

std::string second_word(std::string_view detail) {
  const auto begin = detail.find(' ') + 1;
  return std::string(detail.substr(begin, detail.find(' ', begin) - begin));
}

// "SCAN d VIRTUAL TABLE INDEX 0:directive" gives "directive"; a lookup or anything else nothing.
std::string fully_scanned(std::string_view detail) {
  const auto at = detail.find(kVirtual);
  if (at == std::string_view::npos) return {};
  const auto rest = detail.substr(at + kVirtual.size());
  if (!rest.starts_with("0:")) return {};
  return std::string(rest.substr(2, rest.find(' ') - 2));
}

class Walk {
 public:
  explicit Walk(const std::vector<PlanStep>& plan) : plan_(plan) {}

  // outer: the name of a loop around this level; empty where there is none.
  std::optional<NestedScan> level(std::int64_t parent, std::string outer, int depth) const {
    if (depth == kMaxDepth) return std::nullopt;
    const std::string around = outer;
    std::set<std::string> constant;  // materialized, and of no fact table
    for (const auto& step : plan_) {
      if (step.parent != parent) continue;
      const std::string_view detail = step.detail;
      if (is_loop(detail)) {
        const auto name = second_word(detail);
        if (const auto table = fully_scanned(detail); !table.empty() && !outer.empty())
          return NestedScan{table, name, outer};
        if (!is_constant(detail) && !constant.contains(name)) outer = name;
        continue;
      }
      if (!has_rows(step.id, depth + 1)) constant.insert(second_word(detail));
      if (auto found = level(step.id, around_of(detail, outer, around), depth + 1)) return found;
      if (detail.starts_with(kOr)) outer = "the alternatives of an OR";
    }
    return std::nullopt;
  }

 private:
  // What is walked around the steps below this one.
  static std::string around_of(std::string_view detail, const std::string& outer,
                               const std::string& around) {
    if (detail.starts_with("CORRELATED ")) return outer.empty() ? "the outer query" : outer;
    if (detail.starts_with(kOr) || detail.starts_with("INDEX ")) return outer;
    constexpr std::string_view kOnce[] = {"MATERIALIZE ", "LIST SUBQUERY", "SCALAR SUBQUERY"};
    if (std::ranges::any_of(kOnce, [&](auto word) { return detail.starts_with(word); })) return {};
    return around;
  }

  // Whether anything but constant rows is walked below the step.
  bool has_rows(std::int64_t parent, int depth) const {
    if (depth >= kMaxDepth) return true;
    return std::ranges::any_of(plan_, [&](const PlanStep& step) {
      if (step.parent != parent) return false;
      const bool rows = is_loop(step.detail) && !is_constant(step.detail);
      return rows || has_rows(step.id, depth + 1);
    });
  }

  const std::vector<PlanStep>& plan_;
};

}  // namespace

std::optional<NestedScan> find_nested_scan(const std::vector<PlanStep>& plan) {
  return Walk(plan).level(0, {}, 0);
}

}  // namespace stackaudit::facts
