// Who answers a dial.
#pragma once

#include "stack/dials/others.hpp"
#include "stack/survey.hpp"

namespace stackaudit::stack {

class Answers {
 public:
  explicit Answers(Survey& survey);

  // Sets answered, answered_by and nearest of a dial to this machine. A dial that nobody answers is
  // only decided where nothing else could listen there.
  void decide(facts::Dial& dial);

  // The listener that takes the connection; nullptr where none of this audit does.
  [[nodiscard]] const facts::Listener* listener_for(const facts::Dial& dial) const;

 private:
  [[nodiscard]] std::optional<bool> speaks_tls(const facts::Listener& listener) const;
  [[nodiscard]] std::string socket_of(const std::string& path) const;
  [[nodiscard]] bool out_of_scope() const;
  [[nodiscard]] const facts::Listener* nearest_of(const facts::Dial& dial) const;
  [[nodiscard]] const facts::Listener* likest(const facts::Dial& dial) const;
  [[nodiscard]] bool dialled(const facts::Listener& listener) const;
  void unanswered_socket(facts::Dial& dial);
  void unanswered_port(facts::Dial& dial);

  Survey& survey_;
  OtherPrograms others_;
};

// Whether a monitoring agent asks.
[[nodiscard]] bool is_monitor(const facts::Dial& dial);

// "127.0.0.1:8080", "[::1]:80", "*:80" or the path of a socket.
[[nodiscard]] std::string address_text(const facts::Listener& listener);

}  // namespace stackaudit::stack
