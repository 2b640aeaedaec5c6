// Elements are found by their names: whatever is well formed has its connectors in this form.
#include "stack/dials/tomcat.hpp"

#include "stack/net.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

// The value of an attribute of the element whose words are given; its offset in them.
ValueLine attribute(std::string_view element, std::string_view name) {
  for (auto at = element.find(name); at != element.npos; at = element.find(name, at + 1)) {
    const bool begins = at > 0 && kBlanks.find(element[at - 1]) != kBlanks.npos;
    const auto equals = element.find_first_not_of(kBlanks, at + name.size());
    if (!begins || equals == element.npos || element[equals] != '=') continue;
    const auto quote = element.find_first_not_of(kBlanks, equals + 1);
    if (quote == element.npos || (element[quote] != '"' && element[quote] != '\'')) continue;
    const auto end = element.find(element[quote], quote + 1);
    if (end == element.npos) continue;
    return {element.substr(quote + 1, end - quote - 1), quote + 1};
  }
  return {};
}

// The end of what begins there; the end of the text where it does not end.
std::size_t end_of(std::string_view text, std::size_t at, std::string_view end) {
  return std::min(text.find(end, at), text.size());
}

}  // namespace

std::vector<Connector> connectors_in(std::string_view server_xml) {
  constexpr std::string_view kComment = "<!--", kName = "<Connector";
  std::vector<Connector> found;
  for (auto at = server_xml.find('<'); at != server_xml.npos; at = server_xml.find('<', at + 1)) {
    const auto rest = server_xml.substr(at);
    if (rest.starts_with(kComment)) {
      at = end_of(server_xml, at, "-->");
      continue;
    }
    if (!rest.starts_with(kName)) continue;
    const auto element = rest.substr(0, end_of(rest, 0, ">"));
    auto port = attribute(element, "port");
    const auto number = port_number(port.value);
    if (!number) continue;
    port.at += at;
    found.push_back({port, {std::string(attribute(element, "address").value), *number}});
  }
  return found;
}

std::string server_xml_of(const ServiceUnit& unit, std::string_view script) {
  std::string base, home;
  for (const auto& [name, value] : unit.environment) {
    if (name == "CATALINA_BASE") base = value;
    if (name == "CATALINA_HOME") home = value;
  }
  if (base.empty()) base = home;
  if (base.empty()) base = tree::dirname(tree::dirname(script));
  return tree::join(base, "conf/server.xml");
}

}  // namespace stackaudit::stack
