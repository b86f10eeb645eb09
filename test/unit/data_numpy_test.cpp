// NumPy's .npy files: the formats that are read, and the answer to arrays that fit no network.
#include "runtime/data/Npy.h"
#include "runtime/data/Numpy.h"
#include "test/unit/data_fixture.h"

#include <sys/stat.h>

#include <cmath>
#include <limits>

using namespace switchyard::rt;
namespace fs = std::filesystem;

namespace {

template <typename T> std::string bytesOf(const std::vector<T> &values) {
  return std::string(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T));
}

/// A file as numpy.save writes it, the header padded to a multiple of 64.
std::string npy(const std::string &type, const std::string &shape, const std::string &elements,
                int version = 1, const std::string &order = "False") {
  std::string header = "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
  size_t before = version == 1 ? 10 : 12;
  header += std::string(63 - (before + header.size()) % 64, ' ') + "\n";
  std::string file = "\x93NUMPY" + std::string(1, static_cast<char>(version)) + std::string(1, '\0');
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
    file += static_cast<char>(header.size() >> (8 * i));
  return file + header + elements;
}

/// Three images of 2 x 2 with labels 0, 1, 2; the last is for tests.
class NumpyFiles : public test::OwnFiles {
protected:
  NumpyFiles() {
    spec.arguments = {{"test", 1}};
    write("x.npy", npy("<f4", "(3, 2, 2)", bytesOf<float>(pixels)));
    write("y.npy", npy("<i8", "(3,)", bytesOf<int64_t>({0, 1, 2})));
  }
  void expectComplaint(const std::vector<std::string> &parts) {
    std::string text = "no error";
    try {
      loadDataset(spec, "");
    } catch (const DataError &error) {
      text = error.what();
    }
    EXPECT_EQ(text.rfind("data set mine: ", 0), 0u) << text;
    for (const std::string &part : parts)
      EXPECT_NE(text.find(part), std::string::npos) << "expected \"" << part << "\" in: " << text;
  }

  std::vector<float> pixels = {0, 0.2f, 0.4f, 1, 0.6f, 0.8f, 1, 0, 1, 1, 0, 0};
};

TEST_F(NumpyFiles, the_last_images_are_for_tests) {
  Dataset data = loadDataset(spec, "");
  EXPECT_EQ(data.shape, (std::vector<int64_t>{1, 2, 2}));
  EXPECT_EQ(data.classes, 3);
  EXPECT_EQ(data.train.count, 2);
  EXPECT_EQ(data.train.images, (std::vector<float>{0, 0.2f, 0.4f, 1, 0.6f, 0.8f, 1, 0}));
  EXPECT_EQ(data.train.labels, (std::vector<int32_t>{0, 1}));
  EXPECT_EQ(data.test.images, (std::vector<float>{1, 1, 0, 0}));
  EXPECT_EQ(data.test.labels, (std::vector<int32_t>{2}));
}

TEST_F(NumpyFiles, four_files_are_two_splits) {
  std::string digest = loadDataset(spec, "").digest;
  write("x_test.npy", npy("<f4", "(1, 2, 2)", bytesOf<float>({1, 1, 0, 0})));
  write("y_test.npy", npy("<i8", "(1,)", bytesOf<int64_t>({2})));
  write("x.npy", npy("<f4", "(2, 2, 2)", bytesOf<float>({0, 0.2f, 0.4f, 1, 0.6f, 0.8f, 1, 0})));
  write("y.npy", npy("<i8", "(2,)", bytesOf<int64_t>({0, 1})));
  spec.arguments = {};
  spec.files = {{"train_images", path("x.npy")},
                {"train_labels", path("y.npy")},
                {"test_images", path("x_test.npy")},
                {"test_labels", path("y_test.npy")}};
  EXPECT_EQ(loadDataset(spec, "").digest, digest); // the same content, wherever it comes from
}

TEST_F(NumpyFiles, the_digest_is_of_the_content) {
  std::string digest = loadDataset(spec, "").digest;
  fs::rename(folder / "x.npy", folder / "moved.npy");
  spec.files["images"] = path("moved.npy");
  EXPECT_EQ(loadDataset(spec, "").digest, digest);
  pixels[11] = 0.5f;
  write("moved.npy", npy("<f4", "(3, 2, 2)", bytesOf<float>(pixels)));
  EXPECT_NE(loadDataset(spec, "").digest, digest);
}

