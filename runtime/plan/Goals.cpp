// Enumerates attacked pairs. A goal depends on the image alone, so the same images get the same goals under
// every defense and every eps.
#include "runtime/plan/Goals.h"
#include "runtime/plan/Draws.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace switchyard::rt {

/// The classes that an image is to be pushed to; with `away` its label, which is to be left.
static std::vector<int32_t> goalsOf(const Job &job, int64_t image, int32_t label, int64_t classes) {
  const Goal &goal = job.as<AttackJob>().pairs.goal;
  if (!goal.toward)
    return {label};
  switch (goal.choice) {
  case Goal::Choice::EachWrongClass: {
    std::vector<int32_t> wrong;
    for (int32_t candidate = 0; candidate < classes; ++candidate)
      if (candidate != label)
        wrong.push_back(candidate);
    return wrong;
  }
  case Goal::Choice::OneRandomClass:
    return {randomWrongClass(job.seed, image, label, classes)};
  case Goal::Choice::NextClass:
    return {int32_t((label + 1) % classes)};
  case Goal::Choice::Class:
    if (goal.klass == label)
      return {}; // already there: nothing to attack
    return {int32_t(goal.klass.value())};
  }
  return {};
}

/// Of a random model by at least half of its answers, over draws or by the chances of paths (S2.4), whose
/// sum is rounded.
static bool classifiedCorrectly(const AccuracyOutcome &model, int64_t image) {
  return model.correct.at(size_t(image)) >= 0.5 - 1e-9;
}

/// "the first 200", "200 random"
static std::string inWords(const Pairs &asked) {
  const std::string count = std::to_string(asked.images);
  return asked.random ? count + " random" : "the first " + count;
}

std::vector<int64_t> chosenImages(int64_t seed, int64_t images, bool random, int64_t count) {
  std::vector<int64_t> chosen(static_cast<size_t>(count));
  std::iota(chosen.begin(), chosen.end(), int64_t(0));
  if (random)
    chosen = drawnOrder(seed, count);
  chosen.resize(size_t(images));
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

std::vector<AttackPair> enumeratePairs(const Job &job, const Split &test, int64_t classes,
                                       const AccuracyOutcome *baseline) {
  const Pairs &asked = job.as<AttackJob>().pairs;
  if (asked.images > test.count)
    throw std::runtime_error("the program attacks " + inWords(asked) + " test images, the data set has " +
                             std::to_string(test.count));
  if (asked.correctOnly && !baseline)
    throw std::runtime_error("the accuracy of the baseline is missing");
  std::vector<AttackPair> pairs;
  for (int64_t image : chosenImages(job.seed, asked.images, asked.random, test.count)) {
    if (asked.correctOnly && !classifiedCorrectly(*baseline, image))
      continue;
    int32_t label = test.labels[size_t(image)];
    for (int32_t goal : goalsOf(job, image, label, classes)) {
      AttackPair pair;
      pair.image = int32_t(image);
      pair.label = label;
      pair.goal = goal;
      pairs.push_back(pair);
    }
  }
  if (pairs.empty())
    throw std::runtime_error("no image is left to attack among " + inWords(asked) + " test images");
  return pairs;
}

} // namespace switchyard::rt
