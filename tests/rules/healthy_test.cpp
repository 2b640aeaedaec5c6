// Servers that are in order, in tests/rules/healthy/*.md: no rule may find an error on any of them.
#include "rules/case_runner.hpp"
#include "text/frame.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace stackaudit::test {
namespace {

TEST(HealthyServers, HaveNoErrors) {
  const std::filesystem::path folder = STACKAUDIT_SOURCE_DIR "/tests/rules/healthy";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".md") continue;
    std::ifstream in(entry.path());
    text::SourceMap texts;
    const auto page =
        texts.add(entry.path().string(), std::string(std::istreambuf_iterator<char>(in), {}));
    const auto parsed = rules::parse_cases(page, texts);
    ASSERT_FALSE(parsed.cases.empty()) << entry.path();
    for (const auto& one : parsed.cases) {
      const auto outcome = run_case(one, {});
      for (const auto& problem : outcome.problems) ADD_FAILURE() << problem << "\n" << show(one);
      const auto errors = errors_in(outcome.results.findings);
      EXPECT_TRUE(errors.empty()) << list(errors) << show(one);
      EXPECT_TRUE(outcome.results.incomplete.empty()) << show(one);
    }
  }
}

}  // namespace
}  // namespace stackaudit::test
