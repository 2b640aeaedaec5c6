// What scripts fill in, told apart from what looks like it.
#include "stack/placeholders.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

TEST(Placeholders, AreNamesBetweenMarks) {
  EXPECT_EQ(placeholder_in("<UPLOAD_SIZE>"), "<UPLOAD_SIZE>");
  EXPECT_EQ(placeholder_in("127.0.0.1:{{ port }}"), "{{ port }}");
  EXPECT_EQ(placeholder_in("%%TESTDIR%%/a"), "%%TESTDIR%%");
  EXPECT_EQ(placeholder_in("@PREFIX@/conf"), "@PREFIX@");
  EXPECT_EQ(placeholder_in("__PATH__"), "__PATH__");
  EXPECT_EQ(placeholder_in("http://${BACKEND_HOST}:80"), "${BACKEND_HOST}");
  EXPECT_EQ(placeholder_in("http://!UPSTREAM_HOST!:!UPSTREAM_PORT!"), "!UPSTREAM_HOST!");
}

TEST(Placeholders, MakeATemplate) {
  for (const auto* text : {"{% if tls %}\n", "a;\n  {{ name }};\n", "<% if @tls %>", "<%= @port %>",
                           "<%- x -%>", "listen {{.Port}};"})
    EXPECT_TRUE(is_template(text)) << text;
  for (const auto* text : {"", "{%", "{{\n}}", "LogFormat \"<%h> %>s\"", "%{HTTP_HOST}", "if {}",
                           "map $a $b { a b; }", "<%\n %>"})
    EXPECT_FALSE(is_template(text)) << text;
}

TEST(Placeholders, AreNotWhatTheServersKnow) {
  for (const auto* word : {"", "^/(?<page>[a-z]+)$", "(?P<page>x)", "${request_uri}", "$host",
                           "@fallback", "a@b.test", "HIGH:!MD5:!RC4", "!", "!!", "<", "{{", "<>",
                           "<a href=x>", "${", "__", "____", "{{ 1 }}", "user@host@x"})
    EXPECT_FALSE(placeholder_in(word)) << word;
}

}  // namespace
}  // namespace stackaudit::stack
