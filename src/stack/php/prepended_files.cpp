// auto_prepend_file and auto_append_file as code: PHP loads them around every script.
#include "stack/php/settings.hpp"
#include "stack/pools/pools.hpp"
#include "stack/pools/prepended.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <array>

namespace stackaudit::stack::php {
namespace {

constexpr auto kNames = std::to_array<std::string_view>({"auto_prepend_file", "auto_append_file"});
constexpr std::size_t kMostDirectories = 2000;

class Prepended {
 public:
  Prepended(Corpus& corpus, std::size_t application)
      : corpus_(corpus), application_(corpus.applications[application]), index_(application) {}

  void of_root(const std::string& php) {
    const auto& survey = corpus_.survey();
    const auto* pool = php == "mod_php" ? nullptr : pool_for(survey, php);
    if (pool == nullptr && php != "mod_php") return;
    const auto directory = pool == nullptr ? module_directory(survey) : pool->ini_directory;
    for (const auto name : kNames)
      for (const auto& value : values_of(survey, pool, directory, application_, name))
        add(application_.root, value);
    if (pool == nullptr || !below_root(*pool)) inherited(pool);
  }

  void load() const {
    corpus_.load({application_.prepended.begin(), application_.prepended.end()}, index_);
  }

 private:
  // A .user.ini counts for the scripts in its directory and below. Whether there is one.
  bool below_root(const Pool& pool) {
    std::set<std::string> directories;
    for (const auto& unit : corpus_.units)
      if (unit.application == index_ && unit.directory != application_.root &&
          tree::is_within(unit.directory, application_.root) &&
          directories.size() < kMostDirectories)
        directories.insert(unit.directory);
    bool own_settings = false;
    for (const auto& directory : directories) {
      const auto own = user_ini(corpus_.survey(), directory, pool);
      if (own.empty()) continue;
      own_settings = true;
      if (const auto* path = find(own, "include_path"); path != nullptr)
        application_.include_path = path->value + ":" + application_.include_path;
      judge_user_ini(corpus_.survey(), directory, pool);
      for (const auto name : kNames)
        if (const auto* value = find(own, name); value != nullptr) add(directory, value->value);
    }
    return own_settings;
  }

  // One directory with a page of its own tells of all.
  void inherited(const Pool* pool) const {
    for (const auto& unit : corpus_.units)
      if (unit.application == index_ && unit.directory != application_.root &&
          tree::is_within(unit.directory, application_.root) && is_page(unit) &&
          judge_inherited(corpus_.survey(), application_.root, unit.directory, pool))
        return;
  }

  // An index.php that shows something, and does not send the visitor away or keep still.
  [[nodiscard]] bool is_page(const Unit& unit) const {
    return tree::basename(unit.path) == "index.php" && !unit.declares_only && !unit.inactive &&
           !unit.specimen && !is_aside(unit.path, application_.root) &&
           unit.text.find("Location:") == std::string_view::npos;
  }

  void add(const std::string& start, const std::string& value) {
    if (value.empty() || value == "none" || value.find("://") != std::string::npos) return;
    std::vector<std::string> directories{start};
    for (const auto entry : text::words(application_.include_path, ":"))
      directories.push_back(tree::join(start, entry));
    for (const auto& directory : directories) {
      const auto end = tree::resolve(corpus_.survey().tree, tree::join(directory, value));
      if (!end || end.stat.type != tree::FileType::regular) continue;
      application_.prepended.insert(end.path);
      return;
    }
  }

  Corpus& corpus_;
  Application& application_;
  std::size_t index_;
};

}  // namespace

void load_prepended(Corpus& corpus) {
  for (std::size_t i = 0; i < corpus.applications.size(); ++i) {
    if (!corpus.applications[i].served) continue;
    Prepended prepended(corpus, i);
    for (const auto& root : corpus.survey().document_roots)
      if (root.path == corpus.applications[i].root) prepended.of_root(root.php);
    prepended.load();
  }
}

}  // namespace stackaudit::stack::php
