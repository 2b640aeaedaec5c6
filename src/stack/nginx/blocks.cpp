// Each kind of block has a grammar of its own for its lines.
#include "stack/nginx/blocks.hpp"

#include "stack/nginx/address.hpp"
#include "stack/nginx/hostnames.hpp"
#include "stack/nginx/refusal.hpp"
#include "stack/nginx/values.hpp"

#include <set>

namespace stackaudit::stack::nginx {
namespace {

class Blocks {
 public:
  explicit Blocks(Reader& reader) : reader_(reader), nodes_(reader.config.nodes) {}

  void run() {
    for (const auto& node : nodes_) {
      if (!node.block || node.context == Context::data || node.context == Context::foreign)
        continue;
      if (node.is("map") && node.args.size() == 2) map(node);
      if (node.is("geo") && (node.args.size() == 1 || node.args.size() == 2)) geo(node);
      if (node.is("split_clients") && node.args.size() == 2) split_clients(node);
    }
  }

 private:
  void report(const Node& line, std::string message) {
    reader_.problem(line.span, "bad-value", text::Severity::error, std::move(message));
  }

  // The variable that the block defines.
  void variable(const Node& block, std::size_t arg) {
    if (!block.arg(arg).starts_with('$'))
      reader_.problem(block.args[arg].span, "bad-value", text::Severity::error,
                      "invalid variable name " + quoted(block.arg(arg)),
                      "a variable begins with \"$\"", '$' + std::string(block.arg(arg)));
  }

  void map(const Node& map) {
    variable(map, 1);
    const bool hostnames = std::ranges::any_of(
        map.children, [&](auto child) { return nodes_[child].is("hostnames"); });
    std::set<std::string> keys;
    for (const auto child : map.children) {
      const auto& line = nodes_[child];
      if (line.block || line.is("include")) continue;
      if (line.args.empty() && (line.is("hostnames") || line.is("volatile"))) continue;
      if (line.args.size() != 1) {
        report(line, "invalid number of the map parameters");
        continue;
      }
      std::string key = line.name.value;
      if (key.starts_with('~')) continue;
      const auto name = std::string_view(key).substr(key.starts_with('\\') ? 1 : 0);
      if (hostnames && !is_hostname(name)) {
        report(line, "invalid hostname or wildcard " + quoted(name));
        continue;
      }
      if (hostnames && key.starts_with('.')) continue;
      for (auto& ch : key)
        if (ch >= 'A' && ch <= 'Z') ch = static_cast<char>(ch - 'A' + 'a');
      if (keys.insert(key).second) continue;
      report(line, line.is("default") ? "duplicate default map parameter"
                                      : "conflicting parameter " + quoted(line.name.value));
    }
  }

  void geo(const Node& geo) {
    if (geo.args.size() == 2) variable(geo, 0);
    variable(geo, geo.args.size() - 1);
    bool ranges = false;
    for (const auto child : geo.children) {
      const auto& line = nodes_[child];
      if (line.block) continue;
      if (line.args.empty() && line.is("ranges")) {
        ranges = true;
        continue;
      }
      if (line.args.empty() && line.is("proxy_recursive")) continue;
      if (line.args.empty() && line.is("volatile") && !reader_.build.lacks("1.29.3")) continue;
      if (line.args.size() != 1)
        report(line, "invalid number of the geo parameters");
      else if (!line.is("include") && !line.is("default"))
        network(line, ranges);
    }
  }

  void network(const Node& line, bool ranges) {
    const bool named = line.is("proxy") || line.is("delete");
    const std::string_view net = named ? line.arg(0) : std::string_view(line.name.value);
    if (!ranges || line.is("proxy")) {
      if (!is_network(net)) report(line, "invalid network " + quoted(net));
      return;
    }
    const auto dash = net.find('-');
    const auto first = numeric_address(net.substr(0, dash));
    const auto last =
        dash == std::string_view::npos ? std::nullopt : numeric_address(net.substr(dash + 1));
    if (!first || !last || number_of(net.substr(0, dash)) > number_of(net.substr(dash + 1)))
      report(line, "invalid range " + quoted(net));
  }

  // An IPv4 address in its order.
  static std::int64_t number_of(std::string_view address) {
    std::int64_t number = 0;
    for (int part = 0; part < 4; ++part) {
      const auto dot = std::min(address.find('.'), address.size());
      number = number * 256 + parse_number(address.substr(0, dot)).value_or(0);
      address.remove_prefix(std::min(dot + 1, address.size()));
    }
    return number;
  }

  static bool is_network(std::string_view net) {
    if (net == "255.255.255.255") return true;
    const auto slash = net.find('/');
    const auto address = numeric_address(net.substr(0, slash));
    if (!address) return false;
    if (slash == std::string_view::npos) return true;
    const auto mask = net.substr(slash + 1);
    const auto bits = parse_number(mask);
    return bits && *bits <= (address->family == "inet" ? 32 : 128);
  }

  void split_clients(const Node& block) {
    variable(block, 1);
    std::int64_t total = 0;  // in hundredths of a percent
    for (const auto child : block.children) {
      const auto& line = nodes_[child];
      if (line.block || line.is("include")) continue;
      if (line.is("*")) continue;
      const auto part = hundredths(line.name.value);
      if (part.value_or(0) == 0) {
        report(line, "invalid percent value " + quoted(line.name.value));
        continue;
      }
      total += *part;
      if (total > 10000) {
        report(line, "percent total is greater than 100%");
        return;
      }
    }
  }

  // "0.5%" is 50.
  static std::optional<std::int64_t> hundredths(std::string_view text) {
    if (!text.ends_with('%')) return std::nullopt;
    text.remove_suffix(1);
    const auto dot = std::min(text.find('.'), text.size());
    const auto whole =
        dot == 0 ? std::optional<std::int64_t>(0) : parse_number(text.substr(0, dot));
    std::string fraction(text.substr(std::min(dot + 1, text.size())));
    if (fraction.size() > 2) return std::nullopt;
    fraction.resize(2, '0');
    const auto rest = parse_number(fraction);
    if (!whole || !rest || *whole > 1000000) return std::nullopt;
    return *whole * 100 + *rest;
  }

  Reader& reader_;
  const std::vector<Node>& nodes_;
};

}  // namespace

void check_blocks(Reader& reader) {
  Blocks(reader).run();
}

}  // namespace stackaudit::stack::nginx
