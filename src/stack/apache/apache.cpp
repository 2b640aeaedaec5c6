// The order is httpd's: how it is started, what it reads, what the lines mean, who opens what.
#include "stack/apache/apache.hpp"

#include "stack/apache/parts.hpp"

namespace stackaudit::stack {

void read_apache(Survey& survey, const Systemd& systemd, const Entry& entry) {
  using namespace apache;
  Httpd httpd{.survey = survey, .entry = entry};
  for (const auto& row : survey.facts.rows<facts::Directive>())
    if (row.service == "apache") httpd.directives = row.id;
  prepare_start(httpd, systemd);
  read_configuration(httpd);
  walk_configuration(httpd);
  index_configuration(httpd);
  check_modules(httpd);
  check_settings(httpd);
  check_balancers(httpd);
  check_server_name(httpd);
  decide_identity(httpd);
  check_closed(httpd);
  check_answering_pages(httpd);
  read_listeners(httpd);
  read_dials(httpd);
  read_files(httpd, httpd.settings);
  read_writes(httpd);
  check_tls_files(httpd);
  read_sites(httpd);
  check_cgi_handlers(httpd);
}

}  // namespace stackaudit::stack
