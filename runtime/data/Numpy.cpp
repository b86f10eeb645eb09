// Images are float32 or float64 in the network's range, or unsigned bytes, which become [0, 1]; [n, channels,
// height, width] or, grey, [n, height, width]. Every value is looked at: what is out of range or no number
// would train a network on something else than the program says. Arithmetic in front of `save` leaves values
// a rounding error outside the range: those are clipped, and a note says so.
#include "runtime/data/Numpy.h"

#include "runtime/data/Arguments.h"
#include "runtime/data/Npy.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <sstream>

namespace switchyard::rt {
namespace {

/// How far outside the range a value counts as rounded, as a part of the range's width: some float32 steps of
/// a normalization that was undone.
constexpr double rounding = 1e-5;

std::string shapeText(const std::vector<int64_t> &shape) {
  std::string text;
  for (int64_t size : shape)
    text += (text.empty() ? "[" : ", ") + std::to_string(size);
  return text.empty() ? "[]" : text + "]";
}

const char imageTypes[] = "images are float32, float64 or uint8; save such as array.astype('float32')";

class ImageFile {
public:
  ImageFile(const DatasetSpec &spec, const std::string &path)
      : spec(spec), path(path), array(readNpy(path, imageTypes)) {
    checkShape();
  }

  int64_t count() const { return array.shape[0]; }

  /// How many values `pixels` clipped.
  int64_t clipped() const { return outside; }

  std::vector<float> pixels() {
    if (array.kind == 'u' && array.itemSize == 1)
      return fromBytes();
    if (array.kind == 'f' && array.itemSize == 4)
      return fromFloats<float>();
    if (array.kind == 'f' && array.itemSize == 8)
      return fromFloats<double>();
    throw DataError(path + " holds " + array.typeName() + ", " + imageTypes);
  }

private:
  void checkShape() const {
    std::vector<int64_t> image = array.shape;
    if (image.size() != 3 && image.size() != 4)
      throw DataError(path + " has the shape " + shapeText(image) +
                      ", images are [n, channels, height, width] or, grey, [n, height, width]");
    if (image[0] == 0)
      throw DataError(path + " holds no image");
    image.erase(image.begin());
    if (image.size() == 2)
      image.insert(image.begin(), 1);
    bool channelsLast = array.shape.size() == 4 && image != spec.input &&
                        spec.input == std::vector<int64_t>{image[2], image[0], image[1]};
    if (channelsLast)
      throw DataError(path + " has the channels last, " + shapeText(array.shape) +
                      "; save numpy.ascontiguousarray(array.transpose(0, 3, 1, 2))");
    requireShape(spec, image, spec.classes, path + " holds");
  }

  std::vector<float> fromBytes() const {
    if (spec.low != 0 || spec.high != 1)
      throw DataError(path + " holds uint8, which is read as 0 to 1, but the network's range is " +
                      rangeText() + "; write `range 0 to 1`, or save floats in that range");
    std::vector<float> result(static_cast<size_t>(array.count()));
    for (size_t i = 0; i < result.size(); ++i)
      result[i] = static_cast<float>(static_cast<unsigned char>(array.bytes[i])) / 255;
    return result;
  }

  template <typename T> std::vector<float> fromFloats() {
    std::vector<float> result(static_cast<size_t>(array.count()));
    float low = static_cast<float>(spec.low), high = static_cast<float>(spec.high);
    double margin = rounding * (spec.high - spec.low);
    for (size_t i = 0; i < result.size(); ++i) {
      double value = static_cast<double>(array.at<T>(static_cast<int64_t>(i)));
      if (!(value >= spec.low - margin && value <= spec.high + margin))
        wrongValue(static_cast<int64_t>(i), value);
      result[i] = std::min(std::max(static_cast<float>(value), low), high);
      outside += value < spec.low || value > spec.high;
    }
    return result;
  }

  [[noreturn]] void wrongValue(int64_t index, double value) const {
    std::ostringstream message;
    message.precision(std::abs(value - std::round(value)) < 1e-3 ? 9 : 6); // 1.00002 must not read as 1
    message << path << ": image " << index / (array.count() / count()) << " holds ";
    if (std::isnan(value))
      message << "a value that is no number (NaN)";
    else
      message << "the value " << value << ", outside the network's range " << rangeText();
    if (value >= 2 && value <= 255 && spec.low == 0 && spec.high == 1)
      message << "; divide by 255, or save array.astype('uint8')";
    throw DataError(message.str());
  }

  std::string rangeText() const {
    std::ostringstream text;
    text << spec.low << " to " << spec.high;
    return text.str();
  }

