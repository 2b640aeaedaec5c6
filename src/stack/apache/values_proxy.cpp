// mod_proxy: URLs and the key=value parameters of ProxyPass, BalancerMember and ProxySet.
#include "stack/apache/judge.hpp"
#include "stack/apache/value_table.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace stackaudit::stack::apache {
namespace {

using text::equal_ignoring_case;

enum class Kind : std::uint8_t { any, flag, number, time, status, load, buffer, packets, statuses };

struct Parameter {
  std::string_view name;
  Kind kind;
  std::int64_t least, most;  // of a number as atoi reads it
  std::string_view message;
};
constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
constexpr std::array kOfWorkers{
    Parameter{"loadfactor", Kind::load, 0, 0, "LoadFactor must be a number between 1..100"},
    Parameter{"retry", Kind::number, 0, kMost, "Retry must be a positive value"},
    Parameter{"ttl", Kind::number, 1, kMost, "TTL must be at least one second"},
    Parameter{"min", Kind::number, 0, kMost, "Min must be a positive number"},
    Parameter{"max", Kind::number, 0, kMost, "Max must be a positive number"},
    Parameter{"smax", Kind::number, 0, kMost, "Smax must be a positive number"},
    Parameter{"acquire", Kind::time, 0, 0, "Acquire timeout has wrong format"},
    Parameter{"timeout", Kind::number, 1, kMost, "Timeout must be at least one second"},
    Parameter{"iobuffersize", Kind::buffer, 0, 0,
              "IOBufferSize must be >= 512 bytes, or 0 for system default."},
    Parameter{"receivebuffersize", Kind::buffer, 0, 0,
              "ReceiveBufferSize must be >= 512 bytes, or 0 for system default."},
    Parameter{"keepalive", Kind::flag, 0, 0, "KeepAlive must be On|Off"},
    Parameter{"disablereuse", Kind::flag, 0, 0, "DisableReuse must be On|Off"},
    Parameter{"enablereuse", Kind::flag, 0, 0, "EnableReuse must be On|Off"},
    Parameter{"addressttl", Kind::any, 0, 0, ""},
    Parameter{"route", Kind::any, 0, 0, ""},
    Parameter{"redirect", Kind::any, 0, 0, ""},
    Parameter{"status", Kind::status, 0, 0, "Unknown status parameter option"},
    Parameter{"flushpackets", Kind::packets, 0, 0, "flushpackets must be on|off|auto"},
    Parameter{"flushwait", Kind::number, 0, 1000,
              "flushwait must be <= 1000, or 0 for system default of 10 millseconds."},
    Parameter{"ping", Kind::time, 0, 0, "Ping/Pong timeout has wrong format"},
    Parameter{"lbset", Kind::number, 0, 99, "lbset must be between 0 and 99"},
    Parameter{"connectiontimeout", Kind::time, 0, 0, "Connectiontimeout has wrong format"},
    Parameter{"flusher", Kind::any, 0, 0, ""},
    Parameter{"upgrade", Kind::any, 0, 0, ""},
    Parameter{"responsefieldsize", Kind::any, 0, 0, ""},
    Parameter{"secret", Kind::any, 0, 0, ""},
    Parameter{"hcmethod", Kind::any, 0, 0, ""},
    Parameter{"hcpasses", Kind::any, 0, 0, ""},
    Parameter{"hcfails", Kind::any, 0, 0, ""},
    Parameter{"hcinterval", Kind::any, 0, 0, ""},
    Parameter{"hcuri", Kind::any, 0, 0, ""},
    Parameter{"hctemplate", Kind::any, 0, 0, ""},
    Parameter{"hcexpr", Kind::any, 0, 0, ""}};
constexpr std::array kOfBalancers{
    Parameter{"stickysession", Kind::any, 0, 0, ""},
    Parameter{"stickysessionsep", Kind::any, 0, 0, ""},
    Parameter{"nofailover", Kind::flag, 0, 0, "failover must be On|Off"},
    Parameter{"timeout", Kind::number, 1, kMost, "timeout must be at least one second"},
    Parameter{"maxattempts", Kind::number, 0, kMost,
              "maximum number of attempts must be a positive number"},
    Parameter{"lbmethod", Kind::any, 0, 0, ""},
    Parameter{"scolonpathdelim", Kind::flag, 0, 0, "scolonpathdelim must be On|Off"},
    Parameter{"failonstatus", Kind::statuses, 0, 0,
              "failonstatus must be one or more HTTP response codes"},
    Parameter{"failontimeout", Kind::flag, 0, 0, "failontimeout must be On|Off"},
    Parameter{"nonce", Kind::any, 0, 0, ""},
    Parameter{"growth", Kind::number, 1, 100, "growth must be between 1 and 100"},
    Parameter{"forcerecovery", Kind::flag, 0, 0, "forcerecovery must be On|Off"}};

bool on_or_off(std::string_view value) {
  return equal_ignoring_case(value, "on") || equal_ignoring_case(value, "off");
}

// Letters, each behind a sign or none: "+H-D".
bool are_flags(std::string_view value) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '+' || value[i] == '-') ++i;
    if (i == value.size() ||
        std::string_view("DdSsIiHhEeNnRrCc").find(value[i]) == std::string_view::npos)
      return false;
  }
  return true;
}

