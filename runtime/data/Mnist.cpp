// Finds the four files, reads them whole (a damaged end is seen even if the program asks for few images), and
// scales bytes to the program's range.
#include "runtime/data/Mnist.h"

#include "runtime/data/Arguments.h"
#include "runtime/data/Idx.h"

#include <algorithm>
#include <filesystem>

namespace switchyard::rt {
namespace {

namespace fs = std::filesystem;

constexpr int64_t classes = 10;

std::string howToGet(const DatasetSpec &spec) {
  return spec.source +
         " is four files, train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and "
         "t10k-labels-idx1-ubyte, plain or .gz, as published; put them into " +
         (spec.source == "mnist" ? "a directory DIR or " : "") + "DIR/" + spec.source +
         " and give --data DIR or set SWITCHYARD_DATA=DIR";
}

/// Where the files may be. They have the same names for every source: in DIR itself only MNIST's are meant,
/// unless DIR has the source's name.
std::vector<fs::path> folders(const DatasetSpec &spec, const fs::path &directory) {
  std::error_code ignored;
  if (spec.source == "mnist" || fs::canonical(directory, ignored).filename() == spec.source)
    return {directory, directory / spec.source};
  return {directory / spec.source};
}

std::string findFile(const DatasetSpec &spec, const std::string &directory, const std::string &name) {
  if (directory.empty())
    throw DataError("data set " + spec.name + ": no data directory given; " + howToGet(spec));
  std::error_code ignored;
  if (!fs::is_directory(directory, ignored))
    throw DataError("data set " + spec.name + ": there is no directory " + directory + "; " + howToGet(spec));
  std::string places;
  for (const fs::path &folder : folders(spec, directory)) {
    places += (places.empty() ? "" : " or ") + folder.string();
    for (const char *ending : {"", ".gz"})
      if (fs::path file = folder / (name + ending); fs::is_regular_file(file, ignored))
        return file.string();
  }
  throw DataError("data set " + spec.name + ": found neither " + name + " nor " + name + ".gz in " + places +
                  "; " + howToGet(spec));
}

/// The relatives of MNIST have its file names and format: what has other labels is one of them, not damaged.
void checkLabels(const DatasetSpec &spec, const std::string &path, const std::vector<uint8_t> &labels) {
  int most = labels.empty() ? 0 : *std::max_element(labels.begin(), labels.end());
  if (most >= classes)
    throw DataError(path + " holds labels up to " + std::to_string(most) + ", " + spec.source +
                    "'s are 0 to 9: it is another data set of that format, such as EMNIST (letters 1 to 26, "
                    "balanced 0 to "
                    "46, byclass 0 to 61), or damaged; save what is not " +
                    spec.source + " as .npy files and read them by numpy(...)");
}

Split readSplit(const DatasetSpec &spec, const std::string &imagePath, const std::string &labelPath,
                const std::string &countName) {
  IdxFile images = readIdx(imagePath, 3), labels = readIdx(labelPath, 1);
  if (images.sizes[0] != labels.sizes[0])
    throw DataError(imagePath + " holds " + std::to_string(images.sizes[0]) + " images, but " + labelPath +
                    " holds " + std::to_string(labels.sizes[0]) + " labels; they do not belong together");
  checkLabels(spec, labelPath, labels.bytes);
  requireShape(spec, {1, images.sizes[1], images.sizes[2]}, classes, imagePath + " holds");
  Split split;
  split.count = countArgument(spec, countName, images.sizes[0], 1);
  if (split.count > images.sizes[0])
    throw DataError("data set " + spec.name + ": " + countName + " is " + std::to_string(split.count) +
                    ", but " + imagePath + " holds " + std::to_string(images.sizes[0]) + " images");
  int64_t pixels = split.count * images.sizes[1] * images.sizes[2];
  split.images.resize(pixels);
  float low = static_cast<float>(spec.low), width = static_cast<float>(spec.high - spec.low);
  for (int64_t i = 0; i < pixels; ++i)
    split.images[i] = low + width * (static_cast<float>(images.bytes[i]) / 255);
  split.labels.assign(labels.bytes.begin(), labels.bytes.begin() + split.count);
  return split;
}

} // namespace

std::vector<std::string> mnistFiles(const DatasetSpec &spec, const std::string &directory) {
  std::vector<std::string> files;
  for (const char *prefix : {"train", "t10k"})
    for (const char *kind : {"-images-idx3-ubyte", "-labels-idx1-ubyte"})
      files.push_back(findFile(spec, directory, std::string(prefix) + kind));
  return files;
}

Dataset loadMnist(const DatasetSpec &spec, const std::string &directory) {
  rejectUnknownArguments(spec, {"train", "test"});
  Dataset dataset;
  dataset.shape = spec.input;
  dataset.classes = classes;
  const std::vector<std::string> files = mnistFiles(spec, directory);
  dataset.train = readSplit(spec, files[0], files[1], "train");
  dataset.test = readSplit(spec, files[2], files[3], "test");
  return dataset;
}

} // namespace switchyard::rt
