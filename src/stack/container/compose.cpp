// Only what a service says itself: `extends` and other files of the project are not followed.
#include "stack/container/compose.hpp"

#include "stack/container/foreground.hpp"
#include "stack/container/hidden_files.hpp"
#include "stack/container/mounts.hpp"
#include "stack/container/published_ports.hpp"
#include "syntax/yaml/yaml.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

namespace yaml = syntax::yaml;

constexpr std::string_view kService = "container";
// Whoever has one of these in a container is root of the machine.
constexpr std::array<std::string_view, 6> kPowers{"ALL",        "SYS_ADMIN",       "SYS_MODULE",
                                                  "SYS_PTRACE", "DAC_READ_SEARCH", "SYS_RAWIO"};

class Compose {
 public:
  Compose(Survey& survey, std::string path) : survey_(survey), path_(std::move(path)) {}

  Image read() {
    const auto file = survey_.load(path_, "reference");
    if (!file) return std::move(image_);
    survey_.note_file(path_, kService, "configuration");
    document_ = yaml::parse(survey_.sources.content(*file), *file);
    survey_.add_problems(document_.problems, kService, "yaml");
    const auto* services = document_.at(document_.root(), "services");
    if (services == nullptr || services->kind != yaml::Kind::map) return std::move(image_);
    for (std::size_t i = 0; i + 1 < services->children.size(); i += 2)
      if (const auto* service = document_.follow(services->children[i + 1])) judge(*service);
    check_published_ports(survey_, document_, *services);
    return std::move(image_);
  }

 private:
  void problem(const yaml::Node& node, std::string_view code, std::string message,
               std::string help) {
    survey_.add_problem(survey_.place(node.span), {.service = kService,
                                                   .language = "yaml",
                                                   .code = code,
                                                   .severity = "warning",
                                                   .message = std::move(message),
                                                   .help = std::move(help)});
  }

  void judge(const yaml::Node& service) {
    const std::string help = "give it the one right that it needs, or a container of its own";
    const auto* privileged = document_.at(&service, "privileged");
    if (privileged != nullptr && privileged->value == "true")
      problem(*privileged, "container-privileged",
              "privileged: what breaks out of this container is root of the machine", help);
    if (const auto* pid = document_.at(&service, "pid"); pid != nullptr && pid->value == "host")
      problem(*pid, "container-privileged",
              "pid: host: its processes see those of the machine and what they hold", help);
    for (const auto* power : document_.items(document_.at(&service, "cap_add"))) {
      std::string_view name = power->value;
      if (name.starts_with("CAP_")) name.remove_prefix(4);
      if (std::ranges::find(kPowers, name) != kPowers.end())
        problem(*power, "container-privileged",
                power->value + ": whoever has it in a container is root of the machine", help);
    }
    mounts_.clear();
    for (const auto* volume : document_.items(document_.at(&service, "volumes"))) {
      mounted(*volume);
      mounted_file(*volume);
    }
    check_hidden(survey_, document_, path_, service);
    environment(document_.at(&service, "env_file"));
    if (const auto* build = document_.at(&service, "build"))
      built(*build, document_.at(&service, "image") == nullptr);
    started(service);
  }

  void mounted(const yaml::Node& volume) {
    const auto* source = volume.kind == yaml::Kind::map ? document_.at(&volume, "source") : &volume;
    if (source == nullptr) return;
    const auto from = std::string_view(source->value).substr(0, source->value.find(':'));
    if (from.starts_with('.') && from.find('$') == std::string_view::npos) {
      image_.sources.push_back(tree::normalize(tree::join(tree::dirname(path_), from)));
      mounts_.push_back(image_.sources.back());
    }
    check_mount(survey_, source->span, "yaml", from);
  }

  // build: DIRECTORY, or {context: DIRECTORY, dockerfile: NAME}, "Dockerfile" where none is named.
  // `alone`: there is no name of an image that could be taken instead.
  void built(const yaml::Node& build, bool alone) {
    const bool map = build.kind == yaml::Kind::map;
    const auto* context = map ? document_.at(&build, "context") : &build;
    const auto* named = map ? document_.at(&build, "dockerfile") : nullptr;
    if (context == nullptr || (map && document_.at(&build, "dockerfile_inline") != nullptr)) return;
    const auto name = named == nullptr ? std::string("Dockerfile") : named->value;
    if (text::contains_any(context->value + name, std::array<std::string_view, 3>{"$", "://", "@"}))
      return;
    const auto directory = tree::normalize(tree::join(tree::dirname(path_), context->value));
    const auto path = tree::normalize(tree::join(directory, name));
    if (survey_.state_of(path, "file") == "found")
      image_.builds.push_back(path);
    else if (alone && survey_.state_of(directory, "directory") == "found")
      missing(named == nullptr ? *context : *named, path,
              "docker compose starts nothing: it cannot read the Dockerfile");
  }

