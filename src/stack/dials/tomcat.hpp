// Where Tomcat listens: the connectors of its server.xml.
#pragma once

#include "stack/dials/programs.hpp"
#include "stack/systemd/systemd.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

struct Connector {
  ValueLine port;
  Address address;
};

// What is in a comment, has no port, or one that a property decides, is left out.
[[nodiscard]] std::vector<Connector> connectors_in(std::string_view server_xml);

// The server.xml of the instance that a unit starts: CATALINA_BASE, else CATALINA_HOME, else what
// lies above the directory of the script.
[[nodiscard]] std::string server_xml_of(const ServiceUnit& unit, std::string_view script);

}  // namespace stackaudit::stack
