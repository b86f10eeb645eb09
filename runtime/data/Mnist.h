// MNIST and data sets published in its form: four IDX files, grey images and labels, training and test.
#ifndef SWITCHYARD_RUNTIME_DATA_MNIST_H
#define SWITCHYARD_RUNTIME_DATA_MNIST_H

#include "runtime/data/Dataset.h"

namespace switchyard::rt {

/// Training images and labels, then those of the test: where the files are. Throws DataError.
std::vector<std::string> mnistFiles(const DatasetSpec &spec, const std::string &directory);

/// Reads the four files from the subdirectory of `directory` named as the source, MNIST's also from
/// `directory` itself, each plain or .gz. Arguments train and test limit how many images are kept, from the
/// first. Throws DataError.
Dataset loadMnist(const DatasetSpec &spec, const std::string &directory);

} // namespace switchyard::rt

#endif
