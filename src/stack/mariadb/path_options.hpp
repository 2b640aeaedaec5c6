// Options of MariaDB's server that name files and directories, and what hangs on them: observed
// with MariaDB 10.11.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace stackaudit::stack::mariadb {

inline constexpr std::string_view kNoStart = "mariadbd does not start";
inline constexpr std::string_view kNoLog = "that log is not written";

struct PathOption {
  // What the value is. `parent`: a file that the server makes, or the beginning of its name.
  enum class What : std::uint8_t { directory, directories, file, parent };
  std::string_view name;
  What what;
  bool filled = false;           // the server makes files there
  std::string_view only_with{};  // the option that turns it on
  std::string_view effect = kNoStart;

  [[nodiscard]] constexpr bool is_fatal() const { return effect == kNoStart; }
};

inline constexpr auto kPathOptions = std::to_array<PathOption>({
    {"datadir", PathOption::What::directory},
    {"tmpdir", PathOption::What::directories, true},
    {"innodb-data-home-dir", PathOption::What::directory, true},
    {"innodb-log-group-home-dir", PathOption::What::directory, true},
    {"innodb-undo-directory", PathOption::What::directory, true, "innodb-undo-tablespaces"},
    {"aria-log-dir-path", PathOption::What::directory},
    {"secure-file-priv", PathOption::What::directory},
    {"socket", PathOption::What::parent},
    {"pid-file", PathOption::What::parent},
    {"log-bin", PathOption::What::parent, true},
    {"ssl-cert", PathOption::What::file},
    {"ssl-key", PathOption::What::file},
    {"ssl-ca", PathOption::What::file},
    {"init-file", PathOption::What::file},
    {"log-error", PathOption::What::parent, true, {}, kNoLog},
    {"slow-query-log-file", PathOption::What::parent, true, "slow-query-log", kNoLog},
    {"general-log-file", PathOption::What::parent, true, "general-log", kNoLog},
});

}  // namespace stackaudit::stack::mariadb
