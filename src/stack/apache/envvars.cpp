// A test that cannot be decided makes both of its branches possible: what they assign is unknown.
#include "stack/apache/envvars.hpp"

#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <optional>

namespace stackaudit::stack::apache {
namespace {

namespace shell = syntax::shell;
using Kind = shell::Statement::Kind;
constexpr int kMaxSourced = 8;

// The shortest (or longest) prefix or suffix that the pattern matches is taken off. A '*' of the
// shell matches '/' too, which tree::matches on a whole component does as well.
std::string without(std::string_view value, std::string_view pattern, bool prefix, bool longest) {
  std::string result(value);
  for (std::size_t i = 0; i <= value.size(); ++i) {
    const auto n = longest ? value.size() - i : i;
    const auto part = prefix ? value.substr(0, n) : value.substr(value.size() - n);
    if (part != pattern && !tree::matches(pattern, part)) continue;
    return std::string(prefix ? value.substr(n) : value.substr(0, value.size() - n));
  }
  return result;
}

class Evaluator {
 public:
  Evaluator(Survey& survey, Environment& environment)
      : survey_(survey), environment_(environment) {}

  void keep_own() {
    for (const auto& name : own_)
      if (const auto it = environment_.find(name); it != environment_.end())
        it->second.exported = exports_all_ || exported_.contains(name);
  }

  void file(std::string_view path, int depth) {
    const auto id = survey_.load(path, "directive");
    if (!id) return;
    const auto parsed = shell::parse(survey_.sources.content(*id), *id);
    survey_.add_problems(parsed.problems, "apache", "shell");
    for (const auto& problem : parsed.problems)
      if (problem.severity == text::Severity::info)
        survey_.blind(survey_.place(problem.span), "directive", path, problem.message);
    run(parsed.statements, depth);
  }

 private:
  void run(const std::vector<shell::Statement>& statements, int depth) {
    for (const auto& statement : statements) {
      switch (statement.kind) {
        case Kind::assign:
          assign(statement);
          break;
        case Kind::unset:
          bad_name(statement, "unset");
          environment_.erase(statement.name);
          break;
        case Kind::source:
          source(statement, depth);
          break;
        case Kind::condition:
          condition(statement, depth);
          break;
        case Kind::unknown:  // which may be "set -a"
          for (const auto& name : statement.names) environment_[name].known = false;
          exports_all_ = true;
          break;
        case Kind::exported:
          bad_name(statement, "export");
          exported_.insert(statement.name);
          break;
        case Kind::command:
          for (const auto& word : statement.words) (void)expand(word.parts);  // ": ${A:=b}"
          break;
      }
    }
  }

  void assign(const shell::Statement& statement) {
    const auto& word = statement.words.at(0);
    const auto value = expand(word.parts);
    auto& variable = own(statement.name);
    variable.known = value.has_value();
    variable.value = value.value_or("");
    variable.place = survey_.place(word.span.begin < word.span.end ? word.span : statement.span);
  }

  // Who is there before is in the environment already.
  Variable& own(const std::string& name) {
    const auto [it, fresh] = environment_.try_emplace(name);
    if (fresh) own_.insert(name);
    return it->second;
  }

  // "export NAME = value", or a file with the line ends of Windows: the shell ends there, and
  // apachectl with it.
  void bad_name(const shell::Statement& statement, const std::string& command) {
    static constexpr std::string_view kOfNames =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    auto name = statement.name;
    if (ended_ || name.empty() || name.starts_with('-') ||
        name.find_first_not_of(kOfNames) == std::string::npos)
      return;
    ended_ = true;
    const bool windows = name.ends_with('\r');
    if (windows) name.replace(name.size() - 1, 1, "\\r");
    survey_.add_problem(
        survey_.place(statement.name_span),
        {.service = "apache",
         .language = "shell",
         .code = "parse",
         .severity = "error",
         .message = command + ": " + name + ": bad variable name",
         .help = windows ? "write the file with Unix line ends: sed -i 's/\\r$//'"
                         : "write NAME=value without blanks around the equals sign"});
  }

  void source(const shell::Statement& statement, int depth) {
    if (statement.words.empty() || depth >= kMaxSourced) return;
    const auto name = expand(statement.words[0].parts);
    if (name && name->starts_with('/')) {
      if (statement.name == ".") missing(statement.words[0].span, *name);
      return file(*name, depth + 1);
    }
    survey_.blind(survey_.place(statement.span), "directive", ".",
                  "which file is read is not known");
  }

  // "." is a special builtin: where it finds no file the shell ends, and apachectl with it.
  void missing(text::Span where, const std::string& path) {
    const auto state = survey_.state_of(path, "file");
    if (ended_ || (state != "missing" && state != "dangling")) return;
    ended_ = true;
    facts::Reference row;
    static_cast<facts::Place&>(row) = survey_.place(where);
    row.service = "apache";
    row.kind = "configuration";
    row.as_written = row.resolved = path;
    row.state = state;
    row.wanted = "file";
    row.call = "openat";
    row.process = "apachectl";
    row.user = "root";
    row.effect = "Apache does not start";
    if (state == "missing") row.nearest = row.replacement = survey_.nearest_path(path);
    survey_.facts.add(std::move(row));
  }

