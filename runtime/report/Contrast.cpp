// Variances as quadratic forms: that of x * a + y * b is x^2 aa + 2 x y ab + y^2 bb, a sum of components with
// degrees of freedom of their own.
#include "runtime/report/Contrast.h"

#include <boost/math/tools/roots.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace switchyard::rt {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Component {
  double aa = 0, ab = 0, bb = 0, degrees = 0;
  /// Rounding and components that come out below zero count as zero.
  double along(double x, double y) const {
    constexpr double rounding = 1e-20; // the least real variance is above 1e-15
    double v = x * x * aa + 2 * x * y * ab + y * y * bb;
    return v < rounding ? 0 : v;
  }
};

Component &operator+=(Component &sum, const Component &one) {
  sum.aa += one.aa;
  sum.ab += one.ab;
  sum.bb += one.bb;
  return sum;
}

Component operator*(double factor, Component one) {
  return {factor * one.aa, factor * one.ab, factor * one.bb, one.degrees};
}

/// Over images.
Component overImages(const Estimate &a, const Estimate &b) {
  int64_t images = std::min(a.images == 0 ? b.images : a.images, b.images == 0 ? a.images : b.images);
  return {variance(a), covariance(a, b), variance(b), static_cast<double>(images - 1)};
}

/// Between the trainings' values, divided by their number: of the mean.
Component betweenTrainings(const std::vector<Estimate> &a, const std::vector<Estimate> &b) {
  double count = static_cast<double>(a.size()), meanA = meanOf(a).value, meanB = meanOf(b).value;
  Component sum{0, 0, 0, count - 1};
  for (size_t k = 0; k < a.size(); ++k) {
    double da = a[k].value - meanA, db = b[k].value - meanB;
    sum += {da * da, da * db, db * db, 0};
  }
  return 1 / (count * (count - 1)) * sum;
}

/// What the variance over images of a mean over trainings holds of effects that image and training have
/// together only: these the deviation between trainings holds already.
Component together(const std::vector<Estimate> &a, const std::vector<Estimate> &b) {
  double count = static_cast<double>(a.size());
  Component mean = overImages(meanOf(a), meanOf(b)), each;
  for (size_t k = 0; k < a.size(); ++k)
    each += 1 / count * overImages(a[k], b[k]);
  each += -1 * mean;
  return 1 / (count - 1) * each;
}

/// Of a model that has no part in the contrast: nothing, as often as it was trained.
std::vector<Estimate> trainingsOf(const Contrast &contrast, const Contrast::Part &of) {
  for (const Contrast::Part &part : contrast.models())
    if (part.model == of.model)
      return part.trainings;
  return std::vector<Estimate>(of.trainings.size());
}

/// The joint error of two contrasts.
class Error {
public:
  Error(const Contrast &a, const Contrast &b) {
    Contrast both = a;
    both.add(b, 1); // for the models of either
    Estimate meanA = a.mean(), meanB = b.mean();
    Component images = overImages(meanA, meanB);
    if (both.covers() == Covers::TrainingsAndImages)
      for (const Contrast::Part &part : both.models()) {
        std::vector<Estimate> ofA = trainingsOf(a, part), ofB = trainingsOf(b, part);
        components.push_back(betweenTrainings(ofA, ofB));
        images += -1 * together(ofA, ofB);
      }
    components.push_back(images);
  }

  void add(const Component &component) { components.push_back(component); }

  /// The variance of x * a + y * b.
  double along(double x, double y) const {
    double sum = 0;
    for (const Component &one : components)
      sum += one.along(x, y);
    return sum;
  }

  double margin(double x, double y) const {
    double sum = 0, squares = 0;
    for (const Component &one : components)
      if (double v = one.along(x, y); v > 0) {
        sum += v;
        squares += v * v / one.degrees; // infinite without a degree of freedom
      }
    return sum > 0 ? tQuantile(sum * sum / squares) * std::sqrt(sum) : 0;
  }

private:
  std::vector<Component> components;
};

/// How many images the answers to this contrast are worth: each training of models that were trained apart
/// answers anew. As many times the images as the variance over images of one training's contrast exceeds that
/// of the mean: as they are where all trainings answer alike, times the trainings where none has to do with
/// another.
double effectiveImages(const Contrast &contrast, double variance) {
  double images = static_cast<double>(contrast.mean().images), one = 0;
  if (contrast.covers() != Covers::TrainingsAndImages)
    return images;
  const size_t trainings = contrast.models().front().trainings.size();
  for (size_t k = 0; k < trainings; ++k)
    one += switchyard::rt::variance(contrast.ofTraining(k)) / static_cast<double>(trainings);
  double most = static_cast<double>(trainings);
  if (!(one > variance))
    return images;
  return images * (variance > 0 ? std::min(most, one / variance) : most);
}

/// What the least variance of one contrast has more than its error along a direction; all of it unknown where
/// there is one image.
Component missing(const Contrast &contrast, double variance) {
  int64_t images = contrast.mean().images;
  double least = images < 2 ? 1 + variance : leastVariance(effectiveImages(contrast, variance));
  return {std::max(0.0, least - variance), 0, 0, static_cast<double>(images - 1)};
}

/// The error with the least variance that S5.2 grants either side.
Error cautious(const Contrast &a, const Contrast &b) {
  Error error(a, b);
  Component ofA = missing(a, error.along(1, 0)), ofB = missing(b, error.along(0, 1));
  error.add(ofA);
  error.add({0, 0, ofB.aa, ofB.degrees});
  return error;
}

