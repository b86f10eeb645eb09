// A row is put together field by field in the order of the columns' one list, example_columns.def.
#include "runtime/report/ExampleFiles.h"

#include "runtime/files/WholeFile.h"
#include "runtime/report/Csv.h"
#include "runtime/report/Results.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

namespace switchyard::rt {
namespace {

/// Rows on their way to a file that is there at the end or not at all.
class CsvFile {
public:
  explicit CsvFile(const std::string &path) : file(path) {}

  /// The next field of the row, which is text of CSV already.
  void field(std::string_view text) {
    if (!rowIsEmpty)
      rows += ',';
    rows += text;
    rowIsEmpty = false;
  }
  void endRow() {
    rows += "\r\n";
    rowIsEmpty = true;
    if (rows.size() > (1 << 20))
      flush();
  }
  void finish() {
    flush();
    file.finish();
  }

private:
  void flush() {
    file.append(rows);
    rows.clear();
  }

  switchyard::NewFile file;
  std::string rows;
  bool rowIsEmpty = true;
};

std::string text(const std::string &value) {
  return csvField(value);
}

/// The shortest decimal that reads back as the same number, of as many bits.
template <typename Number> std::string number(Number value) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

/// The names of all axes of the program that points have in files, in its order.
std::vector<std::string> axesOf(const Plan &plan, std::vector<Point> Grid::*points) {
  std::vector<std::string> names;
  for (const Experiment &experiment : plan.experiments)
    for (const Point &point : gridOf(experiment).*points)
      for (const auto &[axis, value] : axesInFiles(point))
        if (std::find(names.begin(), names.end(), axis) == names.end())
          names.push_back(axis);
  return names;
}

/// Adds the point's values on the axes, empty where it has none.
void addAxes(CsvFile &file, const Point &point, const std::vector<std::string> &axes) {
  for (const std::string &axis : axes) {
    const AxisValue *value = point.coordinate(axis);
    file.field(value ? text(axisText(*value)) : "");
  }
}

/// The axes as columns: none is called as another is.
std::vector<std::string> titled(std::vector<std::string> axes, const std::vector<std::string> &columns) {
  for (std::string &axis : axes)
    if (std::find(columns.begin(), columns.end(), axis) != columns.end())
      axis = "axis." + axis;
  return axes;
}

class PairFile {
public:
  PairFile(const Plan &plan, const Outcomes &outcomes, const std::string &path)
      : plan(plan), outcomes(outcomes), axes(axesOf(plan, &Grid::cells)), file(path) {
    for (const Experiment &experiment : plan.experiments)
      classes = std::max(classes, mostClasses(plan, experiment));
  }

  void write() {
    head();
    for (const Experiment &experiment : plan.experiments)
      for (const Point &point : gridOf(experiment).cells)
        for (size_t at = 0; at < point.cell->jobs.size(); ++at)
          rowsOf(experiment, point, point.cell->jobs[at],
                 {int64_t(at) / experiment.repeatAttack, int64_t(at) % experiment.repeatAttack});
    file.finish();
  }

private:
  void head() {
    static const std::vector<std::string> columns = {
#define PAIR(NAME, TEXT) #NAME,
#include "runtime/contract/example_columns.def"
    };
#define PAIR(NAME, TEXT) file.field(#NAME);
#define PAIR_AXES                                                                                            \
  for (const std::string &axis : titled(axes, columns))                                                      \
    file.field(text(axis));
#define PAIR_ANSWERS                                                                                         \
  for (int64_t klass = 0; klass < classes; ++klass)                                                          \
    file.field("answer_" + number(klass));
#include "runtime/contract/example_columns.def"
    file.endRow();
  }

