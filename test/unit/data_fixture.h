// A folder of files of a data set of one's own, which goes with the test.
#ifndef SWITCHYARD_TEST_UNIT_DATA_FIXTURE_H
#define SWITCHYARD_TEST_UNIT_DATA_FIXTURE_H

#include "runtime/contract/DatasetSpec.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace switchyard::rt::test {

/// Described as images x.npy of 2 x 2 and labels y.npy; the test writes them.
class OwnFiles : public testing::Test {
protected:
  OwnFiles() {
    std::filesystem::create_directories(folder);
    spec.name = "mine";
    spec.source = "numpy";
    spec.input = {1, 2, 2};
    spec.classes = 3;
    spec.files = {{"images", path("x.npy")}, {"labels", path("y.npy")}};
  }
  ~OwnFiles() override { std::filesystem::remove_all(folder); }

  std::string path(const std::string &name) const { return (folder / name).string(); }
  void write(const std::string &name, const std::string &bytes) const {
    std::ofstream(folder / name, std::ios::binary) << bytes;
  }

  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("switchyard-data-" + std::to_string(::getpid()));
  DatasetSpec spec;
};

} // namespace switchyard::rt::test

#endif
