// The text report: input and whole output.
#include "report/text_finding.hpp"
#include "sample.hpp"

#include <gtest/gtest.h>

namespace stackaudit::report {
namespace {

using rules::Prediction;

TEST(TextReport, CleanSaysCleanOfWhat) {
  EXPECT_EQ(as_text(sample(), {}, {}),
            "Found        nothing wrong in what was checked\n"
            "Checked      nginx (nginx.service, master root, workers www-data)\n"
            "             12 files, 34 references, 20 rules; looked for entry points in /etc\n"
            "             no policy: who may listen where was not asked\n"
            "Not checked  1 reference that only a request decides\n");
}

TEST(TextReport, ErrorsComeBeforeWarningsAndEachSaysWhatToDo) {
  auto report = sample();
  report.results.findings = {closed_file(), missing_require()};
  text::SourceMap sources;
  sources.add("/var/www/html/wp-settings.php", std::string(kSettings));
  EXPECT_EQ(as_text(report, sources, {}),
            "/var/www/html/wp-settings.php\n"
            "  3:10    error: require of ABSPATH . WPINC . '/class-wp-locale.phpp': no such file  "
            "[php-require-missing]\n"
            "     3 |  require ABSPATH . WPINC . '/class-wp-locale.phpp';\n"
            "       |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
            "    happens  apache2 as www-data: "
            "openat(\"/var/www/html/wp-includes/class-wp-locale.phpp\") = ENOENT -> HTTP 500\n"
            "    mend     write '/class-wp-locale.php' instead\n"
            "    before   faults of this kind led to wordpress-500-typo (stackaudit explain "
            "php-require-missing)\n"
            "\n"
            "/etc/nginx/it's\n"
            "  file    warning: www-data may not read it  [file-not-accessible]\n"
            "    see      /etc/nginx/nginx.conf:7: named here\n"
            "    mend     let the group read it: chmod 0640 '/etc/nginx/it'\\''s'\n"
            "    mend     give it to www-data: chown root:www-data '/etc/nginx/it'\\''s'\n"
            "    decide   or serve it from elsewhere\n"
            "\n"
            "Found        1 error, 1 warning in 2 files\n"
            "Checked      nginx (nginx.service, master root, workers www-data)\n"
            "             12 files, 34 references, 20 rules; looked for entry points in /etc\n"
            "             no policy: who may listen where was not asked\n"
            "Not checked  1 reference that only a request decides\n");
}

TEST(TextReport, WhatCouldNotBeReadIsNotCalledClean) {
  auto report = sample();
  report.root = "/mnt/image";
  report.policy = "/etc/stackaudit/policy.toml";
  report.results.incomplete = {{"/etc/nginx/ssl", "permission denied"}};
  report.results.suppressed = {closed_file()};
  report.checked.references_dynamic = 0;
  report.checked.not_evaluated = {"3 times: a variable of the request"};
  EXPECT_EQ(
      as_text(report, {}, {}),
      "Found        nothing wrong in the part that could be checked\n"
      "Checked      nginx (nginx.service, master root, workers www-data)\n"
      "             12 files, 34 references, 20 rules; looked for entry points in /etc of the "
      "root /mnt/image\n"
      "             policy /etc/stackaudit/policy.toml\n"
      "Incomplete   these were needed and could not be read:\n"
      "             /etc/nginx/ssl: permission denied\n"
      "Not checked  3 times: a variable of the request\n"
      "Suppressed   1 finding that the policy accepts\n");
}

TEST(TextReport, AFindingWithALineAloneMarksTheLine) {
  auto finding = missing_require();
  finding.column.reset();
  finding.span_begin.reset();
  finding.prediction.reset();
  finding.actions.clear();
  finding.incidents.clear();
  text::SourceMap sources;
  sources.add("/var/www/html/wp-settings.php", std::string(kSettings));
  EXPECT_EQ(finding_as_text(finding, sources, Paint(false)),
            "  3       error: require of ABSPATH . WPINC . '/class-wp-locale.phpp': no such file  "
            "[php-require-missing]\n"
            "     3 |  require ABSPATH . WPINC . '/class-wp-locale.phpp';\n"
            "       |  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n");
}

TEST(TextReport, TheSameAdviceIsGivenOnce) {
  auto finding = missing_require();
  auto again = finding.actions[0];
  again.kind = rules::Action::Kind::decide;
  finding.actions.push_back(again);
  const auto text = finding_as_text(finding, {}, Paint(false));
  EXPECT_NE(text.find("    mend     write '/class-wp-locale.php' instead\n    before "),
            std::string::npos)
      << text;
}

TEST(TextReport, PlacesThatDoNotExistGetNoFrame) {
  text::SourceMap sources;
  sources.add("/var/www/html/wp-settings.php", "short\n");
  for (const std::int64_t line : {-1, 0, 2, 3, 1'000'000'000}) {
    auto finding = missing_require();
    finding.line = line;
    EXPECT_EQ(finding_as_text(finding, sources, Paint(false)).find('|'), std::string::npos) << line;
  }
}

TEST(TextReport, ASpanBeyondTheTextFallsBackToTheLine) {
  text::SourceMap sources;
  sources.add("/var/www/html/wp-settings.php", "a\nb\nc\n");
  auto finding = missing_require();
  finding.span_begin = -5;
  finding.span_end = 1LL << 40;
  EXPECT_NE(finding_as_text(finding, sources, Paint(false)).find("3 | c\n       | ^\n"),
            std::string::npos);
}

TEST(TextReport, ManyFindingsHaveTheirErrorsRepeatedInTheSummary) {
  auto report = sample();
  for (int i = 0; i < 8; ++i) {
    auto finding = i == 5 ? missing_require() : closed_file();
    report.results.findings.push_back(finding);
  }
  const auto text = as_text(report, {}, {});
  EXPECT_NE(text.find("Found        1 error, 7 warnings in"), std::string::npos) << text;
  EXPECT_NE(text.find("\n  error /var/www/html/wp-settings.php:3 require of ABSPATH"),
            std::string::npos)
      << text;
}

TEST(TextReport, NoByteOfAFileSteersTheTerminal) {
  const std::string evil =
      "\x1b[2J\n\r\x07\xff\xc2\x9b"
      "31m\xe2\x80\xae";
  auto finding = missing_require();
  finding.path = "/var/www/" + evil;
  finding.rule = evil;
  finding.message = evil;
  finding.prediction = Prediction{evil, evil, evil, evil, evil, evil};
  finding.related = {{evil, 3, evil}};
  finding.incidents = {evil};
  for (auto& action : finding.actions) {
    action.summary = evil;
    action.path = evil;
  }
  auto chmod = closed_file().actions[0];
  chmod.path = evil;
  finding.actions.push_back(chmod);
  auto report = sample();
  report.root = evil;
  report.targets = {evil};
  report.policy = evil;
  report.results.findings.assign(8, finding);
  report.results.incomplete = {{evil, evil}};
  report.checked.services = {evil};
  report.checked.not_evaluated = {evil};
  text::SourceMap sources;
  sources.add(finding.path, "\n\n" + evil + "\n\n" + evil);
  const auto text = as_text(report, sources, {});
  EXPECT_EQ(text.find_first_of("\x1b\r\x07\xff"), std::string::npos) << text;
  EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
  EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
}

TEST(TextReport, ColourIsAddedAroundTextAndNothingElseChanges) {
  auto report = sample();
  report.results.findings = {closed_file(), missing_require()};
  text::SourceMap sources;
  sources.add("/var/www/html/wp-settings.php", std::string(kSettings));
  const auto colored = as_text(report, sources, {true});
  EXPECT_NE(colored.find("\x1b[1;31merror\x1b[0m: "), std::string::npos);
  std::string plain;
  for (std::size_t i = 0; i < colored.size(); ++i) {
    if (colored[i] == '\x1b') {
      i = colored.find('m', i);
      continue;
    }
    plain += colored[i];
  }
  EXPECT_EQ(plain, as_text(report, sources, {}));
}

TEST(Prediction, IsWrittenAsStraceWould) {
  EXPECT_EQ(prediction_as_text({"nginx", "www-data", "openat", "/a", "EACCES", "HTTP 403"}),
            "nginx as www-data: openat(\"/a\") = EACCES -> HTTP 403");
  EXPECT_EQ(prediction_as_text({"", "", "bind", "", "EADDRINUSE", ""}), "bind() = EADDRINUSE");
  EXPECT_EQ(prediction_as_text({"apache2", "", "", "", "", "does not start"}),
            "apache2 -> does not start");
  EXPECT_EQ(prediction_as_text({"", "root", "", "/a", "", ""}), "as root: /a");
  EXPECT_EQ(prediction_as_text({"", "", "", "", "", "HTTP 500"}), "HTTP 500");
  EXPECT_EQ(prediction_as_text({}), "");
}

}  // namespace
}  // namespace stackaudit::report
