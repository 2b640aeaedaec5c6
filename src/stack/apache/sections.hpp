// What is in force in a directory: the <Directory> sections along its path, merged as httpd merges
// them (shortest first, the main server's before the virtual host's, .htaccess after its level,
// those with a regular expression last).
#pragma once

#include "stack/apache/httpd.hpp"

namespace stackaudit::stack::apache {

enum class Grant : std::uint8_t { none, granted, denied, conditional };

// Bits of Options that matter here.
enum Option : unsigned {
  kFollowSymLinks = 1,
  kSymLinksIfOwnerMatch = 2,
  kIndexesOption = 4,
  kExecCgi = 8
};

struct InForce {
  Override override{};  // AllowOverride and AllowOverrideList
  const Setting* override_by = nullptr;
  unsigned options = kFollowSymLinks;
  text::Span options_by{};  // file is none: the default
  Grant grant = Grant::none;
  const Setting* grant_by = nullptr;
  std::string grant_directory;  // of the section that decides the grant
  bool rewrite = false;         // RewriteEngine is on in per-directory context
  bool uncertain = false;       // a section whose pattern is not evaluated might change this
};

// Whether a section's pattern fits a path; nullopt where that is not known.
[[nodiscard]] std::optional<bool> regex_fits(const Section& section, std::string_view path);

// Below the sections: what stands outside of them in the main server and in the virtual host.
[[nodiscard]] InForce base_in_force(const Httpd& httpd, int server);
// Adds the sections for exactly this directory; its parents must have been entered before.
void enter_directory(const Httpd& httpd, int server, std::string_view directory, InForce& state);
// Adds settings (of a .htaccess file, or of one section).
void add_settings(const Httpd& httpd, const std::vector<const Setting*>& settings, InForce& state);
// Adds the sections with a regular expression, which httpd asks last, about the directory itself;
// where they may hold for files in it as well, the state is uncertain.
void leave_to_patterns(const Httpd& httpd, int server, std::string_view directory, InForce& state);
// Adds the Options of <Location />, which httpd asks after all of them; where another <Location> or
// a <LocationMatch> sets some, the state is uncertain.
void leave_to_location(const Httpd& httpd, int server, InForce& state);
// base, then each directory from "/" to this one, then the patterns; .htaccess files not
// considered.
[[nodiscard]] InForce in_force_at(const Httpd& httpd, int server, std::string_view directory);

// Nothing grants access to the directory, which is named at the span. alias_grant.cpp
void report_no_grant(Httpd& httpd, text::Span span, const std::string& directory,
                     const InForce& state);

// The innermost section of the chain that has a per-directory configuration; -1: none.
[[nodiscard]] int per_directory_section(const Httpd& httpd, int section);
// The path of the innermost <Directory> around a setting; empty where a pattern or a place of URLs
// is around it.
[[nodiscard]] std::string directory_around(const Httpd& httpd, const Setting& setting);
// Whether a section's argument is a regular expression.
[[nodiscard]] bool is_regex(const Section& section);

}  // namespace stackaudit::stack::apache
