// Sockets behind which a daemon does as root whatever it is asked: who may connect is what
// SocketMode= and SocketGroup= of their units say, systemd.socket(5). Without SocketMode=
// everybody.
#include "stack/rights/privileges.hpp"
#include "stack/systemd/search.hpp"
#include "stack/systemd/socket_unit.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

struct Daemon {
  std::string_view unit, power;
};
constexpr std::array kDaemons{
    Daemon{"docker.socket", "Docker starts containers that run as root with any directory mounted"},
    Daemon{"podman.socket", "Podman starts containers that run as root with any directory mounted"},
    Daemon{"containerd.socket", "containerd starts containers that run as root"},
    Daemon{"lxd.socket", "LXD starts containers that run as root with any directory mounted"},
    Daemon{"libvirtd.socket", "libvirt starts machines with any disk of this one"}};

class Socket {
 public:
  Socket(Survey& survey, const Daemon& daemon) : survey_(survey), daemon_(daemon) {}

  void judge(const UnitSearch& search) {
    const auto fragment = search.fragment(daemon_.unit);
    if (fragment.path.empty() || fragment.masked || fragment.dangling) return;
    auto files = search.drop_ins({std::string(daemon_.unit)});
    files.insert(files.begin(), fragment.path);
    const auto unit = read_socket_unit(survey_, std::string(daemon_.unit), files);
    if ((unit.mode_bits & 02) != 0) return tell(unit.mode.place, "every account may connect to it");
    if ((unit.mode_bits & 020) == 0 || unit.group.value.empty()) return;
    const auto* group = survey_.accounts.group(unit.group_name);
    for (const auto& worker : survey_.facts.rows<facts::Worker>())
      if (group != nullptr && worker.uid.value_or(0) != 0 && is_in(worker, *group))
        return tell(unit.group.place,
                    worker.user + ", as whom requests are served, is in its group " + group->name);
  }

 private:
  [[nodiscard]] static bool is_in(const facts::Worker& worker, const tree::Group& group) {
    if (worker.gid == group.gid) return true;
    const auto names = text::words(worker.groups);
    return std::ranges::find(names, group.name) != names.end();
  }

  void tell(const facts::Place& place, const std::string& who) {
    survey_.add_problem(place, {.service = "sockets",
                                .language = "ini",
                                .code = "powerful-socket",
                                .severity = "warning",
                                .message = std::string(daemon_.unit) + ": " + who + ", and " +
                                           std::string(daemon_.power),
                                .help = "SocketMode=0660 with a group that has no worker in it"});
  }

  Survey& survey_;
  const Daemon& daemon_;
};

}  // namespace

void check_powerful_sockets(Survey& survey) {
  if (survey.facts.rows<facts::Service>().empty()) return;
  const UnitSearch search(survey.tree);
  for (const auto& daemon : kDaemons) Socket(survey, daemon).judge(search);
}

}  // namespace stackaudit::stack
