// Checkmk's agent plugins for Apache and nginx: a Python list of dictionaries or tuples, whose
// defaults are those of the plugins. https://docs.checkmk.com
#include "stack/monitoring/checkmk.hpp"

#include "stack/monitoring/agents.hpp"
#include "stack/net.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace stackaudit::stack {
namespace {

struct Plugin {
  std::string_view path, service, page, query;
};
constexpr std::array kPlugins{
    Plugin{"/etc/check_mk/nginx_status.cfg", "nginx", "nginx_status", ""},
    Plugin{"/etc/check_mk/apache_status.cfg", "apache", "server-status", "?auto"}};

struct Value {
  std::string text;
  std::uint32_t begin = 0, end = 0;
};

// The strings and numbers of one entry, in their order, without comments.
std::vector<Value> values_in(std::string_view content, std::size_t from, std::size_t to) {
  std::vector<Value> values;
  for (auto at = from; at < to;) {
    const char c = content[at];
    auto end = at + 1;
    if (c == '#') {
      end = content.find('\n', at);
    } else if (c == '"' || c == '\'') {
      end = std::min(content.find(c, at + 1), to);
      values.push_back({std::string(content.substr(at + 1, end - at - 1)),
                        static_cast<std::uint32_t>(at + 1), static_cast<std::uint32_t>(end)});
      ++end;
    } else if (c >= '0' && c <= '9') {
      end = std::min(content.find_first_not_of("0123456789", at), to);
      values.push_back({std::string(content.substr(at, end - at)), static_cast<std::uint32_t>(at),
                        static_cast<std::uint32_t>(end)});
    }
    at = std::min(end, to);
  }
  return values;
}

class Server {
 public:
  Server(std::vector<Value> values, bool dictionary)
      : values_(std::move(values)), dictionary_(dictionary) {}

  // Of a dictionary by its key, of a tuple by its position; nullptr: it has none.
  [[nodiscard]] const Value* get(std::string_view key, std::size_t position) const {
    if (!dictionary_) return position < values_.size() ? &values_[position] : nullptr;
    for (std::size_t i = 0; i + 1 < values_.size(); i += 2)
      if (values_[i].text == key) return &values_[i + 1];
    return nullptr;
  }

 private:
  std::vector<Value> values_;
  bool dictionary_;
};

void ask(Survey& survey, const Plugin& plugin, text::FileId file, const Server& entry) {
  const auto* protocol = entry.get("protocol", 0);
  const auto* address = entry.get("address", 1);
  const auto* port = entry.get("port", 2);
  const auto* page = entry.get("page", 3);
  if (protocol == nullptr || address == nullptr || port == nullptr) return;
  auto asked = page != nullptr && !page->text.empty() ? page->text : std::string(plugin.page);
  while (asked.starts_with('/')) asked.erase(0, 1);
  const bool six = address->text.find(':') != std::string::npos;
  const auto host = six ? "[" + address->text + "]" : address->text;
  const auto url = parse_url(protocol->text + "://" + host + ":" + port->text + "/" + asked);
  if (!url.valid) return;
  const auto& shown = page != nullptr && !page->text.empty() ? *page : *port;
  Probe probe;
  probe.text = shown.text;
  probe.scheme = url.scheme;
  probe.host = url.host;
  probe.port = url.port;
  probe.path = url.path + std::string(plugin.query);
  add_probe(survey, "checkmk", probe, std::string(plugin.service),
            survey.place({file, shown.begin, shown.end}));
}

void read(Survey& survey, const Plugin& plugin) {
  const std::string path(plugin.path);
  if (survey.state_of(path, "file") != "found") return;
  const auto file = survey.load(path, "monitor");
  if (!file) return;
  survey.note_file(path, "checkmk", "agent");
  const std::string content(survey.sources.content(*file));
  for (auto at = content.find_first_of("{(#"); at != std::string::npos;) {
    if (content[at] == '#') {
      at = content.find_first_of("{(#", std::min(content.find('\n', at), content.size()));
      continue;
    }
    const bool dictionary = content[at] == '{';
    const auto end = std::min(content.find(dictionary ? '}' : ')', at), content.size());
    ask(survey, plugin, *file, {values_in(content, at + 1, end), dictionary});
    at = content.find_first_of("{(#", end);
  }
}

}  // namespace

void read_checkmk(Survey& survey) {
  for (const auto& plugin : kPlugins) read(survey, plugin);
}

}  // namespace stackaudit::stack
