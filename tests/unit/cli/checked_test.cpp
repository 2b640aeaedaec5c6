// What a report says was checked: from facts to the words of the summary.
#include "cli/gather.hpp"

#include <gtest/gtest.h>

namespace stackaudit::cli {
namespace {

facts::BlindSpot blind(std::string path, std::int64_t line, std::string subject,
                       std::string reason) {
  facts::BlindSpot spot;
  spot.path = std::move(path);
  spot.line = line;
  spot.table_name = "reference";
  spot.subject = std::move(subject);
  spot.reason = std::move(reason);
  return spot;
}

TEST(Checked, ReferencesAreCountedByWhatIsKnownOfThem) {
  Gathered gathered;
  for (const char* state : {"found", "missing", "dynamic", "unseen", "dangling"})
    gathered.facts.add(facts::Reference{}).state = state;
  gathered.files_read = 7;
  const auto checked = summarize(gathered);
  EXPECT_EQ(checked.files, 7);
  EXPECT_EQ(checked.references_checked, 3);
  EXPECT_EQ(checked.references_dynamic, 1);
  EXPECT_EQ(checked.references_unseen, 1);
}

TEST(Checked, ServicesSayWhomTheyRunAs) {
  Gathered gathered;
  auto& nginx = gathered.facts.add(facts::Service{});
  nginx.kind = "nginx";
  nginx.unit = "nginx.service";
  nginx.config = "/etc/nginx/nginx.conf";
  nginx.master_user = "root";
  nginx.worker_user = "www-data";
  nginx.enabled = false;
  auto& fpm = gathered.facts.add(facts::Service{});
  fpm.kind = "php-fpm";
  for (const char* pool : {"www", "app"}) {
    auto& worker = gathered.facts.add(facts::Worker{});
    worker.service = "php-fpm";
    worker.pool = pool;
    worker.user = "www-data";
  }
  auto& wordpress = gathered.facts.add(facts::Wordpress{});
  wordpress.root = "/var/www/html";
  wordpress.version = "6.1";
  EXPECT_EQ(summarize(gathered).services,
            (std::vector<std::string>{
                "nginx (nginx.service, not enabled, master root, workers www-data, "
                "/etc/nginx/nginx.conf)",
                "php-fpm (pools app as www-data, www as www-data)",
                "WordPress 6.1 in /var/www/html",
            }));
}

TEST(Checked, ContainerImagesAreNamed) {
  Gathered gathered;
  auto& file = gathered.facts.add(facts::File{});
  file.service = "container";
  file.role = "configuration";
  file.path = "/srv/shop/Dockerfile";
  EXPECT_EQ(summarize(gathered).services,
            std::vector<std::string>{"container image (/srv/shop/Dockerfile)"});
}

TEST(Checked, WhatWasNotEvaluatedIsSummedUpByReason) {
  Gathered gathered;
  gathered.facts.add(blind("/a.php", 3, "$x", "a variable"));
  gathered.facts.add(blind("/a.php", 9, "$y", "a variable"));
  gathered.facts.add(blind("/b.conf", 1, "lua_block", "directive of an unknown module"));
  gathered.facts.add(blind("/c", 1, "/c", "not needed here")).needed = true;
  EXPECT_EQ(summarize(gathered).not_evaluated,
            (std::vector<std::string>{"$x and 1 more: a variable (first: /a.php:3)",
                                      "lua_block: directive of an unknown module (/b.conf:1)"}));
}

TEST(Checked, ManyReasonsAreCutWithACount) {
  Gathered gathered;
  for (int i = 0; i < 25; ++i)
    gathered.facts.add(blind("/a", i, "s", "reason " + std::to_string(i)));
  const auto shown = summarize(gathered).not_evaluated;
  ASSERT_EQ(shown.size(), 21U);
  EXPECT_EQ(shown.back(), "and 5 more kinds; see the table blind_spot");
}

}  // namespace
}  // namespace stackaudit::cli
