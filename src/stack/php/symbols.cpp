// One pass over a tree for the names that it declares and uses.
#include "stack/php/symbols.hpp"

#include "stack/embedded.hpp"
#include "stack/php/definitions.hpp"
#include "stack/php/endings.hpp"
#include "stack/php/uses.hpp"
#include "syntax/php/php.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <map>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;
using text::lower;

constexpr auto kQuestions = std::to_array<std::string_view>(
    {"function_exists", "class_exists", "interface_exists", "enum_exists", "extension_loaded",
     "is_callable", "defined", "method_exists", "get_extension_funcs", "dl", "define",
     "class_alias", "constant", "is_a", "is_subclass_of", "property_exists"});

// Functions that run what is hooked to a name.
constexpr auto kFires = std::to_array<std::string_view>(
    {"do_action", "apply_filters", "do_action_ref_array", "apply_filters_ref_array",
     "do_action_deprecated", "apply_filters_deprecated", "wp_schedule_event",
     "wp_schedule_single_event", "register_activation_hook", "register_deactivation_hook"});

// Functions of the application that ask, by their names: can_run('exec').
bool asks_by_name(std::string_view name) {
  const auto key = lower(name);
  const auto begins = [&](std::string_view word) { return key.starts_with(word); };
  const auto ends = [&](std::string_view word) { return key.ends_with(word); };
  return begins("can_") || begins("has_") || begins("is_") || ends("_exists") ||
         ends("_available") || ends("_enabled") || ends("_supported");
}

class Collector {
 public:
  Collector(const Ast& ast, std::string_view text) : ast_(ast), text_(text) {}