Ratio undefinedRatio() {
  double nan = std::numeric_limits<double>::quiet_NaN();
  return {nan, false, false, {nan, nan}};
}

/// The Fieller set by direction: r is tan(angle), and the straight line through it is told from zero where
/// this is positive. At a right angle r is infinite.
class FiellerSet {
public:
  FiellerSet(const Contrast &numerator, const Contrast &denominator, double offset)
      : a(numerator.value()), b(denominator.value() + offset), error(cautious(numerator, denominator)) {}

  double distance(double angle) const {
    double x = std::cos(angle), y = -std::sin(angle);
    return std::abs(a * x + b * y) - error.margin(x, y);
  }

  Ratio ratio() const {
    Ratio ratio{a / b, true, false, {-infinity, infinity}};
    double top = std::acos(0.0), at = std::atan(ratio.value);
    if (!(distance(top) > 0)) // also without a degree of freedom
      return ratio;
    ratio.bounded = true;
    ratio.interval = {end(-top, at), end(at, top)};
    return ratio;
  }

private:
  double end(double from, double to) const {
    if (distance(from) * distance(to) >= 0) // nothing is uncertain
      return a / b;
    auto [low, high] = boost::math::tools::bisect([&](double angle) { return distance(angle); }, from, to,
                                                  boost::math::tools::eps_tolerance<double>(50));
    return std::tan((low + high) / 2);
  }

  double a, b;
  Error error;
};

} // namespace

std::string inWords(Covers covers) {
  switch (covers) {
  case Covers::Images:
    return "images";
  case Covers::ImagesOnly:
    return "images only";
  case Covers::TrainingsAndImages:
    return "trainings and images";
  }
  return "";
}

void Contrast::add(std::optional<int64_t> model, double weight, const std::vector<Estimate> &trainings) {
  auto known =
      std::find_if(parts.begin(), parts.end(), [&](const Part &part) { return part.model == model; });
  if (known == parts.end())
    known = parts.insert(parts.end(), {model, {}});
  for (size_t k = 0; k < trainings.size(); ++k)
    if (k == known->trainings.size())
      known->trainings.push_back(combined(trainings[k], weight, trainings[k], 0));
    else
      known->trainings[k] = combined(known->trainings[k], 1, trainings[k], weight);
}

void Contrast::add(const Contrast &other, double weight) {
  for (const Part &part : other.parts)
    add(part.model, weight, part.trainings);
}

Covers Contrast::covers() const {
  if (parts.size() < 2)
    return Covers::Images;
  return parts.front().trainings.size() < 2 ? Covers::ImagesOnly : Covers::TrainingsAndImages;
}

Estimate Contrast::mean() const {
  std::optional<Estimate> sum;
  for (const Part &part : parts) {
    Estimate one = meanOf(part.trainings);
    sum = sum ? combined(*sum, 1, one, 1) : one;
  }
  return sum.value_or(Estimate());
}

Estimate Contrast::ofTraining(size_t training) const {
  std::optional<Estimate> sum;
  for (const Part &part : parts)
    sum = sum ? combined(*sum, 1, part.trainings.at(training), 1) : part.trainings.at(training);
  return sum.value_or(Estimate());
}

Interval differenceInterval(const Contrast &difference) {
  double value = difference.value();
  Error error(difference, {});
  error.add(missing(difference, error.along(1, 0)));
  double margin = error.margin(1, 0);
  return {std::max(-1.0, value - margin), std::min(1.0, value + margin)};
}

bool isAboveZero(double denominator, double offset) {
  constexpr double rounding = 1e-12; // of shares, which are at most 1; steps between them are above 1e-9
  return denominator + offset > rounding * (1 + offset);
}

Ratio fiellerRatio(const Contrast &numerator, const Contrast &denominator, double offset) {
  if (!isAboveZero(denominator.value(), offset))
    return undefinedRatio();
  return FiellerSet(numerator, denominator, offset).ratio();
}

bool fiellerHolds(const Contrast &numerator, const Contrast &denominator, double offset, double r) {
  return !(FiellerSet(numerator, denominator, offset).distance(std::atan(r)) > 0);
}

Ratio meanRatio(const std::vector<std::pair<Contrast, Contrast>> &parts, double offset) {
  if (parts.empty())
    return undefinedRatio();
  Contrast linear;
  double value = 0, more = 0, weight = 1 / static_cast<double>(parts.size());
  bool bounded = true;
  for (const auto &[numerator, denominator] : parts) {
    double b = denominator.value() + offset, ratio = numerator.value() / b;
    value += weight * ratio;
    linear.add(numerator, weight / b);
    linear.add(denominator, -weight * ratio / b);
    // What no image has shown would befall all parts at once.
    Error error(numerator, denominator);
    more += weight / b *
            std::hypot(std::sqrt(missing(numerator, error.along(1, 0)).aa),
                       ratio * std::sqrt(missing(denominator, error.along(0, 1)).aa));
    bounded = bounded && fiellerRatio(numerator, denominator, offset).bounded;
  }
  if (!bounded)
    return {value, true, false, {-infinity, infinity}};
  Error error(linear, {});
  error.add({more * more, 0, 0, static_cast<double>(linear.mean().images - 1)});
  double margin = error.margin(1, 0);
  return {value, true, true, {value - margin, value + margin}};
}

} // namespace switchyard::rt
