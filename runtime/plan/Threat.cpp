// The ball and range check of every finished example. Pixels are 32-bit floats: a sum such as clean + eps is
// rounded to a multiple of about 6e-8 of its size, so the tolerance of 1e-6 (S2.2), meant for pixels in [0,
// 1], grows with the range; for l2 the rounding of all pixels and of the compiled norm adds up to a like
// fraction of the radius; for l1 the rounding of all pixels adds up. In l0 a pixel differs or does not.
#include "runtime/plan/Threat.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>

namespace switchyard::rt {

constexpr double tolerance = 1e-6;
constexpr double rounding = 6e-8; // of a pixel in [0, 1]

[[noreturn]] static void fail(const Goal &goal, const AttackPair &pair, const std::string &problem) {
  std::ostringstream text;
  text << "the finished example of test image " << pair.image;
  if (goal.toward)
    text << " toward class " << pair.goal;
  else
    text << " away from class " << pair.goal;
  text << " " << problem;
  throw std::runtime_error(text.str());
}

static void checkRange(const AttackJob &attack, const DatasetSpec &dataset, const AttackPair &pair,
                       const float *adversarial, int64_t elements, double slack) {
  for (int64_t i = 0; i < elements; ++i) {
    double pixel = adversarial[i];
    std::ostringstream text;
    text.precision(9);
    if (!std::isfinite(pixel)) {
      text << "has a pixel that is not finite (pixel " << i << ": " << pixel << ")";
      fail(attack.pairs.goal, pair, text.str());
    }
    if (attack.threat.clipped && (pixel < dataset.low - slack || pixel > dataset.high + slack)) {
      text << "leaves the input's range " << dataset.low << " to " << dataset.high << " (pixel " << i << ": "
           << pixel << "); end the attack with project(x), or say `unclipped`";
      fail(attack.pairs.goal, pair, text.str());
    }
  }
}

static double scaleOf(const DatasetSpec &dataset) {
  return std::max({1.0, std::abs(dataset.low), std::abs(dataset.high)});
}

static int64_t elementsOf(const DatasetSpec &dataset) {
  int64_t elements = 1;
  for (int64_t size : dataset.input)
    elements *= size;
  return elements;
}

double outermost(const Threat &threat, const DatasetSpec &dataset) {
  const double slack = tolerance * scaleOf(dataset);
  switch (threat.norm()) {
  case Norm::Linf:
    return threat.radius + slack;
  case Norm::L2:
    return threat.radius + slack * std::max(1.0, threat.radius);
  case Norm::L1:
    return threat.radius + slack * std::max(1.0, threat.radius) +
           rounding * scaleOf(dataset) * double(elementsOf(dataset));
  case Norm::L0:
    return threat.radius;
  }
  return threat.radius;
}

/// How many pixels have a channel that differs.
static int64_t changedPixels(const DatasetSpec &dataset, const float *clean, const float *adversarial) {
  const int64_t channels = dataset.input.at(0), plane = elementsOf(dataset) / channels;
  int64_t changed = 0;
  for (int64_t pixel = 0; pixel < plane; ++pixel) {
    bool differs = false;
    for (int64_t i = pixel; i < channels * plane; i += plane)
      differs |= adversarial[i] != clean[i];
    changed += differs;
  }
  return changed;
}

static double distanceIn(Norm norm, const DatasetSpec &dataset, const float *clean, const float *adversarial,
                         int64_t elements) {
  if (norm == Norm::L0)
    return double(changedPixels(dataset, clean, adversarial));
  double largest = 0, squares = 0, sum = 0;
  for (int64_t i = 0; i < elements; ++i) {
    const double difference = std::abs(double(adversarial[i]) - double(clean[i]));
    largest = std::max(largest, difference);
    squares += difference * difference;
    sum += difference;
  }
  return norm == Norm::Linf ? largest : norm == Norm::L2 ? std::sqrt(squares) : sum;
}

double checkExample(const AttackJob &attack, const DatasetSpec &dataset, const AttackPair &pair,
                    const float *clean, const float *adversarial, int64_t elements) {
  checkRange(attack, dataset, pair, adversarial, elements, tolerance * scaleOf(dataset));
  const Threat &threat = attack.threat;
  const double distance = distanceIn(threat.norm(), dataset, clean, adversarial, elements);
  if (threat.hasBall() && distance > outermost(threat, dataset)) {
    std::ostringstream text;
    text.precision(9);
    text << "is " << distance << " from the clean image in " << normName(threat.norm())
         << ", outside the ball of radius " << threat.radius << "; end the attack with project(x)";
    fail(attack.pairs.goal, pair, text.str());
  }
  return distance;
}

} // namespace switchyard::rt
