// The JSON report: the whole document, and that it stays valid whatever files are called.
#include "sample.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace stackaudit::report {
namespace {

TEST(JsonReport, EmptyAuditHasEveryKey) {
  EXPECT_EQ(as_json(sample()), R"~~({
  "schema": "stackaudit/1",
  "tool": {
    "name": "stackaudit",
    "version": "1.2.3"
  },
  "root": "/",
  "targets": [
    "/etc"
  ],
  "policy": null,
  "findings": [],
  "incomplete": [],
  "checked": {
    "services": [
      "nginx (nginx.service, master root, workers www-data)"
    ],
    "rules": 20,
    "not_evaluated": []
  },
  "summary": {
    "error": 0,
    "warning": 0,
    "info": 0,
    "suppressed": 0,
    "files": 12,
    "references": {
      "checked": 34,
      "dynamic": 1
    }
  }
}
)~~");
}

TEST(JsonReport, FindingsFollowTheContract) {
  auto report = sample();
  report.policy = "/etc/stackaudit/policy.toml";
  report.results.findings = {closed_file(), missing_require()};
  report.results.suppressed = {closed_file()};
  report.results.incomplete = {{"/etc/a", "permission denied"}};
  const auto json = nlohmann::ordered_json::parse(as_json(report));
  EXPECT_EQ(json["findings"][1].dump(2), R"({
  "rule": "php-require-missing",
  "class": "missing-reference",
  "severity": "error",
  "path": "/var/www/html/wp-settings.php",
  "line": 3,
  "column": 10,
  "message": "require of ABSPATH . WPINC . '/class-wp-locale.phpp': no such file",
  "prediction": {
    "process": "apache2",
    "user": "www-data",
    "call": "openat",
    "path": "/var/www/html/wp-includes/class-wp-locale.phpp",
    "errno": "ENOENT",
    "effect": "HTTP 500"
  },
  "related": [],
  "actions": [
    {
      "kind": "replace",
      "summary": "write '/class-wp-locale.php' instead",
      "path": "/var/www/html/wp-settings.php",
      "safe": false,
      "line": 3,
      "span": {
        "begin": 63,
        "end": 87
      },
      "text": "'/class-wp-locale.php'"
    }
  ],
  "incidents": [
    "wordpress-500-typo"
  ],
  "fingerprint": "0123456789abcdef"
})");
  const auto& closed = json["findings"][0];
  EXPECT_EQ(closed["line"], nullptr);
  EXPECT_EQ(closed["prediction"], nullptr);
  EXPECT_EQ(closed["related"].dump(),
            R"([{"path":"/etc/nginx/nginx.conf","line":7,"message":"named here"}])");
  EXPECT_EQ(closed["actions"][0]["mode"], "0640");
  EXPECT_EQ(closed["actions"][1]["owner"], "root");
  EXPECT_EQ(closed["actions"][1]["group"], "www-data");
  EXPECT_EQ(closed["actions"][2].dump(),
            R"({"kind":"decide","summary":"or serve it from elsewhere","path":"/etc/nginx/it's",)"
            R"("safe":false})");
  EXPECT_EQ(json["policy"], "/etc/stackaudit/policy.toml");
  EXPECT_EQ(json["incomplete"].dump(), R"([{"path":"/etc/a","reason":"permission denied"}])");
  EXPECT_EQ(json["summary"].dump(), R"({"error":1,"warning":1,"info":0,"suppressed":1,"files":12,)"
                                    R"("references":{"checked":34,"dynamic":1}})");
}

TEST(JsonReport, IsAsciiAndValidWhateverFilesAreCalled) {
  const std::string evil = std::string("\x1b[2J\n\xff\xc2\x9b\xed\xa0\x80\xc3\xb6\x7f") + '\0';
  auto report = sample();
  report.root = evil;
  report.targets = {evil};
  report.policy = evil;
  auto finding = missing_require();
  finding.path = evil;
  finding.message = evil;
  finding.rule = evil;
  finding.incidents = {evil};
  finding.prediction = rules::Prediction{evil, evil, evil, evil, evil, evil};
  finding.actions[0].text = evil;
  report.results.findings = {finding};
  report.results.incomplete = {{evil, evil}};
  report.checked.services = {evil};
  report.checked.not_evaluated = {evil};
  const auto text = as_json(report);
  for (const char c : text) EXPECT_TRUE(c == '\n' || (c >= ' ' && c < '\x7f')) << int{c};
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["findings"][0]["path"],
            std::string("\x1b[2J\n\xef\xbf\xbd\xc2\x9b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xc3\xb6"
                        "\x7f") +
                '\0');
}

}  // namespace
}  // namespace stackaudit::report
