// CLI11 splits the words; what the values mean, and which option belongs to which command, is
// decided here, so that every complaint can name what would have been right.
#include "cli/options.hpp"

#include "cli/cli.hpp"
#include "cli/complain.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace stackaudit::cli {
namespace {

struct CommandName {
  Command command;
  std::string_view name;
};
constexpr std::array kCommands{
    CommandName{Command::audit, "audit"}, CommandName{Command::query, "query"},
    CommandName{Command::tables, "tables"}, CommandName{Command::rules, "rules"},
    CommandName{Command::explain, "explain"}};

constexpr unsigned in(Command command) {
  return 1U << static_cast<unsigned>(command);
}
constexpr unsigned kSurveys = in(Command::audit) | in(Command::query);
constexpr unsigned kCatalogue = in(Command::audit) | in(Command::rules) | in(Command::explain);
constexpr unsigned kPrints = kSurveys | in(Command::rules);

constexpr std::array<std::pair<std::string_view, Format>, 2> kFormats{
    {{"text", Format::text}, {"json", Format::json}}};
constexpr std::array<std::pair<std::string_view, FailOn>, 4> kFailOn{{{"error", FailOn::error},
                                                                      {"warning", FailOn::warning},
                                                                      {"info", FailOn::info},
                                                                      {"never", FailOn::never}}};
constexpr std::array<std::pair<std::string_view, Color>, 3> kColors{
    {{"auto", Color::automatic}, {"always", Color::always}, {"never", Color::never}}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kKinds{
    {{"nginx", "nginx"},
     {"apache", "apache"},
     {"php-fpm", "php-fpm"},
     {"php", "php"},
     {"wordpress", "wordpress"},
     {"systemd", "systemd"},
     {"datadog", "datadog"},
     {"container", "container"}}};

constexpr std::string_view kUsage =
    "Usage: stackaudit [audit] [PATH...] [options]\n"
    "       stackaudit query 'SQL' [PATH...] [options]\n"
    "       stackaudit tables [NAME]\n"
    "       stackaudit rules [options]\n"
    "       stackaudit explain RULE [--cases]\n";
constexpr std::string_view kFooter =
    "Exit status: 0 nothing at or above --fail-on; 1 findings at or above it; 2 the question was\n"
    "wrong or could not be answered, or something that was needed could not be read.\n";

struct Refusal {
  std::string message, help;
};

// Words as CLI11 hands them over, before they are checked.
struct Words {
  std::vector<std::string> paths;
  std::string format = "text", fail_on = "error", color = "auto";
};

struct Setting {
  CLI::Option* option;
  unsigned commands;
};

class Grammar {
 public:
  explicit Grammar(Options& options) : options_(options) { declare(); }

  // Throws CLI::ParseError or Refusal.
  void parse(std::span<const std::string> args) {
    // CLI11 takes the words from the back.
    app_.parse(std::vector<std::string>(args.rbegin(), args.rend()));
    for (const auto& [command, name] : kCommands)
      if (app_.got_subcommand(std::string(name))) options_.command = command;
    if (app_.got_subcommand("fix")) throw no_fix();
    check();
    take();
  }

  [[nodiscard]] std::string help() const;
  [[nodiscard]] static Refusal no_fix();
  [[nodiscard]] Refusal explain(const CLI::ParseError& error) const;

 private:
  void declare();
  void commands();
  void check() const;
  void take();
  template <class Value, std::size_t n>
  static Value choose(std::string_view option, std::string_view word,
                      const std::array<std::pair<std::string_view, Value>, n>& choices);
  void add(CLI::Option* option, unsigned applies) { settings_.push_back({option, applies}); }
  template <class Value>
  CLI::Option* value(unsigned applies, const char* name, const char* placeholder, Value& into,
                     const char* doc) {
    auto* option = app_.add_option(name, into, doc)->type_name(placeholder);
    if constexpr (!std::is_same_v<Value, std::string>)
      option->delimiter(',')->allow_extra_args(false)->multi_option_policy(
          CLI::MultiOptionPolicy::TakeAll);
    add(option, applies);
    return option;
  }

  Options& options_;
  Words words_;
  CLI::App app_{"Tells, before the restart, what strace would have told after it.", "stackaudit"};
  std::vector<Setting> settings_;
};

void Grammar::declare() {
  app_.set_version_flag("--version", "stackaudit " STACKAUDIT_VERSION);
  app_.fallthrough()->require_subcommand(0, 1);
  add(app_.add_option("PATH", words_.paths, "where to look for entry points; default: /etc")
          ->type_name("..."),
      kSurveys);
  value(kSurveys, "--root", "DIR", options_.root,
        "DIR holds a root file system; PATHs, links and users are inside it");
  value(kSurveys, "--policy", "FILE", options_.policy,
        "the site's intent; default: /etc/stackaudit/policy.toml inside the root");
  value(kSurveys, "--kind", "KIND", options_.kind,
        "what a PATH that is a file is: nginx, apache, php-fpm, php, ...");
  value(kCatalogue, "--rules", "DIR", options_.rule_folders, "further rule files; may be repeated")
      ->delimiter('\0');
  value(in(Command::audit) | in(Command::rules), "--select", "R,..", options_.select,
        "only these rules, by id or class");
  value(in(Command::audit) | in(Command::rules), "--ignore", "R,..", options_.ignore,
        "not these rules, by id or class");
  value(kPrints, "--format", "F", words_.format, "text (default) or json");
  value(kPrints, "--output", "FILE", options_.output, "write there instead of standard output");
  value(in(Command::audit), "--fail-on", "S", words_.fail_on,
        "exit 1 from this severity on: error (default), warning, info, never");
  value(kPrints, "--color", "WHEN", words_.color, "auto (default), always, never");
  add(app_.add_flag("--allow-incomplete", options_.allow_incomplete,
                    "exit 0 although something that was needed could not be read"),
      in(Command::audit));
  commands();
}

void Grammar::commands() {
  app_.add_subcommand("audit", "report what will fail (may be left out)");
  app_.add_subcommand("query", "ask the facts in SQL")
      ->add_option("SQL", options_.argument, "a select over the tables of `stackaudit tables`")
      ->required();
  app_.add_subcommand("tables", "the fact tables and their columns")
      ->add_option("NAME", options_.argument, "one table");
  app_.add_subcommand("rules", "the catalogue of rules");
  auto* explain = app_.add_subcommand("explain", "one rule: what, why, how to mend");
  explain->add_option("RULE", options_.argument, "id of the rule")->required();
  explain->add_flag("--cases", options_.cases, "with the cases that test the rule");
  app_.add_subcommand("fix", "")->group("")->allow_extras();
}

std::string Grammar::help() const {
  auto out = app_.get_description() + "\n\n" + std::string(kUsage) + "\nCommands:\n";
  for (const auto* command : app_.get_subcommands({}))
    if (!command->get_group().empty())
      out += fmt::format("  {:<20} {}\n", command->get_name(), command->get_description());
  out += "\nOptions:\n";
  for (const auto* option : app_.get_options())
    out += fmt::format("  {:<20} {}\n", option->get_name() + " " + option->get_type_name(),
                       option->get_description());
  return out + "\n" + std::string(kFooter);
}

Refusal Grammar::no_fix() {
  return {"fix is not in this version; the corrective actions are in the report", ""};
}

Refusal Grammar::explain(const CLI::ParseError& error) const {
  if (app_.get_subcommand("fix")->parsed()) return no_fix();
  if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::ExtrasError))
    return {error.what(), "stackaudit --help lists the options"};
  std::vector<std::string> names;
  for (const auto* option : app_.get_options())
    if (!option->get_lnames().empty()) names.push_back("--" + option->get_lnames().front());
  for (const auto& word : app_.remaining(true)) {
    if (!word.starts_with("-")) continue;
    const auto name = word.substr(0, word.find('='));
    auto help = did_you_mean(name, {names.begin(), names.end()});
    return {"unknown option " + name,
            help.empty() ? "stackaudit --help lists the options" : std::move(help)};
  }
  return {error.what(), "stackaudit --help lists the commands"};
}

