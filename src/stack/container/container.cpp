// The build context is taken to be the file's directory, or one of those around it.
#include "stack/container/container.hpp"

#include "stack/container/foreground.hpp"
#include "stack/container/image.hpp"
#include "stack/container/rights.hpp"
#include "stack/container/stages.hpp"
#include "stack/container/unprivileged.hpp"
#include "stack/monitoring/probes.hpp"
#include "stack/net.hpp"
#include "syntax/dockerfile/dockerfile.hpp"
#include "text/words.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack {
namespace {

using syntax::dockerfile::Instruction;

constexpr std::string_view kService = "container";
constexpr int kMostParents = 3;
// Images whose first process is root by design and starts its workers as somebody else.
constexpr std::array<std::string_view, 12> kDropRights{
    "nginx", "httpd",   "wordpress", "mariadb", "mysql",   "postgres",
    "redis", "haproxy", "traefik",   "caddy",   "varnish", "memcached"};

struct Copied {
  std::string from, to;  // in the tree; in the image
  bool made_executable = false;
};

class Container {
 public:
  Container(Survey& survey, const std::string& path) : survey_(survey), path_(path) {}

  Image read() {
    Image image{path_, {}};
    const auto file = survey_.load(path_, "reference");
    if (!file) return image;
    survey_.note_file(path_, kService, "configuration");
    file_ = *file;
    const auto document = syntax::dockerfile::parse(survey_.sources.content(file_), file_);
    survey_.add_problems(document.problems, kService, "dockerfile");
    check_stages(survey_, document.instructions);
    find_context(document.instructions);
    for (const auto& one : document.instructions) {
      take(one);
      stage_.push_back(one);
    }
    finish();
    image.sources = sources();
    return image;
  }

 private:
  [[nodiscard]] std::vector<std::string> sources() const {
    std::vector<std::string> all;
    for (const auto& one : copied_) all.push_back(one.from);
    return all;
  }

  static bool is_copy(const Instruction& one) { return one.name == "COPY" || one.name == "ADD"; }

  // What comes from the context: no stage, no address, nothing that an argument decides.
  static bool is_plain(const Instruction& one, const std::string& source) {
    return flag(one, "--from=").empty() && source.find("://") == std::string::npos &&
           !source.starts_with("git@") && !source.starts_with("<<") &&
           source.find('$') == std::string::npos;
  }

  [[nodiscard]] bool is_there(const std::string& directory, std::string source) const {
    source.erase(0, std::min(source.find_first_not_of('/'), source.size()));
    if (source.empty()) return true;
    const auto path = tree::normalize(directory + "/" + source);
    if (tree::has_wildcard(path)) return !tree::glob(survey_.tree, path, 1).paths.empty();
    const auto end = tree::resolve(survey_.tree, path);
    return end || tree::is_unseen(end.error);
  }

  // The directory in which most sources are, the nearest first.
  void find_context(const std::vector<Instruction>& all) {
    std::string directory(tree::dirname(path_));
    for (int i = 0; i <= kMostParents; ++i) {
      int found = 0;
      for (const auto& one : all)
        for (std::size_t w = 0; is_copy(one) && w + 1 < one.words.size(); ++w)
          if (one.words[w].value != "." && one.words[w].value != "./" &&
              is_plain(one, one.words[w].value) && is_there(directory, one.words[w].value))
            ++found;
      if (found > found_) {
        found_ = found;
        context_ = directory;
      }
      if (directory == "/") break;
      directory = tree::dirname(directory);
    }
    if (context_.empty()) context_ = tree::dirname(path_);
  }

  void take(const Instruction& one) {
    if (one.name == "FROM") {
      begin_stage(one);
    } else if (one.name == "USER" && !one.words.empty()) {
      user_ = one;
    } else if (one.name == "RUN") {
      runs_ += one.text + "\n";
    } else if (one.name == "EXPOSE") {
      expose(one);
    } else if (one.name == "ENTRYPOINT" || one.name == "CMD") {
      (one.name == "CMD" ? command_ : entrypoint_) = one;
    } else if (one.name == "HEALTHCHECK") {
      health_ = one;
    } else if (one.name == "WORKDIR" && !one.words.empty()) {
      const auto& to = one.words[0].value;
      workdir_ = to.find('$') != std::string::npos ? "" : tree::join(workdir_, to);
    } else if (is_copy(one)) {
      copy(one);
    }
  }

