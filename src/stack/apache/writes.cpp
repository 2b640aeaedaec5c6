// What the workers of Apache change because a directive says so: shares of mod_dav, which may be
// meant to be read only, and the cache of mod_cache_disk.
#include "stack/apache/parts.hpp"
#include "text/suggest.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

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

// The directory whose section the setting stands in; empty where that is no plain path.
std::string directory_around(const Httpd& httpd, const Setting& setting) {
  if (setting.section < 0) return {};
  const auto& section = httpd.sections[static_cast<std::size_t>(setting.section)];
  if (section.kind != "directory" || section.args.size() != 1 || !section.args[0].known) return {};
  const auto& path = section.args[0].value;
  return path.starts_with('/') && !tree::has_wildcard(path) ? tree::normalize(path) : std::string{};
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
    if (setting.name == "davlockdb")
      create_in(httpd, arg, std::string(tree::dirname(httpd.path_of(arg.value))), "lock",
                "HTTP 500: the lock database could not be opened");
  }
}

}  // namespace stackaudit::stack::apache
