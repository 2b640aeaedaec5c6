// Where a name leads, as every reader asks it.
#include "memory_survey.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace stackaudit::stack {
namespace {

TEST(StateOf, SaysWhatIsThereAndWhatCannotBeRead) {
  MemorySurvey memory;
  memory.file("/a/file 0644 root:root")
      .file("/a/dir 0755 root:root dir")
      .file("/a/pipe 0644 root:root fifo");
  memory.file("/a/socket 0666 root:root socket").file("/a/self -> self").file("/a/gone -> none");
  const Survey survey = memory.open();
  const auto state = [&](std::string_view path, std::string_view wanted) {
    return survey.state_of(path, wanted);
  };
  EXPECT_EQ(state("/a/file", "file"), "found");
  EXPECT_EQ(state("/a/dir", "file"), "wrong-type");
  EXPECT_EQ(state("/a/dir", "directory"), "found");
  EXPECT_EQ(state("/a/file", "directory"), "wrong-type");
  EXPECT_EQ(state("/a/pipe", "file"), "wrong-type");
  EXPECT_EQ(state("/a/socket", "file"), "wrong-type");
  EXPECT_EQ(state("/a/socket", "socket"), "found");
  EXPECT_EQ(state("/a/self", "file"), "dangling");
  EXPECT_EQ(state("/a/gone", "file"), "dangling");
  EXPECT_EQ(state("/a/none", "file"), "missing");
}

TEST(ReadAhead, GivesWhatLoadWouldGiveAndCountsWhatIsLoaded) {
  MemorySurvey memory;
  memory.file("/a/one 0644 root:root", "one").file("/a/two 0644 root:root", "two");
  memory.file("/a/link -> one").file("/a/dir 0755 root:root dir");
  Survey survey = memory.open();
  const std::vector<std::string> paths{"/a/one", "/a/two", "/a/link", "/a/dir", "/a/none"};
  EXPECT_EQ(survey.read_ahead(paths).size(), 3U);
  EXPECT_EQ(survey.read_ahead(paths).size(), 0U);
  EXPECT_EQ(survey.files_read, 0);
  const auto two = survey.load("/a/two", "directive");
  ASSERT_TRUE(two.has_value());
  EXPECT_EQ(memory.sources.path(*two), "/a/two");
  EXPECT_EQ(memory.sources.content(*two), "two");
  EXPECT_EQ(survey.load("/a/two", "directive"), two);
  EXPECT_EQ(survey.files_read, 1);
  EXPECT_FALSE(survey.load("/a/one", "directive", 2).has_value());  // longer than the limit
  EXPECT_FALSE(survey.load("/a/none", "directive").has_value());
  EXPECT_EQ(survey.files_read, 1);
}

TEST(RunBeside, PutsWhatThePartsRecordInTheirOrder) {
  MemorySurvey memory;
  memory.file("/a/file 0644 root:root").file("/a/link -> file");
  Survey survey = memory.open();
  survey.note_file("/a/file", "nginx", "key");
  const auto part = [](std::string name) {
    return [name](Survey& own) {
      own.blind({}, "table", name, "why");
      own.note_file("/a/link", "nginx", "key");
      own.note_file("/a/file", "nginx", name);
      own.document_roots.push_back({.path = name, .service = {}, .place = {}, .php = {}});
    };
  };
  std::vector<std::function<void(Survey&)>> parts;
  for (const auto* name : {"a", "b", "c", "b"}) parts.emplace_back(part(name));
  run_beside(survey, parts, 1'000'000);
  EXPECT_EQ(dump_blind(memory.facts),
            " table a: why\n table b: why\n table c: why\n table b: why\n");
  std::string noted, roots;
  for (const auto& row : memory.facts.rows<facts::File>())
    noted += row.path + " " + row.role + "\n";
  for (const auto& root : survey.document_roots) roots += root.path;
  EXPECT_EQ(noted, "/a/file key\n/a/file a\n/a/file b\n/a/file c\n");
  EXPECT_EQ(roots, "abcb");
}

TEST(NoteFile, NotesAFileOnceUnderAllItsNames) {
  MemorySurvey memory;
  memory.file("/a/file 0644 root:root").file("/a/link -> file").file("/a/other -> link");
  Survey survey = memory.open();
  for (const auto* name : {"/a/other", "/a/link", "/a/file", "/a/other", "/a/none"})
    survey.note_file(name, "nginx", "key");
  EXPECT_EQ(memory.facts.rows<facts::File>().size(), 1U);
}

}  // namespace
}  // namespace stackaudit::stack
