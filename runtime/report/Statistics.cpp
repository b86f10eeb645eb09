// Formulas of S5.2 and S5.5. Fieller (1954): the set of ratios r with (a - r b)^2 <= t^2 var(a - r b) is an
// interval only where b is told from zero; a plain delta interval would hide that.
#include "runtime/report/Statistics.h"

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace switchyard::rt {

static constexpr double infinity = std::numeric_limits<double>::infinity();

Estimate clusteredMean(const std::vector<Observation> &observations) {
  struct Cluster {
    double sum = 0;
    int64_t pairs = 0;
  };
  std::map<int32_t, Cluster> clusters;
  double sum = 0;
  for (const Observation &o : observations) {
    sum += o.value;
    clusters[o.image].sum += o.value;
    ++clusters[o.image].pairs;
  }
  Estimate mean;
  mean.images = static_cast<int64_t>(clusters.size());
  mean.pairs = static_cast<int64_t>(observations.size());
  double pairs = static_cast<double>(mean.pairs), images = static_cast<double>(mean.images);
  mean.value = mean.pairs == 0 ? 0 : sum / pairs;
  double factor = mean.images < 2 ? 0 : std::sqrt(images / (images - 1)) / pairs;
  for (const auto &[image, cluster] : clusters)
    mean.influence.push_back(
        {image, factor * (cluster.sum - static_cast<double>(cluster.pairs) * mean.value)});
  return mean;
}

/// scale_a * a + scale_b * b, image by image.
static Estimate combine(const Estimate &a, double scaleA, const Estimate &b, double scaleB) {
  Estimate result;
  result.value = scaleA * a.value + scaleB * b.value;
  result.images = std::min(a.images, b.images);
  result.pairs = std::min(a.pairs, b.pairs);
  auto i = a.influence.begin();
  auto j = b.influence.begin();
  while (i != a.influence.end() || j != b.influence.end()) {
    bool takeA = j == b.influence.end() || (i != a.influence.end() && i->first <= j->first);
    bool takeB = i == a.influence.end() || (j != b.influence.end() && j->first <= i->first);
    result.influence.push_back({takeA ? i->first : j->first, 0});
    if (takeA)
      result.influence.back().second += scaleA * i++->second;
    if (takeB)
      result.influence.back().second += scaleB * j++->second;
  }
  return result;
}

Estimate meanOf(const std::vector<Estimate> &estimates) {
  if (estimates.size() == 1)
    return estimates.front();
  Estimate mean;
  int64_t pairs = 0;
  for (const Estimate &one : estimates) {
    mean = combine(mean, 1, one, 1 / static_cast<double>(estimates.size()));
    pairs = std::max(pairs, one.pairs);
  }
  mean.images = static_cast<int64_t>(mean.influence.size());
  mean.pairs = pairs;
  return mean;
}

/// The sum of squares around the mean.
static double squares(const std::vector<double> &values) {
  double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()),
         sum = 0;
  for (double value : values)
    sum += (value - mean) * (value - mean);
  return sum;
}

double sampleDeviation(const std::vector<double> &values) {
  return values.size() < 2 ? std::nan("")
                           : std::sqrt(squares(values) / static_cast<double>(values.size() - 1));
}

double populationDeviation(const std::vector<double> &values) {
  return values.empty() ? std::nan("") : std::sqrt(squares(values) / static_cast<double>(values.size()));
}

Estimate difference(const Estimate &a, const Estimate &b) {
  return combine(a, 1, b, -1);
}

double covariance(const Estimate &a, const Estimate &b) {
  double sum = 0;
  auto j = b.influence.begin();
  for (const auto &[image, share] : a.influence) {
    while (j != b.influence.end() && j->first < image)
      ++j;
    if (j != b.influence.end() && j->first == image)
      sum += share * j->second;
  }
  return sum;
}

double variance(const Estimate &a) {
  // The least real variance, one draw of 20 in one image of 10^6, is above 1e-15.
  constexpr double rounding = 1e-20;
  double sum = covariance(a, a);
  return sum < rounding ? 0 : sum;
}