bool good(const Parameter& parameter, std::string_view value) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  switch (parameter.kind) {
    case Kind::any:
      return true;
    case Kind::flag:
      return on_or_off(value);
    case Kind::number:
      return number >= parameter.least && number <= parameter.most;
    case Kind::time:
      return error == std::errc{} && number > 0;
    case Kind::load:
      return error == std::errc{} && number >= 1 && number <= 100;
    case Kind::buffer:
      return number == 0 || number >= 512;
    case Kind::packets:
      return on_or_off(value) || equal_ignoring_case(value, "auto");
    case Kind::statuses:
      return value.find_first_not_of("0123456789,") == std::string_view::npos;
    case Kind::status:
      return are_flags(value);
  }
  return true;
}

// How a directive calls itself before a complaint, and where a parameter is none.
struct Speaker {
  std::string_view before, of_form;
};
constexpr Speaker kPass{"ProxyPass ", "ProxyPass|ProxyPassMatch"};
constexpr Speaker kMember{"BalancerMember ", "BalancerMember"};
constexpr Speaker kSet{"ProxySet: ", "ProxySet"};
constexpr Speaker kSection{"<Proxy ", "Proxy"};

template <class Parameters>
Bad judged(const Parameters& parameters, const Arg& arg, int at, const Speaker& speaker,
           std::string_view unknown) {
  const std::string_view text = arg.value;
  const auto equals = text.find('=');
  const auto key = lower(text.substr(0, equals));
  const auto value = text.substr(equals + 1);
  const auto it = std::ranges::find(parameters, key, &Parameter::name);
  const std::string prefix(speaker.before);
  if (it == parameters.end()) return bad(prefix + std::string(unknown) + ": " + arg.value, at);
  if (good(*it, value)) return std::nullopt;
  return bad(prefix + std::string(it->message), at);
}

Bad parameters(const Args& args, std::size_t first, bool balancer, const Speaker& speaker) {
  for (std::size_t i = first; i < args.size(); ++i) {
    const auto& text = args[i].value;
    const auto at = static_cast<int>(i);
    const bool word = speaker.before == kPass.before && (equal_ignoring_case(text, "nocanon") ||
                                                         equal_ignoring_case(text, "interpolate") ||
                                                         equal_ignoring_case(text, "noquery"));
    if (word) continue;
    if (text.find('=') == std::string::npos)
      return bad("Invalid " + std::string(speaker.of_form) +
                     " parameter. Parameter must be in the form 'key=value'.",
                 at);
    if (auto wrong = balancer
                         ? judged(kOfBalancers, args[i], at, speaker, "unknown Balancer parameter")
                         : judged(kOfWorkers, args[i], at, speaker, "unknown Worker parameter"))
      return wrong;
  }
  return std::nullopt;
}

// The URL behind "unix:/socket|"; none where no "|" and no scheme follow.
std::optional<std::string_view> behind_socket(std::string_view url) {
  if (!equal_ignoring_case(url.substr(0, 5), "unix:")) return url;
  const auto bar = url.find('|');
  if (bar == std::string_view::npos || url.find(':', bar) == std::string_view::npos)
    return std::nullopt;
  return url.substr(bar + 1);
}

// A scheme and a host; of a socket the scheme suffices. The host may be an expression's group.
bool absolute_url(std::string_view url) {
  const auto rest = behind_socket(url);
  if (!rest) return false;
  if (rest->size() < url.size()) return true;
  const auto colon = url.find(':');
  if (colon > url.find('/') || !url.substr(std::min(colon, url.size())).starts_with("://"))
    return false;
  const auto host = url.substr(colon + 3);
  return host.find_first_of("/:?#") != 0 && !host.empty();
}

bool has_colon(std::string_view url) {
  const auto rest = behind_socket(url);
  return rest && rest->find(':') != std::string_view::npos;
}

bool is_balancer(std::string_view url) {
  return equal_ignoring_case(url.substr(0, 9), "balancer:");
}

// Whatever stands before "://".
bool is_balancer_name(std::string_view name) {
  const auto colon = name.find(':');
  return colon != std::string_view::npos && name.substr(colon).starts_with("://") &&
         name.size() > colon + 3;
}

// apr_uri_parse(): a port is digits or nothing, a bracket is closed. A balancer's name is no host.
bool unparsable(const Arg& arg, bool match) {
  std::string_view url = arg.value;
  if (!arg.known || is_balancer(url) || (match && url.find('$') != std::string_view::npos))
    return false;
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return scheme == 0;
  url = url.substr(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  url = url.substr(url.rfind('@') + 1);
  const auto bracket = url.rfind(']');
  if (url.starts_with('[') && bracket == std::string_view::npos) return true;
  const auto colon = url.rfind(':');
  if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket))
    return false;
  return url.find_first_not_of("0123456789", colon + 1) != std::string_view::npos;
}

