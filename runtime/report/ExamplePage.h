// What a sheet of examples has to show: the settings side by side, the pairs below one another, and the
// pixels of both as bytes.
#ifndef SWITCHYARD_RUNTIME_REPORT_EXAMPLEPAGE_H
#define SWITCHYARD_RUNTIME_REPORT_EXAMPLEPAGE_H

#include "runtime/contract/Grid.h"
#include "runtime/plan/Outcomes.h"

namespace switchyard::rt {

/// The byte of a pixel, 0 at the range's low end and 255 at its high one; what lies outside is at that end.
uint8_t byteOfPixel(float value, double low, double high);
/// The byte of a difference, so many times as large as it is: 128 where there is none.
uint8_t byteOfDifference(double difference, double factor, double low, double high);
/// 1, 2 or 5 times a power of ten, the largest by which the difference stays inside of the bytes; 1 of none.
double factorFor(double largest, double low, double high);

/// One cell of the show, in its first run.
struct ExampleSetting {
  Choice by;
  Point point;
  int64_t job = -1;
  const AttackOutcome *outcome = nullptr;
  const ShownExamples *shown = nullptr;
  std::string problem = {}; // not empty: why it has no pictures
  double factor = 1;        // of its differences

  /// The place of a pair; none where the cell has none.
  std::optional<size_t> find(const AttackPair &pair) const;
  /// Whether the pair is attacked, with a picture or without.
  bool attacks(const AttackPair &pair) const;
  const AttackPair &pairAt(size_t at) const { return outcome->pairs[at]; }
};

/// A pair with its clean image.
struct ExampleRow {
  AttackPair pair;
  const float *clean;
};

/// One setting of `for each`. Refers to plan and outcomes.
struct ExamplePage {
  ExamplePage(const Plan &plan, const Outcomes &outcomes, const Experiment &experiment, const Show &show,
              const Grid &grid, const Choice &page);

  /// On which places of which axes all settings are that `by` does not name.
  Choice common() const;
  const AttackJob &attackOf(const ExampleSetting &setting) const {
    return plan.jobs.at(size_t(setting.job)).as<AttackJob>();
  }

  const Plan &plan;
  const Outcomes &outcomes;
  const Experiment &experiment;
  const DatasetSpec &dataset;
  std::vector<ExampleSetting> settings;
  std::vector<ExampleRow> rows;

private:
  ExampleSetting settingOf(const Choice &by, const Point &point) const;
  void collectRows(int64_t images);
  double largestDifference(const ExampleSetting &setting) const;
};

} // namespace switchyard::rt

#endif