  Symbols run() {
    top_level(ast_.root, false);
    out_.spaced = spaces_ > 0 && !global_space_;
    const auto other = other_names(ast_);
    for (NodeId id = 1; id < ast_.nodes.size(); ++id) {
      declared(id);
      used(id, other);
    }
    includes();
    out_.types = types_of(ast_, text_);
    for (const auto& use : member_uses(ast_, text_))
      out_.members.push_back({hash_of(kClassName, use.type), hash_of(use.kind, use.member),
                              hash_of(kClassName, base_name(use.type)), use.statically, use.outside,
                              use.kind == MemberKind::object, use.kind == MemberKind::lost,
                              use.given});
    for (auto* names : {&out_.declared, &out_.in_spaces, &out_.called, &out_.made, &out_.constants,
                        &out_.asked, &out_.fired}) {
      std::ranges::sort(*names);
      names->erase(std::unique(names->begin(), names->end()), names->end());
      names->shrink_to_fit();
    }
    std::ranges::sort(out_.given);
    const auto same = [](const Given& a, const Given& b) { return a.name == b.name; };
    out_.given.erase(std::unique(out_.given.begin(), out_.given.end(), same), out_.given.end());
    out_.given.shrink_to_fit();
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string_view slice(const Node& node) const {
    return text_.substr(node.begin, node.end - node.begin);
  }

  // The namespace around a declaration.
  [[nodiscard]] std::string_view space_of(const Node& node) const {
    const auto after = names_of_spaces_.upper_bound(node.begin);
    return after == names_of_spaces_.begin() ? std::string_view{} : std::prev(after)->second;
  }

  void top_level(NodeId block, bool in_namespace) {
    for (auto id = ast_[block].first; id != 0; id = ast_[id].next) {
      const auto& node = ast_[id];
      const auto& name = ast_[node.first];
      if (node.kind == NodeKind::namespace_) {
        in_namespace = name.kind == NodeKind::name;
        spaces_ += in_namespace ? 1 : 0;
        names_of_spaces_[node.begin] = in_namespace ? slice(name) : std::string_view{};
        global_space_ = global_space_ || !in_namespace;
        const auto body = ast_.last_child(id);
        if (body != 0 && ast_[body].kind == NodeKind::block) top_level(body, in_namespace);
      }
      leaves_ = leaves_ || std::ranges::find(kMayLeave, node.kind) != kMayLeave.end();
      if (in_namespace || name.kind != NodeKind::name) continue;
      if (node.kind == NodeKind::function)
        out_.functions.push_back(
            {lower(slice(name)), name.begin, name.end, wanted_by(ast_, text_, node)});
      if (node.kind == NodeKind::class_declaration && !leaves_)
        out_.classes.push_back({lower(slice(name)), name.begin, name.end});
    }
  }

  void declared(NodeId id) {
    const auto& node = ast_[id];
    const auto& first = ast_[node.first];
    if (node.kind == NodeKind::function) {
      out_.declared.push_back(hash_of(kFunctionName, slice(first)));
      if (const auto space = space_of(node); !space.empty())
        out_.in_spaces.push_back(
            hash_of(kFunctionName, std::string(space) + "\\" + std::string(slice(first))));
      if (never_returns(ast_, id)) out_.final.push_back(hash_of(kFunctionName, slice(first)));
    }
    if (node.kind == NodeKind::class_declaration && first.kind == NodeKind::name)
      out_.declared.push_back(hash_of(kClassName, slice(first)));
    if (node.kind == NodeKind::constant)
      out_.declared.push_back(hash_of(kConstantName, slice(first)));
    if (node.kind == NodeKind::use) {
      const auto words = lower(slice(node));
      out_.imports_functions = out_.imports_functions ||
                               words.find("function") != std::string::npos ||
                               words.find("const") != std::string::npos;
    }
  }

  // What holds a node stands behind it.
  void includes() {
    auto outer = static_cast<std::uint32_t>(text_.size());  // the first byte of the blocks behind
    for (auto id = static_cast<NodeId>(ast_.nodes.size()); id-- > 1;) {
      const auto& node = ast_[id];
      if (node.kind == NodeKind::block && id != ast_.root) outer = std::min(outer, node.begin);
      if (node.kind == NodeKind::include) out_.includes.push_back({id, outer < node.begin});
    }
    std::ranges::reverse(out_.includes);
    out_.includes.shrink_to_fit();
  }

  void handed_on(NodeId id) {
    const auto handed = handed_over(ast_, ast_[id], text_);
    if (handed.given == 0) return;
    if (const auto callback = callback_name(ast_, handed, text_); callback.first != 0)
      out_.called.push_back(hash_of(kFunctionName, callback.second));
    if (const auto named = class_handed_over(ast_, handed, text_); named.first != 0)
      out_.made.push_back(hash_of(kClassName, named.second));
  }

  void used(NodeId id, const std::vector<bool>& other) {
    const char kind = use_kind(ast_, text_, id, other);
    if (ast_[id].kind == NodeKind::call || ast_[id].kind == NodeKind::array_item) handed_on(id);
    if (kind == '\0') return;
    const auto name = base_name(slice(ast_[name_of(ast_, id)]));
    if (kind == kConstantName) return out_.constants.push_back(hash_of(kind, name));
    (kind == kFunctionName ? out_.called : out_.made).push_back(hash_of(kind, name));
    if (const int given = kind == kFunctionName ? given_to(ast_, ast_[id]) : -1; given >= 0)
      out_.given.push_back({hash_of(kind, name), given});
    if (kind == kFunctionName && std::ranges::find(kFires, name) != kFires.end()) fired(id);
    const bool asks = kind == kFunctionName &&
                      (std::ranges::any_of(kQuestions,
                                           [&](std::string_view question) {
                                             return text::equal_ignoring_case(question, name);
                                           }) ||
                       asks_by_name(name));
    if (asks) asked(id, text::equal_ignoring_case(name, "define"));
    if (asks && text::equal_ignoring_case(name, "class_alias")) aliased(id);
  }

  // The beginning of a name that is made: of "a_{$b}" and 'a_' . $b.
  [[nodiscard]] std::string beginning(NodeId id) const {
    while (ast_[id].kind == NodeKind::binary) id = ast_[id].first;
    const auto first = ast_[id].first;
    if (ast_[id].kind == NodeKind::string) return unquote(slice(ast_[id]));
    if (ast_[id].kind != NodeKind::interpolated || ast_[first].kind != NodeKind::text) return {};
    return unescape(slice(ast_[first]));
  }

  void fired(NodeId call) {
    for (auto id = ast_[ast_[call].first].next; id != 0; id = ast_[id].next) {
      const auto value = ast_[id].first;
      if (ast_[value].kind == NodeKind::string)
        out_.fired.push_back(hash_of(kHookName, unquote(slice(ast_[value]))));
      else if (auto words = beginning(value); !words.empty())
        out_.fired_beginning.push_back(std::move(words));
    }
  }

  void aliased(NodeId call) {
    const auto alias = ast_[ast_[ast_[call].first].next].next;
    const auto kind = ast_[ast_[alias].first].kind;
    out_.makes_names = out_.makes_names ||
                       (alias != 0 && kind != NodeKind::string && kind != NodeKind::class_constant);
  }

  // Strings among the arguments, and X::class.
  void asked(NodeId call, bool defines) {
    for (auto id = ast_[ast_[call].first].next; id != 0; id = ast_[id].next) {
      const auto value = ast_[id].first;
      const auto kind = ast_[value].kind;
      if (kind == NodeKind::string) {
        const auto word = unquote(slice(ast_[value]));
        if (defines) return out_.declared.push_back(hash_of(kConstantName, base_name(word)));
        out_.asked.push_back(hash_of(kAskedName, base_name(word)));
        // is_callable('parent::boot')
        if (const auto colon = word.rfind(':'); colon != std::string::npos)
          out_.asked.push_back(hash_of(kAskedName, std::string_view(word).substr(colon + 1)));
      } else if (defines) {
        return out_.defined_beginning.push_back(beginning(value));
      } else if (kind == NodeKind::class_constant) {
        out_.asked.push_back(hash_of(kAskedName, base_name(slice(ast_[ast_[value].first]))));
      }
    }
  }

  // Statements that may end the file: a class behind them is declared when its line runs.
  static constexpr std::array kMayLeave{NodeKind::if_,     NodeKind::return_, NodeKind::block,
                                        NodeKind::switch_, NodeKind::try_,    NodeKind::foreach};

  const Ast& ast_;
  std::string_view text_;
  Symbols out_;
  std::map<std::uint32_t, std::string_view> names_of_spaces_;  // by where they begin
  std::size_t spaces_ = 0;
  bool leaves_ = false, global_space_ = false;
};

// The field of a line before the next tab.
std::string_view field(std::string_view& line) {
  const auto end = std::min(line.find('\t'), line.size());
  const auto found = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return found;
}

template <class Add>
void each_word(std::string_view words, Add add) {
  while (!words.empty()) {
    const auto end = std::min(words.find(' '), words.size());
    if (end > 0) add(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
}

}  // namespace

// FNV-1a: a long name costs its bytes, and no copy of it.
NameHash hash_of(char kind, std::string_view name) {
  NameHash hash = 0xcbf29ce484222325U ^ static_cast<unsigned char>(kind);
  const bool folds = kind != kConstantName && kind != kHookName &&
                     kind != static_cast<char>(MemberKind::constant) &&
                     kind != static_cast<char>(MemberKind::property);
  for (const char c : name) {
    const bool upper = folds && c >= 'A' && c <= 'Z';
    hash = (hash ^ static_cast<unsigned char>(upper ? c + ('a' - 'A') : c)) * 0x100000001b3U;
  }
  return hash;
}

Symbols symbols_of(const Ast& ast, std::string_view text) {
  return ast.root == 0 ? Symbols{} : Collector(ast, text).run();
}

PhpNames php_names() {
  PhpNames names;
  for (const auto& file : embedded_files()) {
    if (file.name != "php-names.tsv") continue;
    for (auto text = file.text; !text.empty();) {
      const auto end = std::min(text.find('\n'), text.size());
      auto line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      const auto kind = field(line), of = field(line);
      int version = 0;
      std::from_chars(of.data(), of.data() + of.size(), version);
      each_word(line, [&](std::string_view word) {
        if (kind == "function") names.functions.emplace(word, of);
        if (kind == "class") names.classes.emplace(word, of);
        if (kind == "constant") names.constants.emplace(word, of);
        if (kind == "gone") names.gone.emplace(word, version);
        if (kind == "gone-constant") names.gone_constants.emplace(word, version);
        if (kind == "since") names.since.emplace(word, version);
      });
    }
  }
  return names;
}

}  // namespace stackaudit::stack::php