  // env_file: a name, or a list of names and of {path: a.env, required: false}.
  void environment(const yaml::Node* files) {
    if (files == nullptr) return;
    std::vector<const yaml::Node*> all = document_.items(files);
    if (files->kind == yaml::Kind::scalar) all = {files};
    for (const auto* one : all) {
      const bool map = one->kind == yaml::Kind::map;
      const auto* required = map ? document_.at(one, "required") : nullptr;
      const auto* name = map ? document_.at(one, "path") : one;
      if (name != nullptr && (required == nullptr || required->value != "false"))
        missing(*name, name->value, "docker compose starts nothing: env file not found");
    }
  }

  // "./nginx.conf:/etc/nginx/nginx.conf:ro", where both names are those of files.
  void mounted_file(const yaml::Node& volume) {
    const auto mount = mount_of(document_, volume);
    if (!mount) return;
    const auto [source, from, to] = *mount;
    const auto path = tree::normalize(tree::join(tree::dirname(path_), from));
    if (from.starts_with('.') && is_file_name(from) && is_file_name(to) &&
        survey_.state_of(std::string(tree::dirname(path)), "directory") == "found")
      missing(*source, from,
              "Docker makes a directory of that name, where the container wants a file");
  }

  static bool is_file_name(std::string_view path) {
    static constexpr std::array<std::string_view, 9> kEndings{
        ".conf", ".cfg", ".cnf", ".ini", ".php", ".yml", ".yaml", ".toml", ".vcl"};
    return std::ranges::any_of(kEndings, [&](auto ending) { return path.ends_with(ending); });
  }

  // In a repository settings of a machine's own are often not there: they are made where it is
  // rolled out.
  void missing(const yaml::Node& node, std::string_view name, std::string effect) {
    if (name.empty() || name.find('$') != name.npos) return;
    facts::Reference row;
    static_cast<facts::Place&>(row) = survey_.place(node.span);
    row.service = kService;
    row.kind = "compose-file";
    row.as_written = name;
    row.resolved = tree::normalize(tree::join(tree::dirname(path_), name));
    row.state = survey_.state_of(row.resolved, "file");
    if (row.state != "missing" || is_repository() || has_sample(row.resolved)) return;
    row.wanted = "file";
    row.nearest = survey_.nearest_path(row.resolved);
    row.process = "docker compose";
    row.call = "openat";
    row.effect = std::move(effect);
    survey_.facts.add(std::move(row));
  }

  // "env.example" of ".env", "config-sample.php" of "config.php": whoever installs it makes the
  // file.
  [[nodiscard]] bool has_sample(const std::string& path) const {
    static constexpr std::array<std::string_view, 6> kWords{"example", "sample",  "template",
                                                            "dist",    "default", "docker"};
    auto stem = tree::basename(path);
    while (stem.starts_with('.')) stem.remove_prefix(1);
    stem = stem.substr(0, stem.find('.'));
    const auto names = tree::list_directory(survey_.tree, std::string(tree::dirname(path)));
    return names && std::ranges::any_of(*names, [&](const std::string& name) {
             return text::contains(name, stem) && text::contains_any(name, kWords);
           });
  }

  [[nodiscard]] bool is_repository() const {
    for (auto at = tree::dirname(path_);; at = tree::dirname(at)) {
      if (survey_.tree.lstat(tree::join(at, ".git"))) return true;
      if (at == "/") return false;
    }
  }

  // Compose takes a string apart as a shell does its words, quotes and nothing else.
  [[nodiscard]] std::vector<std::string> words_of(const yaml::Node* node) const {
    std::vector<std::string> words;
    if (node == nullptr) return words;
    if (node->kind == yaml::Kind::scalar) return start_words(node->value);
    for (const auto* word : document_.items(node)) words.push_back(word->value);
    return words;
  }

  // `command` and `entrypoint` stand in for the image's own.
  void started(const yaml::Node& service) {
    const auto* command = document_.at(&service, "command");
    const auto* entrypoint = document_.at(&service, "entrypoint");
    const auto* image = document_.at(&service, "image");
    const auto* where = command != nullptr ? command : entrypoint;
    if (where == nullptr) return;
    check_foreground(survey_, {words_of(entrypoint), words_of(command), where->span,
                               image == nullptr ? std::string_view{} : image->value, mounts_});
  }

  Survey& survey_;
  std::string path_;
  Image image_{path_, {}};
  std::vector<std::string> mounts_;  // of the service that is judged
  yaml::Document document_;
};

}  // namespace

Image read_compose(Survey& survey, const Entry& entry) {
  return Compose(survey, entry.path).read();
}

}  // namespace stackaudit::stack
