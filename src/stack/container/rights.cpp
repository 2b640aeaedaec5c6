// COPY --chmod against USER, chown and chmod of RUN against the directories that a master obeys.
#include "stack/container/rights.hpp"

#include "syntax/shell/simple_commands.hpp"
#include "text/mode.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace stackaudit::stack {
namespace {

using syntax::dockerfile::flag;
using syntax::dockerfile::Instruction;

constexpr auto kConfiguration = std::to_array<std::string_view>(
    {"/etc/nginx", "/etc/apache2", "/etc/httpd", "/etc/php", "/etc/php-fpm.d", "/etc/supervisor",
     "/etc/supervisord.conf", "/usr/local/apache2/conf", "/usr/local/etc/php",
     "/usr/local/etc/php-fpm.d", "/usr/local/etc/php-fpm.conf"});

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

bool is_root(std::string_view name) {
  return name.empty() || name == "root" || name == "0";
}

// Whether chmod(1) lets everybody write by this mode: 777, a+rwX, go=rw.
bool lets_all_write(std::string_view mode) {
  if (const auto bits = text::read_octal(mode)) return (*bits & 02U) != 0;
  for (const auto clause : text::words(mode, ",")) {
    const auto who = clause.substr(0, clause.find_first_of("+=-"));
    const auto change = clause.substr(who.size());
    if (who.find_first_of("ao") != who.npos && !change.starts_with('-') &&
        change.find('w') != change.npos)
      return true;
  }
  return false;
}

// The part before or behind the colon of OWNER:GROUP.
std::string_view part(std::string_view owner, bool group) {
  const auto colon = std::min(owner.find(':'), owner.size());
  return group ? owner.substr(std::min(colon + 1, owner.size())) : owner.substr(0, colon);
}

bool is_configuration(std::string_view path) {
  return std::ranges::any_of(kConfiguration,
                             [&](auto directory) { return tree::is_within(path, directory); });
}

class Rights {
 public:
  Rights(Survey& survey, const std::vector<Instruction>& all, std::string user, bool as_root)
      : survey_(survey), all_(all), user_(std::move(user)), as_root_(as_root) {}

  void run() {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (all_[i].name == "COPY" || all_[i].name == "ADD") copied(i);
      if (all_[i].name == "RUN") runs(all_[i]);
    }
  }

 private:
  void tell(const Instruction& one, text::Span where, std::string_view code, std::string message,
            std::string help) {
    survey_.add_problem(survey_.place(where.end > where.begin ? where : one.span),
                        {.service = "container",
                         .language = "dockerfile",
                         .code = code,
                         .severity = "warning",
                         .message = std::move(message),
                         .help = std::move(help)});
  }

  // A user without an entry in the image's /etc/passwd, and without ":GROUP", is in group root.
  [[nodiscard]] bool may_read(const Instruction& one, std::uint32_t mode) const {
    const auto owner = flag(one, "--chown=");
    if (!is_root(part(owner, false)) || owner.find('$') != owner.npos) return true;
    if ((mode & 04U) != 0) return true;
    const auto group = part(user_, true);
    const bool of_root = group.empty() ? is_number(part(user_, false)) : is_root(group);
    return (mode & 040U) != 0 && (of_root || !is_root(part(owner, true)));
  }

  void copied(std::size_t at) {
    const auto& one = all_[at];
    const auto mode = text::read_octal(flag(one, "--chmod="));
    if (is_root(part(user_, false)) || user_.find('$') != user_.npos || !mode ||
        one.words.size() < 2 || may_read(one, *mode) || changed_later(at))
      return;
    const auto given = std::ranges::find_if(
        one.flags, [](const auto& each) { return each.value.starts_with("--chmod="); });
    tell(one, given->span, "image-unreadable",
         "USER " + user_ + " may not read what is copied here with mode " + flag(one, "--chmod=") +
             " and belongs to root",
         "add --chown=" + user_ + ", or let others read it: --chmod=" + readable(*mode));
  }

  // A file's mode with which everybody may read it, 0600 as 0644, 0700 as 0755.
  static std::string readable(std::uint32_t mode) { return (mode & 0100U) != 0 ? "0755" : "0644"; }

  // Whether a later RUN works on what was copied, by its name, or on modes and owners at large.
  [[nodiscard]] bool changed_later(std::size_t at) const {
    for (auto i = at + 1; i < all_.size(); ++i) {
      if (all_[i].name != "RUN") continue;
      for (const std::string_view word : {"chmod", "chown", "chgrp", "install "})
        if (all_[i].text.find(word) != std::string::npos) return true;
      for (const auto& word : all_[at].words)
        if (all_[i].text.find(tree::basename(word.value)) != std::string::npos) return true;
    }
    return false;
  }

  void runs(const Instruction& one) {
    syntax::shell::SimpleCommands commands(one.text);
    while (const auto command = commands.next()) {
      std::vector<std::string_view> words;
      for (const auto& word : command->words) words.emplace_back(word.text);
      gives(one, words);
    }
  }

  // chown -R www-data /etc/nginx where the master stays root; chmod -R 777 /etc/nginx.
  void gives(const Instruction& one, const std::vector<std::string_view>& words) {
    if (words.size() < 3 || (words[0] != "chown" && words[0] != "chmod")) return;
    const auto given = std::find_if(words.begin() + 1, words.end(),
                                    [](auto word) { return !word.starts_with('-'); });
    const auto path = std::find_if(words.begin() + 1, words.end(), is_configuration);
    if (given == words.end() || path == words.end() || given == path) return;
    const bool owner = words[0] == "chown";
    const auto who = part(*given, false);
    const bool all = !owner && lets_all_write(*given);
    const bool other = owner && as_root_ && !is_root(who) && who.find('$') == who.npos;
    if (!all && !other) return;
    tell(one, {}, "image-writable",
         std::string(all ? "everybody" : who) + " may change " + std::string(*path) +
             " of the image" + (as_root_ ? ", which its master reads as root" : ""),
         "leave it to root: directories with mode 0755, files with 0644");
  }

  Survey& survey_;
  const std::vector<Instruction>& all_;
  std::string user_;
  bool as_root_;
};

}  // namespace

void check_image_rights(Survey& survey, const std::vector<Instruction>& instructions,
                        const std::string& user, bool as_root) {
  Rights(survey, instructions, user, as_root).run();
}

}  // namespace stackaudit::stack
