// The ball and range check of every finished example. Pixels are 32-bit floats: a sum such as clean + eps is
// rounded to a multiple of about 6e-8 of its size, so the tolerance of 1e-6 (S2.2), meant for pixels in [0,
// 1], grows with the range; for l2 the rounding of all pixels and of the compiled norm adds up to a like
// fraction of the radius.
#include "runtime/plan/Threat.h"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>

namespace switchyard::rt {

constexpr double tolerance = 1e-6;

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

double outermost(const Threat &threat, const DatasetSpec &dataset) {
  double slack = tolerance * scaleOf(dataset);
  if (threat.norm == Threat::Norm::L2)
    slack *= std::max(1.0, threat.radius);
  return threat.radius + slack;
}

double checkExample(const AttackJob &attack, const DatasetSpec &dataset, const AttackPair &pair,
                    const float *clean, const float *adversarial, int64_t elements) {
  checkRange(attack, dataset, pair, adversarial, elements, tolerance * scaleOf(dataset));
  double largest = 0, squares = 0;
  for (int64_t i = 0; i < elements; ++i) {
    double difference = double(adversarial[i]) - double(clean[i]);
    largest = std::max(largest, std::abs(difference));
    squares += difference * difference;
  }
  const Threat &threat = attack.threat;
  double distance = threat.measured() == Threat::Norm::Linf ? largest : std::sqrt(squares);
  if (threat.hasBall() && distance > outermost(threat, dataset)) {
    std::ostringstream text;
    text.precision(9);
    text << "is " << distance << " from the clean image in " << normName(threat.norm)
         << ", outside the ball of radius " << threat.radius << "; end the attack with project(x)";
    fail(attack.pairs.goal, pair, text.str());
  }
  return distance;
}

} // namespace switchyard::rt
