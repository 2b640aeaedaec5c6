// The library is asked for bytes, not UTF-8: so do the servers, unless a pattern says otherwise.
#include "text/regex.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <array>
#include <pcre2.h>

namespace stackaudit::text {
namespace {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* pointer) const {
    release(pointer);
  }
};
using MatchData = std::unique_ptr<pcre2_match_data_8, Release<pcre2_match_data_free_8>>;
using MatchContext = std::unique_ptr<pcre2_match_context_8, Release<pcre2_match_context_free_8>>;

// PCRE2_SPTR of any text; the library does not take a null pointer for an empty one.
PCRE2_SPTR8 bytes(std::string_view text) {
  static constexpr std::array<unsigned char, 1> kNothing{};
  return text.empty() ? kNothing.data() : reinterpret_cast<PCRE2_SPTR8>(text.data());
}

}  // namespace

struct Regex::Code {
  std::unique_ptr<pcre2_code_8, Release<pcre2_code_free_8>> compiled;
};

Regex::Regex(std::string_view pattern, unsigned flags) {
  std::uint32_t options = PCRE2_DUPNAMES;
  if ((flags & kCaseless) != 0) options |= PCRE2_CASELESS;
  if ((flags & kDotAll) != 0) options |= PCRE2_DOTALL;
  if ((flags & kDollarEndOnly) != 0) options |= PCRE2_DOLLAR_ENDONLY;
  int error = 0;
  auto* compiled =
      pcre2_compile_8(bytes(pattern), pattern.size(), options, &error, &offset_, nullptr);
  if (compiled != nullptr) {
    code_ = std::make_unique<Code>();
    code_->compiled.reset(compiled);
    return;
  }
  std::array<unsigned char, 256> message{};
  (void)pcre2_get_error_message_8(error, message.data(), message.size());
  message_ = reinterpret_cast<const char*>(message.data());
}

Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

unsigned Regex::groups() const {
  std::uint32_t count = 0;
  if (code_ != nullptr)
    (void)pcre2_pattern_info_8(code_->compiled.get(), PCRE2_INFO_CAPTURECOUNT, &count);
  return count;
}

std::optional<bool> Regex::matches(std::string_view subject) const {
  const auto found = capture(subject);
  return found ? std::optional(!found->empty()) : std::nullopt;
}

std::optional<std::vector<std::string_view>> Regex::capture(std::string_view subject) const {
  if (code_ == nullptr) return std::nullopt;
  const MatchData data(pcre2_match_data_create_from_pattern_8(code_->compiled.get(), nullptr));
  const MatchContext context(pcre2_match_context_create_8(nullptr));
  if (data == nullptr || context == nullptr) return std::nullopt;
  (void)pcre2_set_match_limit_8(context.get(), kMaxSteps);
  (void)pcre2_set_heap_limit_8(context.get(), 4096);  // in KiB
  const int count = pcre2_match_8(code_->compiled.get(), bytes(subject), subject.size(), 0, 0,
                                  data.get(), context.get());
  std::vector<std::string_view> found;
  if (count == PCRE2_ERROR_NOMATCH) return found;
  if (count < 0) return std::nullopt;
  const auto* ends = pcre2_get_ovector_pointer_8(data.get());
  for (int i = 0; i < count; ++i) {
    const auto begin = ends[2 * i], end = ends[2 * i + 1];  // \K may put the begin behind the end
    found.push_back(begin < end && end <= subject.size() ? subject.substr(begin, end - begin)
                                                         : std::string_view{});
  }
  return found;
}

namespace {

bool is_digit(std::string_view words, std::size_t at) {
  return at < words.size() && words[at] >= '0' && words[at] <= '9';
}

// The replacement in the library's words: of one digit or two each, with "$$" for a dollar.
std::string substitution(std::string_view written) {
  std::string out;
  for (std::size_t i = 0; i < written.size(); ++i) {
    const bool brace = written.substr(i, 2) == "${" && is_digit(written, i + 2);
    const bool group = (written[i] == '$' || written[i] == '\\') && is_digit(written, i + 1);
    if (!brace && !group) {
      out += written[i] == '$' ? "$$" : std::string(1, written[i]);
      continue;
    }
    i += brace ? 2 : 1;
    out += "${";
    for (int digits = 0; digits < 2 && is_digit(written, i); ++digits) out += written[i++];
    out += '}';
    if (!brace || written.substr(i, 1) != "}") --i;
  }
  return out;
}

}  // namespace

std::optional<std::string> Regex::replaced(std::string_view subject,
                                           std::string_view replacement) const {
  if (code_ == nullptr) return std::nullopt;
  constexpr std::size_t kLongest = 65536;
  const MatchContext context(pcre2_match_context_create_8(nullptr));
  if (context == nullptr) return std::nullopt;
  (void)pcre2_set_match_limit_8(context.get(), kMaxSteps);
  (void)pcre2_set_heap_limit_8(context.get(), 4096);  // in KiB
  const auto by = substitution(replacement);
  std::string out(std::min(kLongest, 64 + subject.size() * 4 + by.size() * (subject.size() + 1)),
                  '\0');
  auto length = out.size();
  const int count = pcre2_substitute_8(code_->compiled.get(), bytes(subject), subject.size(), 0,
                                       PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_UNSET_EMPTY,
                                       nullptr, context.get(), bytes(by), by.size(),
                                       reinterpret_cast<PCRE2_UCHAR8*>(out.data()), &length);
  if (count < 0) return std::nullopt;
  out.resize(length);
  return out;
}

}  // namespace stackaudit::text
