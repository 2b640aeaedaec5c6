// One audit with everything in it that a report can show.
#pragma once

#include "report/report.hpp"

namespace stackaudit::report {

inline constexpr std::string_view kSettings =
    "<?php\n"
    "require ABSPATH . '/load.php';\n"
    "\trequire ABSPATH . WPINC . '/class-wp-locale.phpp';\n";

inline rules::Finding missing_require() {
  rules::Finding finding;
  finding.rule = "php-require-missing";
  finding.rule_class = "missing-reference";
  finding.path = "/var/www/html/wp-settings.php";
  finding.line = 3;
  finding.column = 10;
  finding.span_begin = 46;
  finding.span_end = 87;
  finding.message = "require of ABSPATH . WPINC . '/class-wp-locale.phpp': no such file";
  finding.prediction = rules::Prediction{
      "apache2", "www-data", "openat", "/var/www/html/wp-includes/class-wp-locale.phpp",
      "ENOENT",  "HTTP 500"};
  rules::Action action;
  action.kind = rules::Action::Kind::replace;
  action.summary = "write '/class-wp-locale.php' instead";
  action.path = finding.path;
  action.line = 3;
  action.span_begin = 63;
  action.span_end = 87;
  action.text = "'/class-wp-locale.php'";
  finding.actions = {action};
  finding.incidents = {"wordpress-500-typo"};
  finding.fingerprint = "0123456789abcdef";
  return finding;
}

inline rules::Finding closed_file() {
  rules::Finding finding;
  finding.rule = "file-not-accessible";
  finding.rule_class = "access";
  finding.severity = text::Severity::warning;
  finding.path = "/etc/nginx/it's";
  finding.message = "www-data may not read it";
  finding.related = {{"/etc/nginx/nginx.conf", 7, "named here"}};
  rules::Action mode;
  mode.kind = rules::Action::Kind::mode;
  mode.summary = "let the group read it";
  mode.path = finding.path;
  mode.mode = 0640;
  mode.safe = true;
  rules::Action owner;
  owner.kind = rules::Action::Kind::owner;
  owner.summary = "give it to www-data";
  owner.path = finding.path;
  owner.owner = "root";
  owner.group = "www-data";
  rules::Action decide;
  decide.summary = "or serve it from elsewhere";
  decide.path = finding.path;
  finding.actions = {mode, owner, decide};
  finding.fingerprint = "fedcba9876543210";
  return finding;
}

inline Report sample() {
  Report report;
  report.version = "1.2.3";
  report.root = "/";
  report.targets = {"/etc"};
  report.checked.files = 12;
  report.checked.references_checked = 34;
  report.checked.references_dynamic = 1;
  report.checked.rules = 20;
  report.checked.services = {"nginx (nginx.service, master root, workers www-data)"};
  return report;
}

}  // namespace stackaudit::report
