// A record is 3073 bytes: the class, then the red, green and blue planes of 32x32, row by row. Files are read
// whole, so that a damaged end is seen even if the program asks for few images.
#include "runtime/data/Cifar10.h"

#include "runtime/data/Arguments.h"
#include "runtime/data/Digest.h"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace switchyard::rt {
namespace {

/// Of the collection of CIFAR-10 as JPEG files of quality 75 that has been unpacked into records.
constexpr char reencodedLabels[] = "24130777aaf0b8b2875a42d3e9dabe8af3dc7916f2731fe006ad5d2f036447e2";

constexpr int64_t classes = 10, pixels = 3 * 32 * 32, record = 1 + pixels;

const char howToGet[] =
    "cifar10 is the binary version of CIFAR-10, data_batch_1.bin to data_batch_5.bin and "
    "test_batch.bin; put them into a directory DIR, DIR/cifar-10-batches-bin or DIR/cifar10 and "
    "give --data DIR or set SWITCHYARD_DATA=DIR";

std::string findFile(const DatasetSpec &spec, const std::string &directory, const std::string &name) {
  namespace fs = std::filesystem;
  if (directory.empty())
    throw DataError("data set " + spec.name + ": no data directory given; " + howToGet);
  std::error_code ignored;
  for (const fs::path &folder :
       {fs::path(directory), fs::path(directory) / "cifar-10-batches-bin", fs::path(directory) / "cifar10"})
    if (fs::is_regular_file(folder / name, ignored))
      return (folder / name).string();
  std::string stem = name.substr(0, name.find('.'));
  bool pickled = false;
  for (const char *folder : {"", "cifar-10-batches-py", "cifar10"})
    pickled |= fs::is_regular_file(fs::path(directory) / folder / stem, ignored);
  throw DataError("data set " + spec.name + ": found no " + name + " in " + directory +
                  (pickled ? ", only " + stem + " of its Python version" : "") + "; " + howToGet);
}

/// Appends a file's records to the split, bytes scaled to the program's range.
void append(const DatasetSpec &spec, const std::string &path, Split &split) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file.good() && !file.eof())
    throw DataError(path + " cannot be read");
  int64_t size = static_cast<int64_t>(bytes.size());
  if (size != 0 && size % record != 0 && size % (record + 1) == 0)
    throw DataError(
        path + " has records of 3074 bytes, two labels and an image: it looks like CIFAR-100, not CIFAR-10; "
               "save it as .npy files and read them by numpy(...)");
  if (size == 0 || size % record != 0)
    throw DataError(path + " is damaged: " + std::to_string(size) + " bytes, expected a multiple of 3073");
  float low = static_cast<float>(spec.low), width = static_cast<float>(spec.high - spec.low);
  for (int64_t at = 0; at < size; at += record) {
    int label = static_cast<unsigned char>(bytes[at]);
    if (label >= classes)
      throw DataError(path + " is damaged: label " + std::to_string(at / record) + " is " +
                      std::to_string(label) + ", expected 0 to 9");
    split.labels.push_back(label);
    for (int64_t i = 1; i < record; ++i)
      split.images.push_back(low +
                             width * (static_cast<float>(static_cast<unsigned char>(bytes[at + i])) / 255));
    ++split.count;
  }
}

/// The pixels of a JPEG re-encode depend on its decoder, the order of its records does not: it is recognized
/// by the SHA-256 of the labels of all 60,000, one byte each.
bool isReencodedAsJpeg(const Dataset &whole) {
  std::string labels;
  for (const Split *split : {&whole.train, &whole.test})
    labels.append(split->labels.begin(), split->labels.end());
  return sha256Hex(labels) == reencodedLabels;
}

void keepFirst(const DatasetSpec &spec, const std::string &name, Split &split) {
  int64_t wanted = countArgument(spec, name, split.count, 1);
  if (wanted > split.count)
    throw DataError("data set " + spec.name + ": " + name + " is " + std::to_string(wanted) +
                    ", but there are " + std::to_string(split.count) + " images");
  split.count = wanted;
  split.labels.resize(wanted);
  split.images.resize(wanted * pixels);
}

} // namespace

std::vector<std::string> cifar10Files(const DatasetSpec &spec, const std::string &directory) {
  std::vector<std::string> files;
  for (int batch = 1; batch <= 5; ++batch)
    files.push_back(findFile(spec, directory, "data_batch_" + std::to_string(batch) + ".bin"));
  files.push_back(findFile(spec, directory, "test_batch.bin"));
  return files;
}

Dataset loadCifar10(const DatasetSpec &spec, const std::string &directory) {
  rejectUnknownArguments(spec, {"train", "test"});
  requireShape(spec, {3, 32, 32}, classes, "cifar10 holds");
  Dataset dataset;
  dataset.shape = spec.input;
  dataset.classes = classes;
  std::vector<std::string> files = cifar10Files(spec, directory);
  append(spec, files.back(), dataset.test);
  files.pop_back();
  for (const std::string &file : files)
    append(spec, file, dataset.train);
  if (isReencodedAsJpeg(dataset))
    dataset.note = "CIFAR-10 re-encoded as JPEG, not the original pixels";
  keepFirst(spec, "train", dataset.train);
  keepFirst(spec, "test", dataset.test);
  return dataset;
}

} // namespace switchyard::rt
