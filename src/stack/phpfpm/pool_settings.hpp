// The settings of one pool, and what they name: accounts, and directories that must be there.
#pragma once

#include "stack/phpfpm/pool.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stackaudit::stack::phpfpm {

inline constexpr const char* kNoPoolStart = "php-fpm does not start";

struct PoolSettings {
  Survey& survey;
  const Systemd& systemd;
  const Master& master;
  const PoolSection& pool;

  // Of the value; of the section where there is none.
  [[nodiscard]] facts::Place place(const Setting* setting) const;
  // The text with "$pool" replaced.
  [[nodiscard]] std::string expand(std::string text) const;
  // The setting with "$pool" replaced.
  [[nodiscard]] std::optional<Setting> expanded(std::string_view name) const;
  // The path that a setting says, absolute; empty where it is not set.
  [[nodiscard]] std::string path_of(std::string_view name) const;

  // The number of the account or group that the value names, or is.
  [[nodiscard]] std::optional<std::uint32_t> id_of(const Setting& setting, bool group) const;
  // Records the reference to an account or group; whether it exists.
  bool account(const Setting& setting, bool group) const;
  // Records the reference to a directory.
  void directory(const Setting& setting, const std::string& kind, const std::string& path,
                 bool required, const std::string& effect = kNoPoolStart) const;
  // A reference of the master's that it needs to start, not recorded.
  [[nodiscard]] facts::Reference reference(const Setting& setting, std::string kind,
                                           std::string as_written) const;
};

}  // namespace stackaudit::stack::phpfpm
