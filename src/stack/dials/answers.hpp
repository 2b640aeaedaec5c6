// Who answers a dial.
#pragma once

#include "stack/dials/apache_tls.hpp"
#include "stack/dials/others.hpp"
#include "stack/survey.hpp"
#include "stack/systemd/systemd.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace stackaudit::stack {

// Listeners, services and pools must be complete, and stay as they are.
class Answers {
 public:
  Answers(Survey& survey, const Systemd& systemd);

  // Sets answered, answered_by and nearest of a dial to this machine. A dial that nobody answers is
  // only decided where nothing else could listen there.
  void decide(facts::Dial& dial);

  // The listener that takes the connection; nullptr where none of this audit does.
  [[nodiscard]] const facts::Listener* listener_for(const facts::Dial& dial);

 private:
  using Listeners = std::vector<const facts::Listener*>;

  [[nodiscard]] bool answers(const facts::Listener& listener, const facts::Dial& dial) const;
  [[nodiscard]] const facts::Listener* choose(const facts::Dial& dial) const;
  [[nodiscard]] std::optional<bool> speaks_tls(const facts::Listener& listener) const;
  [[nodiscard]] std::string socket_of(const std::string& path) const;
  [[nodiscard]] bool out_of_scope();
  [[nodiscard]] bool some_server_is_left_out() const;
  [[nodiscard]] const facts::Listener* nearest_of(const facts::Dial& dial) const;
  [[nodiscard]] const facts::Listener* likest(const facts::Dial& dial) const;
  [[nodiscard]] bool dialled(const facts::Listener& listener, bool by_monitors) const;
  void unanswered_socket(facts::Dial& dial);
  void unmade_socket(facts::Dial& dial);
  void unanswered_port(facts::Dial& dial);

  Survey& survey_;
  OtherPrograms others_;
  const Systemd& systemd_;
  ApacheTls apache_tls_;
  bool localhost_has_both_;                          // an address of IPv4 and one of IPv6
  std::optional<bool> out_of_scope_;                 // once it was asked
  std::set<std::optional<std::int64_t>> tls_ports_;  // of nginx
  std::map<std::int64_t, Listeners> by_port_;
  std::map<std::string, Listeners, std::less<>> by_socket_;  // in their canonical spelling
  std::map<std::string, const facts::Listener*, std::less<>> chosen_;  // by what a dial asks for
};

// Whether a monitoring agent asks.
[[nodiscard]] bool is_monitor(const facts::Dial& dial);

// "127.0.0.1:8080", "[::1]:80", "*:80" or the path of a socket.
[[nodiscard]] std::string address_text(const facts::Listener& listener);

}  // namespace stackaudit::stack
