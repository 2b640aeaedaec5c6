// Where a name leads, as every reader asks it.
#include "memory_survey.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace stackaudit::stack
