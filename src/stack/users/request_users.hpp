// Whose rights a request of Apache has where mpm-itk or mod_ruid2 gives it a user: the one whom the
// virtual host or a section names, or the owner of the file that is asked for. What both do was
// asked of mpm-itk 2.4.7 and of mod_ruid2 0.9.8, built for httpd 2.4.
#pragma once

#include "stack/survey.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

class RequestUsers {
 public:
  // As whom one request may be done.
  struct Who {
    bool known = true;                    // false: an expression decides, or it is in a chroot
    std::optional<tree::Principal> user;  // none: the user of the server
  };

  static constexpr std::int64_t kMainServer = 0;  // no directive's id

  // `server` is whom the children run as.
  RequestUsers(const Survey& survey, const Blocks& apache, const tree::Principal& server);

  // Nothing gives requests a user.
  [[nodiscard]] bool empty() const { return sections_.empty(); }
  // The id of the virtual host that a directive stands in.
  [[nodiscard]] std::int64_t host_of(const facts::Directive& row) const;
  // Whom the section of a directive gives its requests, where it names one.
  [[nodiscard]] std::optional<tree::Principal> named_at(const facts::Directive& row) const;

  // As whom a request of the host opens a file: first what the host and its directories say, then
  // what its sections say of which the files are not known (Location, Files, If).
  [[nodiscard]] std::vector<Who> of(std::int64_t host, std::string_view file) const;
  // The same of a file whose host is not known: whatever any section says.
  [[nodiscard]] std::vector<Who> of_any(std::string_view file) const;

 private:
  // What a section says; the rest is that of the section around it.
  struct Said {
    std::optional<bool> by_owner;  // RMode
    std::optional<std::uint32_t> uid, gid;
    std::optional<std::vector<std::uint32_t>> groups;  // RGroups
    bool ruid = false;                                 // of mod_ruid2, not of mpm-itk
    bool unknown = false;

    void add(const Said& inner);
  };
  struct Section {
    std::int64_t host = kMainServer;
    bool is_host = false;
    std::string directory;  // of <Directory>; empty: of no files that are known
    Said said;
  };
  // RMinUidGid and RDefaultUidGid of one host; another does not inherit them.
  struct Floor {
    std::uint32_t min_uid = 100, min_gid = 100;
    std::optional<std::uint32_t> uid, gid;
  };

  void read(const facts::Directive& row);
  Section& section_of(const facts::Directive& row);
  [[nodiscard]] Said sum_of(std::int64_t host, std::string_view file) const;
  [[nodiscard]] Who who(const Said& said, std::int64_t host, std::string_view file) const;
  [[nodiscard]] Who of_ruid(Said said, std::int64_t host, std::string_view file) const;
  [[nodiscard]] tree::Principal principal(std::uint32_t uid, std::uint32_t gid) const;
  [[nodiscard]] std::optional<std::uint32_t> uid_of(std::string_view word) const;
  [[nodiscard]] std::optional<std::uint32_t> gid_of(std::string_view word) const;

  const Survey& survey_;
  const Blocks& apache_;
  tree::Principal server_;
  std::map<std::int64_t, Section> sections_;  // by the id of their block
  std::map<std::int64_t, Floor> floors_;      // by host
};

}  // namespace stackaudit::stack
