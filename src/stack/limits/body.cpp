// A file on its way up passes client_max_body_size, LimitRequestBody, post_max_size and
// upload_max_filesize; the smallest of them decides, and each answers in its own way (413, an empty
// $_POST, error 1).
#include "stack/limits/checks.hpp"
#include "stack/nginx/values.hpp"
#include "stack/phpfpm/quantity.hpp"

#include <algorithm>

namespace stackaudit::stack::limits {
namespace {

constexpr std::int64_t kMebi = std::int64_t{1} << 20U;
constexpr std::int64_t kNginx = kMebi, kUpload = 2 * kMebi, kPost = 8 * kMebi;

class Bodies {
 public:
  Bodies(Survey& survey, const Blocks& nginx) : survey_(survey), nginx_(nginx) {}

  void judge(const Php& php) {
    const auto upload = of_php(php, "upload_max_filesize", kUpload, "2M");
    const auto post = of_php(php, "post_max_size", kPost, "8M");
    if (!upload || !post) return;
    if ((upload->set || post->set) && upload->value > post->value)
      report(survey_, "php", "limit-upload", upload->set ? *upload : *post,
             words("upload_max_filesize", *upload) + " is more than " +
                 words("post_max_size", *post) + ": PHP drops such a request, $_POST and all",
             "post_max_size a little above upload_max_filesize", upload->set ? *post : *upload);
    const bool raised = upload->value > kUpload;
    const auto& wanted = raised ? *upload : *post;
    const std::string_view name = raised ? "upload_max_filesize" : "post_max_size";
    const bool asks = wanted.set && (raised || post->value > kPost) && wanted.value != kNone;
    if (const auto front = of_nginx(php)) {
      if (asks && front->value < wanted.value)
        closed(*front, "client_max_body_size", "nginx", wanted, name);
      else if (front->set && front->value != kNone && front->value > post->value)
        open(*front, *post);
    }
    if (php.pool == nullptr) apache(php, wanted, name, asks);
  }

 private:
  [[nodiscard]] std::optional<Limit> of_php(const Php& php, std::string_view name,
                                            std::int64_t otherwise, std::string written) const {
    const auto* set = php.find(survey_, name);
    if (set == nullptr) return Limit{otherwise, std::move(written), {}, false};
    const auto size = quantity(set->value);
    if (!size) return std::nullopt;
    return Limit{*size <= 0 ? kNone : *size, set->value, set->place, true};
  }

  // The largest of the locations that lead there.
  [[nodiscard]] std::optional<Limit> of_nginx(const Php& php) const {
    std::optional<Limit> most;
    for (const auto* pass : php.passes) {
      Limit limit{kNginx, "1m", {}, false};
      if (const auto* set = nginx_.inherited(*pass, "client_max_body_size")) {
        const auto size = nginx::parse_size(set->args, true).value_or(-1);
        if (size < 0) return std::nullopt;
        limit = {size == 0 ? kNone : size, set->args, *set, true};
      }
      if (!most || limit.value > most->value) most = std::move(limit);
    }
    return most;
  }

  void closed(const Limit& front, std::string_view front_name, std::string_view who,
              const Limit& wanted, std::string_view name) {
    report(survey_, who, "limit-body", front.set ? front : wanted,
           words(front_name, front) + " is less than " + words(name, wanted) + ": " +
               std::string(who) + " answers 413 to what PHP would take",
           "the same size for both, the one in front a little larger", front.set ? wanted : front);
  }

  void open(const Limit& front, const Limit& post) {
    report(survey_, "nginx", "limit-body", front,
           words("client_max_body_size", front) + " is more than " + words("post_max_size", post) +
               ": PHP drops what nginx lets through, $_POST and all",
           "raise post_max_size and upload_max_filesize as well", post);
  }

  // LimitRequestBody of a site says nothing of another's.
  void apache(const Php& php, const Limit& wanted, std::string_view name, bool asks) {
    const auto* set = directive(survey_, "apache", "limitrequestbody");
    const auto size = set == nullptr ? 0 : number(set->args).value_or(0);
    const auto sites = survey_.facts.rows<facts::Site>();
    const auto own = std::ranges::count(sites, "apache", &facts::Site::service);
    if (size <= 0 || (!set->context.empty() && own > 1)) return;
    const Limit limit{size, set->args, *set, true};
    if (asks && size < wanted.value)
      return closed(limit, "LimitRequestBody", "apache", wanted, name);
    const auto front = of_nginx(php);
    if (front && front->set && front->value > size)
      report(survey_, "apache", "limit-body", limit,
             words("LimitRequestBody", limit) + " is less than " +
                 words("client_max_body_size", *front) + ": Apache answers 413 to what nginx " +
                 "lets through",
             "the same size for both", *front);
  }

  Survey& survey_;
  const Blocks& nginx_;
};

}  // namespace

void check_bodies(Survey& survey, const Blocks& nginx, const std::vector<Php>& all) {
  Bodies bodies(survey, nginx);
  for (const auto& php : all) bodies.judge(php);
}

}  // namespace stackaudit::stack::limits
