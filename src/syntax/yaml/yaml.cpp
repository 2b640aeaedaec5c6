// Builds the arena from yaml-cpp's events; every exception ends here.
#include "syntax/yaml/yaml.hpp"

#include <algorithm>
#include <exception>
#include <istream>
#include <map>
#include <streambuf>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace stackaudit::syntax::yaml {
namespace {

constexpr std::size_t kMaxNodes = 200'000;
constexpr std::size_t kByteOrderMark = 3;

struct TooMuch : std::exception {
  TooMuch(int at_in, const char* what_in) : at(at_in), message(what_in) {}
  [[nodiscard]] const char* what() const noexcept override { return message; }
  int at;
  const char* message;
};

class Builder final : public YAML::EventHandler {
 public:
  Builder(std::string_view text, text::FileId file, std::size_t skipped, Document& document)
      : text_(text), file_(file), skipped_(skipped), document_(document) {}

  // Where quotes are opened that nothing closes.
  [[nodiscard]] const std::vector<std::uint32_t>& unclosed() const { return unclosed_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(mark, anchor, Kind::null);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto target = anchors_.find(anchor);
    const bool known =
        target != anchors_.end() && std::ranges::find(open_, target->second) == open_.end();
    const auto node = add(mark, 0, known ? Kind::alias : Kind::null);
    if (known) document_.nodes[node].children.push_back(target->second);
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    const auto node = add(mark, anchor, Kind::scalar);
    document_.nodes[node].value = value;
    place_scalar(document_.nodes[node]);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    enter(mark, add(mark, anchor, Kind::sequence));
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    enter(mark, add(mark, anchor, Kind::map));
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  [[nodiscard]] std::uint32_t offset(const YAML::Mark& mark) const {
    const auto at = mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos);
    return static_cast<std::uint32_t>(std::min(at + skipped_, text_.size()));
  }

  std::uint32_t add(const YAML::Mark& mark, YAML::anchor_t anchor, Kind kind) {
    if (document_.nodes.size() >= kMaxNodes) throw TooMuch(mark.pos, "too many nodes");
    const auto index = static_cast<std::uint32_t>(document_.nodes.size());
    const auto begin = offset(mark);
    const auto end = static_cast<std::uint32_t>(std::min<std::size_t>(begin + 1, text_.size()));
    document_.nodes.push_back({kind, {}, {file_, begin, end}, false, {}});
    if (!open_.empty()) document_.nodes[open_.back()].children.push_back(index);
    if (anchor != 0) anchors_[anchor] = index;
    return index;
  }

  void enter(const YAML::Mark& mark, std::uint32_t node) {
    if (open_.size() >= static_cast<std::size_t>(kMaxDepth))
      throw TooMuch(mark.pos, "nested deeper than 128 levels");
    open_.push_back(node);
  }

  // yaml-cpp gives the first byte of a scalar with its tag and anchor, and no end.
  void place_scalar(Node& node) {
    std::size_t begin = node.span.begin;
    while (begin < text_.size() && (text_[begin] == '!' || text_[begin] == '&'))
      begin = std::min(text_.find_first_not_of(
                           " \t", std::min(text_.find_first_of(" \t\n", begin), text_.size())),
                       text_.size());
    const char first = begin < text_.size() ? text_[begin] : ' ';
    std::size_t end = begin;
    if (first == '"' || first == '\'') {
      node.quoted = true;
      end = end_of_quoted(begin);
      if (end == std::string_view::npos) {
        end = std::min(text_.find('\n', begin), text_.size());
        unclosed_.push_back(static_cast<std::uint32_t>(begin));
      }
    } else if (text_.substr(begin).starts_with(node.value)) {
      end = begin + node.value.size();
    } else {
      end = std::min(text_.find('\n', begin), text_.size());
    }
    node.span.begin = static_cast<std::uint32_t>(begin);
    node.span.end = static_cast<std::uint32_t>(std::max(begin, end));
  }

  // Behind the closing quote; npos: there is none. yaml-cpp takes the end of the file for one.
  [[nodiscard]] std::size_t end_of_quoted(std::size_t begin) const {
    const char quote = text_[begin];
    for (auto at = begin + 1; at < text_.size(); ++at) {
      if (quote == '"' && text_[at] == '\\')
        ++at;
      else if (text_[at] == quote && quote == '\'' && text_.substr(at + 1).starts_with('\''))
        ++at;
      else if (text_[at] == quote)
        return at + 1;
    }
    return std::string_view::npos;
  }

  std::string_view text_;
  text::FileId file_;
  std::size_t skipped_;
  Document& document_;
  std::vector<std::uint32_t> open_;
  std::map<YAML::anchor_t, std::uint32_t> anchors_;
  std::vector<std::uint32_t> unclosed_;
};

class ViewBuffer final : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    auto* begin = const_cast<char*>(text.data());  // a get area is never written to
    setg(begin, begin, begin + text.size());
  }
};

void add_problem(Document& document, text::FileId file, std::size_t at, std::size_t size,
                 std::string message) {
  const auto begin = static_cast<std::uint32_t>(std::min(at, size));
  const auto end = static_cast<std::uint32_t>(std::min(at + 1, size));
  document.problems.push_back(
      {{file, begin, end}, std::move(message), text::Severity::error, {}, {}});
}

