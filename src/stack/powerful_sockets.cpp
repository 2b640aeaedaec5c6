// Sockets behind which a daemon does as root whatever it is asked: who may connect is what
// SocketMode= and SocketGroup= of their units say, systemd.socket(5). Without SocketMode=
// everybody.
#include "stack/privileges.hpp"
#include "stack/systemd/search.hpp"
#include "syntax/ini/ini.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace stackaudit::stack {
namespace {

namespace ini = syntax::ini;

struct Daemon {
  std::string_view unit, power;
};
constexpr std::array kDaemons{
    Daemon{"docker.socket", "Docker starts containers that run as root with any directory mounted"},
    Daemon{"podman.socket", "Podman starts containers that run as root with any directory mounted"},
    Daemon{"containerd.socket", "containerd starts containers that run as root"},
    Daemon{"lxd.socket", "LXD starts containers that run as root with any directory mounted"},
    Daemon{"libvirtd.socket", "libvirt starts machines with any disk of this one"}};

struct Setting {
  std::string value;
  facts::Place place;
};

class Socket {
 public:
  Socket(Survey& survey, const Daemon& daemon) : survey_(survey), daemon_(daemon) {}

  void judge(const UnitSearch& search) {
    const auto fragment = search.fragment(daemon_.unit);
    if (fragment.path.empty() || fragment.masked || fragment.dangling) return;
    mode_.place = group_.place = Survey::whole_file(fragment.path);
    read(fragment.path);
    for (const auto& path : search.drop_ins({std::string(daemon_.unit)})) read(path);
    unsigned mode = 0666;
    std::from_chars(mode_.value.data(), mode_.value.data() + mode_.value.size(), mode, 8);
    if ((mode & 02U) != 0) return tell(mode_.place, "every account may connect to it");
    if ((mode & 020U) == 0 || group_.value.empty()) return;
    const auto* group = survey_.accounts.group(group_.value);
    for (const auto& worker : survey_.facts.rows<facts::Worker>())
      if (group != nullptr && worker.uid.value_or(0) != 0 && is_in(worker, *group))
        return tell(group_.place,
                    worker.user + ", as whom requests are served, is in its group " + group->name);
  }

 private:
  void read(const std::string& path) {
    const auto file = survey_.load(path, "unit");
    if (!file) return;
    const auto document = ini::parse(survey_.sources.content(*file), *file, ini::Dialect::systemd);
    for (const auto& section : document.sections) {
      if (section.name.value != "Socket") continue;
      for (const auto& entry : section.entries) {
        if (entry.key.value == "SocketMode")
          mode_ = {entry.value.value, survey_.place(entry.value.span)};
        if (entry.key.value == "SocketGroup")
          group_ = {entry.value.value, survey_.place(entry.value.span)};
      }
    }
  }

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
  Setting mode_, group_;
};

}  // namespace

void check_powerful_sockets(Survey& survey) {
  if (survey.facts.rows<facts::Service>().empty()) return;
  const UnitSearch search(survey.tree);
  for (const auto& daemon : kDaemons) Socket(survey, daemon).judge(search);
}

}  // namespace stackaudit::stack
