// The facts, asked directly; and what can be asked for.
#include "cli/cli.hpp"
#include "cli/commands.hpp"
#include "cli/complain.hpp"
#include "cli/gather.hpp"
#include "cli/output.hpp"
#include "facts/database.hpp"
#include "facts/describe.hpp"
#include "report/answer.hpp"
#include "report/catalogue.hpp"
#include "text/frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace stackaudit::cli {
namespace {

// The error with a caret in the query, as for any other text.
std::string sql_complaint(const std::string& sql, const facts::QueryError& error) {
  text::SourceMap texts;
  const auto file = texts.add("query", sql);
  text::Diagnostic diagnostic;
  diagnostic.message = error.message;
  diagnostic.help = error.help;
  if (!error.offset) return complaint("query: " + error.message, error.help);
  const auto begin = static_cast<std::uint32_t>(std::min(*error.offset, sql.size()));
  const auto end = std::min(sql.find_first_of(" \t\n,()=<>", begin), sql.size());
  diagnostic.span = {file, begin, static_cast<std::uint32_t>(end)};
  return text::render(texts, diagnostic);
}

}  // namespace

int query(const Options& options, std::ostream& out, std::ostream& err) {
  const auto gathered = gather(options, err);
  if (!gathered || !gathered->missing.empty()) return kTrouble;
  facts::Database database(gathered->facts, &gathered->policy.facts);
  const auto answer = database.run(options.argument);
  if (answer.error) {
    err << sql_complaint(options.argument, *answer.error);
    return kTrouble;
  }
  const auto text = options.format == Format::json ? report::answer_as_json(answer)
                                                   : report::answer_as_text(answer);
  const auto needed =
      std::ranges::count(gathered->facts.rows<facts::BlindSpot>(), true, &facts::BlindSpot::needed);
  if (needed > 0)
    err << complaint(
        fmt::format("{} needed and could not be read",
                    needed == 1 ? "one thing was" : fmt::format("{} things were", needed)),
        "select path, subject, reason from blind_spot where needed");
  return deliver(options, text, out, err) ? kClean : kTrouble;
}

int tables(const Options& options, std::ostream& out, std::ostream& err) {
  const auto all = facts::describe_tables();
  if (options.argument.empty())
    return deliver(options, report::tables_as_text(all, facts::describe_functions()), out, err)
               ? kClean
               : kTrouble;
  const auto table = std::ranges::find(all, options.argument, &facts::TableDoc::name);
  if (table == all.end()) {
    std::vector<std::string_view> names;
    for (const auto& known : all) names.push_back(known.name);
    err << complaint("no table is called " + options.argument,
                     did_you_mean(options.argument, names));
    return kTrouble;
  }
  return deliver(options, report::table_page(*table), out, err) ? kClean : kTrouble;
}

}  // namespace stackaudit::cli
