// Rules as data: a TOML file that says what to look for and a Markdown file that explains and
// tests.
#pragma once

#include "rules/finding.hpp"
#include "text/diagnostic.hpp"
#include "text/source_map.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::rules {

// A template: literal text with {column} of the query's row; {{ and }} are braces.
struct Template {
  std::string text;
  text::Span span;  // in the rule file
};

struct ActionTemplate {
  Action::Kind kind = Action::Kind::decide;
  Template summary, path, text, mode, owner, group, acl;
  bool safe = false;
  std::string
      when;  // column that must be neither NULL, 0 nor empty for the action to apply; or empty
};

// Left out where path is empty. The column `way` is a list: each of its lines is a place of its
// own, path and message separated by a tab.
struct RelatedTemplate {
  Template path, line, message;
};

struct Rule {
  std::string id;
  text::Span id_span;
  std::string rule_class;
  text::Severity severity = text::Severity::error;
  std::string title;
  Template message;
  std::string query;
  text::Span query_span;
  std::vector<std::string> incidents;
  std::vector<text::Span> incident_spans;             // of each, in the rule file
  std::optional<std::array<Template, 6>> prediction;  // process, user, call, path, error, effect
  std::vector<RelatedTemplate> related;
  std::vector<ActionTemplate> actions;
  std::string markdown;       // the page, with its cases
  std::string markdown_name;  // for messages
  text::FileId file = text::FileId::none;
};

struct Incident {
  std::string id, title, date, users_saw, root_cause;
  std::vector<std::string> misleading_clues, decided;
};

struct Catalogue {
  std::vector<Rule> rules;  // sorted by id
  std::vector<Incident> incidents;

  [[nodiscard]] const Rule* find(std::string_view id) const;
  [[nodiscard]] const Incident* incident(std::string_view id) const;
};

// One pair of files to load.
struct RuleSource {
  std::string name;  // path that messages show
  std::string toml, markdown;
  std::string markdown_name;
  bool proven = false;  // query and page were checked before (the embedded ones: by the tests)
};

// Loads rules and checks all of it: keys, types, ids, classes, templates against the query's
// columns, SQL, authorizer, query plan. Problems name the rule file's line and column; a rule with
// an error is left out of the catalogue.
struct Loaded {
  Catalogue catalogue;
  std::vector<text::Diagnostic> problems;
};
[[nodiscard]] Loaded load_rules(std::vector<RuleSource> sources, std::string_view incidents_toml,
                                text::SourceMap& texts);
// The pairs that are embedded in the binary, and rules/incidents.toml.
[[nodiscard]] std::vector<RuleSource> embedded_rules();
[[nodiscard]] std::string_view embedded_incidents();

// The ids of `class`, in the order of the contract.
[[nodiscard]] const std::vector<std::string_view>& rule_classes();

}  // namespace stackaudit::rules
