// Values of options: what makes the server stop, and what it takes for something else. The words of
// one version are no other's: they are judged where the program is of the table's version.
#include "stack/embedded.hpp"
#include "stack/mariadb/options.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

namespace stackaudit::stack::mariadb {
namespace {

constexpr std::size_t kProgramLimit = 128U << 20U;
constexpr std::string_view kVersion = "10.11.";
constexpr std::string_view kDefaultCharset = "latin1";

struct Kind {
  std::string_view kind;
  std::vector<std::string_view> words;
};

const std::map<std::string_view, Kind>& table() {
  static const auto kTable = [] {
    std::map<std::string_view, Kind> rows;
    for (const auto& file : embedded_files()) {
      if (file.name != "mariadb-values.tsv") continue;
      for (const auto line : text::lines(file.text)) {
        const auto words = text::words(line.text);
        if (words.size() < 2 || line.text.starts_with('#')) continue;
        rows[words[0]] = {words[1], words.size() > 2 ? text::fields(words[2], ',')
                                                     : std::vector<std::string_view>{}};
      }
    }
    return rows;
  }();
  return kTable;
}

bool is_one_of(std::string_view value, const std::vector<std::string_view>& words) {
  return std::ranges::any_of(
      words, [&](std::string_view word) { return text::equal_ignoring_case(word, value); });
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// A beginning of a word, or its number, does as well.
bool is_choice(std::string_view value, const std::vector<std::string_view>& words) {
  return is_digits(value) || std::ranges::any_of(words, [&](std::string_view word) {
           return text::equal_ignoring_case(word.substr(0, value.size()), value);
         });
}

// The character behind the digits that is no unit; only the first one is looked at.
std::optional<char> wrong_suffix(std::string_view value) {
  if (value.starts_with('-') || value.starts_with('+')) value.remove_prefix(1);
  const auto end = value.find_first_not_of("0123456789");
  if (end == std::string_view::npos) return std::nullopt;
  if (std::string_view("kKmMgGtTpPeE").find(value[end]) != std::string_view::npos)
    return std::nullopt;
  return value[end];
}

bool is_decimal(std::string_view value) {
  if (value.starts_with('+')) value.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc{} && end == value.data() + value.size();
}

// "utf8mb4" of utf8mb4_general_ci; utf8 is another name of utf8mb3.
std::string charset_of(std::string_view name) {
  auto charset = text::lower(name.substr(0, name.find('_')));
  return charset == "utf8" ? "utf8mb3" : charset;
}

class Values {
 public:
  Values(Survey& survey, const Options& options, std::string_view program)
      : survey_(survey), options_(options), program_(program) {}

  void run() {
    for (const auto& option : options_.all())
      if (const auto row = table().find(option.name); row != table().end())
        judge(option, row->second);
    match_collation();
  }

 private:
  void judge(const Option& option, const Kind& kind) {
    const bool flag = kind.kind == "boolean" || kind.kind == "switch";
    if (!option.has_value) {
      if (!flag) refuse(option, "option '--" + option.written + "' requires an argument");
      return;
    }
    if (flag) return boolean(option, kind);
    if (kind.kind == "number") return number(option);
    if (option.value.empty()) return;
    if (kind.kind == "decimal") {
      if (!is_decimal(option.value))
        refuse(option, "Invalid decimal value for option '" + option.written + "'");
      return;
    }
    if (kind.kind == "set") {
      for (const auto part : text::fields(option.value, ','))
        if (part.empty() || !(is_choice(part, kind.words) || is_one_of(part, {"ALL"})))
          return unknown_word(option, part, kind);
      return;
    }
    if (kind.kind == "enum" ? !is_choice(option.value, kind.words) : !names_text(option, kind))
      unknown_word(option, option.value, kind);
  }

  // Of a character set or a collation; each character set has its own of Unicode 14.
  static bool names_text(const Option& option, const Kind& kind) {
    return is_one_of(option.value, kind.words) ||
           (kind.kind == "collation" &&
            text::lower(option.value).find("_uca1400_") != std::string::npos);
  }

  void boolean(const Option& option, const Kind& kind) {
    static const std::vector<std::string_view> kBooleans{"on", "off", "true", "false", "1", "0"};
    if (is_one_of(option.value, kBooleans)) return;
    const bool off = kind.kind == "boolean";
    const auto value = text::lower(option.value);
    tell(option, "value-misread", "warning",
         off ? "boolean value '" + option.value + "' wasn't recognized. Set to OFF."
             : "ignoring option '--" + option.written + "' due to invalid value '" + option.value +
                   "'",
         value == "yes"  ? "write ON"
         : value == "no" ? "write OFF"
                         : "write ON or OFF");
  }

  void number(const Option& option) {
    const auto suffix = wrong_suffix(option.value);
    if (suffix)
      refuse(option, std::string("Unknown suffix '") + *suffix + "' used for variable '" +
                         option.written + "' (value '" + option.value + "')");
  }

  void unknown_word(const Option& option, std::string_view word, const Kind& kind) {
    if (!is_of_version()) return;
    const auto near = text::nearest(text::trimmed(word), kind.words);
    const bool charset = kind.kind == "charset", collation = kind.kind == "collation";
    refuse(option,
           charset ? "Character set '" + option.value + "' is not a compiled character set"
           : collation
               ? "Unknown collation: '" + option.value + "'"
               : "Error while setting value '" + option.value + "' to '" + option.written + "'",
           near ? "did you mean " + *near + "?" : "");
  }

  void match_collation() {
    const auto* collation = options_.find("collation-server");
    const auto* charset = options_.find("character-set-server");
    if (collation == nullptr || !collation->has_value || collation->value.empty()) return;
    const std::string set = charset == nullptr ? std::string(kDefaultCharset) : charset->value;
    if (charset_of(collation->value) == charset_of(set)) return;
    if (!names_text(*collation, table().at("collation-server")) ||
        !is_one_of(set, table().at("character-set-server").words) || !is_of_version())
      return;
    refuse(*collation,
           "COLLATION '" + collation->value + "' is not valid for CHARACTER SET '" + set + "'",
           "set character-set-server = " + charset_of(collation->value) + " as well");
  }

  // Whether the program says so of itself.
  bool is_of_version() {
    if (!of_version_) {
      const auto bytes = tree::read_file(survey_.tree, std::string(program_), kProgramLimit);
      of_version_ = false;
      for (std::size_t at = 0; bytes && (at = bytes->find(kVersion, at)) != std::string::npos;) {
        at += kVersion.size();
        const auto end = bytes->find_first_not_of("0123456789", at);
        if (end != std::string::npos && bytes->compare(end, 8, "-MariaDB") == 0) of_version_ = true;
      }
    }
    return *of_version_;
  }

  void refuse(const Option& option, std::string message, std::string help = {}) {
    tell(option, "value-refused", "error", std::move(message) + ": mariadbd does not start",
         std::move(help));
  }

  void tell(const Option& option, std::string_view code, std::string_view severity,
            std::string message, std::string help) {
    survey_.add_problem(option.place, {.service = "mariadb",
                                       .language = "ini",
                                       .code = code,
                                       .severity = severity,
                                       .message = std::move(message),
                                       .help = std::move(help)});
  }

  Survey& survey_;
  const Options& options_;
  std::string_view program_;
  std::optional<bool> of_version_;
};

}  // namespace

void check_values(Survey& survey, const Options& options, std::string_view program) {
  Values(survey, options, program).run();
}

}  // namespace stackaudit::stack::mariadb
