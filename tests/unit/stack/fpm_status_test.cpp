// Which pool answers a status or ping path.
#include "stack/dials/status.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace stackaudit::stack {
namespace {

std::string answer(const std::vector<std::array<std::string, 3>>& settings, const std::string& url,
                   const std::string& pool) {
  facts::Store facts;
  for (const auto& [section, name, value] : settings) {
    facts::Directive row;
    row.service = "php-fpm";
    row.context = section;
    row.name = name;
    row.args = value;
    facts.add(std::move(row));
  }
  facts::Dial dial;
  dial.url_path = url;
  const auto said = fpm_status(facts, dial, pool);
  return (!said.served   ? "unknown"
          : *said.served ? "served"
                         : "not served") +
         (said.problem.empty() ? "" : ": " + said.problem);
}

TEST(FpmStatus, ThePathOfThePoolOrOfAnyPool) {
  const std::vector<std::array<std::string, 3>> settings{
      {"www", "pm.status_path", "/status"}, {"www", "ping.path", "/ping"}, {"app", "pm", "static"}};
  EXPECT_EQ(answer(settings, "/status", "www"), "served");
  EXPECT_EQ(answer(settings, "/status?json", "www"), "served");
  EXPECT_EQ(answer(settings, "/ping", ""), "served");
  EXPECT_EQ(answer(settings, "/status", "app"),
            "not served: pool app has pm.status_path or ping.path = /status");
  EXPECT_EQ(answer(settings, "/statu", "www"),
            "not served: pool www has pm.status_path or ping.path = /statu, only /status in [www] "
            "and /ping in [www]");
  EXPECT_EQ(answer(settings, "/status/", ""),
            "not served: no pool has pm.status_path or ping.path = /status/, only /status in "
            "[www] and /ping in [www]");
}

TEST(FpmStatus, NothingIsKnownWithoutPhpFpm) {
  EXPECT_EQ(answer({}, "/status", "www"), "unknown");
}

}  // namespace
}  // namespace stackaudit::stack
