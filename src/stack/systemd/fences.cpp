// What the mount namespace of a unit takes away, systemd.exec(5), "Sandboxing".
#include "stack/systemd/load.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

constexpr std::array<std::string_view, 9> kTrue{"1",  "yes", "y",    "true", "t",
                                                "on", "Yes", "True", "On"};

class Fences {
 public:
  explicit Fences(ServiceUnit& unit) : unit_(unit) {}

  // yes is /usr and the boot loader's files, full is /etc as well, strict is everything.
  void protect_system(const IniValue& setting) {
    const auto name = "ProtectSystem=" + setting.value;
    const bool full = setting.value == "full";
    if (setting.value == "strict") {
      add("/", Fence::Kind::read_only, name, setting);
      for (const auto* path : {"/proc", "/sys", "/dev"})
        add(path, Fence::Kind::writable, name, setting);
      if (unit_.private_tmp)
        for (const auto* path : {"/tmp", "/var/tmp"})
          add(path, Fence::Kind::writable, name, setting);
      for (const auto& directory : unit_.runtime_directories)
        add("/run/" + directory, Fence::Kind::writable, name, setting);
    } else if (full || is_true_word(setting.value)) {
      for (const auto* path : {"/usr", "/boot", "/efi"})
        add(path, Fence::Kind::read_only, name, setting);
      if (full) add("/etc", Fence::Kind::read_only, name, setting);
    }
  }

  void protect_home(const IniValue& setting) {
    const auto name = "ProtectHome=" + setting.value;
    for (const auto* path : {"/home", "/root", "/run/user"}) {
      if (is_true_word(setting.value) || setting.value == "tmpfs")
        add(path, Fence::Kind::hidden, name, setting);
      if (setting.value == "read-only") add(path, Fence::Kind::read_only, name, setting);
    }
  }

  // Paths that the unit names itself count more than these.
  void finish() { unit_.fences.insert(unit_.fences.begin(), raised_.begin(), raised_.end()); }

 private:
  void add(std::string path, Fence::Kind kind, const std::string& name, const IniValue& setting) {
    raised_.push_back({std::move(path), kind, name, setting.place});
  }

  ServiceUnit& unit_;
  std::vector<Fence> raised_;
};

}  // namespace

bool is_true_word(std::string_view word) {
  return std::ranges::find(kTrue, word) != kTrue.end();
}

std::string_view base_of(std::string_view setting) {
  return setting == "StateDirectory"  ? "/var/lib/"
         : setting == "LogsDirectory" ? "/var/log/"
                                      : "/var/cache/";
}

void make_dynamic(ServiceUnit& unit, const facts::Place& place) {
  if (!unit.user) {
    unit.user = unit.name.substr(0, unit.name.find_first_of(".@"));
    unit.user_place = place;
  }
  if (!unit.protect_system || unit.protect_system->value != "strict")
    unit.protect_system = IniValue{"strict", place};
  if (!unit.protect_home) unit.protect_home = IniValue{"read-only", place};
  if (!unit.private_tmp) unit.private_tmp = place;
}

void raise_fences(ServiceUnit& unit) {
  Fences fences(unit);
  if (unit.protect_system) fences.protect_system(*unit.protect_system);
  if (unit.protect_home) fences.protect_home(*unit.protect_home);
  fences.finish();
}

}  // namespace stackaudit::stack
