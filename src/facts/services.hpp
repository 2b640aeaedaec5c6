// Programs that would run, and as whom.
#pragma once

#include "facts/table.hpp"

namespace stackaudit::facts {

struct Service : Place {  // place: where the worker's user is decided, else the configuration file
  std::string kind;       // "nginx", "apache", "php-fpm", "mariadb", ...
  std::string unit;       // "nginx.service"; empty where no unit starts it
  std::string config;     // main configuration file
  std::string master_user;
  std::optional<std::int64_t> master_uid;
  std::string worker_user;  // empty for php-fpm, whose pools differ: see worker
  std::optional<std::int64_t> worker_uid;
  std::optional<bool> enabled;  // started at boot; NULL where no unit is known
};
template <>
struct Table<Service> {
  static constexpr std::string_view name = "service", doc = "A program that would run.";
  static constexpr auto columns = with_place(std::array{
      Column{"kind", &Service::kind, "nginx, apache, php-fpm, mariadb.", Index::lookup},
      Column{"unit", &Service::unit, "systemd unit that starts it; empty where none does.",
             Index::lookup},
      Column{"config", &Service::config, "Main configuration file."},
      Column{"master_user", &Service::master_user, "User that the first process runs as."},
      Column{"master_uid", &Service::master_uid, "Its uid; NULL for an unknown account."},
      Column{"worker_user", &Service::worker_user,
             "User that requests are served as; empty for php-fpm, see worker."},
      Column{"worker_uid", &Service::worker_uid, "Its uid; NULL for an unknown account."},
      Column{"enabled", &Service::enabled, "Started at boot; NULL where no unit is known."}});
};

struct Worker : Place {  // place: the text that decides the user, else the configuration file
  std::string service;
  std::string pool;
  std::string user;
  std::optional<std::int64_t> uid;
  std::string primary_group;
  std::optional<std::int64_t> gid;
  std::string groups;  // supplementary groups by name, separated by blanks
  std::string decided_by;
  bool root_allowed = false;
  std::string group_path;  // file that decides the group, where it is known
  std::optional<std::int64_t> group_line;
};
template <>
struct Table<Worker> {
  static constexpr std::string_view name = "worker",
                                    doc = "An identity that requests are served with.";
  static constexpr auto columns = with_place(std::array{
      Column{"service", &Worker::service, "nginx, apache, php-fpm.", Index::lookup},
      Column{"pool", &Worker::pool, "php-fpm pool; empty for other services."},
      Column{"user", &Worker::user, "User name, or #uid.", Index::lookup},
      Column{"uid", &Worker::uid, "uid; NULL for an unknown account."},
      Column{"primary_group", &Worker::primary_group, "Group name, or #gid."},
      Column{"gid", &Worker::gid, "gid; NULL for an unknown group."},
      Column{"groups", &Worker::groups, "Supplementary groups, separated by blanks."},
      Column{"decided_by", &Worker::decided_by,
             "directive, unit, default, envvars or built-in (Apache: no account at all)."},
      Column{"root_allowed", &Worker::root_allowed,
             "The service starts even if this user is root."},
      Column{"group_path", &Worker::group_path,
             "File that decides the group; empty where none says it."},
      Column{"group_line", &Worker::group_line, "Its line."}});
};

struct Unit : Place {  // place: the unit file
  std::string name;
  std::string user;  // empty: root
  std::string unit_group;
  std::string exec_start;     // in effect after drop-ins; several commands separated by newlines
  std::string drop_ins;       // paths, separated by newlines
  std::string capabilities;   // AmbientCapabilities in effect
  std::string bounding;       // of the capabilities that servers need, what a bounding set leaves
  std::string bounding_path;  // CapabilityBoundingSet=, where it is set
  std::optional<std::int64_t> bounding_line;
  bool enabled = false;
  bool masked = false;
  std::string service;  // the kind of service it starts, or empty
};
template <>
struct Table<Unit> {
  static constexpr std::string_view name = "unit", doc = "A systemd service after drop-ins.";
  static constexpr auto columns = with_place(std::array{
      Column{"name", &Unit::name, "Unit name, nginx.service.", Index::lookup},
      Column{"user", &Unit::user, "User= in effect; empty is root."},
      Column{"unit_group", &Unit::unit_group, "Group= in effect."},
      Column{"exec_start", &Unit::exec_start, "ExecStart= in effect, one command a line."},
      Column{"drop_ins", &Unit::drop_ins, "Drop-in files read, one a line."},
      Column{"capabilities", &Unit::capabilities,
             "AmbientCapabilities= in effect, and those that the program file lends."},
      Column{"bounding", &Unit::bounding,
             "What CapabilityBoundingSet= leaves of the capabilities that servers need."},
      Column{"bounding_path", &Unit::bounding_path,
             "File with CapabilityBoundingSet=; empty where nothing bounds."},
      Column{"bounding_line", &Unit::bounding_line, "Its line."},
      Column{"enabled", &Unit::enabled, "A link in a .wants or .requires directory starts it."},
      Column{"masked", &Unit::masked, "The unit is a link to /dev/null."},
      Column{"service", &Unit::service, "Kind of the service it starts, or empty.",
             Index::lookup}});
};

}  // namespace stackaudit::facts