  // A stage of its own begins with the settings of the stage it is made from, where that is known.
  void begin_stage(const Instruction& one) {
    Instruction stage = one;
    const auto image = one.words.empty() ? std::string{} : one.words[0].value;
    const bool inherits = !image.empty() && std::ranges::find(stages_, image) != stages_.end();
    if (!inherits) {
      user_.reset();
      entrypoint_.reset();
      command_.reset();
      base_ = image;
    }
    copied_.clear();
    stage_.clear();
    exposed_.clear();
    expose_.reset();
    health_.reset();
    runs_.clear();
    workdir_ = "/";
    if (one.words.size() > 2) stages_.push_back(one.words[2].value);
    from_ = std::move(stage);
  }

  void expose(const Instruction& one) {
    expose_ = one;
    for (const auto& word : one.words) {
      const auto text = word.value.substr(0, word.value.find('/'));
      if (const auto port = port_number(text))
        exposed_.insert(*port);
      else
        exposed_known_ = false;  // an argument, a range
    }
  }

  void copy(const Instruction& one) {
    if (one.words.size() < 2) return;
    check_owner(one);
    const auto& to = one.words.back().value;
    for (std::size_t i = 0; i + 1 < one.words.size(); ++i) {
      const auto& source = one.words[i];
      if (!is_plain(one, source.value)) continue;
      if (!is_there(context_, source.value)) {
        missing(one, source);
        continue;
      }
      if (to.find('$') != std::string::npos || tree::has_wildcard(source.value)) continue;
      const auto from = tree::normalize(context_ + "/" + source.value);
      auto target = tree::join(workdir_, to);
      const auto end = tree::resolve(survey_.tree, from);
      const bool directory = end && end.stat.type == tree::FileType::directory;  // what is in it
      if (!directory && (to.ends_with('/') || to == "."))
        target = tree::join(target, tree::basename(from));
      const auto mode = flag(one, "--chmod=");
      copied_.push_back(
          {from, tree::normalize(target), mode.find_first_of("1357x") != std::string::npos});
    }
  }

  // COPY --chown=app:staff: account and group must be in the image by then.
  void check_owner(const Instruction& one) {
    const auto owner = flag(one, "--chown=");
    const auto colon = std::min(owner.find(':'), owner.size());
    const auto where = one.flags.empty() ? one.words[0].span : one.flags[0].span;
    for (const auto& name :
         {owner.substr(0, colon), owner.substr(std::min(colon + 1, owner.size()))})
      if (lacks(name))
        return problem(where, "container-account", "warning",
                       "the image has no account " + name + " when the files are copied",
                       "make it before, with RUN useradd, or name one that " + base_ + " has");
  }

  // Whether an account or group of this name is known to be in no file of the image.
  [[nodiscard]] bool lacks(const std::string& name) const {
    if (name.find('$') != name.npos || std::ranges::find(stages_, base_) != stages_.end())
      return false;
    const bool copied = std::ranges::any_of(copied_, [&](const Copied& one) {
      return one.to == "/etc/passwd" || one.to == "/etc" || one.to == "/";
    });
    return !copied && runs_.find(name) == runs_.npos && runs_.find("install") == runs_.npos &&
           image_lacks(image_name(base_), name);
  }

  void missing(const Instruction& one, const syntax::Word& source) {
    facts::Reference row;
    static_cast<facts::Place&>(row) = survey_.place(source.span);
    row.service = kService;
    row.kind = "copy-source";
    row.as_written = source.value;
    row.resolved = tree::normalize(context_ + "/" + source.value);
    row.state = "missing";
    // Else the context may be another directory; and BuildKit passes an empty pattern over.
    row.required = found_ > 0 && !tree::has_wildcard(source.value);
    row.wanted = "file";
    row.nearest = survey_.nearest_path(row.resolved);
    if (!row.nearest.empty() && context_ != "/" && row.nearest.starts_with(context_ + "/"))
      row.replacement = row.nearest.substr(context_.size() + 1);
    row.process = "docker build";
    row.call = "openat";
    row.effect = "the image is not built: " + one.name + " finds no such file";
    survey_.facts.add(std::move(row));
  }

