// Names of files: each is given once, and fits into a file system.
#include "runtime/report/FileNames.h"

#include <gtest/gtest.h>

using namespace switchyard::rt;

namespace {

TEST(FileNames, gives_each_name_once) {
  FileNames names;
  EXPECT_EQ(names.take("e-eps-a b"), "e-eps-a_b");
  EXPECT_EQ(names.take("e-eps-a_b"), "e-eps-a_b-2");
  EXPECT_EQ(names.take("e-eps-A,b"), "e-eps-A_b-3"); // file systems may not tell capitals apart
  EXPECT_EQ(names.take("e-eps-a_b-2"), "e-eps-a_b-2-2");
  EXPECT_EQ(names.take("e-eps-a b"), "e-eps-a_b-4");
}

TEST(FileNames, are_not_too_long_for_file_systems) {
  FileNames names;
  const std::string first = names.take(std::string(300, 'n') + "1"),
                    second = names.take(std::string(300, 'n') + "2");
  EXPECT_EQ(first, std::string(160, 'n'));
  EXPECT_EQ(second, first + "-2");
}

} // namespace
