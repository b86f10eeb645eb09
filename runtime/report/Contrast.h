// Differences between models, and ratios of them, with intervals that know how the models came about (S5.2,
// S5.5, S5.9). Where models were trained apart, another training of either could move the difference as well
// as other images could: with several trainings the interval covers both, with one it covers images alone and
// whoever prints it says so. Models that share all weights have the trainings in common: their difference is
// paired over images.
//
// Let X(k, i) be what training k of a model gives on image i, with effects of the training, of the image and
// of both together. Images are crossed with trainings, trainings are nested in models: the split-plot design
// of studies in which readers and cases are random (Obuchowski and Rockette 1995; Hillis 2014). The variance
// of a contrast of means is estimated without bias by
//   sum over models of s^2 / K, s the deviation between the model's K means: training and both together
//   + the covariance over images between different trainings: what images do to every training alike, the
//     only part of them that s does not hold; 0 where it comes out below.
// Its degrees of freedom are Satterthwaite's (1946; for two models alone Welch's, 1947). The least variance
// that S5.2 grants is that of as many images as the answers are worth (effectiveImages).
#ifndef SWITCHYARD_RUNTIME_REPORT_CONTRAST_H
#define SWITCHYARD_RUNTIME_REPORT_CONTRAST_H

#include "runtime/report/Statistics.h"

#include <string>

namespace switchyard::rt {

/// What an interval is over.
enum class Covers {
  Images,             // of one model, or of models that share their weights
  ImagesOnly,         // of models that were trained apart, once each: other trainings are left out
  TrainingsAndImages, // of models that were trained apart, several times each
};

std::string inWords(Covers covers); // "images only"

/// A weighted sum of means over trainings. Equal `model` numbers stand for equal weights in each training;
/// none for several models together.
class Contrast {
public:
  struct Part {
    std::optional<int64_t> model = {};
    std::vector<Estimate> trainings;
  };

  Contrast() = default;
  Contrast(const Estimate &once) : parts{{0, {once}}} {} // of one model, trained once

  /// Adds weight * the mean of `trainings`, of which every part has equally many.
  void add(std::optional<int64_t> model, double weight, const std::vector<Estimate> &trainings);
  void add(const Contrast &other, double weight);

  Covers covers() const;
  /// The mean over all trainings, with its error over images.
  Estimate mean() const;
  double value() const { return mean().value; }
  /// That of one training of each model, with its error over images.
  Estimate ofTraining(size_t training) const;
  const std::vector<Part> &models() const { return parts; }

private:
  std::vector<Part> parts; // one for each model
};

/// value +- t * sqrt(v), within [-1, 1]; v is at least leastVariance.
Interval differenceInterval(const Contrast &difference);

/// A ratio of two contrasts with its Fieller set (Fieller 1954): all r for which numerator - r * (denominator
/// + offset) is not told from zero at 95 %. It is an interval only where the denominator is told from zero; a
/// plain delta interval would hide that.
struct Ratio {
  double value = 0;
  bool defined = true; // false: the denominator is not above zero
  bool bounded = true; // false: the denominator is not told from zero, and the set reaches infinity
  Interval interval;   // infinite where unbounded
};

/// Whether the denominator is above zero and by more than rounding: accuracies are counts divided by numbers
/// of images, draws and trainings, and a drop of -0.2 points plus an offset of 0.002 is no number above zero.
bool isAboveZero(double denominator, double offset);

Ratio fiellerRatio(const Contrast &numerator, const Contrast &denominator, double offset);
/// Whether r belongs to the Fieller set.
bool fiellerHolds(const Contrast &numerator, const Contrast &denominator, double offset, double r);

/// The mean of several ratios, linearized (delta method); unbounded where one of them is. `parts` are
/// (numerator, denominator), all of them defined.
Ratio meanRatio(const std::vector<std::pair<Contrast, Contrast>> &parts, double offset);

} // namespace switchyard::rt

#endif
