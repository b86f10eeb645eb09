// Data sets from NumPy's .npy files: images and labels, in one pair of files or in one for each split.
#ifndef SWITCHYARD_RUNTIME_DATA_NUMPY_H
#define SWITCHYARD_RUNTIME_DATA_NUMPY_H

#include "runtime/data/Dataset.h"

namespace switchyard::rt {

/// Reads `images` and `labels`, the last `test` of which are the test split; or `train_images`,
/// `train_labels`, `test_images` and `test_labels`. Throws DataError.
Dataset loadNumpy(const DatasetSpec &spec);

} // namespace switchyard::rt

#endif
