// The second pass over the tree: every directive is judged and becomes a row; the servers, the
// sections and the settings are collected for the parts that ask what they mean.
#include "stack/apache/judge.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::apache {
namespace {

struct SectionKind {
  std::string_view name;
  unsigned within;
};
// The sections with a per-directory configuration of their own.
constexpr std::array kPerDirectory{SectionKind{"directory", kInDirectory},
                                   SectionKind{"directorymatch", kInDirectory},
                                   SectionKind{"location", kInLocation},
                                   SectionKind{"locationmatch", kInLocation},
                                   SectionKind{"proxy", kInLocation | kInProxy},
                                   SectionKind{"proxymatch", kInLocation | kInProxy},
                                   SectionKind{"files", kInFiles},
                                   SectionKind{"filesmatch", kInFiles},
                                   SectionKind{"if", kInFiles},
                                   SectionKind{"elseif", kInFiles},
                                   SectionKind{"else", kInFiles}};

bool authorizes(std::string_view name) {
  return name == "requireall" || name == "requireany" || name == "requirenone";
}

// Whether an <Else> may follow; other sections between do not matter.
bool continues_if(std::string_view name, bool before) {
  return name == "if" || name == "elseif" || (before && name != "else");
}

// Directives of a section that decide on access.
struct Deciders {
  bool any = false, positive = false;
};
Deciders deciders_of(const std::vector<Node>& nodes) {
  Deciders found;
  for (const auto& node : nodes) {
    const auto name = lower(node.source->name);
    const bool require = name == "require" && !node.source->section;
    if (!require && !(node.source->section && authorizes(name))) continue;
    found.any = true;
    const bool negated =
        require ? !node.args.empty() && lower(node.args[0].value) == "not" : name == "requirenone";
    found.positive = found.positive || !negated;
  }
  return found;
}

class Walker {
 public:
  Walker(Httpd& httpd, std::vector<Setting>& settings) : httpd_(httpd), settings_(settings) {}

  void walk(std::vector<Node>& nodes, const Context& context, int server, int section,
            const std::string& path, std::optional<std::int64_t> parent) {
    Context each = context;
    each.after_if = false;
    for (auto& node : nodes) {
      one(node, each, server, section, path, parent);
      node.children = {};  // judged: of many virtual hosts they are much to hold
      if (node.source->section)
        each.after_if = continues_if(lower(node.source->name), each.after_if);
    }
  }

 private:
  void one(Node& node, const Context& context, int server, int section, const std::string& path,
           std::optional<std::int64_t> parent) {
    const auto& source = *node.source;
    const auto name = lower(source.name);
    auto args = std::move(node.args);
    if (name.starts_with("authnprovideralias") || name.starts_with("authzprovideralias"))
      if (args.size() > 1) httpd_.providers.insert(args[1].value);
    const bool obeyed = judge(httpd_, source, args, context);
    // What a refused AllowOverride was to say is still what the directory's .htaccess relies on.
    if (!obeyed && (name != "allowoverride" || section < 0)) return;
    const auto id = row(source, name, args, path, parent);
    if (!source.section) {
      settings_.push_back({name, std::move(args), source.span, source.name_span, server, section});
      return;
    }
    Context inner = context;
    inner.section = source.name;
    if (authorizes(name)) {
      inner.authorize = name;
      check_deciders(node, name, context);
    }
    const auto inner_path = path.empty() ? name : path + "/" + name;
    if (name == "virtualhost") {
      inner.within |= kInVirtualHost;
      inner.section.clear();
      httpd_.servers.push_back({source.span, std::move(args)});
      return walk(node.children, inner, static_cast<int>(httpd_.servers.size()) - 1, section,
                  inner_path, id);
    }
    const auto kind = std::ranges::find(kPerDirectory, name, &SectionKind::name);
    if (kind != kPerDirectory.end()) {
      inner.within |= kind->within;
      inner.authorize.clear();
      if (context.htaccess == nullptr) inner.where = kDirectory | kAllOverrides;
      if ((kind->within & kInProxy) != 0) inner.where |= kProxy;
      if (name == "proxy" && !args.empty() && args[0].known) inner.proxy = args[0].value;
    }
    if (name.ends_with("provideralias")) inner.where = kDirectory | kAuthConfig;
    httpd_.sections.push_back({name, std::move(args), section, server, source.span});
    walk(node.children, inner, server, static_cast<int>(httpd_.sections.size()) - 1, inner_path,
         id);
  }

  // RequireAll and its kin must say something, and not only whom they refuse.
  void check_deciders(const Node& node, const std::string& name, const Context& context) {
    const auto found = deciders_of(node.children);
    if (found.any && (found.positive || name == "requirenone")) return;
    report(httpd_, {node.source->span,
                    context.htaccess != nullptr ? "htaccess-bad-value" : "bad-value",
                    true,
                    "<" + node.source->name +
                        (found.any ? "> directive contains only negative authorization directives"
                                   : "> directive contains no authorization directives"),
                    {},
                    {}});
  }

  std::int64_t row(const syntax::apache::Directive& source, const std::string& name,
                   const std::vector<Arg>& args, const std::string& path,
                   std::optional<std::int64_t> parent) {
    auto& row = httpd_.survey.facts.rows<facts::Directive>().emplace_back();
    static_cast<facts::Place&>(row) = httpd_.survey.place(source.span);
    row.id = ++httpd_.directives;
    row.parent = parent;
    row.service = "apache";
    row.context = path;
    row.name = name;
    for (const auto& arg : args) row.args += (row.args.empty() ? "" : " ") + arg.value;
    return httpd_.directives;
  }

  Httpd& httpd_;
  std::vector<Setting>& settings_;
};

// Bounded: the parser nests no deeper than kMaxDepth, and macros no deeper than includes.
std::size_t count(const std::vector<Node>& nodes) {
  auto all = nodes.size();
  for (const auto& node : nodes) all += count(node.children);
  return all;
}

}  // namespace

void walk_configuration(Httpd& httpd) {
  httpd.servers.push_back({});
  auto& rows = httpd.survey.facts.rows<facts::Directive>();
  rows.reserve(rows.size() + count(httpd.tree));  // at once: of many hosts they are much to move
  Walker(httpd, httpd.settings).walk(httpd.tree, {}, 0, -1, "", std::nullopt);
  httpd.tree = {};
  httpd.texts = {};
}

std::vector<Setting> walk_htaccess(Httpd& httpd, std::vector<Node>& nodes, const Override& override,
                                   int server) {
  std::vector<Setting> settings;
  Context context;
  context.where = override.where;
  context.htaccess = &override;
  Walker(httpd, settings).walk(nodes, context, server, -1, "htaccess", std::nullopt);
  return settings;
}

}  // namespace stackaudit::stack::apache
