// The defaults are of the size of a page: buffers 8 of one, the header's one, twice the larger of
// them busy. nginx 1.22.
#include "stack/nginx/buffers.hpp"

#include "stack/nginx/values.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack::nginx {
namespace {

using text::Severity;

constexpr std::array<std::int64_t, 3> kPages{4096, 16384, 65536};
// The dynamic loaders of machines whose kernels may have larger pages than 4096 bytes.
constexpr auto kLoaders =
    std::to_array<std::string_view>({"/lib/ld-linux-aarch64.so.1", "/lib64/ld64.so.2",
                                     "/lib64/ld-linux-loongarch-lp64d.so.1", "/lib64/ld.so.1"});
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

struct Verdict {
  std::vector<Effective> candidates;
  std::string message, help;
};

class Buffers {
 public:
  explicit Buffers(Reader& reader)
      : reader_(reader), larger_pages_(std::ranges::any_of(kLoaders, [&](std::string_view loader) {
          return static_cast<bool>(tree::resolve(reader.survey.tree, loader));
        })) {}

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

  // What nginx refuses with every page that the machine may have.
  void check(std::size_t block, const std::string& protocol) {
    const auto first = judge(block, protocol, kPages.front());
    if (!first) return;
    if (larger_pages_ && std::ranges::any_of(kPages, [&](std::int64_t page) {
          return !judge(block, protocol, page);
        }))
      return;
    tell(first->candidates, first->message, first->help);
  }

  [[nodiscard]] std::optional<Verdict> judge(std::size_t block, const std::string& protocol,
                                             std::int64_t page) const {
    const auto one = effective(block, protocol + "buffer_size", page);
    const auto count = effective(block, protocol + "buffers", 8);
    const auto each = effective(block, protocol + "buffers", page, 1);
    const auto size = std::max(one.size, each.size);
    const auto busy = effective(block, protocol + "busy_buffers_size", 2 * size);
    const auto write = effective(block, protocol + "temp_file_write_size", 2 * size);
    const auto most = effective(block, protocol + "max_temp_file_size", std::int64_t{1} << 30);
    for (const auto& value : {one, count, each, busy, write, most})
      if (value.size < 0) return std::nullopt;
    const auto name = '"' + protocol;
    const auto of_two = name + "buffer_size\" and one of the " + name + "buffers\"";
    if (count.size < 2) {
      return Verdict{{count}, "there must be at least 2 " + name + "buffers\"", {}};
    } else if (busy.size < size) {
      return Verdict{
          {busy, one, each},
          name +
              "busy_buffers_size\" must be equal to or greater than the maximum of the value of " +
              of_two,
          {}};
    } else if (busy.size > (count.size - 1) * each.size) {
      return Verdict{{busy, one, each},
                     name + "busy_buffers_size\" must be less than the size of all " + name +
                         "buffers\" minus one buffer",
                     busy.node == nullptr
                         ? "it is twice the larger of " + protocol + "buffer_size and one of " +
                               protocol + "buffers unless you set it: raise " + protocol + "buffers"
                         : std::string{}};
    } else if (write.size < size) {
      return Verdict{{write, one, each},
                     name +
                         "temp_file_write_size\" must be equal to or greater than the "
                         "maximum of the value of " +
                         of_two,
                     {}};
    } else if (most.size != 0 && most.size < size) {
      return Verdict{{most, one, each},
                     name +
                         "max_temp_file_size\" must be equal to zero to disable temporary "
                         "files usage or must be equal to or greater than the maximum of "
                         "the value of " +
                         of_two,
                     {}};
    }
    return std::nullopt;
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
  bool larger_pages_;
  std::set<const Node*> told_;
};

}  // namespace

void check_buffers(Reader& reader) {
  Buffers(reader).run();
}

}  // namespace stackaudit::stack::nginx