  void problem(text::Span where, std::string_view code, std::string_view severity,
               std::string message, std::string help) {
    survey_.add_problem(survey_.place(where), {.service = kService,
                                               .language = "dockerfile",
                                               .code = code,
                                               .severity = severity,
                                               .message = std::move(message),
                                               .help = std::move(help)});
  }

  void finish() {
    if (!from_ || from_->words.empty()) return;
    check_user();
    check_copied_user();
    check_root_pools();
    check_image_rights(survey_, stage_, user_ ? user_->words[0].value : std::string{},
                       user_ ? !leaves_root() : !base_sets_user());
    if (leaves_root() && base_ == from_->words[0].value)
      check_unprivileged(survey_, base_, stage_, *user_);
    if (entrypoint_)
      check_program(*entrypoint_);
    else if (command_)
      check_program(*command_);
    check_ports();
    check_foreground(survey_, {file_, entrypoint_ ? &*entrypoint_ : nullptr,
                               command_ ? &*command_ : nullptr, base_, sources()});
  }

  void check_user() {
    const auto name =
        user_ ? user_->words[0].value.substr(0, user_->words[0].value.find(':')) : std::string{};
    if (user_ && (name == "root" || name == "0"))
      return problem(user_->words[0].span, "container-root", "warning",
                     "the image's last user is root: its processes run as root",
                     "switch back with USER to an account without rights, as the last user");
    if (user_ && lacks(name))
      return problem(user_->words[0].span, "container-account", "warning",
                     "the image has no account " + name + ": its processes do not start",
                     "make it before, with RUN useradd, or name one that " + base_ + " has");
    if (user_ || !(command_ || entrypoint_) || base_sets_user()) return;
    const bool fpm =
        base_.find("fpm") != std::string::npos || base_.find("apache") != std::string::npos;
    const bool drops = runs_.find("setpriv") != std::string::npos ||
                       runs_.find("gosu") != std::string::npos ||
                       runs_.find("su-exec") != std::string::npos;
    if (fpm || drops || base_ == "scratch" ||
        std::ranges::find(kDropRights, image_name(base_)) != kDropRights.end())
      return;
    const auto& starts = entrypoint_ ? *entrypoint_ : *command_;
    for (const auto* server : {"nginx", "apache", "httpd", "fpm", "entrypoint", "supervisord"})
      if (starts.text.find(server) != std::string::npos) return;  // it may change its user itself
    problem(from_->span, "container-root", "warning",
            "no USER: unless " + base_ + " sets one, its processes run as root",
            "end the stage with USER and an account without rights");
  }

  // The stage has a USER, and that is not root.
  [[nodiscard]] bool leaves_root() const {
    if (!user_) return false;
    const auto& name = user_->words[0].value;
    return name != "root" && name != "0" && !name.starts_with("root:") && !name.starts_with("0:");
  }

  // By its name: gcr.io/distroless/static:nonroot, nginx-unprivileged, bitnami/nginx, $BASE.
  [[nodiscard]] bool base_sets_user() const {
    return text::contains_any(
        base_, std::array<std::string_view, 4>{"nonroot", "unprivileged", "bitnami/", "$"});
  }

  // user root; of an nginx.conf that the image gets: without USER the master is root and obeys.
  void check_copied_user() {
    if (leaves_root()) return;
    for (const auto& one : copied_) {
      if (one.to.find("nginx") == std::string::npos) continue;
      for (const auto& path : {one.from, tree::join(one.from, "nginx.conf")})
        if (survey_.state_of(path, "file") == "found") check_worker(path);
    }
  }

