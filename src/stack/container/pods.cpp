// `command` stands in for the image's entry point, `args` for its command.
#include "stack/container/pods.hpp"

#include "stack/container/foreground.hpp"
#include "stack/container/mounts.hpp"
#include "syntax/yaml/yaml.hpp"
#include "tree/glob.hpp"

namespace stackaudit::stack {
namespace {

namespace yaml = syntax::yaml;

class Pod {
 public:
  explicit Pod(Survey& survey) : survey_(survey) {}

  void read(const std::string& path) {
    const auto file = survey_.load(path, "reference");
    if (!file) return;
    document_ = yaml::parse(survey_.sources.content(*file), *file);
    const auto* spec = document_.at(document_.root(), "spec");
    const auto* kind = document_.at(document_.root(), "kind");
    if (spec == nullptr || kind == nullptr || kind->value != "Pod") return;
    for (const auto* volume : document_.items(document_.at(spec, "volumes"))) mounted(*volume);
    for (const auto* container : document_.items(document_.at(spec, "containers"))) {
      started(*container);
      privileged(*container);
    }
  }

 private:
  void mounted(const yaml::Node& volume) {
    const auto* host = document_.at(&volume, "hostPath");
    const auto* path = host == nullptr ? nullptr : document_.at(host, "path");
    if (path == nullptr) return;
    sources_.push_back(path->value);
    check_mount(survey_, path->span, "yaml", path->value);
  }

  void privileged(const yaml::Node& container) {
    const auto* context = document_.at(&container, "securityContext");
    const auto* all = context == nullptr ? nullptr : document_.at(context, "privileged");
    if (all == nullptr || all->value != "true") return;
    survey_.add_problem(
        survey_.place(all->span),
        {.service = "container",
         .language = "yaml",
         .code = "container-privileged",
         .severity = "warning",
         .message = "privileged: what breaks out of this container is root of the machine",
         .help = "give it the one right that it needs, or a container of its own"});
  }

  [[nodiscard]] std::vector<std::string> words(const yaml::Node* list) const {
    std::vector<std::string> words;
    if (list == nullptr) return words;
    for (const auto* word : document_.items(list)) words.push_back(word->value);
    return words;
  }

  void started(const yaml::Node& container) {
    const auto* command = document_.at(&container, "command");
    const auto* args = document_.at(&container, "args");
    const auto* image = document_.at(&container, "image");
    const auto* where = command != nullptr ? command : args;
    if (where == nullptr) return;
    ServiceStart start{words(command), words(args), where->span, {}, sources_};
    if (image != nullptr) start.image = image->value;
    check_foreground(survey_, start);
  }

  Survey& survey_;
  yaml::Document document_;
  std::vector<std::string> sources_;
};

}  // namespace

void check_static_pods(Survey& survey) {
  for (const auto& path : tree::glob(survey.tree, "/etc/kubernetes/manifests/*.y*ml").paths)
    Pod(survey).read(path);
}

}  // namespace stackaudit::stack