TEST_F(NumpyFiles, types_and_versions) {
  std::string digest = loadDataset(spec, "").digest;
  for (int version : {1, 2, 3}) {
    write("x.npy", npy("<f4", "(3, 1, 2, 2)", bytesOf<float>(pixels), version));
    EXPECT_EQ(loadDataset(spec, "").digest, digest) << version;
  }
  write("x.npy", npy("<f8", "(3, 2, 2)", bytesOf<double>({pixels.begin(), pixels.end()})));
  EXPECT_EQ(loadDataset(spec, "").digest, digest);
  write("x.npy",
        npy("|u1", "(3, 2, 2)", bytesOf<uint8_t>({0, 51, 102, 255, 153, 204, 255, 0, 255, 255, 0, 0})));
  EXPECT_EQ(loadDataset(spec, "").digest, digest);
  write("y.npy", npy("|u1", "(3,)", bytesOf<uint8_t>({0, 1, 2})));
  EXPECT_EQ(loadDataset(spec, "").digest, digest);
  write("y.npy", npy("<i2", "(3,)", bytesOf<int16_t>({0, 1, 2}), 2));
  EXPECT_EQ(loadDataset(spec, "").digest, digest);
  write("y.npy", npy("<u4", "(3L,)", bytesOf<uint32_t>({0, 1, 2}))); // as Python 2 wrote sizes
  EXPECT_EQ(loadDataset(spec, "").digest, digest);
}

TEST_F(NumpyFiles, files_that_are_none) {
  spec.files["images"] = path("z.npy");
  expectComplaint({"there is no file " + path("z.npy")});
  spec.files["images"] = folder.string();
  expectComplaint({"is no regular file"});
  ASSERT_EQ(::mkfifo(path("pipe.npy").c_str(), 0600), 0);
  spec.files["images"] = path("pipe.npy"); // nobody writes to it: waiting would not end
  expectComplaint({"pipe.npy is no regular file"});
  spec.files["images"] = path("x.npy");
  write("x.npy", "PK\x03\x04 and so on");
  expectComplaint({"x.npy is an archive (.npz)", "numpy.save"});
  write("x.npy", "a text of some length");
  expectComplaint({"x.npy is no .npy file"});
  write("x.npy", npy("<f4", "(3, 2, 2)", "", 9));
  expectComplaint({"format version 9", "1 to 3"});
  spec.files.erase("labels");
  write("x.npy", npy("<f4", "(3, 2, 2)", bytesOf<float>(pixels)));
  expectComplaint({"numpy needs the file labels"});
}

TEST_F(NumpyFiles, cut_short_longer_or_damaged) {
  std::string whole = npy("<f4", "(3, 2, 2)", bytesOf<float>(pixels));
  write("x.npy", whole.substr(0, whole.size() - 5));
  expectComplaint({"x.npy is cut short", "promises 48 bytes", "holds 43"});
  write("x.npy", whole.substr(0, 20));
  expectComplaint({"it ends within its header"});
  write("x.npy", "");
  expectComplaint({"it ends within its header"});
  write("x.npy", whole + "x");
  expectComplaint({"longer than its header says"});
  write("x.npy", npy("<f4", "(99999999999999999999, 2, 2)", ""));
  expectComplaint({"asks for more than any file holds"});
  write("x.npy", npy("<f4", "(1000000000, 1000000000, 1000000000)", ""));
  expectComplaint({"asks for more than any file holds"});
  for (const char *shape : {"(3, 2, 2", "3", "(3, x)", "(3,, 2)", "(-3, 2)"}) {
    write("x.npy", npy("<f4", shape, ""));
    expectComplaint({"its header is none that NumPy writes"});
  }
}

TEST_F(NumpyFiles, other_types_and_orders) {
  write("x.npy", npy(">f4", "(3, 2, 2)", bytesOf<float>(pixels)));
  expectComplaint({"big-endian (>f4)", "array.astype('<f4')"});
  write("x.npy", npy("<f4", "(3, 2, 2)", bytesOf<float>(pixels), 1, "True"));
  expectComplaint({"column-major", "ascontiguousarray"});
  write("x.npy", npy("|O", "(3, 2, 2)", ""));
  expectComplaint({"objects (|O)", "astype('float32')"});
  write("x.npy", npy("<i4", "(3, 2, 2)", bytesOf<float>(pixels)));
  expectComplaint({"holds int32, images are float32, float64 or uint8"});
  write("x.npy", npy("<f2", "(3, 2, 2)", std::string(24, '\0')));
  expectComplaint({"holds float16"});
  write("y.npy", npy("<f4", "(3,)", bytesOf<float>({0, 1, 2})));
  expectComplaint({"y.npy holds float32, labels are whole numbers"});
}

TEST_F(NumpyFiles, other_shapes) {
  write("x.npy", npy("<f4", "(12,)", bytesOf<float>(pixels)));
  expectComplaint({"has the shape [12]", "[n, channels, height, width]"});
  write("x.npy", npy("<f4", "(0, 2, 2)", ""));
  expectComplaint({"holds no image"});
  write("x.npy", npy("<f4", "(3, 4, 1)", bytesOf<float>(pixels)));
  expectComplaint({"images of 1x4x1, but the network's input is 1x2x2", "declare input image<1x4x1>"});
  spec.input = {4, 1, 1};
  write("x.npy", npy("<f4", "(3, 1, 1, 4)", bytesOf<float>(pixels)));
  expectComplaint({"channels last, [3, 1, 1, 4]", "transpose(0, 3, 1, 2)"});
  spec.input = {1, 2, 2};
  write("x.npy", npy("<f4", "(3, 2, 2)", bytesOf<float>(pixels)));
  write("y.npy", npy("<i8", "(3, 1)", bytesOf<int64_t>({0, 1, 2})));
  expectComplaint({"has the shape [3, 1]", "array.reshape(-1)"});
  write("y.npy", npy("<i8", "(3, 3)", bytesOf<int64_t>({1, 0, 0, 0, 1, 0, 0, 0, 1})));
  expectComplaint({"array.argmax(1)"});
  write("y.npy", npy("<i8", "(2,)", bytesOf<int64_t>({0, 1})));
  expectComplaint({"x.npy holds 3 images", "y.npy holds 2 labels"});
}

