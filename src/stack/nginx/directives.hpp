// What nginx's directives look like: where each may stand, what it takes. The knowledge is
// data/nginx-directives.tsv and data/nginx-thirdparty.tsv, parsed once.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stackaudit::stack::nginx {

// The kinds of block that nginx tells apart.
enum class Context : std::uint8_t {
  main,
  events,
  http,
  server,
  location,
  if_in_server,
  if_in_location,
  limit_except,
  upstream,
  mail,
  mail_server,
  stream,
  stream_server,
  stream_upstream,
  data,     // types, map, geo, ...: lines that are no directives
  foreign,  // a block of a module that is not known here
};

// The word that nginx's documentation uses: "http", "server", "if in location".
[[nodiscard]] std::string_view context_name(Context context);

// One command of one module.
struct Form {
  std::string_view module;
  std::string_view value;      // how the argument is read, as the data file has it
  std::uint32_t contexts = 0;  // bits of Context; all for directives that may stand anywhere
  std::uint32_t counts = 0;    // bit n: n arguments are right
  std::uint32_t at_least = 99;
  bool block = false;
  bool once = false;     // a second one in the same block is refused
  bool later = false;    // not yet in nginx 1.22
  bool foreign = false;  // not of nginx's open-source core: only the name is relied on

  [[nodiscard]] bool allowed_in(Context context) const {
    return (contexts >> static_cast<unsigned>(context) & 1U) != 0;
  }
  [[nodiscard]] bool takes(std::size_t count) const {
    return count >= at_least || (count < 32 && (counts >> count & 1U) != 0);
  }
};

class Directives {
 public:
  // From the embedded data files.
  [[nodiscard]] static const Directives& known();
  // From the text of such files; broken lines are left out.
  Directives(std::string_view core, std::string_view foreign);

  [[nodiscard]] std::span<const Form> find(std::string_view name) const;
  // The command that nginx would run for the name in this context, or nullptr.
  [[nodiscard]] const Form* find(std::string_view name, Context context) const;
  // All names that may stand in the context, sorted.
  [[nodiscard]] std::vector<std::string_view> names(Context context) const;

 private:
  void add(std::string_view text, bool foreign);
  std::map<std::string_view, std::vector<Form>> forms_;
  std::unordered_map<std::string_view, std::span<const Form>> by_name_;  // of forms_
};

// The context inside the block of this directive that stands in `outer`.
[[nodiscard]] Context inner_context(std::string_view name, Context outer);

}  // namespace stackaudit::stack::nginx
