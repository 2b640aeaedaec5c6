// The port beside the backend's is often that of stub_status: a digit too many, and each page of
// the site is looked for there.
#include "stack/dials/status_servers.hpp"

#include "stack/blocks.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace stackaudit::stack {
namespace {

// With one of these a server may answer more than its status.
constexpr auto kAnswers = std::to_array<std::string_view>(
    {"root", "alias", "rewrite", "if", "try_files", "error_page", "dav_methods", "empty_gif"});

class StatusServers {
 public:
  explicit StatusServers(Survey& survey) : survey_(survey), nginx_(survey.blocks("nginx")) {}

  void run() {
    std::vector<const facts::Dial*> astray;
    for (const auto& dial : survey_.facts.rows<facts::Dial>())
      if (dial.service == "nginx" && dial.answered_by == "nginx" && dial.local && dial.port &&
          hands_on_a_site(dial) && only_status_at(*dial.port))
        astray.push_back(&dial);
    for (const auto* dial : astray)
      survey_.add_problem(*dial, {.service = "nginx",
                                  .language = "nginx",
                                  .code = "status-server",
                                  .severity = "warning",
                                  .message = "a whole site is handed to " + dial->as_written +
                                             ", where nginx itself has its status page and "
                                             "nothing else",
                                  .help = "name the port of the backend"});
  }

 private:
  // Whether a `location /` passes all that it gets to the address or to the group that it is in.
  [[nodiscard]] bool hands_on_a_site(const facts::Dial& dial) const {
    return std::ranges::any_of(nginx_.all(), [&](const facts::Directive* row) {
      if (row->name != "proxy_pass") return false;
      const auto group = row->args.substr(std::min(row->args.find("//") + 2, row->args.size()));
      const bool leads = dial.upstream.empty() ? row->path == dial.path && row->line == dial.line
                                               : group.substr(0, group.find('/')) == dial.upstream;
      const auto* location = leads ? nginx_.parent(*row) : nullptr;
      return location != nullptr && location->name == "location" && location->args == "/";
    });
  }

  [[nodiscard]] bool only_status_at(std::int64_t port) const {
    bool any = false;
    for (const auto& listener : survey_.facts.rows<facts::Listener>()) {
      if (listener.port != port) continue;
      if (listener.service != "nginx" || !only_status(listener)) return false;
      any = true;
    }
    return any;
  }

  [[nodiscard]] bool only_status(const facts::Listener& listener) const {
    const facts::Directive* server = nullptr;
    for (const auto& site : survey_.facts.rows<facts::Site>())
      if (site.service == "nginx" && site.id == listener.site)
        server = nginx_.block_of(site, "server");
    if (server == nullptr) return false;
    bool status = false, more = false;
    look(*server, status, more);
    return status && !more;
  }

  // Depth is that of the parser.
  void look(const facts::Directive& block, bool& status, bool& more) const {
    for (const auto* row : nginx_.children(block.id)) {
      status = status || row->name == "stub_status";
      more = more || row->name.ends_with("_pass") || text::is_one_of(row->name, kAnswers) ||
             (row->name == "return" && !row->args.starts_with('4')) ||
             row->name.find("_by_lua") != std::string::npos || nginx_.inherited(*row, "root");
      look(*row, status, more);
    }
  }

  Survey& survey_;
  const Blocks& nginx_;
};

}  // namespace

void check_status_servers(Survey& survey) {
  StatusServers(survey).run();
}

}  // namespace stackaudit::stack