TEST_F(NumpyFiles, values_out_of_range) {
  pixels[6] = 204;
  write("x.npy", npy("<f4", "(3, 2, 2)", bytesOf<float>(pixels)));
  expectComplaint({"image 1 holds the value 204, outside the network's range 0 to 1", "divide by 255"});
  pixels[6] = -0.01f;
  write("x.npy", npy("<f4", "(3, 2, 2)", bytesOf<float>(pixels)));
  expectComplaint({"the value -0.01, outside"});
  pixels[6] = std::numeric_limits<float>::quiet_NaN();
  write("x.npy", npy("<f4", "(3, 2, 2)", bytesOf<float>(pixels)));
  expectComplaint({"image 1 holds a value that is no number (NaN)"});
  write("x.npy", npy("|u1", "(3, 2, 2)", std::string(12, '\0')));
  spec.low = -1;
  expectComplaint({"holds uint8, which is read as 0 to 1", "range is -1 to 1"});
}

TEST_F(NumpyFiles, values_outside_by_rounding_are_clipped_and_noted) {
  pixels[3] = 1.0000001f;
  pixels[4] = -1e-7f;
  write("x.npy", npy("<f4", "(3, 2, 2)", bytesOf<float>(pixels)));
  Dataset data = loadDataset(spec, "");
  EXPECT_EQ(data.train.images[3], 1.0f);
  EXPECT_EQ(data.train.images[4], 0.0f);
  EXPECT_NE(data.note.find("clipped 2 of 12 values"), std::string::npos) << data.note;
  pixels[3] = 1.0001f;
  write("x.npy", npy("<f4", "(3, 2, 2)", bytesOf<float>(pixels)));
  expectComplaint({"image 0 holds the value 1.0001", "outside the network's range 0 to 1"});
  std::vector<double> doubles(pixels.begin(), pixels.end());
  doubles[3] = 1 + 1e-12; // a float32 would hide it; what is clipped is still counted
  write("x.npy", npy("<f8", "(3, 2, 2)", bytesOf<double>(doubles)));
  EXPECT_NE(loadDataset(spec, "").note.find("clipped 2 of 12 values"), std::string::npos);
}

TEST_F(NumpyFiles, a_value_just_outside_does_not_read_as_the_bound) {
  pixels[6] = 1.00002f;
  write("x.npy", npy("<f4", "(3, 2, 2)", bytesOf<float>(pixels)));
  std::string text;
  try {
    loadDataset(spec, "");
  } catch (const DataError &error) {
    text = error.what();
  }
  EXPECT_NE(text.find("the value 1.00002"), std::string::npos) << text;
  EXPECT_EQ(text.find("255"), std::string::npos) << text;
}

TEST_F(NumpyFiles, classes_that_training_never_sees_are_noted) {
  EXPECT_NE(
      loadDataset(spec, "").note.find("1 of 1 test images are of classes that no training image has (2)"),
      std::string::npos);
  write("y.npy", npy("<i8", "(3,)", bytesOf<int64_t>({0, 1, 1})));
  EXPECT_EQ(loadDataset(spec, "").note, "");
}

TEST_F(NumpyFiles, text_as_labels_gets_advice_for_labels) {
  write("y.npy", npy("<U1", "(3,)", std::string(12, 'a')));
  expectComplaint({"y.npy holds text (<U1), labels are whole numbers", "array.astype('int64')"});
  write("x.npy", npy("<c8", "(3, 2, 2)", std::string(96, 'a')));
  expectComplaint({"x.npy holds complex numbers (<c8), images are float32", "array.astype('float32')"});
}

TEST_F(NumpyFiles, labels_out_of_range) {
  write("y.npy", npy("<i8", "(3,)", bytesOf<int64_t>({0, 3, 2})));
  expectComplaint({"y.npy: label 1 is 3, but the network tells 3 classes apart, 0 to 2"});
  write("y.npy", npy("|i1", "(3,)", bytesOf<int8_t>({0, 1, -1})));
  expectComplaint({"label 2 is -1"});
  write("y.npy", npy("<u8", "(3,)", bytesOf<uint64_t>({0, 1, ~uint64_t(0)})));
  expectComplaint({"label 2 is 18446744073709551615, but"});
}

TEST_F(NumpyFiles, tests_that_leave_nothing_to_train_on) {
  spec.arguments["test"] = 3;
  expectComplaint({"test is 3, but", "holds 3 images, and some are to train on"});
  spec.arguments["seed"] = 3;
  expectComplaint({"numpy has no argument seed", "images, labels and test"});
}

} // namespace
