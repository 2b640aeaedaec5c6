// haproxy's configuration.txt, "server"; vcl-backend(7) and varnishd(1).
#include "stack/dials/backends.hpp"

#include "stack/dials/programs.hpp"
#include "stack/net.hpp"

#include <algorithm>
#include <vector>

namespace stackaudit::stack {
namespace {

struct Word {
  std::string_view text;
  std::size_t at = 0;  // offset in the content
};

std::vector<Word> words_of(std::string_view content, std::size_t at, std::size_t end) {
  std::vector<Word> words;
  while (at < end) {
    at = std::min(content.find_first_not_of(" \t\r", at), end);
    if (at == end || content[at] == '#') break;
    const auto stop = std::min(content.find_first_of(" \t\r", at), end);
    words.push_back({content.substr(at, stop - at), at});
    at = stop;
  }
  return words;
}

// The text with its comments blanked out, so that offsets stay.
std::string without_comments(std::string_view text) {
  std::string result(text);
  for (std::size_t at = 0; at < result.size(); ++at) {
    const std::string_view rest = std::string_view(result).substr(at);
    std::size_t length = 0;
    if (rest[0] == '"') {
      at += std::min(rest.find('"', 1), rest.size() - 1);
    } else if (rest[0] == '#' || rest.starts_with("//")) {
      length = std::min(rest.find('\n'), rest.size());
    } else if (rest.starts_with("/*")) {
      const auto end = rest.find("*/", 2);
      length = end == rest.npos ? rest.size() : end + 2;
    }
    if (length > 0) std::fill_n(result.begin() + static_cast<std::ptrdiff_t>(at), length, ' ');
  }
  return result;
}

class Backends {
 public:
  Backends(Survey& survey, std::string_view service) : survey_(survey), service_(service) {}

  void haproxy(const std::string& path) {
    if (!open(path)) return;
    std::string mode = "tcp", defaults = "tcp";
    bool serves = false, in_defaults = false;
    for (std::size_t at = 0; at < content_.size();) {
      const auto end = std::min(content_.find('\n', at), content_.size());
      const auto words = words_of(content_, at, end);
      at = end + 1;
      if (words.empty()) continue;
      const auto& first = words.front().text;
      if (is_section(first)) {
        serves = first == "backend" || first == "listen";
        in_defaults = first == "defaults";
        mode = defaults;
      } else if (first == "mode" && words.size() > 1) {
        (in_defaults ? defaults : mode) = words[1].text;
      } else if (serves && first == "server" && words.size() > 2) {
        server(words, mode);
      }
    }
  }

  void varnish(const Command& command, const std::string& config) {
    for (std::size_t i = 0; i + 1 < command.args.size(); ++i)
      if (command.args[i] == "-b") dial(command.args[i + 1], command.place, "http", true, 80);
    if (config.ends_with(".vcl") && open(config)) vcl();
  }

 private:
  static bool is_section(std::string_view word) {
    constexpr std::string_view kSections =
        " global defaults frontend backend listen peers resolvers userlist mailers cache program "
        "http-errors ring log-forward ";
    return kSections.find(" " + std::string(word) + " ") != std::string_view::npos;
  }

  bool open(const std::string& path) {
    const auto file = survey_.load(path, "dial");
    if (!file) return false;
    file_ = *file;
    content_ = survey_.sources.content(*file);
    return true;
  }

  [[nodiscard]] facts::Place place(std::size_t at, std::size_t size) const {
    return survey_.place(
        {file_, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + size)});
  }

  void server(const std::vector<Word>& words, const std::string& mode) {
    const bool spare = std::ranges::any_of(
        words, [](const Word& word) { return word.text == "backup" || word.text == "disabled"; });
    dial(words[2].text, place(words[2].at, words[2].text.size()), mode, !spare, {});
    const auto named = [&](std::string_view name) {
      return std::ranges::find(words, name, &Word::text);
    };
    const auto port = named("port");
    if (spare || port == words.end() || port + 1 == words.end() || named("check") == words.end())
      return;
    const auto host = words[2].text.substr(0, words[2].text.rfind(':'));
    const auto& number = *(port + 1);
    if (port_number(number.text) && !host.starts_with('/') && host.find('@') == host.npos)
      dial(std::string(host) + ":" + std::string(number.text), place(number.at, number.text.size()),
           "tcp", true, {}, "check");
  }

  // backend NAME { .host = "127.0.0.1"; .port = "8080"; .probe = { ... } }
  void vcl() {
    const auto text = without_comments(content_);
    for (auto at = text.find("backend "); at != text.npos; at = text.find("backend ", at + 1)) {
      const auto open = text.find('{', at);
      if (open == text.npos) return;
      const auto close = std::min(text.find('}', open), text.size());
      const auto host = value(text, ".host", open, close);
      const auto port = value(text, ".port", open, close);
      if (host.text.empty()) continue;
      const auto& mended = port.text.empty() ? host : port;
      const auto number =
          port.text.empty() ? std::optional<std::int64_t>(80) : port_number(port.text);
      const bool brackets = host.text.find(':') != host.text.npos;
      const auto name = brackets ? "[" + std::string(host.text) + "]" : std::string(host.text);
      if (number)
        dial(name + ":" + std::to_string(*number), place(mended.at, mended.text.size()), "http",
             true, number);
    }
  }
  static Word value(std::string_view text, std::string_view key, std::size_t begin,
                    std::size_t end) {
    const auto at = text.find(key, begin);
    const auto open = at < end ? text.find('"', at) : text.npos;
    if (open >= end) return {};
    const auto close = std::min(text.find('"', open + 1), end);
    return {text.substr(open + 1, close - open - 1), open + 1};
  }

  void dial(std::string_view text, const facts::Place& place, const std::string& mode,
            bool required, std::optional<std::int64_t> port, std::string_view purpose = {}) {
    facts::Dial row;
    static_cast<facts::Place&>(row) = place;
    row.service = service_;
    row.purpose = !purpose.empty() ? purpose : service_ == "haproxy" ? "server" : "backend";
    row.as_written = text;
    row.scheme = mode == "http" ? "http" : "tcp";
    row.required = required;
    if (text.starts_with("unix@")) text.remove_prefix(5);
    if (text.starts_with('/')) {
      row.family = "unix";
      row.socket = canonical_socket(survey_.tree, text);
      row.local = true;
      survey_.facts.add(std::move(row));
      return;
    }
    if (const auto at = text.find('@'); at != text.npos) text.remove_prefix(at + 1);
    if (const auto address = address_of(text, false)) {
      row.host = address->host;
      row.port = address->port;
    } else {
      row.host = text;
      row.port = port;
    }
    if (!row.port || row.host.empty()) return;
    if (const auto numeric = addresses_of(survey_.tree, row.host); !numeric.empty()) {
      row.family = numeric[0].family;
      row.address = numeric[0].numeric;
      row.local = is_loopback(numeric[0]);
    }
    survey_.facts.add(std::move(row));
  }

  Survey& survey_;
  std::string service_;
  text::FileId file_{};
  std::string content_;
};

}  // namespace

void read_backends(Survey& survey, std::string_view service, const Command& command,
                   const std::string& config) {
  if (service == "haproxy") Backends(survey, service).haproxy(config);
  if (service == "varnish") Backends(survey, service).varnish(command, config);
}

}  // namespace stackaudit::stack
