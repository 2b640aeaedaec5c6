// One walk over all directives; values with a grammar are judged by files of their own.
#include "stack/nginx/check.hpp"

#include "stack/nginx/availability.hpp"
#include "stack/nginx/values.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace stackaudit::stack::nginx {
namespace {

using text::Severity;

std::string quoted(std::string_view name) {
  return '"' + std::string(name) + '"';
}

bool has_typographic_quote(std::string_view word) {
  constexpr std::array<std::string_view, 6> kQuotes{"\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x98",
                                                    "\xe2\x80\x99", "\xc2\xab",     "\xc2\xbb"};
  return text::contains_any(word, kQuotes);
}

class Checker {
 public:
  explicit Checker(Reader& reader) : reader_(reader), config_(reader.config) {}

  void run() {
    for (std::size_t i = 0; i < config_.nodes.size(); ++i) {
      const auto& node = config_.nodes[i];
      if (node.name.value.empty() && node.name.quote == 0) continue;
      if (node.parent && unknown_blocks_.contains(*node.parent)) {
        if (node.block) unknown_blocks_.insert(i);
      } else if (node.context == Context::data) {
        if (node.block) error(node.end, "parse", "unexpected \"{\"");
      } else if (node.context != Context::foreign) {
        check(i, node);
      }
    }
    check_block(std::nullopt);
    for (std::size_t i = 0; i < config_.nodes.size(); ++i)
      if (config_.nodes[i].block) check_block(i);
    if (config_.own(std::nullopt, "events") == nullptr &&
        reader_.survey.sources.find(reader_.conf_path))
      no_events();
  }

 private:
  void error(text::Span span, std::string_view code, std::string message, std::string help = {},
             std::string replacement = {}) {
    reader_.problem(span, code, Severity::error, std::move(message), std::move(help),
                    std::move(replacement));
  }

  void check(std::size_t index, const Node& node) {
    const auto& name = node.name.value;
    const auto& [available, form] = answer_for(node);
    switch (available.known) {
      case Known::no:
      case Known::doubtful:
        unknown(index, node, available);
        return;
      case Known::foreign:
        return;
      case Known::yes:
        break;
    }
    if (form == nullptr || is_later_place(name, *form)) {
      wrong_context(node);
      return;
    }
    if (!form->foreign) check_form(node, *form);
  }

  // What is known of a directive where it stands; a configuration has few names many times.
  struct Answer {
    Availability available;
    const Form* form = nullptr;
  };
  const Answer& answer_for(const Node& node) {
    const std::string_view name = node.name.value;
    const auto [it, fresh] = answers_.try_emplace({name, node.context});
    if (fresh)
      it->second = {availability(reader_, name, node.context),
                    Directives::known().find(name, node.context)};
    return it->second;
  }

  void unknown(std::size_t index, const Node& node, const Availability& available) {
    const auto& name = node.name.value;
    const bool exists = Directives::known().find(name, node.context) != nullptr;
    const bool certain = available.known == Known::no;
    auto help = available.why;
    std::string replacement;
    if (name.starts_with("\xef\xbb\xbf")) {
      help = "remove the byte order mark at the beginning of the file";
      replacement = name.substr(3);
    } else if (name.find('}') != std::string::npos && name[0] >= '0' && name[0] <= '9') {
      help = "a regular expression with \"{\" or \"}\" must be in quotes";
    } else if (has_typographic_quote(name)) {
      help = "nginx knows only \" and ' as quotes";
    } else if (exists) {
      // it is no misspelt one: why this nginx lacks it has been said
    } else if (const auto near = text::nearest(name, Directives::known().names(node.context))) {
      help = "did you mean " + quoted(*near) + "?";
      replacement = *near;
    }
    if (index > 0 && help.empty()) help = continuation_help(index);
    if (certain && node.block) unknown_blocks_.insert(index);
    reader_.problem(node.name.span, certain ? "unknown-directive" : "doubtful-directive",
                    certain ? Severity::error : Severity::warning,
                    "unknown directive " + quoted(name), help, replacement);
  }

  // "unknown" may be the rest of a line that a semicolon cut off.
  [[nodiscard]] std::string continuation_help(std::size_t index) const {
    const auto& before = config_.nodes[index - 1];
    const auto& node = config_.nodes[index];
    if (before.span.file != node.span.file || before.span.end > node.span.begin) return {};
    const auto gap =
        reader_.survey.sources.slice({node.span.file, before.span.end, node.span.begin});
    if (gap.find('\n') != std::string_view::npos || before.block) return {};
    return "the semicolon before it ends " + quoted(before.name.value);
  }

  // A place in which only a newer nginx takes the directive.
  [[nodiscard]] bool is_later_place(std::string_view name, const Form& form) const {
    return form.later && reader_.build.lacks("1.23.0") &&
           std::ranges::any_of(Directives::known().find(name),
                               [](const Form& other) { return !other.later; });
  }

  void wrong_context(const Node& node) {
    const auto& name = node.name.value;
    std::string places;
    for (const auto& form : Directives::known().find(name))
      for (unsigned c = 0; c <= static_cast<unsigned>(Context::stream_upstream); ++c)
        if (form.allowed_in(static_cast<Context>(c))) {
          const auto place = std::string(context_name(static_cast<Context>(c)));
          if (places.find(place) == std::string::npos)
            places += (places.empty() ? "" : ", ") + place;
        }
    const auto message = quoted(name) + " directive is not allowed here";
    const auto help = "it may stand in: " + places;
    if (node.parent && config_.nodes[*node.parent].span.file == node.span.file)
      reader_.problem_with(node.name.span, "wrong-context", message,
                           config_.nodes[*node.parent].span, "it stands in this block", help);
    else
      error(node.name.span, "wrong-context", message, included_into(node) + help);
  }