void Grammar::check() const {
  const auto command = std::ranges::find(kCommands, options_.command, &CommandName::command)->name;
  for (const auto& [option, commands] : settings_) {
    if (option->count() == 0) continue;
    const auto name = option->get_name();
    if ((commands & in(options_.command)) == 0)
      throw Refusal{fmt::format("{} says nothing to `stackaudit {}`", name, command),
                    "stackaudit --help lists what does"};
    if (option->get_items_expected_min() > 0 && std::ranges::count(option->results(), "") > 0)
      throw Refusal{name + " needs a value", ""};
  }
}

void Grammar::take() {
  if (!words_.paths.empty()) options_.paths = words_.paths;
  options_.format = choose("--format", words_.format, kFormats);
  options_.fail_on = choose("--fail-on", words_.fail_on, kFailOn);
  options_.color = choose("--color", words_.color, kColors);
  if (!options_.kind.empty()) choose("--kind", options_.kind, kKinds);
}

template <class Value, std::size_t n>
Value Grammar::choose(std::string_view option, std::string_view word,
                      const std::array<std::pair<std::string_view, Value>, n>& choices) {
  std::vector<std::string_view> words;
  for (const auto& [name, meaning] : choices) {
    if (name == word) return meaning;
    words.push_back(name);
  }
  const auto near = did_you_mean(word, words);
  throw Refusal{fmt::format("{} {} is not known", option, word),
                near.empty() ? fmt::format("{} takes {}", option, fmt::join(words, ", ")) : near};
}

}  // namespace

Parsed parse_options(std::span<const std::string> args) {
  Parsed parsed;
  Grammar grammar(parsed.options);
  const auto refuse = [&](const Refusal& refusal) {
    parsed.exit = kTrouble;
    parsed.err = complaint(refusal.message, refusal.help);
  };
  try {
    grammar.parse(args);
  } catch (const CLI::CallForVersion& version) {
    parsed.exit = kClean;
    parsed.out = std::string(version.what()) + "\n";
  } catch (const CLI::CallForHelp&) {
    parsed.exit = kClean;
    parsed.out = grammar.help();
  } catch (const CLI::ParseError& error) {
    refuse(grammar.explain(error));
  } catch (const Refusal& refusal) {
    refuse(refusal);
  }
  return parsed;
}

}  // namespace stackaudit::cli
