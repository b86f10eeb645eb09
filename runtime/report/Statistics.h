// Means over (image, goal) pairs and the intervals around them (S5.2, S5.5). Pairs of one image are alike, so
// the image is the unit of sampling everywhere: an estimate carries, for each image, what that image
// contributed to its error. Differences and ratios of estimates over the same images are then paired by
// construction, whichever part of the images each estimate has seen.
#ifndef SWITCHYARD_RUNTIME_REPORT_STATISTICS_H
#define SWITCHYARD_RUNTIME_REPORT_STATISTICS_H

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace switchyard::rt {

/// One value, mostly in [0, 1], measured on an image (and a goal, where there is one).
struct Observation {
  int32_t image = 0;
  std::optional<int32_t> goal = {};
  double value = 0;
};

struct Estimate {
  double value = 0;
  int64_t images = 0, pairs = 0;
  /// By increasing image: the image's share of the estimate's error, the small-sample factor included, so
  /// that the sum of squares is the variance and the sum of products a covariance.
  std::vector<std::pair<int32_t, double>> influence;
};

struct Interval {
  double low = 0, high = 0;
};

/// The mean over all observations, clustered by image: with G images, n_g observations of sum S_g in image g
/// and N in all, the variance is G / (G - 1) * sum((S_g - n_g * mean)^2) / N^2; zero for one image.
Estimate clusteredMean(const std::vector<Observation> &observations);

/// The mean of estimates over the same images, or over different ones, as repeated runs give them (S5.3);
/// `pairs` is that of the estimate with most.
Estimate meanOf(const std::vector<Estimate> &estimates);

/// The standard deviation of a sample, n - 1 in the denominator; NaN for fewer than two values.
double sampleDeviation(const std::vector<double> &values);
/// That of a whole population, n in the denominator, or weighed by chances that add up to 1; NaN for none.
double populationDeviation(const std::vector<double> &values, const std::vector<double> &chances = {});

/// scaleA * a + scaleB * b, paired by image.
Estimate combined(const Estimate &a, double scaleA, const Estimate &b, double scaleB);

double covariance(const Estimate &a, const Estimate &b);
double variance(const Estimate &a); // exactly 0 where only rounding is left

/// The 97.5 % quantile of Student's t; infinite without a degree of freedom.
double tQuantile(double degrees);

/// The least variance that a difference over so many images is given (S5.2): many equal differences do not
/// prove that there are no others. With it the margin is Wilson's for a count of zero, t^2 / (images + t^2).
double leastVariance(double images);

/// Wilson's 95 % interval for a mean in [0, 1] with n_eff = p (1 - p) / v, and what images of a kind that was
/// not met could change: of n images none is of a kind whose share is up to u = t^2 / (n + t^2) (Wilson's
/// bound for a count of zero), and such images may all be 0 or all be 1, so that p - u p and p + u (1 - p)
/// lie inside. [0, 1] for one image (S5.2).
Interval wilsonInterval(const Estimate &mean);

/// value +- t * sqrt(v) for a mean without bounds, such as a distance; NaN for one image.
Interval meanInterval(const Estimate &mean);

/// The least-squares line through points (x, y).
struct Line {
  double slope = 0, intercept = 0; // NaN where no two points have different x but for rounding
};
Line fittedLine(const std::vector<std::pair<double, double>> &points);

} // namespace switchyard::rt

#endif
