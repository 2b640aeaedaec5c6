// The order in which the systems are read: each needs what the ones before it handed over.
#include "stack/apache/apache.hpp"
#include "stack/container/compose.hpp"
#include "stack/container/container.hpp"
#include "stack/container/pods.hpp"
#include "stack/container/quadlet.hpp"
#include "stack/dials/claims.hpp"
#include "stack/dials/dials.hpp"
#include "stack/dials/families.hpp"
#include "stack/dials/fpm_public.hpp"
#include "stack/dials/proxy_protocol.hpp"
#include "stack/dials/redirects.hpp"
#include "stack/dials/status_servers.hpp"
#include "stack/entries/entries.hpp"
#include "stack/jobs/jobs.hpp"
#include "stack/limits/limits.hpp"
#include "stack/mariadb/mariadb.hpp"
#include "stack/monitoring/monitoring.hpp"
#include "stack/nginx/nginx.hpp"
#include "stack/php/php.hpp"
#include "stack/phpfpm/phpfpm.hpp"
#include "stack/pools/php_runtime.hpp"
#include "stack/pools/prepended.hpp"
#include "stack/rights/rights.hpp"
#include "stack/secrets/secrets.hpp"
#include "stack/served/served.hpp"
#include "stack/survey.hpp"
#include "stack/systemd/own_units.hpp"
#include "stack/systemd/systemd.hpp"
#include "stack/users/users.hpp"
#include "stack/wordpress/wordpress.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack {
namespace {

// Without accounts nothing can be said of who may do what.
void need_accounts(Survey& survey) {
  for (const auto file : tree::kAccountFiles) {
    const auto end = tree::resolve(survey.tree, file);
    if (tree::is_unseen(end.error))
      survey.blind(Survey::whole_file(file), "membership", file, tree::errno_words(end.error),
                   true);
  }
}

// With the container files that its services are made from, wherever they lie.
void add_composed(Survey& survey, const Entry& entry, std::vector<Image>& images) {
  auto composed = read_compose(survey, entry);
  for (const auto& path : composed.builds)
    if (std::ranges::find(images, path, &Image::container_file) == images.end())
      images.push_back(read_container(survey, {"container", path}));
  images.push_back(std::move(composed));
}

}  // namespace

std::vector<TargetError> survey(Survey& survey, const Targets& targets) {
  std::vector<TargetError> errors;
  need_accounts(survey);
  auto entries = find_entries(survey, targets, errors);
  const auto systemd = read_systemd(survey);
  add_started(survey, systemd, entries);
  add_enabled(survey, systemd, targets, entries);
  drop_replaced(survey, systemd, entries);
  drop_removed(survey, systemd, entries);
  check_missing(survey, systemd, targets, entries);
  for (const auto& entry : entries)
    if (entry.kind == "nginx") read_nginx(survey, systemd, entry);
  for (const auto& entry : entries)
    if (entry.kind == "apache") read_apache(survey, systemd, entry);
  for (const auto& entry : entries)
    if (entry.kind == "php-fpm") read_phpfpm(survey, systemd, entry);
  read_apache_php_ini(survey, systemd);
  read_prepended(survey);
  read_php(survey, entries);
  read_wordpress_parts(survey);
  std::vector<Image> images;
  for (const auto& entry : entries)
    if (entry.kind == "container") images.push_back(read_container(survey, entry));
  tell_images_apart(survey, images);
  read_mariadb(survey, systemd, targets);
  for (const auto& entry : entries)
    if (entry.kind == "compose") add_composed(survey, entry, images);
  check_quadlets(survey);
  check_static_pods(survey);
  leave_to_images(survey, images, targets);
  read_other_claims(survey);
  read_monitoring(survey, entries);
  connect_dials(survey, systemd);
  check_families(survey, systemd);
  check_proxy_protocol(survey);
  check_status_servers(survey);
  check_redirects(survey);
  check_fpm_public(survey);
  check_limits(survey, systemd);
  find_pool_refusals(survey);
  find_open_basedir(survey);
  find_php_writes(survey, systemd);
  find_cgi(survey);
  find_job_names(survey);
  find_renewals(survey);
  find_handed_over(survey);
  check_supervised(survey);
  find_root_code(survey);
  check_own_programs(survey);
  check_password_files(survey);
  find_assigned_users(survey);
  check_suexec(survey);
  find_exposed_files(survey);
  find_served_files(survey);
  return errors;
}

}  // namespace stackaudit::stack