  // php-fpm -R: what it refuses otherwise, pools whose user is root.
  void check_root_pools() {
    if (leaves_root()) return;
    if (!command_ && !entrypoint_) return;
    const auto& starts = command_ ? *command_ : *entrypoint_;
    if (starts.text.find("fpm") == std::string::npos) return;
    for (const auto& word : starts.words)
      if (word.value == "-R" || word.value == "--allow-to-run-as-root")
        problem(word.span, "container-root", "warning", "the image's php-fpm may run pools as root",
                "leave out " + word.value + " and name an account of the image in each pool");
  }

  void check_worker(const std::string& path) {
    if (const auto line = root_user_line(survey_, path))
      problem(*line, "container-root", "warning", "the image's nginx serves requests as root",
              "name the account of the image that has few rights: user nginx;");
  }

  // The first word that is a file copied from the context must be executable.
  void check_program(const Instruction& starts) {
    if (starts.words.empty()) return;
    const auto& word = starts.words[0];
    if (!starts.json && starts.text.starts_with('[')) {
      problem(
          word.span, "container-entrypoint", "error",
          starts.name + " is no JSON: the shell is given the brackets and finds no such program",
          "write double quotes: [\"program\", \"argument\"]");
      return;
    }
    const auto program = tree::normalize(tree::join(workdir_, word.value));
    for (const auto& one : copied_) {
      if (!tree::is_within(program, one.to) || one.made_executable) continue;
      const auto from = one.from + program.substr(one.to == "/" ? 0 : one.to.size());
      const auto end = tree::resolve(survey_.tree, from);
      if (!end || end.stat.type != tree::FileType::regular || (end.stat.mode & 0111U) != 0 ||
          runs_.find("chmod") != std::string::npos)
        continue;
      problem(word.span, "container-entrypoint", "error",
              word.value + " is copied without the right to execute it: permission denied",
              "chmod +x " + from + ", or COPY --chmod=0755");
    }
  }

  [[nodiscard]] std::set<std::int64_t> listened() const {
    std::set<std::int64_t> ports;
    for (const auto& one : copied_) ports.merge(listened_ports(survey_.tree, one.from, one.to));
    return ports;
  }

  static std::string joined(const std::set<std::int64_t>& ports) {
    std::string text;
    for (const auto port : ports) text += (text.empty() ? "" : ", ") + std::to_string(port);
    return text;
  }

  void check_ports() {
    const auto ports = listened();
    if (ports.empty()) return;
    if (health_) check_health(*health_, ports);
    if (!expose_ || !exposed_known_ || exposed_.empty() ||
        std::ranges::any_of(ports, [&](std::int64_t port) { return exposed_.contains(port); }))
      return;
    problem(expose_->words[0].span, "container-port", "warning",
            "none of the exposed ports is one that the copied configuration listens on: " +
                joined(ports),
            "EXPOSE " + joined(ports));
  }

  // The image may have other servers; whoever exposes their ports is believed.
  void check_health(const Instruction& check, const std::set<std::int64_t>& ports) {
    for (const auto& probe : probes_in(check.text)) {
      if (!probe.scheme.starts_with("http")) continue;
      const auto port = probe.port.value_or(probe.scheme == "https" ? 443 : 80);
      const bool here = probe.host == "localhost" || probe.host.starts_with("127.") ||
                        probe.host == "::1" || probe.host == "0.0.0.0";
      if (!here || ports.contains(port) || exposed_.contains(port)) continue;
      return problem(check.span, "container-health", "warning",
                     "the health check asks port " + std::to_string(port) +
                         ", and the copied configuration listens on " + joined(ports),
                     "ask the port on which the server listens");
    }
  }

  Survey& survey_;
  std::string path_;
  text::FileId file_{};
  std::string context_;
  int found_ = 0;
  std::vector<std::string> stages_;
  std::string base_, workdir_ = "/", runs_;
  std::optional<Instruction> from_, user_, entrypoint_, command_, expose_, health_;
  std::vector<Instruction> stage_;  // those of the last one
  std::vector<Copied> copied_;
  std::set<std::int64_t> exposed_;
  bool exposed_known_ = true;
};

}  // namespace

Image read_container(Survey& survey, const Entry& entry) {
  return Container(survey, entry.path).read();
}

}  // namespace stackaudit::stack
