// Advice only: severity info.
#include "stack/nginx/habits.hpp"

#include "stack/nginx/refusal.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::nginx {
namespace {

using text::Severity;

// They act at once or concern the log alone, and leave the request to the location.
constexpr std::array<std::string_view, 8> kSafeInIf{
    "return", "rewrite", "set", "break", "access_log", "error_log", "limit_rate", "include"};
constexpr std::array<std::string_view, 6> kGuards{"deny",     "auth_basic", "auth_request",
                                                  "auth_jwt", "internal",   "limit_except"};
// With one of these a location takes no file from `root`; and names that end with _pass.
constexpr std::array<std::string_view, 14> kOtherContent{
    "return", "rewrite", "alias", "stub_status", "empty_gif", "perl", "js_content",
    "api",    "echo",    "deny",  "internal",    "if",        "set",  "location"};

bool takes_no_file(const Node& node) {
  const auto& name = node.name.value;
  return node.context == Context::foreign || name.ends_with("_pass") ||
         name.find("_by_lua") != std::string::npos || is_one_of(name, kOtherContent);
}

class Habits {
 public:
  explicit Habits(Reader& reader) : reader_(reader), config_(reader.config) {}

  void run() {
    for (std::size_t i = 0; i < config_.nodes.size(); ++i) {
      const auto& node = config_.nodes[i];
      if (node.block && node.is("if") && node.context == Context::location) condition(node);
      if (node.is("merge_slashes") && node.arg(0) == "off") slashes(node);
      if (node.block && node.is("location") && node.context == Context::server) files(i);
    }
  }

 private:
  void tell(text::Span span, std::string_view code, std::string message, std::string help) {
    reader_.problem(span, code, Severity::info, std::move(message), std::move(help));
  }

  void condition(const Node& block) {
    for (const auto child : block.children) {
      const auto& node = config_.nodes[child];
      if (is_one_of(node.name.value, kSafeInIf)) continue;
      return tell(node.span, "if-unsure",
                  node.name.value +
                      " in \"if\": where the condition holds, this block takes the "
                      "place of its location, which may lose what it inherits",
                  "use a map, or try_files and an error_page; only return and rewrite are safe in "
                  "\"if\"");
    }
  }

  [[nodiscard]] bool guards(std::size_t location) const {
    return std::ranges::any_of(
        kGuards, [&](std::string_view name) { return !config_.named(location, name).empty(); });
  }

  void slashes(const Node& node) {
    for (const auto child : config_.named(node.parent, "location")) {
      const auto& location = config_.nodes[child];
      const auto prefix =
          location.args.empty() ? std::string_view{} : location.arg(location.args.size() - 1);
      const bool plain =
          location.args.size() == 1 || location.arg(0) == "^~" || location.arg(0) == "=";
      if (!location.block || !plain || prefix == "/" || !guards(child)) continue;
      return tell(node.span, "slashes-kept",
                  "with merge_slashes off a request for /" + std::string(prefix) +
                      " is not of location " + quoted(prefix) + ", and not guarded by it",
                  "leave merge_slashes on, or guard the location with a regular expression: ~ ^/+" +
                      std::string(prefix.substr(prefix.starts_with('/') ? 1 : 0)));
    }
  }

  void files(std::size_t index) {
    const auto& location = config_.nodes[index];
    if (location.args.empty() || location.arg(0).starts_with('@') || !location.parent) return;
    const auto other = [&](std::size_t child) { return takes_no_file(config_.nodes[child]); };
    if (std::ranges::any_of(location.children, other) ||
        std::ranges::any_of(config_.children(location.parent),
                            [&](auto child) { return stops(config_.nodes[child]); }))
      return;
    if (config_.inherited(index, "root") != nullptr) return;
    tell(location.span, "root-by-default",
         "no root is said: files of " + quoted(location.joined()) + " are taken from " +
             tree::join(reader_.prefix, "html") + ", the directory of the build",
         "write root in the server");
  }

  // The server answers before it looks for a location, or what it does is not known.
  static bool stops(const Node& node) {
    return node.is("return") || node.is("rewrite") || node.context == Context::foreign ||
           node.name.value.find("_by_lua") != std::string::npos;
  }

  Reader& reader_;
  const Config& config_;
};

}  // namespace

void check_habits(Reader& reader) {
  Habits(reader).run();
}

}  // namespace stackaudit::stack::nginx
