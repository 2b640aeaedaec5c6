// Only names that are assigned are replaced; others are empty words to systemd, but may come from
// PassEnvironment= or the manager, and stay as they are.
#include "stack/systemd/environment.hpp"

#include "syntax/ini/words.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kFileLimit = 1U << 20U;

std::string unquoted(std::string_view value) {
  const bool quoted = value.size() > 1 && value.front() == value.back() &&
                      (value.front() == '"' || value.front() == '\'');
  return std::string(quoted ? value.substr(1, value.size() - 2) : value);
}

// Lines NAME=value, the value in quotes or not; "#" and ";" begin comments.
void read_assignments(std::string_view text, ServiceUnit& unit) {
  for (const auto& each : text::lines(text)) {
    const auto line = text::trimmed(each.text);
    const auto sign = line.find('=');
    if (line.empty() || line[0] == '#' || line[0] == ';' || sign == std::string_view::npos)
      continue;
    unit.environment.emplace_back(text::trimmed(line.substr(0, sign)),
                                  unquoted(text::trimmed(line.substr(sign + 1))));
  }
}

bool read_files(Survey& survey, ServiceUnit& unit) {
  for (const auto& file : unit.environment_files) {
    if (tree::has_wildcard(file.path) || tree::is_within(file.path, "/run")) return false;
    const auto end = tree::resolve(survey.tree, file.path);
    if (tree::is_unseen(end.error)) return false;
    if (!end) continue;
    const auto text = tree::read_file(survey.tree, end.path, kFileLimit);
    if (!text) return false;
    read_assignments(*text, unit);
  }
  return true;
}

class Expander {
 public:
  explicit Expander(const ServiceUnit& unit) : environment_(unit.environment) {}

  [[nodiscard]] std::vector<std::string> words(const std::vector<std::string>& args) const {
    std::vector<std::string> out;
    for (const auto& arg : args) {
      const auto* value =
          arg.size() > 1 && arg[0] == '$' && arg[1] != '{' ? find(arg.substr(1)) : nullptr;
      if (value == nullptr) {
        out.push_back(inside(arg));
        continue;
      }
      for (const auto& word : syntax::ini::split_words(*value).words) out.push_back(word.text);
    }
    return out;
  }

 private:
  [[nodiscard]] const std::string* find(std::string_view name) const {
    const std::string* value = nullptr;  // the last assignment counts
    for (const auto& [known, text] : environment_)
      if (known == name) value = &text;
    return value;
  }

  [[nodiscard]] std::string inside(const std::string& arg) const {
    std::string out;
    for (std::size_t at = 0; at < arg.size();) {
      const auto begin = std::min(arg.find("${", at), arg.size());
      out.append(arg, at, begin - at);
      const auto end = arg.find('}', begin);
      if (end == std::string::npos) return out + arg.substr(begin);
      const auto* value = find(std::string_view(arg).substr(begin + 2, end - begin - 2));
      out += value != nullptr ? *value : arg.substr(begin, end + 1 - begin);
      at = end + 1;
    }
    return out;
  }

  const std::vector<std::pair<std::string, std::string>>& environment_;
};

}  // namespace

void expand_environment(Survey& survey, ServiceUnit& unit) {
  if (!read_files(survey, unit) || unit.environment.empty()) return;
  const Expander expander(unit);
  for (auto* commands : {&unit.exec_start_pre, &unit.exec_start})
    for (auto& command : *commands) command.args = expander.words(command.args);
}

}  // namespace stackaudit::stack
