// Many small configurations, one statement each, asked of nginx itself: what it refuses must be
// refused here at the same line and in the same words, and what it takes must be taken. The lists
// nginx_values/{refused,taken}.txt were chosen from a longer generated one by what nginx answered:
// some of each answer.
#include "support/audit.hpp"
#include "support/nginx_says.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace stackaudit {
namespace {

std::string configuration(char where, std::string_view statement) {
  static const std::map<char, std::pair<std::string, std::string>> kAround{
      {'M', {"events { }\n", "\n"}},
      {'E', {"events {\n", "\n}\n"}},
      {'H', {"events { }\nhttp {\n", "\n}\n"}},
      {'S', {"events { }\nhttp {\nserver {\nlisten 8099;\n", "\n}\n}\n"}},
      {'L', {"events { }\nhttp {\nserver {\nlisten 8099;\nlocation /a/ {\n", "\n}\n}\n}\n"}},
      {'U', {"events { }\nhttp {\nupstream b {\n", "\n}\n}\n"}},
  };
  const auto& [before, after] = kAround.at(where);
  return before + std::string(statement) + after;
}

// The statements of a list that stand in such a place; a list that cannot be read is a failure.
std::vector<std::string> statements(const std::string& list, char where) {
  std::vector<std::string> found;
  std::ifstream file(STACKAUDIT_SOURCE_DIR "/tests/truth/nginx_values/" + list);
  for (std::string line; std::getline(file, line);)
    if (line.size() > 2 && line[0] == where) found.push_back(line.substr(2));
  EXPECT_FALSE(found.empty()) << list;
  return found;
}

// The statements of a list that stand in such a place, each in a file of its own, and what all of
// them together give here.
class Asked {
 public:
  Asked(const std::string& list, char where, const std::vector<std::string>& ignore)
      : statements_(statements(list, where)) {
    for (std::size_t i = 0; i < statements_.size(); ++i)
      paths_.push_back(directory_.write("nginx" + std::to_string(i) + ".conf",
                                        configuration(where, statements_[i])));
    for (auto& one : test::audit(paths_, "nginx", ignore)) findings_[one.path].push_back(one);
  }

  // Calls with each statement, what nginx says of its file, and what is said here.
  void each(const std::function<void(const std::string&, const test::NginxAnswer&,
                                     const std::vector<test::Told>&)>& compare) {
    for (std::size_t i = 0; i < statements_.size(); ++i)
      compare(statements_[i], test::nginx_says(paths_[i]), findings_[paths_[i]]);
  }

 private:
  test::TempDir directory_;
  std::vector<std::string> statements_, paths_;
  std::map<std::string, std::vector<test::Told>> findings_;
};

class NginxValues : public testing::TestWithParam<char> {};

TEST_P(NginxValues, RefusedAlike) {
  Asked asked("refused.txt", GetParam(), {"access", "privilege"});
  asked.each([](const auto& statement, const auto& truth, const auto& findings) {
    // What nginx finds out when the file is read is without a line, or at the end of the block.
    const bool anywhere = truth.line == 0 || statement.find("server_names") != std::string::npos;
    std::string told;
    for (const auto& one : findings)
      told += "  " + std::to_string(one.line) + " " + one.severity + " " + one.message + "\n";
    const bool found = std::ranges::any_of(findings, [&](const auto& one) {
      return one.severity == "error" && (anywhere || one.line == truth.line) &&
             one.message.find(truth.message) != std::string::npos;
    });
    EXPECT_TRUE(truth.refused) << statement;
    EXPECT_TRUE(found) << statement << "\nnginx: " << truth.line << " " << truth.message
                       << "\nhere:\n"
                       << told;
  });
}

// That they all listen on one port is none of theirs.
TEST_P(NginxValues, TakenAlike) {
  Asked asked("taken.txt", GetParam(), {"access", "privilege", "exposure", "port"});
  asked.each([](const auto& statement, const auto& truth, const auto& findings) {
    EXPECT_FALSE(truth.refused) << statement << ": " << truth.message;
    for (const auto& one : findings)
      EXPECT_TRUE(one.severity != "error" || one.rule.find("missing") != std::string::npos)
          << statement << "\n"
          << one.line << " " << one.rule << ": " << one.message;
  });
}

INSTANTIATE_TEST_SUITE_P(In, NginxValues, testing::Values('M', 'E', 'H', 'S', 'L', 'U'),
                         [](const auto& test) { return std::string(1, test.param); });

}  // namespace
}  // namespace stackaudit
