// Parses the embedded tables: tab-separated columns, "#" comments.
#include "stack/nginx/directives.hpp"

#include "stack/embedded.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace stackaudit::stack::nginx {
namespace {

constexpr std::array<std::pair<std::string_view, Context>, 14> kContexts{{
    {"main", Context::main},
    {"events", Context::events},
    {"http", Context::http},
    {"server", Context::server},
    {"location", Context::location},
    {"if in server", Context::if_in_server},
    {"if in location", Context::if_in_location},
    {"limit_except", Context::limit_except},
    {"upstream", Context::upstream},
    {"mail", Context::mail},
    {"mail server", Context::mail_server},
    {"stream", Context::stream},
    {"stream server", Context::stream_server},
    {"stream upstream", Context::stream_upstream},
}};

struct Nesting {
  std::string_view name;
  Context outer, inner;
};
constexpr std::array<Nesting, 26> kNesting{{
    {"events", Context::main, Context::events},
    {"http", Context::main, Context::http},
    {"mail", Context::main, Context::mail},
    {"stream", Context::main, Context::stream},
    {"server", Context::http, Context::server},
    {"server", Context::mail, Context::mail_server},
    {"server", Context::stream, Context::stream_server},
    {"upstream", Context::http, Context::upstream},
    {"upstream", Context::stream, Context::stream_upstream},
    {"location", Context::server, Context::location},
    {"location", Context::location, Context::location},
    {"if", Context::server, Context::if_in_server},
    {"if", Context::location, Context::if_in_location},
    {"limit_except", Context::location, Context::limit_except},
    {"types", Context::http, Context::data},
    {"types", Context::server, Context::data},
    {"types", Context::location, Context::data},
    {"map", Context::http, Context::data},
    {"map", Context::stream, Context::data},
    {"geo", Context::http, Context::data},
    {"geo", Context::stream, Context::data},
    {"split_clients", Context::http, Context::data},
    {"split_clients", Context::stream, Context::data},
    {"charset_map", Context::http, Context::data},
    {"geoip2", Context::http, Context::foreign},
    {"geoip2", Context::stream, Context::foreign},
}};

// Cuts the text up to the separator off its front.
std::string_view take(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const auto front = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return front;
}

std::uint32_t contexts_of(std::string_view words) {
  if (words.empty()) return 0xffffffffU;
  std::uint32_t bits = 0;
  while (!words.empty()) {
    const auto word = take(words, '|');
    for (const auto& [name, context] : kContexts)
      if (name == word) bits |= 1U << static_cast<unsigned>(context);
  }
  return bits;
}

void read_counts(std::string_view words, Form& form) {
  while (!words.empty()) {
    const auto word = take(words, ',');
    std::uint32_t count = 1;  // "on|off"
    std::from_chars(word.data(), word.data() + word.size(), count);
    if (word.ends_with('+'))
      form.at_least = count;
    else
      form.counts |= 1U << std::min(count, 31U);
  }
}

std::string_view embedded(std::string_view name) {
  for (const auto& file : embedded_files())
    if (file.name == name) return file.text;
  return {};
}

}  // namespace

std::string_view context_name(Context context) {
  for (const auto& [name, value] : kContexts)
    if (value == context) return name;
  return "";
}

const Directives& Directives::known() {
  static const Directives directives(embedded("nginx-directives.tsv"),
                                     embedded("nginx-thirdparty.tsv"));
  return directives;
}

Directives::Directives(std::string_view core, std::string_view foreign) {
  add(core, false);
  add(foreign, true);
  by_name_.reserve(forms_.size());
  for (const auto& [name, forms] : forms_) by_name_.emplace(name, forms);
}

void Directives::add(std::string_view text, bool foreign) {
  while (!text.empty()) {
    auto line = take(text, '\n');
    if (line.empty() || line.front() == '#') continue;
    const auto name = take(line, '\t');
    Form form;
    form.module = take(line, '\t');
    form.contexts = contexts_of(take(line, '\t'));
    read_counts(take(line, '\t'), form);
    form.block = take(line, '\t') == "block";
    form.value = take(line, '\t');
    form.once = take(line, '\t') == "once";
    form.later = take(line, '\t') == "later";
    form.foreign = foreign;
    forms_[name].push_back(form);
  }
}

std::span<const Form> Directives::find(std::string_view name) const {
  const auto it = by_name_.find(name);
  return it == by_name_.end() ? std::span<const Form>{} : it->second;
}

const Form* Directives::find(std::string_view name, Context context) const {
  for (const auto& form : find(name))
    if (form.allowed_in(context)) return &form;
  return nullptr;
}

std::vector<std::string_view> Directives::names(Context context) const {
  std::vector<std::string_view> names;
  for (const auto& [name, forms] : forms_)
    if (std::ranges::any_of(forms, [&](const Form& form) { return form.allowed_in(context); }))
      names.push_back(name);
  return names;
}

Context inner_context(std::string_view name, Context outer) {
  const Nesting* elsewhere = nullptr;
  for (const auto& nesting : kNesting) {
    if (nesting.name != name) continue;
    if (nesting.outer == outer) return nesting.inner;
    if (elsewhere == nullptr) elsewhere = &nesting;
  }
  return elsewhere == nullptr ? Context::foreign : elsewhere->inner;
}

}  // namespace stackaudit::stack::nginx
