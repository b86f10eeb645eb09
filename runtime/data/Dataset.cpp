// Chooses the source by name, and names what came out of it by its digest.
#include "runtime/data/Dataset.h"

#include "runtime/data/Cifar10.h"
#include "runtime/data/Digest.h"
#include "runtime/data/Mnist.h"
#include "runtime/data/Numpy.h"
#include "runtime/data/SyntheticDigits.h"

#include <iterator>
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

/// A source of data: where its files are and how they are read.
struct Source {
  const char *name;
  std::vector<std::string> (*files)(const DatasetSpec &, const std::string &dataDirectory);
  Dataset (*load)(const DatasetSpec &, const std::string &dataDirectory);
};

static std::vector<std::string> noFiles(const DatasetSpec &, const std::string &) {
  return {};
}

static std::vector<std::string> namedFiles(const DatasetSpec &spec, const std::string &) {
  std::vector<std::string> files;
  for (const auto &[name, file] : spec.files)
    files.push_back(file);
  return files;
}

static const Source sources[] = {
    {"synthetic_digits", noFiles,
     [](const DatasetSpec &spec, const std::string &) { return drawSyntheticDigits(spec); }},
    {"mnist", mnistFiles, loadMnist},
    {"fashion_mnist", mnistFiles, loadMnist},
    {"cifar10", cifar10Files, loadCifar10},
    {"numpy", namedFiles, [](const DatasetSpec &spec, const std::string &) { return loadNumpy(spec); }},
};

static const Source &sourceOf(const DatasetSpec &spec) {
  std::string known;
  for (const Source &source : sources) {
    if (spec.source == source.name)
      return source;
    known += (known.empty()                      ? ""
              : &source == std::end(sources) - 1 ? " and "
                                                 : ", ") +
             std::string(source.name);
  }
  throw DataError("data set " + spec.name + ": there is no source " + spec.source + "; this runtime has " +
                  known);
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
  Dataset dataset = sourceOf(spec).load(spec, dataDirectory);
  noteUnseenClasses(dataset);
  dataset.digest = digestOf(dataset);
  return dataset;
}

std::vector<std::string> filesOf(const DatasetSpec &spec, const std::string &dataDirectory) {
  return sourceOf(spec).files(spec, dataDirectory);
}

} // namespace switchyard::rt
