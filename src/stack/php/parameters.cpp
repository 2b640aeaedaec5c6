// What the server hands to PHP besides the request: fastcgi_param of nginx, SetEnv of Apache.
#include "stack/blocks.hpp"
#include "stack/php/settings.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

namespace stackaudit::stack::php {
namespace {

using Row = facts::Directive;

struct Server {
  std::string_view service, parameter, block, root;
};
constexpr std::array kServers{Server{"nginx", "fastcgi_param", "server", "root"},
                              Server{"apache", "setenv", "virtualhost", "documentroot"}};

// Which document roots a line is meant for.
class Lines {
 public:
  Lines(Survey& survey, const Server& server)
      : server_(server), blocks_(survey.blocks(server.service)) {
    for (const auto* row : blocks_.all())
      if (row->name == server.root)
        if (const auto* host = blocks_.around(*row, server.block); host != nullptr)
          roots_.emplace(host->id, tree::normalize(row->args));
  }

  [[nodiscard]] bool concerns(const Row& line, const Application& application) const {
    if (line.context.starts_with("htaccess"))
      return tree::is_within(application.root, tree::dirname(line.path));
    const auto* host = blocks_.around(line, server_.block);
    if (host == nullptr) return true;
    const auto [first, last] = roots_.equal_range(host->id);
    return std::any_of(first, last,
                       [&](const auto& root) { return root.second == application.root; });
  }

 private:
  const Server& server_;
  const Blocks& blocks_;
  std::unordered_multimap<std::int64_t, std::string> roots_;
};

// Parameters of the request itself, which the server fills.
bool is_own(std::string_view value) {
  return value.find_first_of("$% ") == std::string_view::npos && !value.empty();
}

}  // namespace

void add_parameters(Survey& survey, std::vector<Application>& applications) {
  for (const auto& server : kServers) {
    std::optional<Lines> lines;
    for (const auto& row : survey.facts.rows<Row>()) {
      if (row.service != server.service || row.name != server.parameter) continue;
      const auto blank = row.args.find(' ');
      if (blank == std::string::npos) continue;
      const auto value = row.args.substr(blank + 1);
      const bool own = is_own(value);
      if (!lines) lines.emplace(survey, server);
      for (auto& application : applications) {
        if (!application.served || !lines->concerns(row, application)) continue;
        const auto [it, fresh] =
            application.parameters.try_emplace(row.args.substr(0, blank), own ? value : "");
        if (!fresh && (!own || it->second != value)) it->second.clear();
      }
    }
  }
}

}  // namespace stackaudit::stack::php
