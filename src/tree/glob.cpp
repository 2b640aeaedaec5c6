// Wildcards by a matcher without recursion (a star remembers where to try again, so that hostile
// patterns stay quadratic), and the walk over directories, one pattern component at a time.
#include "tree/glob.hpp"

#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <set>
#include <utility>

namespace stackaudit::tree {
namespace {

bool in_class(std::string_view name, unsigned char c) {
  const bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z';
  const bool digit = c >= '0' && c <= '9';
  const bool print = c >= 0x20 && c < 0x7f, space = c == ' ' || (c >= '\t' && c <= '\r');
  const bool alnum = upper || lower || digit;
  const std::array<std::pair<std::string_view, bool>, 12> classes{{
      {"upper", upper},
      {"lower", lower},
      {"digit", digit},
      {"alpha", upper || lower},
      {"alnum", alnum},
      {"space", space},
      {"blank", c == ' ' || c == '\t'},
      {"print", print},
      {"graph", print && c != ' '},
      {"punct", print && c != ' ' && !alnum},
      {"cntrl", c < 0x20 || c == 0x7f},
      {"xdigit", digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')},
  }};
  return std::ranges::find(classes, std::pair{name, true}) != classes.end();
}

// Matches one character against the set that opens at pattern[at]. Moves at behind the set; nullopt
// where the set is not closed, which makes the bracket an ordinary character.
std::optional<bool> match_set(std::string_view pattern, std::size_t& at, unsigned char c) {
  std::size_t i = at + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool hit = false;
  for (bool first = true; i < pattern.size(); first = false) {
    if (pattern[i] == ']' && !first) {
      at = i + 1;
      return hit != negated;
    }
    if (pattern.substr(i).starts_with("[:")) {
      if (const auto end = pattern.find(":]", i + 2); end != std::string_view::npos) {
        hit = hit || in_class(pattern.substr(i + 2, end - i - 2), c);
        i = end + 2;
        continue;
      }
    }
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    const auto low = static_cast<unsigned char>(pattern[i++]);
    auto high = low;
    if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
      ++i;
      if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
      high = static_cast<unsigned char>(pattern[i++]);
    }
    hit = hit || (low <= c && c <= high);
  }
  return std::nullopt;
}

// One pattern element that is no star against one character; moves at behind it.
bool match_one(std::string_view pattern, std::size_t& at, char c) {
  if (pattern[at] == '?') return ++at, true;
  if (pattern[at] == '[')
    if (const auto hit = match_set(pattern, at, static_cast<unsigned char>(c))) return *hit;
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  return pattern[at++] == c;
}

std::string unescape(std::string_view pattern) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    out += pattern[i];
  }
  return out;
}

class Walk {
 public:
  Walk(const Tree& tree, std::string_view pattern, std::size_t max_paths)
      : tree_(tree), pattern_(pattern), max_paths_(max_paths) {}

  GlobResult run() {
    descend({}, 0);
    std::ranges::sort(out_.paths);
    return std::move(out_);
  }

 private:
  // prefix: what the pattern before at has matched, spelled as there.
  void descend(std::string prefix, std::size_t at) {
    while (at < pattern_.size()) {
      while (at < pattern_.size() && pattern_[at] == '/') prefix += pattern_[at++];
      const auto end = std::min(pattern_.find('/', at), pattern_.size());
      const auto name = pattern_.substr(at, end - at);
      if (has_wildcard(name)) return each_match(prefix, name, end);
      prefix += unescape(name);
      at = end;
    }
    if (!resolve(tree_, prefix, LastLink::keep)) return;
    if (out_.paths.size() < max_paths_) out_.paths.push_back(std::move(prefix));
  }

  void each_match(const std::string& prefix, std::string_view name, std::size_t end) {
    for (const auto& entry : names_in(prefix)) {
      if (out_.paths.size() >= max_paths_) return;
      if (!matches(name, entry)) continue;
      if (end == pattern_.size())
        out_.paths.push_back(prefix + entry);  // it was listed: glob(3) does not look at it either
      else
        descend(prefix + entry, end);
    }
  }

  std::vector<std::string> names_in(const std::string& directory) {
    const auto where = resolve(tree_, directory.empty() ? "/" : directory);
    if (!where) {
      note(where.path, where.error);
      return {};
    }
    auto names = tree_.list(where.path);
    if (!names) {
      note(where.path, names.error());
      return {};
    }
    if (listed_.insert(where.path).second) out_.listed.push_back(where.path);
    return *std::move(names);
  }

  void note(const std::string& path, int error) {
    if (error != ENOENT && error != ENOTDIR) out_.unreadable.push_back({path, error});
  }

  const Tree& tree_;
  std::string_view pattern_;
  std::size_t max_paths_;
  GlobResult out_;
  std::set<std::string> listed_;
};

}  // namespace

bool has_wildcard(std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
    } else if (pattern[i] == '*' || pattern[i] == '?' || pattern[i] == '[') {
      return true;
    }
  }
  return false;
}

bool matches(std::string_view pattern, std::string_view name) {
  if (name.starts_with('.') && !pattern.starts_with('.') && !pattern.starts_with("\\."))
    return false;
  constexpr auto kNone = std::string_view::npos;
  std::size_t at = 0, i = 0, star = kNone, star_i = 0;
  while (i < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = ++at;
      star_i = i;
      continue;
    }
    if (at < pattern.size() && match_one(pattern, at, name[i])) {
      ++i;
      continue;
    }
    if (star == kNone) return false;
    at = star;
    i = ++star_i;
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

GlobResult glob(const Tree& tree, std::string_view pattern, std::size_t max_paths) {
  return Walk(tree, pattern, max_paths).run();
}

}  // namespace stackaudit::tree