  void rowsOf(const Experiment &experiment, const Point &point, int64_t job, Run run) {
    auto found = outcomes.attacks.find(job);
    if (found == outcomes.attacks.end())
      return;
    const std::string judge = judgeInFiles(point.verdict, plan.jobs.at(size_t(job)).as<AttackJob>());
    const bool tells = whyNoVerdict(found->second, point.verdict).empty();
    auto success = [&](size_t pair, Moment moment) {
      return tells ? number(successBy(outcomes, job, point.verdict, pair, moment)) : "";
    };
    for (size_t i = 0; i < found->second.pairs.size(); ++i)
      row(experiment, point, found->second, i, judge, run, success(i, Moment::Finished),
          success(i, Moment::AtZero));
  }

  void row(const Experiment &experiment, const Point &point, const AttackOutcome &outcome, size_t at,
           const std::string &judge, Run run, const std::string &success, const std::string &successAtZero) {
    const DefenseEntry &defense = experiment.defenses.at(size_t(point.defense));
    const Cell &cell = *point.cell;
    const AttackPair &pair = outcome.pairs[at];
#define PAIR(NAME, TEXT) file.field(TEXT);
#define PAIR_AXES addAxes(file, point, axes);
#define PAIR_ANSWERS addAnswers(outcome, at);
#include "runtime/contract/example_columns.def"
    file.endRow();
  }

  void addAnswers(const AttackOutcome &outcome, size_t pair) {
    for (size_t klass = 0; klass < size_t(classes); ++klass) {
      const double share = shareOfAnswers(outcome, pair, klass);
      file.field(std::isnan(share) ? "" : number(share));
    }
  }

  const Plan &plan;
  const Outcomes &outcomes;
  const std::vector<std::string> axes;
  int64_t classes = 0; // of the experiment with most
  CsvFile file;
};

class ImageFile {
public:
  ImageFile(const Plan &plan, const Outcomes &outcomes, const std::string &path)
      : plan(plan), outcomes(outcomes), axes(axesOf(plan, &Grid::defenses)), file(path) {}

  void write() {
    head();
    for (const Experiment &experiment : plan.experiments)
      for (const Point &point : gridOf(experiment).defenses)
        for (int64_t training = 0; training < experiment.repeatTraining; ++training)
          rowsOf(experiment, point, training);
    file.finish();
  }

private:
  void head() {
    static const std::vector<std::string> columns = {
#define IMAGE(NAME, TEXT) #NAME,
#include "runtime/contract/example_columns.def"
    };
#define IMAGE(NAME, TEXT) file.field(#NAME);
#define IMAGE_AXES                                                                                           \
  for (const std::string &axis : titled(axes, columns))                                                      \
    file.field(text(axis));
#include "runtime/contract/example_columns.def"
    file.endRow();
  }

  void rowsOf(const Experiment &experiment, const Point &point, int64_t training) {
    const DefenseEntry &defense = experiment.defenses.at(size_t(point.defense));
    auto found = outcomes.accuracies.find(defense.accuracies.at(size_t(training)));
    if (found == outcomes.accuracies.end())
      return;
    const AccuracyOutcome &outcome = found->second;
    for (size_t image = 0; image < outcome.correct.size(); ++image) {
      const double correct = fractionOf(outcome.correct[image],
                                        int64_t(outcome.drawAccuracy.size() + outcome.pathAccuracy.size()));
      const std::string label = outcome.labels.empty() ? "" : number(outcome.labels[image]);
#define IMAGE(NAME, TEXT) file.field(TEXT);
#define IMAGE_AXES addAxes(file, point, axes);
#include "runtime/contract/example_columns.def"
      file.endRow();
    }
  }

  const Plan &plan;
  const Outcomes &outcomes;
  const std::vector<std::string> axes;
  CsvFile file;
};

} // namespace

void writeExampleFiles(const Plan &plan, const Outcomes &outcomes, const std::string &folder, bool pairs) {
  if (const std::string path = folder + "/pairs.csv"; pairs)
    PairFile(plan, outcomes, path).write();
  else
    std::filesystem::remove(path); // of a run before
  ImageFile(plan, outcomes, folder + "/images.csv").write();
}

} // namespace switchyard::rt