  void condition(const shell::Statement& statement, int depth) {
    const auto verdict = test(statement.words);
    if (verdict) return run(*verdict ? statement.then_part : statement.else_part, depth);
    forget(statement.then_part);
    forget(statement.else_part);
  }

  void forget(const std::vector<shell::Statement>& statements) {
    for (const auto& statement : statements) {
      if (statement.kind == Kind::assign || statement.kind == Kind::unset)
        environment_[statement.name].known = false;
      if (statement.kind == Kind::exported) exported_.insert(statement.name);
      exports_all_ = exports_all_ || statement.kind == Kind::unknown;
      for (const auto& name : statement.names) environment_[name].known = false;
      forget(statement.then_part);
      forget(statement.else_part);
    }
  }

  std::optional<bool> test(const std::vector<shell::ShellWord>& words) {
    std::vector<std::string> values;
    for (const auto& word : words) {
      auto value = expand(word.parts);
      if (!value) return std::nullopt;
      values.push_back(*std::move(value));
    }
    if (!values.empty() && values[0] == "!") {
      const auto inner = test({words.begin() + 1, words.end()});
      return inner ? std::optional(!*inner) : std::nullopt;
    }
    if (values.size() > 2 && values[0] == "[" && values.back() == "]") {
      values.pop_back();
      values.erase(values.begin());
    } else if (!values.empty() && values[0] == "test") {
      values.erase(values.begin());
    } else {
      return values == std::vector<std::string>{"true"}    ? std::optional(true)
             : values == std::vector<std::string>{"false"} ? std::optional(false)
                                                           : std::nullopt;
    }
    return bracket(values);
  }

  std::optional<bool> bracket(std::vector<std::string> values) {
    const bool negated = values.size() > 1 && values[0] == "!";
    if (negated) values.erase(values.begin());
    const auto said = [&](bool verdict) { return std::optional(verdict != negated); };
    if (values.size() == 1) return said(!values[0].empty());
    if (values.size() == 2) {
      if (values[0] == "-n") return said(!values[1].empty());
      if (values[0] == "-z") return said(values[1].empty());
      const bool file = values[0] == "-f" || values[0] == "-r" || values[0] == "-e" ||
                        values[0] == "-s" || values[0] == "-d" || values[0] == "-x";
      if (!file || !values[1].starts_with('/')) return std::nullopt;
      const auto end = tree::resolve(survey_.tree, values[1]);
      if (tree::is_unseen(end.error)) return std::nullopt;
      if (!end) return said(false);
      const bool directory = end.stat.type == tree::FileType::directory;
      if (values[0] == "-f") return said(!directory);
      if (values[0] == "-d") return said(directory);
      return values[0] == "-x" ? std::nullopt : said(true);
    }
    if (values.size() != 3) return std::nullopt;
    if (values[1] == "=" || values[1] == "==") return said(values[0] == values[2]);
    if (values[1] == "!=") return said(values[0] != values[2]);
    return std::nullopt;
  }

  std::optional<std::string> expand(const std::vector<shell::Part>& parts) {
    std::string out;
    for (const auto& part : parts) {
      if (part.kind == shell::Part::Kind::unknown) return std::nullopt;
      if (part.kind == shell::Part::Kind::text) {
        out += part.text;
        continue;
      }
      const auto value = variable(part);
      if (!value) return std::nullopt;
      out += *value;
    }
    return out;
  }

  std::optional<std::string> variable(const shell::Part& part) {
    const auto it = environment_.find(part.text);
    const bool is_set = it != environment_.end();
    if (is_set && !it->second.known) return std::nullopt;
    const std::string value = is_set ? it->second.value : std::string{};
    const char op = part.op.empty() ? '\0' : part.op.back();
    if (op == '#' || op == '%') {
      const auto pattern = expand(part.operand);
      if (!pattern) return std::nullopt;
      return without(value, *pattern, op == '#', part.op.size() == 2);
    }
    const bool counts = part.op.starts_with(':') ? !value.empty() : is_set;
    if (op == '+') return counts ? expand(part.operand) : std::optional(std::string{});
    if (op == '\0' || op == ':' || counts) return value;
    auto other = expand(part.operand);
    if (op == '=' && other) own(part.text).value = *other;
    return other;
  }

  Survey& survey_;
  Environment& environment_;
  std::set<std::string> own_, exported_;  // names
  bool exports_all_ = false;              // or that is not known
  bool ended_ = false;                    // the shell has stopped
};

}  // namespace

void evaluate_envvars(Survey& survey, std::string_view path, Environment& environment) {
  Evaluator evaluator(survey, environment);
  evaluator.file(path, 0);
  evaluator.keep_own();
}

}  // namespace stackaudit::stack::apache
