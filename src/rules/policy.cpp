// The policy's grammar, as the contract has it.
#include "rules/policy.hpp"

#include "rules/address.hpp"
#include "rules/rule.hpp"
#include "rules/toml.hpp"
#include "text/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace stackaudit::rules {
namespace {

using Type = TomlValue::Type;

constexpr std::array<std::string_view, 3> kServices{"nginx", "apache", "php-fpm"};
constexpr std::array<std::string_view, 6> kSections{"nginx",   "apache",     "php-fpm",
                                                    "writers", "monitoring", "suppress"};
constexpr std::size_t kMaxBytes = 1U << 20U;

class Reader {
 public:
  Reader(text::FileId file, const text::SourceMap& texts) : texts_(texts), file_(file) {}

  ParsedPolicy run() {
    out_.policy.path = texts_.path(file_);
    if (texts_.content(file_).size() > kMaxBytes) {
      problem({file_, 0, 0}, "the policy is larger than 1 MiB");
      return std::move(out_);
    }
    const auto parsed = parse_toml(file_, texts_);
    out_.problems = parsed.problems;
    for (const auto& entry : parsed.root.entries) section(entry);
    return std::move(out_);
  }

 private:
  void section(const TomlEntry& entry) {
    if (std::ranges::find(kSections, entry.key) == kSections.end())
      return problem(entry.key_span, fmt::format("unknown key {}", entry.key),
                     suggestion(entry.key, kSections));
    if (entry.key == "suppress") return suppressions(entry);
    if (entry.value.type != Type::table)
      return problem(entry.value.span, fmt::format("{0} must be a table: [{0}]", entry.key));
    if (entry.key == "writers") return writers(entry.value);
    if (entry.key == "monitoring") return monitoring(entry.value);
    service(entry);
  }

  void service(const TomlEntry& entry) {
    TomlReader reader(entry.value, fmt::format("[{}]", entry.key), out_.problems);
    auto row = at<facts::PolicyService>(entry.key_span);
    row.service = entry.key;
    row.user = name(reader.get("user", Type::string), "user");
    row.owner = name(reader.get("owner", Type::string), "owner");
    if (const auto* list = reader.get("listen", Type::array)) {
      row.listens = true;
      for (const auto& item : list->items) listen(entry.key, item);
    }
    reader.finish();
    out_.policy.facts.add(std::move(row));
  }

  std::optional<std::string> name(const TomlValue* value, std::string_view what) {
    if (value == nullptr) return std::nullopt;
    if (!value->text.empty()) return value->text;
    problem(value->span, fmt::format("{} must not be empty", what));
    return std::nullopt;
  }

  void listen(const std::string& service, const TomlValue& item) {
    auto row = at<facts::PolicyListen>(item.span);
    row.service = service;
    if (item.type == Type::integer) {
      if (!valid_port(item.integer))
        return problem(item.span, fmt::format("{} is no port: 1 to 65535", item.integer));
      row.address = "*";
      row.port = item.integer;
    } else if (item.type == Type::string) {
      const auto parsed = parse_address(item.text);
      if (const auto* wrong = std::get_if<std::string>(&parsed))
        return problem(item.span, fmt::format("bad address {}", item.text), *wrong);
      row.address = std::get<Address>(parsed).host;
      row.port = std::get<Address>(parsed).port;
    } else {
      return problem(
          item.span,
          fmt::format("each item of listen must be a port or \"address:port\", this is {}",
                      type_name(item.type)));
    }
    out_.policy.facts.add(std::move(row));
  }

  void writers(const TomlValue& table) {
    TomlReader reader(table, "[writers]", out_.problems);
    for (const auto& entry : table.entries) {
      if (!entry.key.starts_with('/'))
        problem(entry.key_span, fmt::format("{} is no absolute path", entry.key));
      for (const auto* user : reader.strings(entry.key)) {
        auto row = at<facts::PolicyWriter>(user->span);
        row.file = entry.key;
        row.user = user->text;
        out_.policy.facts.add(std::move(row));
      }
    }
  }

  void monitoring(const TomlValue& table) {
    TomlReader reader(table, "[monitoring]", out_.problems);
    for (const auto* service : reader.strings("required")) {
      if (std::ranges::find(kServices, service->text) == kServices.end()) {
        problem(service->span, fmt::format("unknown service {}", service->text),
                suggestion(service->text, kServices));
        continue;
      }
      auto row = at<facts::PolicyMonitored>(service->span);
      row.service = service->text;
      out_.policy.facts.add(std::move(row));
    }
    reader.finish();
  }

  void suppressions(const TomlEntry& entry) {
    if (entry.value.type != Type::array)
      return problem(entry.value.span, "suppress must be an array of tables: [[suppress]]");
    for (const auto& item : entry.value.items) {
      if (item.type == Type::table)
        suppression(item);
      else
        problem(item.span, "each item of suppress must be a table: [[suppress]]");
    }
  }

  void suppression(const TomlValue& table) {
    TomlReader reader(table, "[[suppress]]", out_.problems);
    Suppression made;
    made.line = texts_.locate(table.span).line;
    const auto* rule = reader.require("rule", Type::string);
    if (rule != nullptr) {
      made.rule = rule->text;
      made.rule_span = rule->span;
    }
    if (const auto* path = reader.get("path", Type::string)) made.path = path->text;
    const auto* reason = reader.require("reason", Type::string);
    if (reason != nullptr) {
      made.reason = reason->text;
      if (reason->text.empty()) problem(reason->span, "reason must not be empty");
    }
    if (const auto* until = reader.get("until", Type::date)) made.until = until->text;
    reader.finish();
    if (!made.rule.empty()) out_.policy.suppressions.push_back(std::move(made));
  }

  template <class Fact>
  Fact at(text::Span span) const {
    Fact fact;
    const auto where = texts_.locate(span);
    static_cast<facts::Place&>(fact) = {std::string(where.path), where.line, where.column,
                                        span.begin, span.end};
    return fact;
  }

  void problem(text::Span span, std::string message, std::string help = {}) {
    out_.problems.push_back({span, std::move(message), text::Severity::error, {}, std::move(help)});
  }

  const text::SourceMap& texts_;
  text::FileId file_;
  ParsedPolicy out_;
};

}  // namespace

ParsedPolicy parse_policy(text::FileId file, text::SourceMap& texts) {
  return Reader(file, texts).run();
}

std::vector<text::Diagnostic> check_policy(const Policy& policy, const Catalogue& catalogue) {
  std::vector<std::string_view> known(rule_classes().begin(), rule_classes().end());
  for (const auto& rule : catalogue.rules) known.push_back(rule.id);
  std::vector<text::Diagnostic> problems;
  for (const auto& suppression : policy.suppressions) {
    if (std::ranges::find(known, suppression.rule) != known.end()) continue;
    const auto near = text::nearest(suppression.rule, known);
    problems.push_back({suppression.rule_span,
                        fmt::format("unknown rule {}", suppression.rule),
                        text::Severity::warning,
                        {},
                        near ? fmt::format("did you mean {}?", *near) : std::string{}});
  }
  return problems;
}

}  // namespace stackaudit::rules
