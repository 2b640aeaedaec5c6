// The name that httpd gives itself where nothing says ServerName: AH00558.
#include "stack/apache/parts.hpp"
#include "stack/net.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace stackaudit::stack::apache {
namespace {

// The first name of the line of /etc/hosts that has the machine's; it wants a dot in it.
bool hosts_tell(const Survey& survey, std::string_view machine) {
  const auto text = tree::read_file(survey.tree, "/etc/hosts");
  if (!text) return false;
  for (std::string_view rest = *text; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = rest.substr(0, end);
    const auto words = text::words(line.substr(0, line.find('#')));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (words.size() > 1 && std::find(words.begin() + 1, words.end(), machine) != words.end() &&
        words[1].find('.') != std::string_view::npos)
      return true;
  }
  return false;
}

}  // namespace

void check_server_name(Httpd& httpd) {
  if (httpd.incomplete || find_setting(httpd, "servername", 0) != nullptr) return;
  const auto machine = host_name(httpd.survey.tree);
  if (machine.empty() || hosts_tell(httpd.survey, machine)) return;
  httpd.survey.add_problem(
      Survey::whole_file(httpd.entry.path),
      {.service = "apache",
       .language = "apache",
       .code = "no-server-name",
       .severity = "info",
       .message =
           "Could not reliably determine the server's fully qualified domain name: nothing "
           "says ServerName outside of the virtual hosts, and /etc/hosts has no full name for " +
           machine,
       .help = "write ServerName there"});
}

}  // namespace stackaudit::stack::apache