// The value that opens a double quote in its line and does not close it there, the last before the
// place where reading came to an end: there, and not here, is what is to be mended.
std::size_t open_quote(std::string_view text, std::size_t before) {
  auto found = std::string_view::npos;
  for (std::size_t at = 0; at < std::min(before, text.size());) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    const auto quote = line.find('"');
    const auto last =
        quote == std::string_view::npos ? quote : line.find_last_not_of(" ", quote - 1);
    const bool value = quote != std::string_view::npos && quote > 0 &&
                       last != std::string_view::npos && (line[last] == ':' || line[last] == '-');
    if (value && std::ranges::count(line, '"') % 2 == 1 && line.find('#') > quote)
      found = at + quote;
    at = end + 1;
  }
  return found;
}

bool is_utf8(std::string_view text) {
  return text.find('\0') == std::string_view::npos && !text.starts_with("\xff\xfe") &&
         !text.starts_with("\xfe\xff");
}

void dump(const Document& document, const Node& node, std::string& out) {
  const bool map = node.kind == Kind::map;
  switch (node.kind) {
    case Kind::null:
      out += "~";
      return;
    case Kind::alias:
      out += "*";
      return;
    case Kind::scalar:
      out += node.quoted ? "'" + node.value + "'" : node.value;
      return;
    case Kind::sequence:
    case Kind::map:
      out += map ? "{" : "[";
      for (std::size_t i = 0; i < node.children.size(); ++i) {
        if (i > 0) out += map && i % 2 == 1 ? ": " : ", ";
        dump(document, document.nodes[node.children[i]], out);
      }
      out += map ? "}" : "]";
  }
}

}  // namespace

Document parse(std::string_view text, text::FileId file) {
  Document document;
  if (text.size() > kMaxBytes || !is_utf8(text)) {
    add_problem(document, file, 0, text.size(),
                text.size() > kMaxBytes ? "larger than 1 MiB" : "not UTF-8 text");
    return document;
  }
  const auto skipped = text.starts_with("\xef\xbb\xbf") ? kByteOrderMark : 0;
  ViewBuffer buffer(text.substr(skipped));
  std::istream in(&buffer);
  Builder builder(text, file, skipped, document);
  const auto position = [&](int at) { return skipped + static_cast<std::size_t>(std::max(at, 0)); };
  try {
    YAML::Parser parser(in);
    parser.HandleNextDocument(builder);
    for (const auto at : builder.unclosed())
      add_problem(document, file, at, text.size(), "a quote is opened here and never closed");
  } catch (const YAML::Exception& problem) {
    const auto at = position(problem.mark.pos);
    const auto quote = open_quote(text, at);
    if (quote == std::string_view::npos)
      add_problem(document, file, at, text.size(), problem.msg);
    else
      add_problem(document, file, quote, text.size(),
                  "a quote is opened here and not closed in this line: " + problem.msg);
  } catch (const TooMuch& problem) {
    add_problem(document, file, position(problem.at), text.size(), problem.message);
  } catch (const std::exception& problem) {
    add_problem(document, file, 0, text.size(), problem.what());
  }
  return document;
}

const Node* Document::follow(std::uint32_t index) const {
  constexpr int kMaxAliases = 16;
  for (int i = 0; i < kMaxAliases && index < nodes.size(); ++i) {
    const auto& node = nodes[index];
    if (node.kind != Kind::alias) return &node;
    if (node.children.empty()) return nullptr;
    index = node.children[0];
  }
  return nullptr;
}

namespace {

// Maps that merge others in are followed so many times.
constexpr int kMaxMerges = 8;

const Node* value_of(const Document& document, const Node* map, std::string_view key,
                     int merges = kMaxMerges) {
  if (map == nullptr || map->kind != Kind::map) return nullptr;
  const Node* merged = nullptr;
  for (std::size_t i = 0; i + 1 < map->children.size(); i += 2) {
    const auto* name = document.follow(map->children[i]);
    if (name == nullptr || name->kind != Kind::scalar) continue;
    if (name->value == key) return document.follow(map->children[i + 1]);
    if (name->value == "<<" && !name->quoted) merged = document.follow(map->children[i + 1]);
  }
  if (merged == nullptr || merges == 0) return nullptr;
  for (const auto* each : document.items(merged))
    if (const auto* found = value_of(document, each, key, merges - 1)) return found;
  return nullptr;
}

}  // namespace

const Node* Document::at(const Node* map, std::string_view key) const {
  return value_of(*this, map, key);
}

std::vector<const Node*> Document::items(const Node* sequence) const {
  std::vector<const Node*> result;
  if (sequence == nullptr || sequence->kind == Kind::null) return result;
  if (sequence->kind != Kind::sequence) return {sequence};
  for (const auto child : sequence->children)
    if (const auto* node = follow(child)) result.push_back(node);
  return result;
}

std::string dump(const Document& document) {
  std::string out;
  if (!document.nodes.empty()) dump(document, document.nodes[0], out);
  return out;
}

}  // namespace stackaudit::syntax::yaml
