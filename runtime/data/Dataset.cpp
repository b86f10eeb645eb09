// Chooses the source by name, and names what came out of it by its digest.
#include "runtime/data/Dataset.h"

#include "runtime/data/Cifar10.h"
#include "runtime/data/Digest.h"
#include "runtime/data/Mnist.h"
#include "runtime/data/Numpy.h"
#include "runtime/data/SyntheticDigits.h"

namespace switchyard::rt {

/// SHA-256 over the shape, then for each split its count, pixels (32-bit floats) and labels (32-bit
/// integers).
static std::string digestOf(const Dataset &dataset) {
  Digest digest;
  digest.add("switchyard data set 1");
  digest.add(dataset.shape.data(), dataset.shape.size() * sizeof(int64_t));
  for (const Split *split : {&dataset.train, &dataset.test}) {
    digest.add(&split->count, sizeof split->count);
    digest.add(split->images.data(), split->images.size() * sizeof(float));
    digest.add(split->labels.data(), split->labels.size() * sizeof(int32_t));
  }
  return digest.hex();
}

static Dataset load(const DatasetSpec &spec, const std::string &dataDirectory) {
  if (spec.source == "synthetic_digits")
    return drawSyntheticDigits(spec);
  if (spec.source == "mnist" || spec.source == "fashion_mnist")
    return loadMnist(spec, dataDirectory);
  if (spec.source == "cifar10")
    return loadCifar10(spec, dataDirectory);
  if (spec.source == "numpy")
    return loadNumpy(spec);
  throw DataError("data set " + spec.name + ": there is no source " + spec.source +
                  "; this runtime has synthetic_digits, mnist, fashion_mnist, cifar10 and numpy");
}

Dataset loadDataset(const DatasetSpec &spec, const std::string &dataDirectory) {
  Dataset dataset = load(spec, dataDirectory);
  dataset.digest = digestOf(dataset);
  return dataset;
}

} // namespace switchyard::rt
