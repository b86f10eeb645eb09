// Chooses the source by name, and names what came out of it by its digest.
#include "runtime/data/Dataset.h"

#include "runtime/data/Cifar10.h"
#include "runtime/data/Digest.h"
#include "runtime/data/Mnist.h"
#include "runtime/data/Numpy.h"
#include "runtime/data/SyntheticDigits.h"

#include <set>

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

/// Classes of the test split that training never sees: a file sorted by class, or too few images of it
/// (S5.10).
static void noteUnseenClasses(Dataset &dataset) {
  std::set<int32_t> trained(dataset.train.labels.begin(), dataset.train.labels.end());
  std::map<int32_t, int64_t> unseen; // class to images
  for (int32_t label : dataset.test.labels)
    if (!trained.count(label))
      ++unseen[label];
  if (unseen.empty())
    return;
  std::string classes;
  int64_t images = 0;
  for (auto [label, count] : unseen) {
    classes += (classes.empty() ? "" : ", ") + std::to_string(label);
    images += count;
  }
  dataset.addNote(std::to_string(images) + " of " + std::to_string(dataset.test.count) +
                  " test images are of classes that no training image has (" + classes +
                  "); shuffle images and labels before they are split, or train on more");
}

Dataset loadDataset(const DatasetSpec &spec, const std::string &dataDirectory) {
  Dataset dataset = load(spec, dataDirectory);
  noteUnseenClasses(dataset);
  dataset.digest = digestOf(dataset);
  return dataset;
}

} // namespace switchyard::rt
