// The directory of configurations: which files the agent reads of it, as what check.
#include "stack/monitoring/datadog.hpp"

#include "stack/monitoring/datadog_check.hpp"
#include "syntax/yaml/yaml.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack {
namespace {

namespace yaml = syntax::yaml;

bool is_configuration(std::string_view name) {
  return (name.ends_with(".yaml") || name.ends_with(".yml")) && !name.starts_with('.') &&
         name != "metrics.yaml" && name != "auto_conf.yaml";
}

std::string without(std::string_view name, std::string_view suffix) {
  return std::string(name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name);
}

class Directory {
 public:
  Directory(Survey& survey, std::string path) : survey_(survey), path_(std::move(path)) {
    const auto main = tree::join(tree::dirname(path_), "datadog.yaml");
    const auto content = tree::read_file(survey_.tree, main, yaml::kMaxBytes);
    if (!content) return;
    const auto document = yaml::parse(*content, {});
    const auto* logs = document.at(document.root(), "logs_enabled");
    logs_ = logs != nullptr && (logs->value == "true" || logs->value == "True");
  }

  void read() {
    const auto names = tree::list_directory(survey_.tree, path_);
    if (!names) return unreadable(path_, names.error());
    for (const auto& name : *names) {
      const auto path = tree::join(path_, name);
      const bool directory = survey_.state_of(path, "directory") == "found";
      if (directory && name.ends_with(".d"))
        check_directory(path, without(name, ".d"));
      else if (directory)
        misnamed(path, name);
      else if (is_configuration(name) && survey_.state_of(path, "file") == "found")
        file(path, without(without(name, ".yaml"), ".yml"));
    }
  }

 private:
  void unreadable(const std::string& path, int error) {
    survey_.blind(Survey::whole_file(path), "monitor", path, tree::errno_words(error), true);
  }

  void file(const std::string& path, const std::string& check) {
    read_datadog_check(survey_, check, path, logs_);
  }

  // CHECK.d: every *.yaml; conf.yaml.default only where there is nothing else.
  void check_directory(const std::string& directory, const std::string& check) {
    const auto names = tree::list_directory(survey_.tree, directory);
    if (!names) return unreadable(directory, names.error());
    bool any = false;
    std::string left;
    for (const auto& name : *names) {
      const auto path = tree::join(directory, name);
      if (survey_.state_of(path, "file") != "found") continue;
      if (!is_configuration(name)) {
        if (is_left_over(name)) left = path;
        continue;
      }
      any = true;
      file(path, check);
    }
    const auto fallback = directory + "/conf.yaml.default";
    if (!any && survey_.state_of(fallback, "file") == "found") return file(fallback, check);
    if (!any && !left.empty())
      not_read(left, "the agent does not read " + left + ": the check " + check + " is off");
  }

  // Somebody's configuration under a name that the agent passes over.
  static bool is_left_over(std::string_view name) {
    return name.find("conf") != std::string_view::npos &&
           name.find(".y") != std::string_view::npos && !name.ends_with(".example") &&
           !name.ends_with(".default") && !name.starts_with("auto_conf");
  }

  void misnamed(const std::string& directory, const std::string& name) {
    if (!is_datadog_check(name)) return;
    const auto names = tree::list_directory(survey_.tree, directory);
    if (!names || std::ranges::none_of(*names, is_configuration)) return;
    not_read(directory, "the agent does not read " + directory +
                            ": its checks are in directories " + "called " + name + ".d");
  }

  void not_read(const std::string& path, std::string message) {
    survey_.add_problem(
        Survey::whole_file(path),
        {.service = kDatadog,
         .language = "yaml",
         .code = "not-read",
         .severity = "warning",
         .message = std::move(message),
         .help = "give it the name that the agent reads, conf.d/CHECK.d/conf.yaml, or remove it"});
  }

  Survey& survey_;
  std::string path_;
  bool logs_ = false;
};

std::string check_of_file(std::string_view path) {
  const auto folder = tree::basename(tree::dirname(path));
  if (folder.ends_with(".d") && folder != "conf.d") return without(folder, ".d");
  return without(without(tree::basename(path), ".yaml"), ".yml");
}

}  // namespace

void read_datadog(Survey& survey, const Entry& entry) {
  if (survey.state_of(entry.path, "directory") == "found")
    Directory(survey, entry.path).read();
  else
    read_datadog_check(survey, check_of_file(entry.path), entry.path, true);
}

}  // namespace stackaudit::stack
