// CIFAR-10 in its binary version: records of a class and three colour planes.
#ifndef SWITCHYARD_RUNTIME_DATA_CIFAR10_H
#define SWITCHYARD_RUNTIME_DATA_CIFAR10_H

#include "runtime/data/Dataset.h"

namespace switchyard::rt {

/// The five files of the training, then that of the test: where they are. Throws DataError.
std::vector<std::string> cifar10Files(const DatasetSpec &spec, const std::string &directory);

/// Reads data_batch_1.bin to data_batch_5.bin and test_batch.bin from `directory`, or from its subdirectory
/// cifar-10-batches-bin or cifar10. Arguments train and test limit how many images are kept, from the first.
/// Throws DataError.
Dataset loadCifar10(const DatasetSpec &spec, const std::string &directory);

} // namespace switchyard::rt

#endif
