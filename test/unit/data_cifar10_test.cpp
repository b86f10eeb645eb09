// CIFAR-10's binary version: what is read, and the answer to every way a download goes wrong.
#include "runtime/data/Cifar10.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

using namespace switchyard::rt;
namespace fs = std::filesystem;

namespace {

class Cifar10 : public testing::Test {
protected:
  void SetUp() override {
    folder = fs::path(testing::TempDir()) / ("cifar10-" + std::to_string(::getpid()));
    fs::create_directories(folder);
    for (int i = 1; i <= 5; ++i)
      write("data_batch_" + std::to_string(i) + ".bin", records({i, 9}));
    write("test_batch.bin", records({3}));
    spec.name = spec.source = "cifar10";
    spec.input = {3, 32, 32};
    spec.classes = 10;
  }
  void TearDown() override { fs::remove_all(folder); }

  /// One image a label; the first byte of each plane is 51, 102 and 255, the others 0.
  static std::string records(const std::vector<int> &labels) {
    std::string bytes;
    for (int label : labels) {
      std::string record(3073, '\0');
      record[0] = static_cast<char>(label);
      record[1] = 51;
      record[1 + 1024] = 102;
      record[1 + 2048] = static_cast<char>(255);
      bytes += record;
    }
    return bytes;
  }
  void write(const std::string &name, const std::string &bytes) {
    std::ofstream(folder / name, std::ios::binary) << bytes;
  }
  std::string message() {
    try {
      loadCifar10(spec, folder.string());
    } catch (const DataError &error) {
      return error.what();
    }
    return "";
  }

  fs::path folder;
  DatasetSpec spec;
};

TEST_F(Cifar10, ReadsRecordsInOrder) {
  Dataset data = loadCifar10(spec, folder.string());
  EXPECT_EQ(data.train.count, 10);
  EXPECT_EQ(data.train.labels, (std::vector<int32_t>{1, 9, 2, 9, 3, 9, 4, 9, 5, 9}));
  EXPECT_EQ(data.test.labels, std::vector<int32_t>{3});
  EXPECT_EQ(data.note, "");
  EXPECT_FLOAT_EQ(data.test.images[0], 0.2f);
  EXPECT_FLOAT_EQ(data.test.images[1024], 0.4f);
  EXPECT_FLOAT_EQ(data.test.images[2048], 1.0f);
  EXPECT_FLOAT_EQ(data.test.images[1], 0.0f);
}

TEST_F(Cifar10, KeepsTheFirstImages) {
  spec.arguments["train"] = 3;
  EXPECT_EQ(loadCifar10(spec, folder.string()).train.labels, (std::vector<int32_t>{1, 9, 2}));
  spec.arguments["train"] = 11;
  EXPECT_NE(message().find("train is 11, but there are 10 images"), std::string::npos);
}

TEST_F(Cifar10, NoDirectoryGiven) {
  try {
    loadCifar10(spec, "");
    FAIL() << "read";
  } catch (const DataError &error) {
    EXPECT_NE(std::string(error.what()).find("no data directory given; cifar10 is the binary version"),
              std::string::npos);
  }
}

TEST_F(Cifar10, NamesWhatIsMissingOrDamaged) {
  write("test_batch.bin", records({3}).substr(0, 3000));
  EXPECT_NE(message().find("test_batch.bin is damaged: 3000 bytes, expected a multiple of 3073"),
            std::string::npos);
  write("test_batch.bin", records({12}));
  EXPECT_NE(message().find("label 0 is 12, expected 0 to 9"), std::string::npos);
  write("test_batch.bin", std::string(2 * 3074, '\0'));
  EXPECT_NE(message().find("it looks like CIFAR-100"), std::string::npos);
  fs::remove(folder / "test_batch.bin");
  EXPECT_NE(message().find("found no test_batch.bin"), std::string::npos);
  EXPECT_NE(message().find("--data DIR"), std::string::npos);
  EXPECT_EQ(message().find("Python version"), std::string::npos);
  fs::create_directories(folder / "cifar-10-batches-py");
  write("cifar-10-batches-py/test_batch", "pickled");
  EXPECT_NE(message().find("only test_batch of its Python version"), std::string::npos);
}

} // namespace
