// What the facts say about the reach of the audit itself.
#include "cli/gather.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace stackaudit::cli {
namespace {

constexpr std::size_t kKindsShown = 20;  // of things that were not evaluated

// "www-data", or of php-fpm "app (app), www (www-data)": pools with their users.
std::string workers_of(const facts::Store& facts, const std::string& service) {
  std::set<std::string> users;
  for (const auto& worker : facts.rows<facts::Worker>())
    if (worker.service == service)
      users.insert(worker.pool.empty() ? worker.user : worker.pool + " as " + worker.user);
  return fmt::format("{}", fmt::join(users, ", "));
}

std::vector<std::string> services_of(const facts::Store& facts) {
  std::vector<std::string> out;
  for (const auto& service : facts.rows<facts::Service>()) {
    std::vector<std::string> parts;
    if (!service.unit.empty())
      parts.push_back(service.unit + (service.enabled.value_or(true) ? "" : ", not enabled"));
    if (!service.master_user.empty()) parts.push_back("master " + service.master_user);
    auto workers = workers_of(facts, service.kind);
    if (workers.empty()) workers = service.worker_user;
    if (!workers.empty())
      parts.push_back((service.kind == "php-fpm" ? "pools " : "workers ") + workers);
    if (!service.config.empty()) parts.push_back(service.config);
    out.push_back(parts.empty() ? service.kind
                                : fmt::format("{} ({})", service.kind, fmt::join(parts, ", ")));
  }
  for (const auto& wordpress : facts.rows<facts::Wordpress>())
    out.push_back(fmt::format("WordPress{}{} in {}", wordpress.version.empty() ? "" : " ",
                              wordpress.version, wordpress.root));
  for (const auto& file : facts.rows<facts::File>())
    if (file.service == "container" && file.role == "configuration")
      out.push_back("container image (" + file.path + ")");
  return out;
}

// One line for each reason: how often, and one place as an example.
std::vector<std::string> not_evaluated_in(const facts::Store& facts) {
  struct Kind {
    std::int64_t count = 0;
    const facts::BlindSpot* first = nullptr;
  };
  std::map<std::pair<std::string, std::string>, Kind> kinds;
  for (const auto& spot : facts.rows<facts::BlindSpot>()) {
    if (spot.needed) continue;
    auto& kind = kinds[{spot.table_name, spot.reason}];
    if (kind.count++ == 0) kind.first = &spot;
  }
  std::vector<std::pair<std::int64_t, std::string>> lines;
  for (const auto& [key, kind] : kinds) {
    auto place = kind.first->path;
    if (kind.first->line) place += ":" + std::to_string(*kind.first->line);
    auto text = kind.first->subject;
    if (kind.count > 1) text += fmt::format(" and {} more", kind.count - 1);
    text += ": " + key.second;
    if (!place.empty() && place != kind.first->subject)
      text += fmt::format(" ({}{})", kind.count == 1 ? "" : "first: ", place);
    lines.emplace_back(-kind.count, std::move(text));
  }
  std::ranges::sort(lines);
  std::vector<std::string> out;
  for (auto& [order, text] : lines) {
    if (out.size() == kKindsShown) {
      out.push_back(
          fmt::format("and {} more kinds; see the table blind_spot", lines.size() - kKindsShown));
      break;
    }
    out.push_back(std::move(text));
  }
  return out;
}

}  // namespace

report::Checked summarize(const Gathered& gathered) {
  report::Checked out;
  out.files = gathered.files_read;
  for (const auto& reference : gathered.facts.rows<facts::Reference>()) {
    if (reference.state == "dynamic")
      ++out.references_dynamic;
    else if (reference.state == "unseen")
      ++out.references_unseen;
    else
      ++out.references_checked;
  }
  out.services = services_of(gathered.facts);
  out.not_evaluated = not_evaluated_in(gathered.facts);
  return out;
}

}  // namespace stackaudit::cli
