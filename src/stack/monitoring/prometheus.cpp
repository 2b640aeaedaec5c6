// Prometheus, its files of targets and rules, the modules of the blackbox exporter, the receivers
// of the Alertmanager: names that lead from one file to another.
#include "stack/monitoring/prometheus.hpp"

#include "stack/monitoring/agent_text.hpp"
#include "stack/monitoring/agents.hpp"
#include "stack/monitoring/watch.hpp"
#include "syntax/yaml/yaml.hpp"
#include "text/suggest.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack {
namespace {

namespace yaml = syntax::yaml;

constexpr std::string_view kPrometheus = "prometheus";
constexpr std::string_view kMain = "/etc/prometheus/prometheus.yml";
constexpr std::string_view kNoStart = "prometheus does not start: ";

using Names = std::set<std::string, std::less<>>;

struct File {
  std::string path;
  yaml::Document document;
};

std::optional<File> read(Survey& survey, const std::string& path) {
  if (survey.state_of(path, "file") != "found") return std::nullopt;
  const auto id = survey.load(path, "monitor", yaml::kMaxBytes);
  if (!id) return std::nullopt;
  return File{path, yaml::parse(survey.sources.content(*id), *id)};
}

// A file that is no YAML: nothing of it is read.
bool refused(Survey& survey, const File& file, std::string_view agent) {
  if (file.document.problems.empty()) return false;
  const auto& first = file.document.problems.front();
  tell_idle(survey, survey.place(first.span), agent,
            std::string(agent) + " does not start: " + first.message, "mend the YAML");
  return true;
}

// Each key of a map and its value.
void each_entry(const yaml::Document& document, const yaml::Node* map, auto&& take) {
  if (map == nullptr || map->kind != yaml::Kind::map) return;
  for (std::size_t i = 0; i + 1 < map->children.size(); i += 2) {
    const auto* key = document.follow(map->children[i]);
    const auto* value = document.follow(map->children[i + 1]);
    if (key != nullptr && value != nullptr) take(*key, *value);
  }
}

class Prometheus {
 public:
  explicit Prometheus(Survey& survey) : survey_(survey) {}

  void run() {
    auto main = read(survey_, std::string(kMain));
    if (!main || refused(survey_, *main, kPrometheus)) return;
    main_ = *std::move(main);
    const auto* root = main_.document.root();
    for (const auto* job : items(root, "scrape_configs")) scrape(*job);
    rules(root);
  }

 private:
  [[nodiscard]] std::vector<const yaml::Node*> items(const yaml::Node* map,
                                                     std::string_view key) const {
    return main_.document.items(main_.document.at(map, key));
  }

  [[nodiscard]] std::string text(const yaml::Node* map, std::string_view key) const {
    const auto* node = main_.document.at(map, key);
    return node == nullptr ? std::string{} : node->value;
  }

  void scrape(const yaml::Node& job) {
    jobs_.insert(text(&job, "job_name"));
    bool others = false;
    each_entry(main_.document, &job, [&](const yaml::Node& key, const yaml::Node& value) {
      others = others || (key.value.ends_with("_configs") && key.value != "file_sd_configs" &&
                          key.value != "relabel_configs" && key.value != "metric_relabel_configs");
      secrets(key, value);
    });
    for (const auto* discovery : items(&job, "file_sd_configs"))
      for (const auto* pattern : items(discovery, "files")) targets(*pattern, others);
    if (text(&job, "metrics_path") != "/probe") return;
    for (const auto* module : items(main_.document.at(&job, "params"), "module")) probed(*module);
  }

  // password_file, ca_file, credentials_file: at the job, or one level below.
  void secrets(const yaml::Node& key, const yaml::Node& value) {
    if (value.kind == yaml::Kind::map)
      return each_entry(main_.document, &value,
                        [&](const yaml::Node& name, const yaml::Node& inner) {
                          if (inner.kind == yaml::Kind::scalar) secrets(name, inner);
                        });
    if (value.kind != yaml::Kind::scalar || !key.value.ends_with("_file") || value.value.empty())
      return;
    look_for_file(survey_, kPrometheus, survey_.place(value.span), value.value,
                  beside(kMain, value.value), "the targets of this job are not read");
  }

  void targets(const yaml::Node& pattern, bool others) {
    const auto path = beside(kMain, pattern.value);
    const auto found = tree::glob(survey_.tree, path).paths;
    for (const auto& file : found) read_agent_file(survey_, kPrometheus, file);
    if (!found.empty() || others || pattern.value.empty()) return;
    tell_idle(survey_, survey_.place(pattern.span), kPrometheus,
              "no file is called " + path + ": the job has no target",
              "write the file of targets, or its name as it is");
  }

  void probed(const yaml::Node& module) {
    std::optional<File> exporter;
    for (const std::string path :
         {"/etc/prometheus/blackbox.yml", "/etc/blackbox_exporter/config.yml",
          "/etc/blackbox_exporter/blackbox.yml"})
      if (!exporter) exporter = read(survey_, path);
    if (!exporter || !exporter->document.problems.empty()) return;
    Names known;
    each_entry(exporter->document, exporter->document.at(exporter->document.root(), "modules"),
               [&](const yaml::Node& key, const yaml::Node&) { known.insert(key.value); });
    if (known.empty() || known.contains(module.value)) return;
    tell_undefined(survey_, survey_.place(module.span), kPrometheus,
                   exporter->path + " has no module " + module.value + ": each probe fails",
                   text::nearest(module.value, known));
  }