// What mod_proxy says of the URL of a worker or a balancer, before its parameters.
Bad judge_url(const Arg& arg, std::size_t index, const std::string& directive, bool match) {
  const auto at = static_cast<int>(index);
  if (!arg.known) return std::nullopt;
  if (is_balancer(arg.value))
    return is_balancer_name(arg.value)
               ? Bad{}
               : bad(directive + " Bad syntax for a balancer name (" + arg.value + ")", at);
  if (unparsable(arg, match)) return bad(directive + " Unable to parse URL: " + arg.value, at);
  if (absolute_url(arg.value)) return std::nullopt;
  return bad(directive + " URL must be absolute!: " + arg.value, at);
}

Bad pass(const Args& args, const Context& context, bool match) {
  const bool location = (context.within & kInLocation) != 0;
  const auto has_scheme = [&](std::size_t i) {
    return args.size() > i && (args[i].value == "!" || has_colon(args[i].value));
  };
  if (args.empty() || (!location && args.size() < 2))
    return bad("ProxyPass|ProxyPassMatch needs a path when not defined in a location");
  if (location && args[0].value.starts_with('/') && args.size() > 1 && has_scheme(1))
    return bad("ProxyPass|ProxyPassMatch can not have a path when defined in a location", 0);
  const std::size_t url = location ? 0 : 1;
  if (args[url].value != "!")
    if (auto refused = judge_url(args[url], url, "ProxyPass", match)) return refused;
  return parameters(args, url + 1, is_balancer(args[url].value), kPass);
}

Bad proxy_pass(const Httpd&, const Args& args, const Context& context) {
  return pass(args, context, false);
}

Bad proxy_pass_match(const Httpd&, const Args& args, const Context& context) {
  const bool location = (context.within & kInLocation) != 0;
  if (!location && args.size() > 1 && !compiles(args[0].value))
    return bad("Regular expression could not be compiled.", 0);
  return pass(args, context, true);
}

Bad balancer_member(const Httpd&, const Args& args, const Context& context) {
  std::size_t at = 0;
  if ((context.within & kInLocation) == 0) {
    if (args.empty())
      return bad("BalancerMember must define balancer name when outside <Proxy > section");
    if (args.size() < 2) return bad("BalancerMember must define remote proxy server");
    if (!is_balancer_name(args[0].value))
      return bad("BalancerMember Bad syntax for a balancer name (" + args[0].value + ")", 0);
    at = 1;
  } else if (!context.proxy.empty() && !is_balancer_name(context.proxy)) {
    return bad("BalancerMember Bad syntax for a balancer name (" + context.proxy + ")");
  }
  if (args.size() <= at) return bad("BalancerMember must define remote proxy server");
  if (auto refused = judge_url(args[at], at, "BalancerMember", false)) return refused;
  return parameters(args, at + 1, false, kMember);
}

Bad proxy_pass_reverse(const Httpd&, const Args& args, const Context& context) {
  const bool location = (context.within & kInLocation) != 0;
  if (!location && args.size() == 1)
    return bad("ProxyPassReverse needs a path when not defined in a location");
  if (location && args.size() == 2 && args[0].value.starts_with('/') && has_colon(args[1].value))
    return bad("ProxyPassReverse can not have a path when defined in a location", 0);
  return std::nullopt;
}

// Within <Proxy URL> of that worker, elsewhere of the one that comes first.
Bad proxy_set(const Httpd&, const Args& args, const Context& context) {
  if (args.empty()) return std::nullopt;
  if ((context.within & kInProxy) == 0)
    return parameters(args, 1, is_balancer(args[0].value), kSet);
  if (context.proxy.empty()) return std::nullopt;
  if (const auto refused = judge_url({context.proxy, {}, true, {}}, 0, "ProxySet", false))
    return bad(refused->message);
  return parameters(args, 0, is_balancer(context.proxy), kSet);
}

Bad proxy_section(const Httpd&, const Args& args, const Context&) {
  if (args.size() < 2) return std::nullopt;
  if (auto refused = judge_url(args[0], 0, "<Proxy", false)) return refused;
  return parameters(args, 1, is_balancer(args[0].value), kSection);
}

constexpr std::array kJudges{ValueJudge{"proxypassreverse", proxy_pass_reverse},
                             ValueJudge{"proxypass", proxy_pass},
                             ValueJudge{"proxypassmatch", proxy_pass_match},
                             ValueJudge{"balancermember", balancer_member},
                             ValueJudge{"proxyset", proxy_set},
                             ValueJudge{"<proxy", proxy_section}};

}  // namespace

std::span<const ValueJudge> proxy_judges() {
  return kJudges;
}

}  // namespace stackaudit::stack::apache
