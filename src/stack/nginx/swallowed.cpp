// A directive's name at the beginning of a line, among the arguments of the one before.
#include "stack/nginx/swallowed.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace stackaudit::stack::nginx {
namespace {

using syntax::nginx::Directive;

// Directives to which nginx lets any words be arguments.
constexpr std::array<std::string_view, 7> kTakeAnything{
    "server_name", "index", "try_files", "log_format", "gzip_types", "fastcgi_index", "env"};

bool begins_line(const Reader& reader, const Directive& directive, std::size_t arg) {
  const auto& before = arg == 0 ? directive.name.span : directive.args[arg - 1].span;
  const auto& word = directive.args[arg].span;
  if (before.end > word.begin) return false;
  const auto between = reader.survey.sources.slice({word.file, before.end, word.begin});
  return between.find('\n') != std::string_view::npos;
}

bool fits(std::string_view name, Context context, std::size_t args, bool block) {
  for (const auto& form : Directives::known().find(name))
    if (form.allowed_in(context) && (form.foreign || (form.takes(args) && form.block == block)))
      return true;
  return false;
}

// The arguments that are the names of further directives.
std::vector<std::size_t> find_cuts(const Reader& reader, const Directive& directive,
                                   Context context) {
  std::vector<std::size_t> cuts;
  std::string_view name = directive.name.value;
  std::size_t first = 0;  // argument with which the current piece begins
  for (std::size_t i = 0; i < directive.args.size(); ++i) {
    const auto& word = directive.args[i];
    if (word.quote != 0 || Directives::known().find(word.value, context) == nullptr ||
        !begins_line(reader, directive, i) || !fits(name, context, i - first, false))
      continue;
    cuts.push_back(i);
    name = word.value;
    first = i + 1;
  }
  if (!fits(name, context, directive.args.size() - first, directive.block)) cuts.clear();
  return cuts;
}

// Whether nginx refuses it.
bool report(Reader& reader, const Directive& directive, text::Span gap, Context context) {
  const std::string name = directive.name.value;
  std::string message = "invalid number of arguments in \"" + name + "\" directive";
  auto severity = text::Severity::error;
  if (directive.block) {
    message = "directive \"" + name + "\" is not terminated by \";\"";
  } else if (fits(name, context, directive.args.size(), false)) {
    message = "\"" + name + "\" takes the next line in as arguments: directive \"" + name +
              "\" is not terminated by \";\"";
    if (std::ranges::find(kTakeAnything, name) != kTakeAnything.end())
      severity = text::Severity::warning;
  }
  reader.problem(gap, "missing-semicolon", severity, std::move(message), "add \";\"", ";");
  return severity == text::Severity::error;
}

}  // namespace

std::vector<Directive> split_swallowed(Reader& reader, Directive directive, Context context) {
  std::vector<Directive> pieces;
  const auto cuts = find_cuts(reader, directive, context);
  if (cuts.empty()) {
    pieces.push_back(std::move(directive));
    return pieces;
  }
  auto args = directive.args;
  Directive piece;
  piece.name = directive.name;
  std::size_t begin = 0;
  for (const auto cut : cuts) {
    piece.args.assign(args.begin() + static_cast<std::ptrdiff_t>(begin),
                      args.begin() + static_cast<std::ptrdiff_t>(cut));
    const auto& last = piece.args.empty() ? piece.name.span : piece.args.back().span;
    const text::Span gap{last.file, last.end, last.end};
    piece.span = text::cover(piece.name.span, last);
    piece.end = gap;
    if (pieces.empty() && !report(reader, directive, gap, context)) return {std::move(directive)};
    pieces.push_back(std::move(piece));
    piece = {};
    piece.name = args[cut];
    begin = cut + 1;
  }
  piece.args.assign(std::make_move_iterator(args.begin() + static_cast<std::ptrdiff_t>(begin)),
                    std::make_move_iterator(args.end()));
  piece.block = directive.block;
  piece.raw = directive.raw;
  piece.span = text::cover(piece.name.span, directive.span);
  piece.span.begin = piece.name.span.begin;
  piece.end = directive.end;
  piece.children = std::move(directive.children);
  pieces.push_back(std::move(piece));
  return pieces;
}

}  // namespace stackaudit::stack::nginx
