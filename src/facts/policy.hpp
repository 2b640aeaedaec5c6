// The site's intent, as the policy file states it (rules/policy.hpp reads it).
#pragma once

#include "facts/table.hpp"

namespace stackaudit::facts {

struct PolicyService : Place {
  std::string service;
  std::optional<std::string> user;
  std::optional<std::string> owner;
  bool listens = false;  // a listen list is given
};
template <>
struct Table<PolicyService> {
  static constexpr std::string_view name = "policy_service",
                                    doc = "What the policy says of a service.";
  static constexpr auto columns = with_place(std::array{
      Column{"service", &PolicyService::service, "nginx, apache or php-fpm.", Index::lookup},
      Column{"user", &PolicyService::user, "Whom its workers must run as."},
      Column{"owner", &PolicyService::owner, "Who must own its configuration files."},
      Column{"listens", &PolicyService::listens,
             "policy_listen holds all that it may listen on."}});
};

struct PolicyListen : Place {
  std::string service;
  std::string address;  // canonical; "*": any address
  std::int64_t port = 0;
};
template <>
struct Table<PolicyListen> {
  static constexpr std::string_view name = "policy_listen",
                                    doc = "An address that a service is to listen on.";
  static constexpr auto columns = with_place(std::array{
      Column{"service", &PolicyListen::service, "nginx, apache or php-fpm.", Index::lookup},
      Column{"address", &PolicyListen::address, "Numeric address; * for any."},
      Column{"port", &PolicyListen::port, "TCP port.", Index::lookup}});
};

struct PolicyWriter : Place {
  std::string file;
  std::string user;
};
template <>
struct Table<PolicyWriter> {
  static constexpr std::string_view name = "policy_writer",
                                    doc = "Somebody besides root who may change a file.";
  static constexpr auto columns =
      with_place(std::array{Column{"file", &PolicyWriter::file, "Path of the file.", Index::lookup},
                            Column{"user", &PolicyWriter::user, "User name.", Index::lookup}});
};

struct PolicyMonitored : Place {
  std::string service;
};
template <>
struct Table<PolicyMonitored> {
  static constexpr std::string_view name = "policy_monitored",
                                    doc = "A service that somebody must watch.";
  static constexpr auto columns = with_place(std::array{
      Column{"service", &PolicyMonitored::service, "nginx, apache, php-fpm.", Index::lookup}});
};

}  // namespace stackaudit::facts
