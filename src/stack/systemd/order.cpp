// The units of this audit are few: every way from each of them is followed.
#include "stack/systemd/order.hpp"

#include "stack/systemd/load.hpp"
#include "stack/systemd/spelling.hpp"
#include "syntax/ini/words.hpp"

#include <algorithm>
#include <set>

namespace stackaudit::stack {
namespace {

namespace ini = syntax::ini;

// `later` is started after `earlier`.
struct Edge {
  std::size_t later = 0, earlier = 0;
  facts::Place place;
};

class Order {
 public:
  Order(Survey& survey, const std::vector<ServiceUnit>& units) : survey_(survey), units_(units) {}

  void run() {
    for (std::size_t i = 0; i < units_.size(); ++i)
      if (units_[i].enabled) read(i);
    for (const auto& edge : edges_) {
      if (!is_local(edge.place) || !leads(edge.earlier, edge.later)) continue;
      survey_.facts.add(unit_problem(edge.place, "order-cycle", "error",
                                     "Found ordering cycle: " + units_[edge.later].name +
                                         " waits for " + units_[edge.earlier].name +
                                         ", which waits for it: the boot leaves one of them out",
                                     "take one of the two After= or Before= out"));
      return;
    }
  }

 private:
  void read(std::size_t unit) {
    for_each_setting(survey_, units_[unit], [&](std::string_view section, const ini::Entry& entry) {
      if (section != "Unit" || (entry.key.value != "After" && entry.key.value != "Before")) return;
      for (const auto& word : ini::split_words(entry.value.value).words) {
        const auto other = std::ranges::find_if(units_, [&](const ServiceUnit& each) {
          return each.enabled && (each.name == word.text ||
                                  std::ranges::find(each.aliases, word.text) != each.aliases.end());
        });
        if (other == units_.end()) continue;
        auto number = static_cast<std::size_t>(other - units_.begin());
        const auto place = survey_.place(entry.value.span);
        if (number == unit) continue;
        if (entry.key.value == "After")
          edges_.push_back({unit, number, place});
        else
          edges_.push_back({number, unit, place});
      }
    });
  }

  // Whether `from` waits, over others or not, for `to`.
  [[nodiscard]] bool leads(std::size_t from, std::size_t to) const {
    std::set<std::size_t> seen{from};
    std::vector<std::size_t> open{from};
    while (!open.empty()) {
      const auto at = open.back();
      open.pop_back();
      if (at == to) return true;
      for (const auto& edge : edges_)
        if (edge.later == at && seen.insert(edge.earlier).second) open.push_back(edge.earlier);
    }
    return false;
  }

  Survey& survey_;
  const std::vector<ServiceUnit>& units_;
  std::vector<Edge> edges_;
};

}  // namespace

void check_order(Survey& survey, const std::vector<ServiceUnit>& units) {
  Order(survey, units).run();
}

}  // namespace stackaudit::stack