  void rules(const yaml::Node* root) {
    Names read_files, directories;
    const auto patterns = items(root, "rule_files");
    for (const auto* pattern : patterns) {
      const auto path = beside(kMain, pattern->value);
      directories.emplace(tree::dirname(path));
      for (const auto& file : tree::glob(survey_.tree, path).paths) read_files.insert(file);
    }
    bool alerts = false;
    for (const auto& file : read_files) alerts = rule_file(file) || alerts;
    for (const auto& directory : directories) unread(directory, read_files);
    if (!alerts || main_.document.at(root, "alerting") != nullptr) return;
    tell_idle(survey_, survey_.place(patterns.front()->span), kPrometheus,
              "alerts are defined, and there is no alerting: nobody is told of them",
              "name the Alertmanager under alerting:");
  }

  // Files of rules beside those that a pattern takes.
  void unread(const std::string& directory, const Names& read_files) {
    const auto names = tree::list_directory(survey_.tree, directory);
    if (!names || directory == "/etc/prometheus") return;
    for (const auto& name : *names) {
      const auto path = tree::join(directory, name);
      const bool rules =
          name.ends_with(".yml") || name.ends_with(".yaml") || name.ends_with(".rules");
      if (!rules || name.starts_with('.') || read_files.contains(path)) continue;
      const auto file = read(survey_, path);
      if (file && file->document.at(file->document.root(), "groups") != nullptr)
        tell_idle(survey_, Survey::whole_file(path), kPrometheus,
                  "no rule_files: takes " + path + ": its rules are not read",
                  "give it the extension that rule_files: names");
    }
  }

  // Whether it has alerts.
  bool rule_file(const std::string& path) {
    const auto file = read(survey_, path);
    if (!file || refused(survey_, *file, kPrometheus)) return false;
    const auto& document = file->document;
    each_entry(document, document.root(), [&](const yaml::Node& key, const yaml::Node&) {
      if (key.value == "rules" || key.value == "name" || key.value == "group")
        tell_idle(survey_, survey_.place(key.span), kPrometheus,
                  std::string(kNoStart) + "field " + key.value + " not found in type RuleGroups",
                  "indent it below its group");
    });
    bool alerts = false;
    for (const auto* group : document.items(document.at(document.root(), "groups")))
      for (const auto* rule : document.items(document.at(group, "rules"))) {
        const auto* expression = document.at(rule, "expr");
        const bool alert = document.at(rule, "alert") != nullptr;
        alerts = alerts || alert;
        if (alert && expression != nullptr) selected(*expression);
      }
    return alerts;
  }

  // job="x" of a job that is nearly one of those that are scraped.
  void selected(const yaml::Node& expression) {
    constexpr std::string_view kJob = "job=\"";
    const std::string_view text = expression.value;
    for (auto at = text.find(kJob); at != text.npos; at = text.find(kJob, at + 1)) {
      const auto name =
          text.substr(at + kJob.size(), text.find('"', at + kJob.size()) - at - kJob.size());
      if (jobs_.contains(name)) continue;
      const auto near = text::nearest(name, jobs_);
      if (!near) continue;
      tell_undefined(survey_, survey_.place(expression.span), kPrometheus,
                     "no job is called " + std::string(name) + ": the alert never fires", near);
    }
  }

  Survey& survey_;
  File main_;
  Names jobs_;
};

// Routes lead to receivers by name; the first route takes what no other does.
class Alertmanager {
 public:
  explicit Alertmanager(Survey& survey) : survey_(survey) {}

  void run() {
    for (const std::string path :
         {"/etc/prometheus/alertmanager.yml", "/etc/alertmanager/alertmanager.yml"}) {
      auto file = read(survey_, path);
      if (!file || refused(survey_, *file, "alertmanager")) continue;
      document_ = std::move(file->document);
      receivers();
      const auto* root = document_.at(document_.root(), "route");
      if (root != nullptr) route(*root, 0);
    }
  }

 private:
  void receivers() {
    for (const auto* receiver : document_.items(document_.at(document_.root(), "receivers"))) {
      const auto* name = document_.at(receiver, "name");
      if (name == nullptr) continue;
      known_.insert(name->value);
      bool tells = false;
      each_entry(document_, receiver, [&](const yaml::Node& key, const yaml::Node& value) {
        tells = tells || (key.value.ends_with("_configs") && value.kind != yaml::Kind::null);
      });
      if (!tells) silent_.emplace_back(name->value, survey_.place(name->span));
    }
  }

  void route(const yaml::Node& node, int depth) {
    const auto* receiver = document_.at(&node, "receiver");
    if (receiver != nullptr && !receiver->value.empty()) named(*receiver, depth);
    if (depth < 32)
      for (const auto* child : document_.items(document_.at(&node, "routes")))
        route(*child, depth + 1);
  }

  void named(const yaml::Node& receiver, int depth) {
    if (!known_.contains(receiver.value))
      return tell_undefined(survey_, survey_.place(receiver.span), "alertmanager",
                            "alertmanager does not start: undefined receiver " + receiver.value,
                            text::nearest(receiver.value, known_));
    const auto silent =
        std::ranges::find(silent_, receiver.value, &std::pair<std::string, facts::Place>::first);
    if (depth == 0 && silent != silent_.end())
      tell_idle(survey_, silent->second, "alertmanager",
                "the receiver of all alerts, " + receiver.value + ", tells nobody",
                "give it email_configs: or another way to somebody");
  }

  Survey& survey_;
  yaml::Document document_;
  Names known_;
  std::vector<std::pair<std::string, facts::Place>> silent_;  // receivers that send nothing
};

}  // namespace

void read_prometheus(Survey& survey) {
  Prometheus(survey).run();
  Alertmanager(survey).run();
}

}  // namespace stackaudit::stack