double tQuantile(int64_t images) {
  if (images < 2)
    return infinity;
  return boost::math::quantile(boost::math::students_t(static_cast<double>(images - 1)), 0.975);
}

Interval wilsonInterval(const Estimate &mean) {
  if (mean.images < 2)
    return {0, 1};
  double p = mean.value, v = variance(mean), t = tQuantile(mean.images);
  double n = v > 0 && p > 0 && p < 1 ? p * (1 - p) / v : static_cast<double>(mean.images);
  double shrink = 1 + t * t / n;
  double centre = (p + t * t / (2 * n)) / shrink;
  double margin = t / shrink * std::sqrt(std::max(p * (1 - p), 0.0) / n + t * t / (4 * n * n));
  return {std::max(0.0, centre - margin), std::min(1.0, centre + margin)};
}

Interval meanInterval(const Estimate &mean) {
  double margin = mean.images < 2 ? std::nan("") : tQuantile(mean.images) * std::sqrt(variance(mean));
  return {mean.value - margin, mean.value + margin};
}

Interval differenceInterval(const Estimate &difference) {
  if (difference.images < 2)
    return {-1, 1};
  double t = tQuantile(difference.images), v = variance(difference);
  double margin = v > 0 ? t * std::sqrt(v) : t * t / (static_cast<double>(difference.images) + t * t);
  return {std::max(-1.0, difference.value - margin), std::min(1.0, difference.value + margin)};
}

static Ratio undefinedRatio() {
  double nan = std::numeric_limits<double>::quiet_NaN();
  return {nan, false, false, {nan, nan}};
}

Ratio fiellerRatio(const Estimate &numerator, const Estimate &denominator, double offset) {
  double a = numerator.value, b = denominator.value + offset;
  if (!(b > 0))
    return undefinedRatio();
  Ratio ratio{a / b, true, false, {-infinity, infinity}};
  double t = tQuantile(std::min(numerator.images, denominator.images));
  if (std::isinf(t))
    return ratio;
  // square * r^2 - 2 * middle * r + constant <= 0; the discriminant is positive whenever `square` is.
  double square = b * b - t * t * variance(denominator);
  double middle = a * b - t * t * covariance(numerator, denominator);
  double constant = a * a - t * t * variance(numerator);
  if (square <= 0)
    return ratio;
  double root = std::sqrt(std::max(0.0, middle * middle - square * constant));
  ratio.bounded = true;
  ratio.interval = {(middle - root) / square, (middle + root) / square};
  return ratio;
}

Ratio meanRatio(const std::vector<std::pair<Estimate, Estimate>> &parts, double offset) {
  if (parts.empty())
    return undefinedRatio();
  Estimate mean;
  bool bounded = true;
  double weight = 1 / static_cast<double>(parts.size());
  for (const auto &[numerator, denominator] : parts) {
    double b = denominator.value + offset, ratio = numerator.value / b;
    Estimate linear = combine(numerator, 1 / b, denominator, -ratio / b);
    linear.value = ratio;
    bounded = bounded && fiellerRatio(numerator, denominator, offset).bounded;
    if (mean.images == 0)
      mean.images = linear.images;
    int64_t images = std::min(mean.images, linear.images);
    mean = combine(mean, 1, linear, weight);
    mean.images = images;
  }
  if (!bounded)
    return {mean.value, true, false, {-infinity, infinity}};
  double margin = tQuantile(mean.images) * std::sqrt(variance(mean));
  return {mean.value, true, true, {mean.value - margin, mean.value + margin}};
}

Line fittedLine(const std::vector<std::pair<double, double>> &points) {
  double x = 0, y = 0, xx = 0, xy = 0, n = static_cast<double>(points.size());
  for (const auto &[atX, atY] : points) {
    x += atX / n;
    y += atY / n;
  }
  for (const auto &[atX, atY] : points) {
    xx += (atX - x) * (atX - x);
    xy += (atX - x) * (atY - y);
  }
  if (!(xx > 0))
    return {std::nan(""), std::nan("")};
  return {xy / xx, y - x * xy / xx};
}

} // namespace switchyard::rt
