// A data set in memory: images as floats in row-major [count, channels, height, width], labels as classes.
// Sources: synthetic digits, IDX files (MNIST, Fashion-MNIST), CIFAR-10's records, NumPy's arrays; each is
// read whole and named by the digest of its content.
#ifndef SWITCHYARD_RUNTIME_DATA_DATASET_H
#define SWITCHYARD_RUNTIME_DATA_DATASET_H

#include "runtime/contract/DatasetSpec.h"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace switchyard::rt {

struct Split {
  int64_t count = 0;
  std::vector<float> images; // count * channels * height * width, in the program's range
  std::vector<int32_t> labels;
};

struct Dataset {
  std::vector<int64_t> shape; // channels, height, width
  int64_t classes = 0;
  Split train, test;
  std::string digest; // SHA-256 (hex) of pixels and labels, mixed into the key of every job that reads them
  std::string note = {}; // what readers of results should know of it; mostly empty

  void addNote(const std::string &text) { note += (note.empty() ? "" : "; ") + text; }
};

/// A file missing, truncated or mislabelled, or not fitting the program; the message names the file, what was
/// expected and how to get it.
struct DataError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Reads or draws the data set. `dataDirectory` is --data or $SWITCHYARD_DATA, empty if neither was given.
/// Throws DataError.
Dataset loadDataset(const DatasetSpec &spec, const std::string &dataDirectory);

/// The files that it is read from; none where it is drawn. Throws DataError.
std::vector<std::string> filesOf(const DatasetSpec &spec, const std::string &dataDirectory);

} // namespace switchyard::rt

#endif
