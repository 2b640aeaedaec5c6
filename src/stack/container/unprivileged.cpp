// Published images that end with USER: their server makes files in directories of root, as it was
// meant to start as root.
#include "stack/container/unprivileged.hpp"

#include "stack/container/image.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

using syntax::dockerfile::Instruction;

struct Published {
  std::string_view image;          // of the official library
  std::string_view program;        // that it starts
  std::string_view configuration;  // may name other directories
  std::string_view refused;        // what the start says
};
constexpr std::array kPublished{
    Published{"nginx", "nginx", "/etc/nginx/nginx.conf",
              "mkdir() \"/var/cache/nginx/client_temp\" failed (13: Permission denied)"},
    Published{
        "httpd", "httpd", "/usr/local/apache2/conf/httpd.conf",
        "(13)Permission denied: AH00099: could not create /usr/local/apache2/logs/httpd.pid"}};

// Of Docker's own library: "docker.io/library/nginx:1.27" and "nginx", not "bitnami/nginx".
bool is_official(std::string_view base) {
  for (const std::string_view registry : {"docker.io/", "library/"})
    if (base.starts_with(registry)) base.remove_prefix(registry.size());
  return base.find('/') == base.npos && base.find('$') == base.npos;
}

// What may give the directories to the user, or name others.
bool prepares(const Instruction& one, const Published& image) {
  if (one.name == "RUN" || one.name == "VOLUME") return true;
  if ((one.name != "COPY" && one.name != "ADD") || one.words.size() < 2) return false;
  const auto& to = one.words.back().value;
  return !to.starts_with('/') || to.find('$') != to.npos ||
         tree::is_within(image.configuration, tree::normalize(to));
}

bool starts_other(const Instruction& one, const Published& image) {
  return (one.name == "CMD" || one.name == "ENTRYPOINT") &&
         !text::contains(one.text, image.program);
}

}  // namespace

void check_unprivileged(Survey& survey, std::string_view base,
                        const std::vector<Instruction>& stage, const Instruction& user) {
  const auto image = std::ranges::find(kPublished, image_name(base), &Published::image);
  if (image == kPublished.end() || !is_official(base) || user.words.empty()) return;
  if (std::ranges::any_of(stage, [&](const Instruction& one) {
        return prepares(one, *image) || starts_other(one, *image);
      }))
    return;
  const auto& word = user.words[0];
  survey.add_problem(survey.place(word.span),
                     {.service = "container",
                      .language = "dockerfile",
                      .code = "image-unprivileged",
                      .severity = "warning",
                      .message = word.value + " may not write where the server of " +
                                 std::string(base) + " does: " + std::string(image->refused),
                      .help = "leave USER to the image, whose workers are no root, or give the "
                              "directories to " +
                              word.value});
}

}  // namespace stackaudit::stack
