// Names that must lead somewhere, opens that will happen, and who else may touch the files.
#pragma once

#include "facts/table.hpp"

namespace stackaudit::facts {

struct Reference : Place {  // place: the words that hold the name
  std::string service;
  std::string kind;
  std::string as_written;
  std::string resolved;  // absolute path that is looked for; empty for names that are no paths
  std::string state;
  bool required = true;
  bool guarded = false;
  std::string doubt;        // why it may be no fault although nothing tests for it
  std::string wanted;       // "file", "directory", "user", "group", "upstream", ...
  std::string nearest;      // an existing name that was probably meant
  std::string replacement;  // what to write in place of the span, or empty
  std::string effect;
  std::string process;
  std::string user;
  std::string call;
  std::string reached_from;
};
template <>
struct Table<Reference> {
  static constexpr std::string_view name = "reference", doc = "A name that must lead somewhere.";
  static constexpr auto columns = with_place(std::array{
      Column{"service", &Reference::service,
             "Who follows it: nginx, apache, php, php-fpm, systemd.", Index::lookup},
      Column{"kind", &Reference::kind,
             "include, require, module, certificate, key, document-root, log-directory, user, "
             "group, upstream, ...",
             Index::lookup},
      Column{"as_written", &Reference::as_written, "The name as the file has it."},
      Column{"resolved", &Reference::resolved, "Absolute path that is looked for.", Index::lookup},
      Column{"state", &Reference::state,
             "found, missing, dangling (a symlink to nowhere), wrong-type, dynamic (not known "
             "before run time), unseen (the auditor may not look).",
             Index::lookup},
      Column{"required", &Reference::required, "Its absence is a failure."},
      Column{"guarded", &Reference::guarded, "The code tests for it first, or may do without it."},
      Column{"doubt", &Reference::doubt,
             "Why the code may do without it, or find it elsewhere; empty where it is tested "
             "for, and where nothing is in doubt."},
      Column{"wanted", &Reference::wanted, "file, directory, user, group, upstream, ..."},
      Column{"nearest", &Reference::nearest, "An existing name that was probably meant."},
      Column{"replacement", &Reference::replacement, "What to write in place of the span."},
      Column{"effect", &Reference::effect, "What happens if it leads nowhere."},
      Column{"process", &Reference::process, "Process that makes the call that fails."},
      Column{"user", &Reference::user, "User of that process."},
      Column{"call", &Reference::call, "System call that fails."},
      Column{"reached_from", &Reference::reached_from,
             "Entry point that leads there; may be empty."}});
};

struct Access : Place {  // place: the words that name the file
  std::string service;
  std::string process;
  std::string user;
  std::optional<std::int64_t> uid;
  std::optional<std::int64_t> gid;
  std::string operation;
  std::string purpose;
  std::string target;
  bool allowed = true;
  std::string error;
  std::string component;
  std::string component_type;
  std::optional<std::int64_t> component_mode;
  std::string component_owner;
  std::string component_group;
  std::string why;
  bool required = true;
  std::string moment;
  std::string effect;
  std::string grant;
  std::string grant_kind;
  std::optional<std::int64_t> grant_mode;
  std::string grant_group;
  std::string grant_acl;
  std::string grant_gains;
  std::string grant_text;
  std::string way;
  std::string fence_path;  // the setting of a unit that refuses where no file's rights do
  std::optional<std::int64_t> fence_line;
};
template <>
struct Table<Access> {
  static constexpr std::string_view name = "access",
                                    doc = "An open that will happen, and the kernel's answer.";
  static constexpr auto columns = with_place(std::array{
      Column{"service", &Access::service, "nginx, apache, php-fpm, php.", Index::lookup},
      Column{"process", &Access::process,
             "nginx master, nginx worker, apache parent, apache child, php-fpm master, php-fpm "
             "pool NAME."},
      Column{"user", &Access::user, "User of the process.", Index::lookup},
      Column{"uid", &Access::uid, "Its uid."},
      Column{"gid", &Access::gid, "The gid it runs with."},
      Column{"operation", &Access::operation,
             "stat, read, write, search, connect, append, create, replace."},
      Column{"purpose", &Access::purpose,
             "configuration, content, php, htaccess, password-file, group-file, key, "
             "certificate, log, pid, socket, temp.",
             Index::lookup},
      Column{"target", &Access::target, "Path that is opened.", Index::lookup},
      Column{"allowed", &Access::allowed, "The call succeeds."},
      Column{"error", &Access::error, "EACCES, ENOENT, ...; empty when allowed.", Index::lookup},
      Column{"component", &Access::component, "The component of the path that refuses."},
      Column{"component_type", &Access::component_type, "directory, file, socket."},
      Column{"component_mode", &Access::component_mode, "Its permission bits."},
      Column{"component_owner", &Access::component_owner, "Its owner."},
      Column{"component_group", &Access::component_group, "Its group."},
      Column{"why", &Access::why, "The entry that decides and what it lacks."},
      Column{"required", &Access::required, "Its failure is a failure of the service."},
      Column{"moment", &Access::moment, "start, request, reload."},
      Column{"effect", &Access::effect, "What is seen when it fails."},
      Column{"grant", &Access::grant, "The smallest change that allows it, for people."},
      Column{"grant_kind", &Access::grant_kind,
             "mode, group (with grant_mode), acl, or decide where a person must choose."},
      Column{"grant_mode", &Access::grant_mode,
             "Mode of the component after that change; NULL where a mode is not the change."},
      Column{"grant_group", &Access::grant_group, "Group of the component after it."},
      Column{"grant_acl", &Access::grant_acl, "ACL entry to add, u:www-data:r."},
      Column{"grant_gains", &Access::grant_gains,
             "Other accounts that gain the right by it; empty where nobody does."},
      Column{"grant_text", &Access::grant_text,
             "Of a socket: what to write at listener.rights_begin, or for the address where that "
             "is NULL, to grant it."},
      Column{"way", &Access::way,
             "Where it is refused: each component of the path, a line each, path and rights "
             "separated by a tab."},
      Column{"fence_path", &Access::fence_path,
             "File with the setting of the unit that refuses, where it is not the file's "
             "rights."},
      Column{"fence_line", &Access::fence_line, "Line of that setting."}});
};

// One row for each file and writer: the outermost right that suffices.
struct Writable : Place {  // place: the file that may be changed, line NULL
  std::string kind;
  std::string service;
  std::string writer;
  std::optional<std::int64_t> writer_uid;  // where the writer is one account
  std::string via;
  std::string component;
  std::optional<std::int64_t> component_mode;
  std::string owner;
  std::string owner_group;
  std::string held_by;
  std::string mended_owner;
  std::string mended_group;
  std::optional<std::int64_t> mended_mode;
  std::string advice;
  bool by_worker = false;
  bool by_everyone = false;
  bool by_administrator = false;  // the writer is in a group that gives root
  bool by_person = false;         // an ordinary account: uid 1000 and above
  bool privileged = false;        // root reads or runs it
};
template <>
struct Table<Writable> {
  static constexpr std::string_view name = "writable",
                                    doc = "A file that somebody other than root may change.";
  static constexpr auto columns = with_place(std::array{
      Column{"kind", &Writable::kind,
             "configuration, configuration-directory, agent, unit, script, secret, web-root, "
             "web-directory, php, wp-config, htaccess, content, log-directory.",
             Index::lookup},
      Column{"service", &Writable::service, "Service that reads it.", Index::lookup},
      Column{"writer", &Writable::writer, "User who may, or everyone, or group NAME.",
             Index::lookup},
      Column{"writer_uid", &Writable::writer_uid, "uid of a writer that is one account."},
      Column{"via", &Writable::via, "Right on the component: owner, group, other or acl."},
      Column{"component", &Writable::component,
             "File whose rights allow it, or a directory on its path, in which it can be "
             "replaced.",
             Index::lookup},
      Column{"component_mode", &Writable::component_mode, "Its permission bits."},
      Column{"owner", &Writable::owner, "Its owner."},
      Column{"owner_group", &Writable::owner_group, "Its group."},
      Column{"held_by", &Writable::held_by, "The same for people: group www-data may write it."},
      Column{"mended_owner", &Writable::mended_owner,
             "To whom to give it, so that the writer loses the right and those who need it can "
             "still use it; empty: its owner may stay, or nobody will do."},
      Column{"mended_group", &Writable::mended_group, "To which group; empty: the one it has."},
      Column{"mended_mode", &Writable::mended_mode,
             "Its mode then; NULL where it may stay, or where owner, group and mode are not the "
             "cure."},
      Column{"advice", &Writable::advice,
             "What to do where owner, group and mode are not the cure; else empty."},
      Column{"by_worker", &Writable::by_worker, "The writer serves requests."},
      Column{"by_everyone", &Writable::by_everyone, "Any account may."},
      Column{"by_administrator", &Writable::by_administrator,
             "The writer may become root anyway, by a group such as sudo."},
      Column{"by_person", &Writable::by_person, "The writer is an ordinary account."},
      Column{"privileged", &Writable::privileged, "A root process reads or runs it."}});
};

struct Readable : Place {  // place: the secret, line NULL
  std::string kind;
  std::string reader;
  bool by_worker = false;
  std::optional<std::int64_t> mode;
  std::string owner;
  std::string owner_group;
  std::optional<std::int64_t> mended_mode;
  std::string mended_group;
  std::string named_in;
  std::optional<std::int64_t> named_line;
};
template <>
struct Table<Readable> {
  static constexpr std::string_view name = "readable",
                                    doc = "A secret that more people may read than need to.";
  static constexpr auto columns = with_place(std::array{
      Column{"kind", &Readable::kind,
             "key, key-copy, password-file, wp-config, environment, setting, script, dump, backup, "
             "sessions, agent, accounts.",
             Index::lookup},
      Column{"reader", &Readable::reader, "everyone, or a user."},
      Column{"by_worker", &Readable::by_worker, "The reader serves requests."},
      Column{"mode", &Readable::mode, "Permission bits."},
      Column{"owner", &Readable::owner, "Owner."},
      Column{"owner_group", &Readable::owner_group, "Group."},
      Column{"mended_mode", &Readable::mended_mode,
             "Mode without that right, with which those who need it can still read it; NULL where "
             "mode and group alone do not do."},
      Column{"mended_group", &Readable::mended_group,
             "Group that goes with that mode; empty: the one it has."},
      Column{"named_in", &Readable::named_in, "File that refers to it."},
      Column{"named_line", &Readable::named_line, "Line there."}});
};

struct File : Place {  // place: the file itself, line NULL
  std::string service;
  std::string role;
  std::string owner;
  std::int64_t uid = 0;
  std::string owner_group;
  std::int64_t gid = 0;
  std::int64_t mode = 0;
};
template <>
struct Table<File> {
  static constexpr std::string_view name = "file", doc = "A file that a service was seen to use.";
  static constexpr auto columns = with_place(std::array{
      Column{"service", &File::service, "Service that uses it.", Index::lookup},
      Column{"role", &File::role,
             "configuration, configuration-directory, agent (what a monitoring agent "
             "reads), content, document-root, log, log-directory, unit, key, php.",
             Index::lookup},
      Column{"owner", &File::owner, "Owner by name, or #uid."}, Column{"uid", &File::uid, "Owner."},
      Column{"owner_group", &File::owner_group, "Group by name, or #gid."},
      Column{"gid", &File::gid, "Group."}, Column{"mode", &File::mode, "Permission bits."}});
};

// Rights that a file gives to whoever runs it.
struct SpecialFile : Place {  // place: the file, line NULL
  std::string kind;
  std::string detail;
  std::string owner;
  std::int64_t mode = 0;
  std::string inside;
  bool dangerous = false;
};
template <>
struct Table<SpecialFile> {
  static constexpr std::string_view name = "special_file",
                                    doc = "A file that lends rights to whoever runs it.";
  static constexpr auto columns = with_place(std::array{
      Column{"kind", &SpecialFile::kind, "setuid, setgid or capability.", Index::lookup},
      Column{"detail", &SpecialFile::detail,
             "The user or group that it runs as, or the capabilities."},
      Column{"owner", &SpecialFile::owner, "Owner."},
      Column{"mode", &SpecialFile::mode, "Permission bits."},
      Column{"inside", &SpecialFile::inside,
             "Document root that it lies in; empty for programs of the system."},
      Column{"dangerous", &SpecialFile::dangerous, "The capabilities are as good as being root."}});
};

}  // namespace stackaudit::facts
