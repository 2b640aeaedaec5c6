// Dockerfiles as the builder reads them: lines joined, comments gone, both forms of lists.
#include "syntax/dockerfile/dockerfile.hpp"

#include <gtest/gtest.h>

namespace stackaudit::syntax::dockerfile {
namespace {

std::string show(std::string_view text) {
  return dump(parse(text, text::FileId{0}));
}

TEST(Dockerfile, JoinsLinesAndDropsComments) {
  EXPECT_EQ(show("FROM a\nRUN b \\\n  # no\n\n  c\n# no\ncopy --from=x y z\n"),
            "FROM[a] RUN[b c] COPY[--from=x][y z]");
  EXPECT_EQ(show("# escape=`\nFROM a\nRUN b `\n c\\\n"), "FROM[a] RUN[b c\\]");
}

TEST(Dockerfile, ReadsTheJsonForm) {
  EXPECT_EQ(show("FROM a\nCMD [\"b c\", \"d\"]\n"), "FROM[a] CMD[b c d]");
  EXPECT_TRUE(parse("FROM a\nCMD [ \"b\" ]", text::FileId{0}).instructions[1].json);
  EXPECT_FALSE(parse("FROM a\nCMD ['b']", text::FileId{0}).instructions[1].json);
  EXPECT_FALSE(parse("FROM a\nCMD [\"b\"] c", text::FileId{0}).instructions[1].json);
}

TEST(Dockerfile, TakesHereDocuments) {
  EXPECT_EQ(show("FROM a\nRUN <<EOF\nFORM b\nEOF\nUSER c\n"), "FROM[a] RUN[<<EOF] USER[c]");
  EXPECT_EQ(show("FROM a\nRUN <<EOF\nb\n"), "FROM[a] RUN[<<EOF] !unterminated heredoc");
}

TEST(Dockerfile, SaysWhatTheBuilderRefuses) {
  EXPECT_EQ(show(""), " !the file has no stages: no FROM");
  EXPECT_EQ(show("{%NOTE%}\nFROM a\nCOPY b c\n"), "") << "a template";
  EXPECT_EQ(show("# an example that nobody builds:\n# RUN date\n"), "");
  EXPECT_EQ(show("RUN a\n"), "RUN[a] !no build stage in current context");
  EXPECT_EQ(show("FROM a\nCOPPY b c\n"), "FROM[a] COPPY[b c] !unknown instruction: COPPY");
  EXPECT_EQ(show("FROM a\nCOPY b\n"), "FROM[a] COPY[b] !COPY requires at least two arguments");
  EXPECT_EQ(show("\\\n\\\n"), " !the file has no stages: no FROM");
}

}  // namespace
}  // namespace stackaudit::syntax::dockerfile
