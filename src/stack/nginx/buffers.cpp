// The defaults are those of a page of 4096 bytes: buffers 8 of 4k, the header's 4k, twice of the
// larger busy. nginx 1.22.
#include "stack/nginx/buffers.hpp"

#include "stack/nginx/values.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack::nginx {
namespace {

using text::Severity;

constexpr std::int64_t kPage = 4096;
constexpr std::array<std::string_view, 4> kProtocols{"proxy_", "fastcgi_", "uwsgi_", "scgi_"};
constexpr std::array<std::string_view, 5> kNames{"buffer_size", "buffers", "busy_buffers_size",
                                                 "temp_file_write_size", "max_temp_file_size"};

// One of the directives in effect, and what it says.
struct Effective {
  const Node* node = nullptr;
  std::int64_t size = 0;
};

// proxy_buffer_size is of stream as well, and means something else there.
bool of_http(Context context) {
  return context == Context::http || context == Context::server || context == Context::location ||
         context == Context::if_in_location || context == Context::limit_except;
}

class Buffers {
 public:
  explicit Buffers(Reader& reader) : reader_(reader) {}

  void run() {
    std::set<std::pair<std::size_t, std::string_view>> blocks;
    const auto& nodes = reader_.config.nodes;
    for (const auto& node : nodes) {
      if (!node.parent || node.args.empty() || !of_http(node.context)) continue;
      for (const auto protocol : kProtocols) {
        if (!node.name.value.starts_with(protocol)) continue;
        const auto rest = std::string_view(node.name.value).substr(protocol.size());
        if (std::ranges::find(kNames, rest) == kNames.end()) continue;
        if (!nodes[*node.parent].is("http")) {
          blocks.insert({*node.parent, protocol});
          continue;
        }
        for (const auto server : reader_.config.named(node.parent, "server"))
          if (nodes[server].block) blocks.insert({server, protocol});
      }
    }
    for (const auto& [block, protocol] : blocks) check(block, std::string(protocol));
  }

 private:
  [[nodiscard]] Effective effective(std::size_t block, const std::string& name,
                                    std::int64_t otherwise, std::size_t argument = 0) const {
    const auto* node = reader_.config.inherited(block, name);
    if (node == nullptr) return {nullptr, otherwise};
    const auto size = argument == 0 && node->args.size() == 2
                          ? parse_number(node->arg(0))
                          : parse_size(node->arg(argument), name.ends_with("max_temp_file_size"));
    return {node, size.value_or(-1)};  // nginx could not read it: told elsewhere
  }

  void check(std::size_t block, const std::string& protocol) {
    const auto one = effective(block, protocol + "buffer_size", kPage);
    const auto count = effective(block, protocol + "buffers", 8);
    const auto each = effective(block, protocol + "buffers", kPage, 1);
    const auto size = std::max(one.size, each.size);
    const auto busy = effective(block, protocol + "busy_buffers_size", 2 * size);
    const auto write = effective(block, protocol + "temp_file_write_size", 2 * size);
    const auto most = effective(block, protocol + "max_temp_file_size", std::int64_t{1} << 30);
    for (const auto& value : {one, count, each, busy, write, most})
      if (value.size < 0) return;
    const auto name = '"' + protocol;
    const auto of_two = name + "buffer_size\" and one of the " + name + "buffers\"";
    if (count.size < 2) {
      tell({count}, "there must be at least 2 " + name + "buffers\"");
    } else if (busy.size < size) {
      tell({busy, one, each},
           name +
               "busy_buffers_size\" must be equal to or greater than the maximum of the value of " +
               of_two);
    } else if (busy.size > (count.size - 1) * each.size) {
      tell({busy, one, each},
           name + "busy_buffers_size\" must be less than the size of all " + name +
               "buffers\" minus one buffer",
           busy.node == nullptr
               ? "it is twice the larger of " + protocol + "buffer_size and one of " + protocol +
                     "buffers unless you set it: raise " + protocol + "buffers"
               : std::string{});
    } else if (write.size < size) {
      tell({write, one, each}, name +
                                   "temp_file_write_size\" must be equal to or greater than the "
                                   "maximum of the value of " +
                                   of_two);
    } else if (most.size != 0 && most.size < size) {
      tell({most, one, each}, name +
                                  "max_temp_file_size\" must be equal to zero to disable temporary "
                                  "files usage or must be equal to or greater than the maximum of "
                                  "the value of " +
                                  of_two);
    }
  }

  // At the first of the directives that is written; once for each.
  void tell(const std::vector<Effective>& candidates, const std::string& message,
            const std::string& help = {}) {
    for (const auto& candidate : candidates) {
      if (candidate.node == nullptr) continue;
      if (told_.insert(candidate.node).second)
        reader_.problem(candidate.node->span, "bad-value", Severity::error, message, help);
      return;
    }
  }

  Reader& reader_;
  std::set<const Node*> told_;
};

}  // namespace

void check_buffers(Reader& reader) {
  Buffers(reader).run();
}

}  // namespace stackaudit::stack::nginx
