// What mod_proxy_balancer needs when the server starts, and balancers that have no member. The
// configuration test passes all of it but an lbmethod that is written.
#include "stack/apache/address.hpp"
#include "stack/apache/parts.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <map>

namespace stackaudit::stack::apache {
namespace {

constexpr std::string_view kScheme = "balancer://";

// "balancer://cluster/path" is "cluster"; empty for every other URL.
std::string balancer_of(std::string_view url) {
  if (lower(url.substr(0, kScheme.size())) != kScheme) return {};
  const auto rest = url.substr(kScheme.size());
  return lower(rest.substr(0, rest.find('/')));
}

// The balancer whose <Proxy> stands around the setting.
std::string around(const Httpd& httpd, const Setting& setting) {
  for (int at = setting.section; at >= 0;
       at = httpd.sections[static_cast<std::size_t>(at)].parent) {
    const auto& section = httpd.sections[static_cast<std::size_t>(at)];
    if (section.kind == "proxy" && !section.args.empty())
      if (auto name = balancer_of(section.args[0].value); !name.empty()) return name;
  }
  return {};
}

class Balancers {
 public:
  explicit Balancers(Httpd& httpd) : httpd_(httpd) {}

  void run() {
    const auto* module = loaded("mod_proxy_balancer.c");
    if (module == nullptr) return;
    if (httpd_.has_module("mod_slotmem_shm.c") == false)
      report(httpd_, {module->span,
                      "bad-value",
                      true,
                      "Failed to lookup provider 'shm' for 'slotmem': mod_proxy_balancer ends the "
                      "start without mod_slotmem_shm",
                      "enable it: a2enmod slotmem_shm",
                      {}});
    for (const auto& setting : httpd_.settings) take(setting);
    for (const auto& [name, method] : methods_) check_method(name, method);
    if (!httpd_.incomplete)
      for (const auto* use : uses_) check_members(*use);
  }

 private:
  [[nodiscard]] const LoadedModule* loaded(std::string_view source) const {
    const auto it = std::ranges::find(httpd_.modules, source, &LoadedModule::source);
    return it == httpd_.modules.end() ? nullptr : &*it;
  }

  static const Arg* url_of(const Setting& setting) {
    for (const auto& arg : setting.args)
      if (!balancer_of(arg.value).empty()) return &arg;
    return nullptr;
  }

  void take(const Setting& setting) {
    const auto* url = url_of(setting);
    const auto name = url == nullptr ? around(httpd_, setting) : balancer_of(url->value);
    if (name.empty()) return;
    const bool uses = setting.name == "proxypass" || setting.name == "proxypassmatch";
    if (setting.name == "balancermember") members_.push_back(name);
    if (uses && url != nullptr && url->known) uses_.push_back(&setting);
    if (setting.name == "balancermember" || (uses && name.find('$') == std::string::npos))
      methods_.try_emplace(name, Method{"byrequests", setting.span});
    if (setting.name != "proxyset" && !uses) return;
    for (const auto& arg : setting.args)
      if (constexpr std::string_view kKey = "lbmethod="; lower(arg.value).starts_with(kKey))
        methods_.insert_or_assign(name, Method{arg.value.substr(kKey.size()), arg.span});
  }

  struct Method {
    std::string name;
    text::Span span;
  };

  void check_method(const std::string& balancer, const Method& method) {
    const auto source = "mod_lbmethod_" + method.name + ".c";
    const bool own = httpd_.knowledge.by_source(source) != nullptr;
    if (httpd_.foreign || (own && httpd_.has_module(source) != false)) return;
    report(httpd_, {method.span,
                    "bad-value",
                    true,
                    "Cannot find LB Method: " + method.name + ", by which balancer://" + balancer +
                        " chooses its members",
                    own ? "enable it: a2enmod lbmethod_" + method.name
                        : "one of byrequests, bytraffic, bybusyness, heartbeat",
                    {}});
  }

  // Members can be added while the server runs, with the balancer manager.
  void check_members(const Setting& use) {
    const auto* url = url_of(use);
    const auto name = balancer_of(url->value);
    if (name.find('$') != std::string::npos || std::ranges::find(members_, name) != members_.end())
      return;
    const auto near = text::nearest(name, members_);
    report(httpd_,
           {url->span, "balancer-empty", false,
            "balancer://" + name + " has no BalancerMember: every request answers 503",
            near ? "write balancer://" + *near
                 : "write <Proxy balancer://" + name + "> with its members",
            near ? std::string(kScheme) + *near + url->value.substr(kScheme.size() + name.size())
                 : std::string{}});
  }

  Httpd& httpd_;
  std::vector<std::string> members_;
  std::map<std::string, Method> methods_;
  std::vector<const Setting*> uses_;
};

}  // namespace

void check_balancers(Httpd& httpd) {
  Balancers(httpd).run();
}

}  // namespace stackaudit::stack::apache
