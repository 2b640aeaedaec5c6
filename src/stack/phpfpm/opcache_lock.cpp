// opcache makes a file of its own, .ZendSem and six letters, when PHP starts: where it may not, the
// process ends with "Fatal Error Unable to create lock file" and status 254. Observed with PHP 8.2.
#include "stack/phpfpm/phpfpm.hpp"
#include "stack/runtime_places.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kDefault = "/tmp";

}  // namespace

void check_opcache_lock(Survey& survey, const std::string& directory, const Actor& reader,
                        const facts::Place& loaded_at) {
  const auto& values = survey.ini_of(directory);
  if (!is_on(values, "opcache.enable", true) || is_on(values, "opcache.file_cache_only", false))
    return;
  const auto* set = find(values, "opcache.lockfile_path");
  const bool is_set = set != nullptr;
  const std::string path = is_set ? set->value : std::string(kDefault);
  if (!path.starts_with('/')) return;
  const auto& place = is_set ? set->place : loaded_at;
  const bool apache = reader.service == "apache";
  const std::string effect = apache ? "Apache does not start" : "php-fpm does not start";
  if (is_set && !is_made_at_run_time(path)) {
    facts::Reference row;
    static_cast<facts::Place&>(row) = place;
    row.service = reader.service;
    row.kind = "lock-directory";
    row.as_written = row.resolved = path;
    row.state = survey.state_of(path, "directory");
    row.required = true;
    row.wanted = "directory";
    row.call = "openat";
    row.process = reader.process;
    row.user = reader.who.name;
    row.effect = effect;
    if (row.state == "missing") row.nearest = row.replacement = survey.nearest_path(path);
    survey.facts.add(std::move(row));
  }
  survey.open_new_in(reader, {tree::Operation::create, path, place, "lock", "start", effect, true});
}

}  // namespace stackaudit::stack
