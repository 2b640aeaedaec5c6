// What the workers of Apache change because a directive says so: shares of mod_dav, which may be
// meant to be read only, and the cache of mod_cache_disk.
#include "stack/apache/file_rows.hpp"
#include "stack/apache/parts.hpp"
#include "stack/apache/sections.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack::apache {
namespace {

void create_in(Httpd& httpd, const Arg& arg, const std::string& directory, std::string_view purpose,
               std::string_view effect) {
  httpd.survey.open_new_in(httpd.child, {.path = directory,
                                         .place = httpd.survey.place(arg.span),
                                         .purpose = std::string(purpose),
                                         .moment = "request",
                                         .effect = std::string(effect),
                                         .required = false});
}

bool is_switched_on(const Setting& setting) {
  return setting.name == "dav" && !setting.args.empty() &&
         !text::equal_ignoring_case(setting.args[0].value, "off");
}

// It is opened for each request that changes something, and made with the first of them.
void lock_database(Httpd& httpd, const Arg& arg) {
  constexpr std::string_view kEffect = "HTTP 500: the lock database could not be opened";
  const std::string directory(tree::dirname(httpd.path_of(arg.value)));
  create_in(httpd, arg, directory, "lock", kEffect);
  if (httpd.survey.state_of(directory, "directory") != "missing" ||
      made_at_start(httpd, directory) || std::ranges::none_of(httpd.settings, is_switched_on))
    return;
  auto row = missing_directory(httpd, arg, directory);
  row.kind = "lock-directory";
  row.effect = kEffect;
  row.call = "openat";
  httpd.survey.facts.add(std::move(row));
}

}  // namespace

void read_writes(Httpd& httpd) {
  if (!httpd.identities_known) return;
  for (const auto& setting : httpd.settings) {
    if (setting.args.empty() || !setting.args[0].known) continue;
    const auto& arg = setting.args[0];
    const bool files = text::equal_ignoring_case(arg.value, "on") || arg.value == "filesystem";
    if (setting.name == "dav" && files)
      if (const auto directory = directory_around(httpd, setting); !directory.empty())
        create_in(httpd, arg, directory, "upload", "HTTP 403 or 500 for PUT");
    if (setting.name == "cacheroot")
      create_in(httpd, arg, httpd.path_of(arg.value), "cache", "nothing is cached");
    if (setting.name == "davlockdb") lock_database(httpd, arg);
  }
}

}  // namespace stackaudit::stack::apache
