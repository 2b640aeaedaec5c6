// In the words of ngx_http_charset_filter_module.c. A map leads both ways.
#include "stack/nginx/charsets.hpp"

#include "stack/nginx/refusal.hpp"
#include "stack/nginx/values.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace stackaudit::stack::nginx {
namespace {

constexpr std::string_view kHex = "0123456789abcdefABCDEF";

bool is_byte(std::string_view text) {
  const auto digits = text.substr(std::min(text.find_first_not_of('0'), text.size()));
  return !text.empty() && digits.size() <= 2 &&
         text.find_first_not_of(kHex) == std::string_view::npos;
}

// Two digits for each byte; the first bytes are a character that UTF-8 writes in two or three.
bool is_utf8(std::string_view text) {
  if (text.size() < 4 || text.size() % 2 != 0 ||
      text.find_first_not_of(kHex) != std::string_view::npos)
    return false;
  const auto byte = [&](std::size_t i) {
    return std::stoi(std::string(text.substr(2 * i, 2)), nullptr, 16);
  };
  const int first = byte(0);
  if (first < 0xc2 || first >= 0xf0 || (byte(1) & 0xc0) != 0x80) return false;
  if (first < 0xe0) return true;
  return text.size() >= 6 && (byte(2) & 0xc0) == 0x80 && (first != 0xe0 || byte(1) >= 0xa0);
}

class Charsets {
 public:
  explicit Charsets(Reader& reader) : reader_(reader), config_(reader.config) {}

  void run() {
    if (!config_.has("charset_map") && !config_.has("source_charset")) return;
    for (const auto& node : config_.nodes)
      if (node.block && node.is("charset_map") && node.args.size() == 2 &&
          node.context == Context::http)
        map(node);
    for (std::size_t i = 0; i < config_.nodes.size(); ++i) {
      const auto& node = config_.nodes[i];
      if (node.block && (node.is("server") || node.is("location") || node.is("if")) &&
          node.context != Context::data && node.context != Context::foreign)
        recoded(i);
    }
  }

 private:
  using Pair = std::pair<std::string, std::string>;

  void report(const Node& line, std::string message) {
    reader_.problem(line.span, "bad-value", text::Severity::error, std::move(message));
  }

  static Pair pair_of(std::string_view from, std::string_view to) {
    return {text::lower(from), text::lower(to)};
  }

  void map(const Node& block) {
    const auto pair = pair_of(block.arg(0), block.arg(1));
    const auto both = quoted(block.arg(0)) + " and " + quoted(block.arg(1));
    if (pair.first == pair.second)
      report(block, "\"charset_map\" between the same charsets " + both);
    // nginx looks at the first map alone, again and again.
    if (!first_) first_ = pair;
    const bool again =
        !maps_.empty() && (pair == *first_ || Pair{pair.second, pair.first} == *first_);
    maps_.insert(pair);
    if (again) return report(block, "duplicate \"charset_map\" between " + both);
    for (const auto child : block.children) {
      const auto& line = config_.nodes[child];
      if (line.block || line.is("include")) continue;
      if (line.args.size() != 1)
        report(line, "invalid parameters number");
      else if (!is_byte(line.name.value))
        report(line, "invalid value " + quoted(line.name.value));
      else if (pair.second == "utf-8" ? !is_utf8(line.arg(0)) : !is_byte(line.arg(0)))
        report(line, "invalid value " + quoted(line.arg(0)));
    }
  }

  // A block whose answers come in one set and leave in another.
  void recoded(std::size_t block) {
    const auto* charset = config_.inherited(block, "charset");
    const auto* source = config_.inherited(block, "source_charset");
    for (const auto* node : {charset, source})
      if (node == nullptr || node->args.empty() || node->arg(0) == "off" ||
          has_variable(node->arg(0)))
        return;
    const auto pair = pair_of(source->arg(0), charset->arg(0));
    if (pair.first == pair.second || maps_.contains(pair) ||
        maps_.contains({pair.second, pair.first}) || !told_.insert(pair).second)
      return;
    report(*charset, "no \"charset_map\" between the charsets " + quoted(source->arg(0)) + " and " +
                         quoted(charset->arg(0)));
  }

  Reader& reader_;
  const Config& config_;
  std::optional<Pair> first_;
  std::set<Pair> maps_, told_;
};

}  // namespace

void check_charsets(Reader& reader) {
  Charsets(reader).run();
}

}  // namespace stackaudit::stack::nginx