  const DatasetSpec &spec;
  const std::string path;
  NpyArray array;
  int64_t outside = 0;
};

/// Element `index` of an array of whole numbers; none where it exceeds an int64_t.
std::optional<int64_t> wholeNumber(const NpyArray &array, int64_t index) {
  bool isSigned = array.kind == 'i';
  switch (array.itemSize) {
  case 1:
    return isSigned ? array.at<int8_t>(index) : int64_t(array.at<uint8_t>(index));
  case 2:
    return isSigned ? array.at<int16_t>(index) : int64_t(array.at<uint16_t>(index));
  case 4:
    return isSigned ? array.at<int32_t>(index) : int64_t(array.at<uint32_t>(index));
  default:
    if (!isSigned && array.at<uint64_t>(index) > uint64_t(std::numeric_limits<int64_t>::max()))
      return std::nullopt;
    return array.at<int64_t>(index);
  }
}

std::vector<int32_t> readLabels(const DatasetSpec &spec, const std::string &path) {
  NpyArray array = readNpy(path, "labels are whole numbers; save such as array.astype('int64')");
  if (array.kind != 'i' && array.kind != 'u')
    throw DataError(path + " holds " + array.typeName() +
                    ", labels are whole numbers; save such as array.astype('int64')");
  if (array.shape.size() != 1) {
    bool column = array.shape.size() == 2 && array.shape[1] == 1;
    bool oneHot = array.shape.size() == 2 && array.shape[1] == spec.classes;
    throw DataError(path + " has the shape " + shapeText(array.shape) + ", labels are [n]" +
                    (column   ? "; save array.reshape(-1)"
                     : oneHot ? "; save array.argmax(1)"
                              : ""));
  }
  std::vector<int32_t> labels;
  for (int64_t i = 0; i < array.shape[0]; ++i) {
    std::optional<int64_t> label = wholeNumber(array, i);
    if (!label || *label < 0 || *label >= spec.classes)
      throw DataError(path + ": label " + std::to_string(i) + " is " +
                      (label ? std::to_string(*label) : std::to_string(array.at<uint64_t>(i))) +
                      ", but the network tells " + std::to_string(spec.classes) + " classes apart, 0 to " +
                      std::to_string(spec.classes - 1));
    labels.push_back(static_cast<int32_t>(*label));
  }
  return labels;
}

Split readSplit(const DatasetSpec &spec, const std::string &imagesName, const std::string &labelsName,
                Dataset &dataset) {
  std::string imagePath = fileArgument(spec, imagesName), labelPath = fileArgument(spec, labelsName);
  try {
    ImageFile images(spec, imagePath);
    Split split;
    split.count = images.count();
    split.labels = readLabels(spec, labelPath);
    if (split.count != static_cast<int64_t>(split.labels.size()))
      throw DataError(imagePath + " holds " + std::to_string(split.count) + " images, but " + labelPath +
                      " holds " + std::to_string(split.labels.size()) +
                      " labels; they do not belong together");
    split.images = images.pixels();
    if (images.clipped())
      dataset.addNote("clipped " + std::to_string(images.clipped()) + " of " +
                      std::to_string(split.images.size()) + " values of " + imagePath +
                      " that were outside the range by rounding");
    return split;
  } catch (const DataError &error) {
    std::string prefix = "data set " + spec.name + ": ", message = error.what();
    throw DataError(message.compare(0, prefix.size(), prefix) == 0 ? message : prefix + message);
  }
}

/// Takes the last `count` images out of `whole`.
Split takeLast(const DatasetSpec &spec, int64_t count, Split &whole) {
  int64_t rest = whole.count - count;
  if (count < 1 || rest < 1)
    throw DataError("data set " + spec.name + ": test is " + std::to_string(count) + ", but " +
                    fileArgument(spec, "images") + " holds " + std::to_string(whole.count) +
                    " images, and some are to train on");
  int64_t pixels = static_cast<int64_t>(whole.images.size()) / whole.count;
  Split last;
  last.count = count;
  last.images.assign(whole.images.begin() + rest * pixels, whole.images.end());
  last.labels.assign(whole.labels.begin() + rest, whole.labels.end());
  whole.count = rest;
  whole.images.resize(static_cast<size_t>(rest * pixels));
  whole.labels.resize(static_cast<size_t>(rest));
  return last;
}

} // namespace

Dataset loadNumpy(const DatasetSpec &spec) {
  Dataset dataset;
  dataset.shape = spec.input;
  dataset.classes = spec.classes;
  if (spec.files.count("images")) {
    rejectUnknownArguments(spec, {"images", "labels", "test"});
    dataset.train = readSplit(spec, "images", "labels", dataset);
    dataset.test = takeLast(spec, countArgument(spec, "test", 0, 1), dataset.train);
  } else {
    rejectUnknownArguments(spec, {"train_images", "train_labels", "test_images", "test_labels"});
    dataset.train = readSplit(spec, "train_images", "train_labels", dataset);
    dataset.test = readSplit(spec, "test_images", "test_labels", dataset);
  }
  return dataset;
}

} // namespace switchyard::rt
