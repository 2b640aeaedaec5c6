// The location of the status page as ngx_http_core_module chooses it.
#include "stack/dials/nginx_choice.hpp"
#include "stack/dials/status.hpp"
#include "stack/nginx/locations.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <sstream>

namespace stackaudit::stack {
namespace {

constexpr std::array<std::string_view, 6> kStatusPages{
    "stub_status", "status", "api", "vhost_traffic_status_display", "check_status", "prometheus"};
constexpr int kMaxNesting = 8;

// family: of the address that is asked; a name may be asked at either.
bool refuses_loopback(const Blocks::Rows& rows, std::string_view family, bool& decided) {
  for (const auto* row : rows) {
    if (row->name != "allow" && row->name != "deny") continue;
    const bool hits = row->args == "all" || row->args == "localhost" ||
                      (row->args.starts_with("127.") && family != "inet6") ||
                      (row->args == "::1" && family != "inet");
    if (!hits) continue;
    decided = true;
    return row->name == "deny";
  }
  return false;
}

class Request {
 public:
  Request(const facts::Store& facts, const Blocks& nginx, const facts::Dial& dial,
          bool wants_fastcgi)
      : facts_(facts),
        nginx_(nginx),
        path_(dial.url_path.substr(0, dial.url_path.find('?'))),
        family_(text::equal_ignoring_case(dial.host, "localhost") ? "" : dial.family),
        wants_fastcgi_(wants_fastcgi) {}

  // What the blocks around hand down: lists as a whole, and only where a block has none.
  void take(const Blocks::Rows& rows) {
    const bool any_rule = std::ranges::any_of(
        rows, [](const auto* row) { return row->name == "allow" || row->name == "deny"; });
    bool decided = false;
    const bool refused = refuses_loopback(rows, family_, decided);
    if (any_rule) {
      refused_ = decided && refused;
      let_in_ = !refused_;
    }
    for (const auto* row : rows) {
      if (row->name == "auth_basic") password_ = row->args != "off";
      if (row->name == "satisfy") any_ = row->args == "any";
    }
  }

  StatusAnswer in(const facts::Directive& block, int depth) {
    const auto& rows = nginx_.children(block.id);
    take(rows);
    const auto location =
        depth > kMaxNesting ? nginx::ChosenLocation{} : nginx::location_for(rows, path_);
    if (!location.known) return {};
    if (block.name == "server")
      for (const auto* row : rows)
        if (row->name == "return")
          return {false,
                  "the server at " + row->path + " answers everything with return " + row->args,
                  false};
    if (location.row != nullptr) return in(*location.row, depth + 1);
    if (block.name == "location" &&
        std::ranges::any_of(rows, [](const auto* row) { return row->name == "internal"; }))
      return {false, "location " + block.args + " is internal: it answers requests with 404",
              false};
    for (const auto* row : rows) {
      if (std::ranges::find(kStatusPages, row->name) != kStatusPages.end()) return answer(false);
      if (row->name == "fastcgi_pass" && wants_fastcgi_) {
        auto said = answer(true);
        said.handed_on = row;
        return said;
      }
      if (row->name == "fastcgi_pass" && is_status_of_fpm())
        return {false, path_ + " is the status page of php-fpm, not that of nginx", false};
      if (row->name.ends_with("_pass")) return {std::nullopt, {}, true, false, row};
    }
    const auto where = block.name == "location" ? "location " + block.args : "the server";
    return {false,
            where + " takes " + path_ + ", and it has no " +
                (wants_fastcgi_ ? "fastcgi_pass" : "stub_status"),
            false};
  }

 private:
  [[nodiscard]] bool is_status_of_fpm() const {
    return std::ranges::any_of(facts_.rows<facts::Directive>(), [&](const auto& row) {
      return row.service == "php-fpm" && row.name == "pm.status_path" && row.args == path_;
    });
  }

  // ngx_http_core_access_phase: all of them must let the request in, or with "satisfy any" one.
  [[nodiscard]] StatusAnswer answer(bool proxied) const {
    if (any_ && password_ && let_in_) return {true, {}, proxied};
    if (refused_ && !(any_ && password_))
      return {false, "the agent is refused there (deny)", false};
    if (password_)
      return {false, "a password is asked there (auth_basic), and the agent sends none", false,
              true};
    return {true, {}, proxied};
  }

  const facts::Store& facts_;
  const Blocks& nginx_;
  std::string path_;
  std::string family_;
  bool wants_fastcgi_;
  bool refused_ = false, let_in_ = false, password_ = false, any_ = false;
};

}  // namespace

StatusAnswer nginx_status(const facts::Store& facts, const Blocks& nginx, const facts::Dial& dial,
                          const facts::Listener& listener, bool wants_fastcgi) {
  const auto* block = nginx_server_for(facts, nginx, dial, listener);
  if (block == nullptr) return {};
  Request request(facts, nginx, dial, wants_fastcgi);
  if (block->parent) request.take(nginx.children(*block->parent));
  return request.in(*block, 0);
}

}  // namespace stackaudit::stack
