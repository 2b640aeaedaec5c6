// The words of the contract for what findings hold.
#include "rules/finding.hpp"

namespace stackaudit::rules {

std::string_view kind_name(Action::Kind kind) {
  switch (kind) {
    case Action::Kind::replace:
      return "replace";
    case Action::Kind::mode:
      return "mode";
    case Action::Kind::owner:
      return "owner";
    case Action::Kind::acl:
      return "acl";
    case Action::Kind::decide:
      return "decide";
  }
  return "decide";
}

std::string_view severity_name(text::Severity severity) {
  switch (severity) {
    case text::Severity::info:
      return "info";
    case text::Severity::warning:
      return "warning";
    case text::Severity::error:
      return "error";
  }
  return "error";
}

}  // namespace stackaudit::rules
