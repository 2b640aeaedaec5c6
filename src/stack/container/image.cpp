// Debian's and Alpine's own accounts, and those that some images add.
#include "stack/container/image.hpp"

#include "stack/net.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kSmall = 1U << 20U;
constexpr std::array<std::string_view, 5> kListening{"nginx", "apache", "httpd", "fpm", "pool.d"};

// Whom the /etc/passwd of an image has beside Debian's or Alpine's own accounts.
struct ImageAccounts {
  std::string_view image, accounts;
};
constexpr std::string_view kEverywhere =
    " root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc nobody "
    "_apt operator postmaster cron ftp sshd at squid xfs cyrus vpopmail ntp smmsp guest ";
// Groups of Debian and Alpine beside those of the same accounts.
constexpr std::string_view kGroups =
    " adm tty disk wheel floppy dialout fax voice cdrom cdrw tape sudo audio dip input kvm render "
    "src shadow utmp video sasl plugdev staff games users nogroup abuild netdev ping crontab "
    "messagebus systemd-journal systemd-network _ssh ssl-cert ";
constexpr std::array kImages{
    ImageAccounts{"debian", ""},       ImageAccounts{"ubuntu", " ubuntu "},
    ImageAccounts{"alpine", ""},       ImageAccounts{"php", ""},
    ImageAccounts{"nginx", " nginx "}, ImageAccounts{"httpd", ""},
    ImageAccounts{"wordpress", ""},    ImageAccounts{"node", " node "},
    ImageAccounts{"composer", ""},     ImageAccounts{"nginx-unprivileged", " nginx "}};

// "listen 80;", "Listen [::]:8080", php-fpm's "listen = 9000"; no listen.owner.
std::optional<std::int64_t> port_of(std::string_view line) {
  if (!line.starts_with("listen") && !line.starts_with("Listen ")) return std::nullopt;
  if (line.size() < 8 || std::string_view(" =\t").find(line[6]) == std::string_view::npos)
    return std::nullopt;
  const auto begin = std::min(line.find_first_not_of(" \t=", 6), line.size());
  auto value = line.substr(begin, line.find_first_of(" ;\r", begin) - begin);
  if (const auto colon = value.rfind(':'); colon != std::string_view::npos)
    value.remove_prefix(colon + 1);
  return port_number(value);
}

}  // namespace

std::string_view image_name(std::string_view reference) {
  const auto name = tree::basename(reference);
  return name.substr(0, name.find_first_of(":@"));
}

bool image_lacks(std::string_view image, std::string_view account) {
  const auto* known = std::ranges::find(kImages, image, &ImageAccounts::image);
  if (known == kImages.end() || account.find_first_not_of("0123456789") == account.npos)
    return false;
  const auto word = " " + std::string(account) + " ";
  return kGroups.find(word) == kGroups.npos && kEverywhere.find(word) == kEverywhere.npos &&
         known->accounts.find(word) == known->accounts.npos;
}

std::set<std::int64_t> listened_ports(const tree::Tree& tree, const std::string& from,
                                      std::string_view to) {
  std::set<std::int64_t> ports;
  const bool of_server = std::ranges::any_of(
      kListening, [&](std::string_view word) { return to.find(word) != to.npos; });
  const auto end = tree::resolve(tree, from);
  if (!of_server || !end || end.stat.type != tree::FileType::regular) return ports;
  const auto content = tree::read_file(tree, from, kSmall);
  if (!content) return ports;
  for (const auto& line : text::lines(*content))
    if (const auto port = port_of(text::trimmed(line.text))) ports.insert(*port);
  return ports;
}

std::optional<text::Span> root_user_line(Survey& survey, const std::string& path) {
  const auto file = survey.load(path, "file", kSmall);
  if (!file) return std::nullopt;
  for (const auto& line : text::lines(survey.sources.content(*file))) {
    auto said = std::string(line.text.substr(0, line.text.find_first_of(";#{")));
    std::erase_if(said, [](char c) { return c == '"' || c == '\''; });
    const auto words = text::words(said);
    if (words.size() < 2 || words[0] != "user" || words[1] != "root") continue;
    const auto begin = line.begin + line.text.find("user");
    return text::Span{*file, static_cast<std::uint32_t>(begin),
                      static_cast<std::uint32_t>(line.begin + line.text.size())};
  }
  return std::nullopt;
}

}  // namespace stackaudit::stack
