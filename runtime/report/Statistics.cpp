// Formulas of S5.2. Sums run in long double: ties of accuracies are decided on them (S5.5).
#include "runtime/report/Statistics.h"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

namespace switchyard::rt {

Estimate clusteredMean(const std::vector<Observation> &observations) {
  struct Cluster {
    double sum = 0;
    int64_t pairs = 0;
  };
  std::map<int32_t, Cluster> clusters;
  long double sum = 0;
  for (const Observation &o : observations) {
    sum += o.value;
    clusters[o.image].sum += o.value;
    ++clusters[o.image].pairs;
  }
  Estimate mean;
  mean.images = static_cast<int64_t>(clusters.size());
  mean.pairs = static_cast<int64_t>(observations.size());
  double pairs = static_cast<double>(mean.pairs), images = static_cast<double>(mean.images);
  mean.value = mean.pairs == 0 ? 0 : static_cast<double>(sum / pairs);
  double factor = mean.images < 2 ? 0 : std::sqrt(images / (images - 1)) / pairs;
  for (const auto &[image, cluster] : clusters)
    mean.influence.push_back(
        {image, factor * (cluster.sum - static_cast<double>(cluster.pairs) * mean.value)});
  return mean;
}

static bool ofSameImages(const Estimate &a, const Estimate &b) {
  return std::equal(a.influence.begin(), a.influence.end(), b.influence.begin(), b.influence.end(),
                    [](const auto &x, const auto &y) { return x.first == y.first; });
}

Estimate combined(const Estimate &a, double scaleA, const Estimate &b, double scaleB) {
  Estimate result;
  result.value = scaleA * a.value + scaleB * b.value;
  result.images = std::min(a.images, b.images);
  result.pairs = std::min(a.pairs, b.pairs);
  if (ofSameImages(a, b)) { // mostly, and much faster
    result.influence = a.influence;
    for (size_t i = 0; i < a.influence.size(); ++i) {
      double &sum = result.influence[i].second;
      sum *= scaleA;
      sum += scaleB * b.influence[i].second;
    }
    return result;
  }
  result.influence.reserve(std::max(a.influence.size(), b.influence.size()));
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
  const double share = 1 / static_cast<double>(estimates.size());
  Estimate mean = combined(estimates.front(), share, estimates.front(), 0);
  int64_t pairs = estimates.front().pairs;
  for (size_t i = 1; i < estimates.size(); ++i) {
    mean = combined(mean, 1, estimates[i], share);
    pairs = std::max(pairs, estimates[i].pairs);
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

double populationDeviation(const std::vector<double> &values, const std::vector<double> &chances) {
  if (chances.empty())
    return values.empty() ? std::nan("") : std::sqrt(squares(values) / static_cast<double>(values.size()));
  double mean = std::inner_product(values.begin(), values.end(), chances.begin(), 0.0), sum = 0;
  for (size_t i = 0; i < values.size(); ++i)
    sum += chances[i] * (values[i] - mean) * (values[i] - mean);
  return std::sqrt(sum);
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

double tQuantile(double degrees) {
  if (!(degrees > 0))
    return std::numeric_limits<double>::infinity();
  using InDouble = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
  return boost::math::quantile(boost::math::students_t_distribution<double, InDouble>(degrees), 0.975);
}

double leastVariance(double images) {
  double t = tQuantile(images - 1), margin = t * t / (images + t * t);
  return margin * margin / (t * t);
}

/// The lower bound that a binomial count exceeds in 5 of 100 cases. Wilson's must not be above it: where few
/// succeed it fails on that side in up to 16 of 100 cases (Brown, Cai and DasGupta 2001, who correct it so).
static double lowerOfCount(double count, double of) {
  return boost::math::quantile(boost::math::beta_distribution<>(count, of - count + 1), 0.05);
}

/// Wilson's interval where the variance says how many images it is worth.
static Interval ofSeen(double p, double v, double t) {
  if (!(v > 0 && p > 0 && p < 1))
    return {p, p};
  double n = p * (1 - p) / v, shrink = 1 + t * t / n, centre = (p + t * t / (2 * n)) / shrink;
  double margin = t / shrink * std::sqrt(p * (1 - p) / n + t * t / (4 * n * n));
  return {std::min(centre - margin, lowerOfCount(p * n, n)),
          std::max(centre + margin, 1 - lowerOfCount((1 - p) * n, n))};
}

Interval wilsonInterval(const Estimate &mean) {
  if (mean.images < 2)
    return {0, 1};
  double p = mean.value, images = static_cast<double>(mean.images), t = tQuantile(images - 1);
  double unseen = t * t / (images + t * t);
  Interval seen = ofSeen(p, variance(mean), t);
  return {std::max(0.0, std::min(seen.low, p - unseen * p)),
          std::min(1.0, std::max(seen.high, p + unseen * (1 - p)))};
}

Interval meanInterval(const Estimate &mean) {
  double margin = mean.images < 2
                      ? std::nan("")
                      : tQuantile(static_cast<double>(mean.images - 1)) * std::sqrt(variance(mean));
  return {mean.value - margin, mean.value + margin};
}

Line fittedLine(const std::vector<std::pair<double, double>> &points) {
  constexpr double rounding = 1e-12; // as S5.5 has it
  double x = 0, y = 0, xx = 0, xy = 0, n = static_cast<double>(points.size());
  double low = INFINITY, high = -INFINITY;
  for (const auto &[atX, atY] : points) {
    low = std::min(low, atX);
    high = std::max(high, atX);
    x += atX / n;
    y += atY / n;
  }
  for (const auto &[atX, atY] : points) {
    xx += (atX - x) * (atX - x);
    xy += (atX - x) * (atY - y);
  }
  if (!(high - low > rounding * std::max(1.0, std::abs(high))))
    return {std::nan(""), std::nan("")};
  return {xy / xx, y - x * xy / xx};
}

} // namespace switchyard::rt
