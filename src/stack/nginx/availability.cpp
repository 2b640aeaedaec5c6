// The tables against the program in the tree and the objects that the configuration loads.
#include "stack/nginx/availability.hpp"

#include "stack/nginx/values.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::nginx {
namespace {

// Modules that distributions build as shared objects, by the beginning of their sources' names.
struct Loadable {
  std::string_view source, option, object;
};
constexpr std::array<Loadable, 2> kLoadable{{
    {"ngx_stream", "--with-stream", "ngx_stream_module"},
    {"ngx_mail", "--with-mail", "ngx_mail_module"},
}};

bool a_module_has(const Reader& reader, std::string_view directive) {
  return std::ranges::any_of(reader.modules, [&](const auto& module) {
    return !module.second.empty() && (module.second.exact() ? module.second.has_directive(directive)
                                                            : module.second.may_know(directive));
  });
}

bool a_module_is_unseen(const Reader& reader) {
  return std::ranges::any_of(reader.modules,
                             [](const auto& module) { return module.second.empty(); });
}

bool loads(const Reader& reader, std::string_view object) {
  return std::ranges::any_of(reader.modules, [&](const auto& module) {
    return tree::basename(module.first).starts_with(object);
  });
}

// The name of the shared object that has to be loaded first; empty where none has to.
std::string_view object_to_load(const Reader& reader, const Form& form) {
  if (reader.build.declared.empty()) return {};
  for (const auto& loadable : kLoadable)
    if (form.module.starts_with(loadable.source) && !reader.build.has_option(loadable.option) &&
        !loads(reader, loadable.object))
      return loadable.object;
  return {};
}

// 1.22 or before: what the table calls later is not in it.
bool is_old(std::string_view version) {
  const auto dot = version.find('.');
  if (dot == std::string_view::npos) return false;
  const auto major = parse_number(version.substr(0, dot));
  const auto rest = version.substr(dot + 1);
  const auto minor = parse_number(rest.substr(0, rest.find('.')));
  return major && minor && (*major < 1 || (*major == 1 && *minor <= 22));
}

Availability of_core(const Reader& reader, std::string_view directive, const Form& form) {
  const auto& declared = reader.build.declared;
  if (const auto object = object_to_load(reader, form); !object.empty())
    return {Known::no, "load_module modules/" + std::string(object) + ".so must come first"};
  if (!declared.may_know(directive) || (declared.exact() && !declared.has_directive(directive))) {
    if (a_module_has(reader, directive))
      return {form.module.starts_with("ngx_") ? Known::yes : Known::foreign, {}};
    if (a_module_is_unseen(reader)) return {Known::foreign, {}};
    return {Known::no,
            "nginx " + reader.build.version + " was built without " + std::string(form.module)};
  }
  if (form.later && !declared.exact() && is_old(reader.build.version))
    return {Known::no, "nginx " + reader.build.version + " does not know it yet"};
  return {Known::yes, {}};
}

Availability of_foreign(const Reader& reader, std::string_view directive, const Form& form) {
  const auto& declared = reader.build.declared;
  const auto why =
      "it comes with the module " + std::string(form.module) + ", which no load_module brings";
  if (form.module.starts_with("nginx-")) {
    if (declared.empty()) return {Known::foreign, {}};
  } else if (declared.empty()) {
    const bool all_seen = reader.modules.empty() && reader.survey.knows_accounts();
    return {all_seen ? Known::doubtful : Known::foreign, why};
  }
  const bool has =
      declared.exact() ? declared.has_directive(directive) : declared.may_know(directive);
  if (has || a_module_is_unseen(reader)) return {Known::foreign, {}};
  return {Known::no, why};
}

Availability of_unknown(const Reader& reader, std::string_view directive, Context context) {
  const auto& declared = reader.build.declared;
  if (a_module_is_unseen(reader))
    return {Known::doubtful, "a module that cannot be read may bring it"};
  if (declared.exact())
    return declared.has_directive(directive) ? Availability{Known::foreign, {}}
                                             : Availability{Known::no, {}};
  if (reader.build.is_plain()) return {Known::no, {}};
  if (!declared.empty() && declared.has_directive(directive)) return {Known::foreign, {}};
  if (!declared.may_know(directive)) return {Known::no, {}};
  // No program to ask, or one that has the name as the tail of another word only.
  const bool typo = text::nearest(directive, Directives::known().names(context)).has_value();
  if (typo && (reader.modules.empty() || !declared.empty())) return {Known::no, {}};
  return {Known::doubtful, "a module may bring it"};
}

}  // namespace

Availability availability(const Reader& reader, std::string_view directive, Context context) {
  const auto forms = Directives::known().find(directive);
  if (forms.empty()) {
    if (a_module_has(reader, directive)) return {Known::foreign, {}};
    return of_unknown(reader, directive, context);
  }
  const auto* form = Directives::known().find(directive, context);
  if (form == nullptr) form = &forms.front();
  if (!form->foreign) return of_core(reader, directive, *form);
  if (a_module_has(reader, directive)) return {Known::foreign, {}};
  return of_foreign(reader, directive, *form);
}

}  // namespace stackaudit::stack::nginx
