// The IDX reader on small files of its own making, good and damaged, and on the real MNIST where it lies.
#include "runtime/data/Dataset.h"
#include "runtime/data/Digest.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace switchyard::rt;
namespace fs = std::filesystem;

namespace {

std::string word(uint32_t value) {
  return {char(value >> 24), char(value >> 16), char(value >> 8), char(value)};
}

std::string imageFile(uint32_t count, uint32_t height, uint32_t width) {
  std::string bytes = word(0x803) + word(count) + word(height) + word(width);
  for (uint32_t i = 0; i < count * height * width; ++i)
    bytes += char(i * 51 % 256);
  return bytes;
}

std::string labelFile(uint32_t count) {
  std::string bytes = word(0x801) + word(count);
  for (uint32_t i = 0; i < count; ++i)
    bytes += char(i % 10);
  return bytes;
}

std::string gzip(const std::string &bytes) {
  fs::path file = fs::temp_directory_path() / ("switchyard-gzip-" + std::to_string(getpid()));
  gzFile out = gzopen(file.c_str(), "wb");
  gzwrite(out, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(out);
  std::ifstream in(file, std::ios::binary);
  std::string packed{std::istreambuf_iterator<char>(in), {}};
  fs::remove(file);
  return packed;
}

/// A directory with four good files: three training and two test images of 2x4.
class MnistFiles : public testing::Test {
protected:
  MnistFiles() {
    spec.name = "letters";
    spec.source = "mnist";
    spec.input = {1, 2, 4};
    spec.classes = 10;
    fs::remove_all(directory);
    fs::create_directories(directory);
    write("train-images-idx3-ubyte", imageFile(3, 2, 4));
    write("train-labels-idx1-ubyte", labelFile(3));
    write("t10k-images-idx3-ubyte", imageFile(2, 2, 4));
    write("t10k-labels-idx1-ubyte", labelFile(2));
  }
  ~MnistFiles() override { fs::remove_all(directory); }

  void write(const std::string &name, const std::string &bytes) {
    std::ofstream(directory / name, std::ios::binary) << bytes;
  }
  Dataset load() { return loadDataset(spec, directory.string()); }
  std::string complaint() {
    try {
      load();
    } catch (const DataError &error) {
      return error.what();
    }
    return "no error";
  }
  /// That the complaint contains each part.
  void expectComplaint(const std::vector<std::string> &parts) {
    std::string text = complaint();
    for (const std::string &part : parts)
      EXPECT_NE(text.find(part), std::string::npos) << "expected \"" << part << "\" in: " << text;
  }

  fs::path directory = fs::temp_directory_path() / ("switchyard-idx-test-" + std::to_string(getpid()));
  DatasetSpec spec;
};

TEST(Digest, known_answers) {
  EXPECT_EQ(sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, pieces_equal_the_whole_and_reading_does_not_end_it) {
  Digest digest;
  digest.add("a");
  EXPECT_EQ(digest.hex(), sha256Hex("a"));
  digest.add("bc");
  EXPECT_EQ(digest.hex(), sha256Hex("abc"));
}

TEST_F(MnistFiles, scales_pixels_and_keeps_order) {
  Dataset dataset = load();
  EXPECT_EQ(dataset.shape, (std::vector<int64_t>{1, 2, 4}));
  EXPECT_EQ(dataset.classes, 10);
  EXPECT_EQ(dataset.train.count, 3);
  EXPECT_EQ(dataset.test.count, 2);
  EXPECT_EQ(dataset.train.labels, (std::vector<int32_t>{0, 1, 2}));
  ASSERT_EQ(dataset.train.images.size(), 24u);
  EXPECT_FLOAT_EQ(dataset.train.images[1], 0.2f);
  EXPECT_FLOAT_EQ(dataset.train.images[5], 1.0f);
  EXPECT_EQ(dataset.digest.size(), 64u);
}

TEST_F(MnistFiles, scales_to_the_range_of_the_program) {
  spec.low = -1;
  Dataset dataset = load();
  EXPECT_FLOAT_EQ(dataset.train.images[0], -1.0f);
  EXPECT_FLOAT_EQ(dataset.train.images[1], -0.6f);
  EXPECT_FLOAT_EQ(dataset.train.images[5], 1.0f);
}

TEST_F(MnistFiles, counts_limit_and_change_the_digest) {
  std::string whole = load().digest;
  spec.arguments = {{"train", 2}, {"test", 1}};
  Dataset dataset = load();
  EXPECT_EQ(dataset.train.count, 2);
  EXPECT_EQ(dataset.train.images.size(), 16u);
  EXPECT_EQ(dataset.test.labels.size(), 1u);
  EXPECT_NE(dataset.digest, whole);
}

TEST_F(MnistFiles, gzip_and_subdirectory_give_the_same) {
  std::string digest = load().digest;
  fs::create_directories(directory / "mnist");
  fs::rename(directory / "t10k-labels-idx1-ubyte", directory / "mnist/t10k-labels-idx1-ubyte");
  fs::remove(directory / "train-images-idx3-ubyte");
  write("train-images-idx3-ubyte.gz", gzip(imageFile(3, 2, 4)));
  EXPECT_EQ(load().digest, digest);
}

TEST_F(MnistFiles, missing_file_says_how_to_get_it) {
  fs::remove(directory / "t10k-labels-idx1-ubyte");
  expectComplaint({"data set letters", "t10k-labels-idx1-ubyte.gz", directory.string(), "four files",
                   "--data DIR", "SWITCHYARD_DATA"});
}

TEST_F(MnistFiles, no_directory_given) {
  try {
    loadDataset(spec, "");
    FAIL() << "read";
  } catch (const DataError &error) {
    EXPECT_NE(std::string(error.what()).find("no data directory given; "), std::string::npos) << error.what();
  }
}

TEST_F(MnistFiles, no_directory) {
  EXPECT_THROW(loadDataset(spec, ""), DataError);
  fs::remove_all(directory);
  expectComplaint({"there is no directory", "--data DIR"});
}

TEST_F(MnistFiles, cut_short) {
  std::string whole = imageFile(3, 2, 4);
  write("train-images-idx3-ubyte", whole.substr(0, whole.size() - 5));
  expectComplaint({"train-images-idx3-ubyte is cut short", "24 bytes of pixels", "holds 19"});
  write("train-images-idx3-ubyte", whole.substr(0, 10));
  expectComplaint({"within its header of 16", "after 10 bytes"});
  write("train-images-idx3-ubyte", "");
  expectComplaint({"after 0 bytes"});
}

TEST_F(MnistFiles, gzip_cut_short_or_damaged) {
  fs::remove(directory / "train-images-idx3-ubyte");
  std::string packed = gzip(imageFile(3, 2, 4));
  write("train-images-idx3-ubyte.gz", packed.substr(0, packed.size() / 2));
  expectComplaint({"train-images-idx3-ubyte.gz is cut short"});
  write("train-images-idx3-ubyte.gz", packed.substr(0, packed.size() - 4));
  expectComplaint({"checksum"});
  packed[packed.size() - 6] ^= 1;
  write("train-images-idx3-ubyte.gz", packed);
  expectComplaint({"train-images-idx3-ubyte.gz is damaged"});
}

TEST_F(MnistFiles, longer_than_its_header) {
  write("t10k-images-idx3-ubyte", imageFile(2, 2, 4) + "x");
  expectComplaint({"t10k-images-idx3-ubyte is longer", "(16 bytes after it)"});
}

TEST_F(MnistFiles, labels_under_the_name_of_images) {
  write("train-images-idx3-ubyte", labelFile(3) + std::string(30, '\0'));
  expectComplaint({"starts with 0x00000801", "0x00000803 (images)", "a file of labels under the wrong name"});
}

TEST_F(MnistFiles, header_of_a_damaged_size) {
  write("train-images-idx3-ubyte", word(0x803) + word(0xffffffff) + word(0xffffffff) + word(28));
  expectComplaint({"more than 4 GiB"});
}

TEST_F(MnistFiles, counts_that_disagree) {
  write("train-labels-idx1-ubyte", labelFile(4));
  expectComplaint({"holds 3 images", "holds 4 labels"});
}

TEST_F(MnistFiles, label_out_of_range) {
  std::string labels = labelFile(3);
  labels.back() = 11;
  write("train-labels-idx1-ubyte", labels);
  expectComplaint({"train-labels-idx1-ubyte", "labels up to 11", "0 to 9", "EMNIST", "numpy(...)"});
}

TEST_F(MnistFiles, input_of_another_size) {
  spec.input = {3, 32, 32};
  expectComplaint({"images of 1x2x4", "the network's input is 3x32x32"});
}

TEST_F(MnistFiles, another_number_of_classes) {
  spec.classes = 7;
  expectComplaint({"10 classes", "the network has 7"});
}

TEST_F(MnistFiles, arguments_that_make_no_sense) {
  spec.arguments = {{"train", 4}};
  expectComplaint({"train is 4", "holds 3 images"});
  spec.arguments = {{"train", 0.5}};
  expectComplaint({"train is 0.5", "whole number of at least 1"});
  spec.arguments = {{"seed", 1}};
  expectComplaint({"mnist has no argument seed", "train and test"});
}

TEST_F(MnistFiles, unknown_source) {
  spec.source = "imagenet";
  expectComplaint({"no source imagenet", "synthetic_digits, mnist, fashion_mnist, cifar10 and numpy"});
}

TEST_F(MnistFiles, fashion_has_the_same_files_in_a_folder_of_its_own) {
  std::string digest = load().digest;
  spec.source = "fashion_mnist";
  expectComplaint({"found neither train-images-idx3-ubyte", "fashion_mnist is four files",
                   "put them into DIR/fashion_mnist and", "--data DIR"});
  EXPECT_EQ(complaint().find(directory.string() + " or"),
            std::string::npos); // MNIST's files are not taken for them
  fs::path folder = directory / "fashion_mnist";
  fs::create_directories(folder);
  for (const char *name : {"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
                           "t10k-labels-idx1-ubyte"})
    fs::rename(directory / name, folder / name);
  EXPECT_EQ(load().digest, digest);
  EXPECT_EQ(loadDataset(spec, folder.string()).digest, digest); // --data names the folder itself
}

TEST(Mnist, the_published_files) {
  const char *given = std::getenv("SWITCHYARD_DATA");
  std::string directory = given ? given : SWITCHYARD_MNIST;
  if (!fs::is_directory(directory))
    GTEST_SKIP() << "MNIST is not in " << directory << ": the real files stay unread. Set SWITCHYARD_DATA";
  DatasetSpec spec;
  spec.name = spec.source = "mnist";
  spec.input = {1, 28, 28};
  spec.classes = 10;
  Dataset dataset = loadDataset(spec, directory);
  EXPECT_EQ(dataset.train.count, 60000);
  EXPECT_EQ(dataset.test.count, 10000);
  EXPECT_EQ(std::vector<int32_t>(dataset.test.labels.begin(), dataset.test.labels.begin() + 5),
            (std::vector<int32_t>{7, 2, 1, 0, 4}));
  double sum = 0;
  for (float pixel : dataset.train.images)
    sum += pixel;
  EXPECT_NEAR(sum / dataset.train.images.size(), 0.1307, 5e-5); // the mean that every MNIST recipe quotes
}

} // namespace
