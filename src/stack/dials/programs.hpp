// Programs that this audit does not read as it reads its servers, but whose addresses it knows
// where to find: options of the command, lines of a configuration file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

// options: words whose value is an address, separated by blanks. Of a container's published port
// the last colon parts the inner port off. Where options and lines give the port alone, host names
// the option, or the line, that gives the addresses, and otherwise is what holds without it.
struct Program {
  std::string_view name;  // of the file; "*exporter" is any that contains the word
  std::string_view service, options;
  bool published = false;
  std::string_view config;  // where the claims are in files of lines "KEY ADDRESS", parted by "|"
  std::string_view key;     // several are parted by "|"
  std::string_view host_option, host_key, otherwise;
  bool complete = true;         // it listens nowhere else
  std::string_view needs{};     // a line that the file must have: "proto tcp"
  std::string_view variable{};  // of the unit's environment, whose value is the port
};

// By the name of the program's file; nullptr for all others.
[[nodiscard]] const Program* program_called(std::string_view name);
// Whether the text names one of them at all.
[[nodiscard]] bool names_program(std::string_view text);

struct Address {
  std::string host;
  std::int64_t port = 0;
};

// "80", ":80", "*:80", "127.0.0.1:80", "[::]:80", "name=127.0.0.1:80,PROXY"; none for sockets.
[[nodiscard]] std::optional<Address> address_of(std::string_view text, bool published);

// All of "127.0.0.1:80,[::1]:443" and of "127.0.0.1:8000-8010", 256 ports at most.
[[nodiscard]] std::vector<Address> addresses_in(std::string_view text, bool published);

struct ValueLine {
  std::string_view value;
  std::size_t at = 0;  // offset in the content
};

// The addresses of the sites of a Caddyfile, and what each makes it listen on: a name alone is
// served on 80 and 443.
[[nodiscard]] std::vector<ValueLine> caddy_sites(std::string_view content);
[[nodiscard]] std::vector<Address> caddy_addresses(std::string_view site);

// The first word, or all of them, behind KEY of each line that begins with it: "bind *:80",
// "default port = 8081", "listen = \":8080\"", "receiver_port: 8080".
[[nodiscard]] std::vector<ValueLine> lines_of(std::string_view content, std::string_view key,
                                              bool whole);

}  // namespace stackaudit::stack