  // "" or "the file is included in the server of /etc/nginx/nginx.conf:4; "
  [[nodiscard]] std::string included_into(const Node& node) const {
    if (!node.parent) return {};
    const auto& block = config_.nodes[*node.parent];
    const auto place = reader_.survey.place(block.span);
    return "the file is included in the " + block.name.value + " of " + place.path + ':' +
           std::to_string(place.line.value_or(0)) + "; ";
  }

  void check_form(const Node& node, const Form& form) {
    const auto& name = node.name.value;
    if (!form.block && node.block) {
      error(node.span, "wrong-arguments",
            "directive " + quoted(name) + " is not terminated by \";\"");
      return;
    }
    if (form.block && !node.block) {
      error(node.span, "wrong-arguments", "directive " + quoted(name) + " has no opening \"{\"");
      return;
    }
    if (!form.takes(node.args.size())) {
      error(node.span, "wrong-arguments",
            "invalid number of arguments in " + quoted(name) + " directive");
      return;
    }
    std::vector<std::string_view> args;
    for (const auto& arg : node.args) args.emplace_back(arg.value);
    auto refused = refusal(name, form.value, args);
    if (refused.empty()) return;
    const auto words = possible_words(form.value);
    const auto near = args.size() == 1 ? text::nearest(args[0], words) : std::nullopt;
    error(node.args.back().span, "bad-value", std::move(refused), value_help(args.back()),
          near.value_or(""));
  }

  static std::string value_help(std::string_view value) {
    if (has_typographic_quote(value)) return "nginx knows only \" and ' as quotes";
    if (value.find_first_of("Oo") != std::string_view::npos &&
        value.find_first_of("0123456789") != std::string_view::npos)
      return "the letter O stands where a zero was meant";
    return {};
  }

  // What nginx refuses of a block as a whole.
  void check_block(std::optional<std::size_t> block) {
    std::map<std::string_view, std::size_t> first;
    std::map<std::pair<std::string_view, bool>, std::size_t> locations;
    for (const auto i : config_.children(block)) {
      const auto& node = config_.nodes[i];
      if (node.context == Context::data || node.context == Context::foreign) return;
      if (node.is("location")) check_location(node, i, locations);
      if (node.is("map")) first.try_emplace("map", i);  // sets the sizes that are not said by then
      const auto* form = Directives::known().find(node.name.value, node.context);
      if (form == nullptr || !form->once || form->block != node.block) continue;
      const auto [it, fresh] = first.try_emplace(node.name.value, i);
      if (!fresh)
        duplicate(node, config_.nodes[it->second]);
      else if (const auto map = first.find("map");
               map != first.end() && node.name.value.starts_with("map_hash_"))
        duplicate(node, config_.nodes[map->second]);
    }
  }

  void duplicate(const Node& node, const Node& before) {
    const auto message = quoted(node.name.value) + " directive is duplicate";
    if (before.command_line) {
      const auto place = reader_.survey.place(before.span);
      error(node.span, "duplicate-of-command-line", message,
            "the option -g in " + place.path + ":" + std::to_string(place.line.value_or(0)) +
                " has it already");
      return;
    }
    reader_.problem_with(
        node.span, "duplicate-directive", message, before.span,
        before.is("map") ? "the first map set it: say it before" : "the first one is here");
  }

  void check_location(const Node& node, std::size_t index,
                      std::map<std::pair<std::string_view, bool>, std::size_t>& seen) {
    if (!node.block || node.args.empty() || node.args.size() > 2) return;
    constexpr std::array<std::string_view, 4> kModifiers{"=", "^~", "~", "~*"};
    auto modifier = node.args.size() == 2 ? node.arg(0) : std::string_view{};
    auto name = node.arg(node.args.size() - 1);
    if (node.args.size() == 2 && std::ranges::find(kModifiers, modifier) == kModifiers.end()) {
      error(node.args[0].span, "bad-value", "invalid location modifier " + quoted(modifier));
      return;
    }
    if (node.args.size() == 1)
      for (const auto candidate : {"~*", "^~", "=", "~"})
        if (name.starts_with(candidate)) {
          modifier = candidate;
          name.remove_prefix(modifier.size());
          break;
        }
    if (modifier.starts_with('~') || name.starts_with('@')) return;
    const auto [it, fresh] = seen.try_emplace({name, modifier == "="}, index);
    if (!fresh)
      reader_.problem_with(node.span, "duplicate-location", "duplicate location " + quoted(name),
                           config_.nodes[it->second].span, "the first one is here");
  }

  void no_events() {
    auto& survey = reader_.survey;
    survey.add_problem(Survey::whole_file(reader_.conf_path),
                       {.service = "nginx",
                        .language = "nginx",
                        .code = "no-events",
                        .severity = "error",
                        .message = "no \"events\" section in configuration",
                        .help = "add \"events { }\""});
  }

  Reader& reader_;
  const Config& config_;
  std::map<std::pair<std::string_view, Context>, Answer> answers_;
  std::set<std::size_t> unknown_blocks_;  // what stands in them is not judged
};

}  // namespace

void check_directives(Reader& reader) {
  Checker(reader).run();
}

}  // namespace stackaudit::stack::nginx
