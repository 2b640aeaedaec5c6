// Version and signature stand in each module's own data, as in the program's.
#include "stack/nginx/modules.hpp"

#include "tree/resolve.hpp"

namespace stackaudit::stack::nginx {
namespace {

constexpr std::size_t kElfHeader = 64;
constexpr const char* kRebuild = "install the module that was built for this nginx";

// dlopen()'s answer to what is no shared object; empty: it is one.
std::string_view no_object(std::string_view bytes) {
  if (bytes.size() < kElfHeader) return "file too short";
  return bytes.starts_with(
             "\x7f"
             "ELF")
             ? std::string_view{}
             : "invalid ELF header";
}

void refuse(Reader& reader, const Node& node, const std::string& message,
            const std::string& help = {}) {
  reader.problem(node.args[0].span, "bad-value", text::Severity::error, message, help);
}

bool is_loaded(const Reader& reader, const std::string& path) {
  const auto file = tree::resolve(reader.survey.tree, path);
  if (!file) return false;
  for (const auto& [other, declared] : reader.modules)
    if (tree::resolve(reader.survey.tree, other).path == file.path) return true;
  return false;
}

void compare(Reader& reader, const Node& node, const std::string& path, const Declared& module) {
  const auto& program = reader.build.declared;
  if (module.version() == 0 || program.version() == 0) return;
  const auto name = "module \"" + path + "\" ";
  if (module.version() != program.version())
    refuse(reader, node,
           name + "version " + std::to_string(module.version()) + " instead of " +
               std::to_string(program.version()),
           kRebuild);
  else if (module.signature() != program.signature())
    refuse(reader, node, name + "is not binary compatible", kRebuild);
}

}  // namespace

void load_module(Reader& reader, const Node& node) {
  if (node.args.size() != 1) return;
  const auto path = reader.prefix_relative(node.arg(0));
  if (is_loaded(reader, path))
    return refuse(reader, node,
                  "module \"" + std::string(tree::basename(path)) + "\" is already loaded",
                  "remove one of the two lines");
  auto bytes = tree::read_file(reader.survey.tree, path);
  if (bytes && !no_object(*bytes).empty())
    refuse(
        reader, node,
        "dlopen() \"" + path + "\" failed (" + path + ": " + std::string(no_object(*bytes)) + ")",
        kRebuild);
  else if (bytes && bytes->find("ngx_modules") == std::string::npos)
    refuse(reader, node,
           "dlsym() \"" + path + "\", \"ngx_modules\" failed: this is no module of nginx");
  else if (bytes) {
    const auto [it, fresh] = reader.modules.emplace(path, Declared(*std::move(bytes)));
    return compare(reader, node, path, it->second);
  }
  reader.modules.emplace(path, Declared{});  // what it brings is not known
}

}  // namespace stackaudit::stack::nginx
