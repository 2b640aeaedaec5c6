// What an audit says: findings, with the call that will fail and the typed corrective action.
#pragma once

#include "text/diagnostic.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace stackaudit::rules {

// The failing call that is foretold. Unknown parts are empty.
struct Prediction {
  std::string process, user, call, path, error, effect;

  friend bool operator==(const Prediction&, const Prediction&) = default;
};

struct Related {
  std::string path;
  std::optional<std::int64_t> line;
  std::string message;

  friend bool operator==(const Related&, const Related&) = default;
};

// One corrective action as data; how it is written down is another layer's business.
struct Action {
  enum class Kind : std::uint8_t {
    replace,  // write `text` over bytes [span_begin, span_end) of path
    mode,     // give path the permission bits `mode`
    owner,    // give path to `owner` and `group`, those of them that are not empty
    acl,      // add the entry `acl` ("u:www-data:r") to the ACL of path
    decide,   // a person must choose; summary says between what
  };
  Kind kind = Kind::decide;
  std::string summary;  // a sentence in the imperative
  std::string path;
  bool safe = false;  // carrying it out cannot change what a healthy service does
  std::optional<std::int64_t> line;
  std::optional<std::int64_t> span_begin, span_end;
  std::string text;
  std::optional<std::int64_t> mode;
  std::string owner, group;
  std::string acl;

  friend bool operator==(const Action&, const Action&) = default;
};
[[nodiscard]] std::string_view kind_name(Action::Kind kind);

struct Finding {
  std::string rule;
  std::string rule_class;  // as in the contract: "missing-reference", "access", ...
  text::Severity severity = text::Severity::error;
  std::string title;  // the rule's
  std::string path;
  std::optional<std::int64_t> line, column;
  std::optional<std::int64_t> span_begin, span_end;  // bytes of path that the code frame marks
  std::string message;
  std::optional<Prediction> prediction;
  std::vector<Related> related;
  std::vector<Action> actions;
  std::vector<std::string> incidents;
  std::string fingerprint;  // 16 hexadecimal digits; does not depend on line numbers
};
[[nodiscard]] std::string_view severity_name(text::Severity severity);

}  // namespace stackaudit::rules
