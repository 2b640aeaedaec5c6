// What the parts of the nginx reader share while one instance of nginx is read.
#pragma once

#include "stack/entries/entries.hpp"
#include "stack/nginx/build.hpp"
#include "stack/nginx/config.hpp"
#include "stack/survey.hpp"
#include "stack/systemd/systemd.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace stackaudit::stack::nginx {

// By path, what is in it.
using Modules = std::map<std::string, Declared, std::less<>>;

struct Reader {
  Survey& survey;
  const Systemd& systemd;
  const ServiceUnit* unit = nullptr;  // nullptr: nothing is known of who starts it
  Build& build;
  Config& config;
  Modules& modules;               // load_module
  std::string prefix{};           // of this instance: -p, or as built
  std::string conf_path{};        // -c, the entry, or as built
  std::optional<Actor> master{};  // none: the unit's account does not exist
  std::optional<Actor> worker{};  // none: its account does not exist or cannot be known

  // The same instance, whose rows go to a part of the survey.
  [[nodiscard]] Reader with(Survey& part) const {
    return {part, systemd, unit, build, config, modules, prefix, conf_path, master, worker};
  }

  [[nodiscard]] bool root_master() const { return !master || master->who.uid == 0; }
  // Absolute paths of names as nginx completes them.
  [[nodiscard]] std::string conf_relative(std::string_view name) const;
  [[nodiscard]] std::string prefix_relative(std::string_view name) const;

  void problem(text::Span span, std::string_view code, text::Severity severity, std::string message,
               std::string help = {}, std::string replacement = {});
  void problem_with(text::Span span, std::string_view code, std::string message, text::Span related,
                    std::string related_message, std::string help = {});
  // A reference row there with the fields that every caller sets.
  facts::Reference reference(facts::Place place, std::string_view kind, std::string_view as_written,
                             std::string_view wanted) const;
  facts::Reference reference(text::Span span, std::string_view kind, std::string_view as_written,
                             std::string_view wanted) const;
};

// Whether the value has a variable: it is known only when a request is served.
[[nodiscard]] bool has_variable(std::string_view value);

}  // namespace stackaudit::stack::nginx
