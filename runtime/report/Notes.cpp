// Each kind of note is a function that looks at what jobs left behind. Of a few pairs nothing is said: every
// attack meets some image whose loss is flat.
#include "runtime/report/Notes.h"

#include "runtime/report/Judged.h"
#include "runtime/report/PointNames.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace switchyard::rt {
namespace {

/// One of fifty is a few.
bool isMoreThanFew(int64_t count, int64_t of) {
  return count > 0 && count * 50 > of;
}

Note counting(const std::string &before, int64_t count, int64_t of, const std::string &after) {
  return Note(before).then(double(count), " of ").then(double(of), after);
}

bool succeeds(const AttackPair &pair) {
  return pair.success >= 0.5f;
}

/// The last part of "folder/file.swy:12:9", without the column: what tells gradients of one attack apart.
std::string lineOf(const std::string &place) {
  std::string name = place.substr(place.find_last_of('/') + 1);
  return name.substr(0, name.find_last_of(':'));
}

/// How many pairs a condition holds for, and how many of these fail: only those could hide a weak defense.
struct Count {
  int64_t all = 0, failing = 0;
  void add(const AttackPair &pair) {
    ++all;
    failing += !succeeds(pair);
  }
  /// "gradients were zero for 7 of 10 pairs", and how many of them succeed nevertheless.
  Note of(int64_t pairs, const std::string &before, const std::string &after) const {
    return counting(before, all, pairs, after).thenIfAny(double(all - failing), " (", " of them succeed)");
  }
};

/// Gradients that were zero all along, such that became zero and stayed so for at least half of the time, and
/// such that were zero most of the time.
void addGradients(const Function &function, const AttackOutcome &outcome, std::vector<Note> &notes) {
  const int64_t pairs = int64_t(outcome.pairs.size());
  for (size_t number = 0; number < function.gradients.size(); ++number) {
    Count always, later, mostly;
    for (size_t i = 0; i < outcome.gradients.size(); ++i) {
      const GradientTally &tally = outcome.gradients[i].at(number);
      if (tally.evaluations == 0)
        continue;
      if (tally.zero == tally.evaluations)
        always.add(outcome.pairs[i]);
      else if (2 * int64_t(tally.zeroAtEnd) >= tally.evaluations)
        later.add(outcome.pairs[i]);
      else if (2 * int64_t(tally.zero) > tally.evaluations)
        mostly.add(outcome.pairs[i]);
    }
    std::string which = function.gradients.size() > 1 ? " (" + lineOf(function.gradients[number]) + ")" : "";
    if (isMoreThanFew(always.failing, pairs))
      notes.push_back(
          always.of(pairs, "gradients" + which + " were zero for ", " pairs from the first step"));
    if (isMoreThanFew(later.failing, pairs))
      notes.push_back(later.of(pairs, "gradients" + which + " became zero and stayed so for ",
                               " pairs, half of all steps or more"));
    if (isMoreThanFew(mostly.failing, pairs))
      notes.push_back(mostly.of(pairs, "gradients" + which + " were zero in most steps for ", " pairs"));
  }
}

/// An attack that has gradients in its program and took none: they stand in arms that never counted.
void addUntaken(const Function &function, const AttackOutcome &outcome, std::vector<Note> &notes) {
  Count untaken;
  for (size_t i = 0; i < outcome.gradients.size(); ++i)
    if (std::all_of(outcome.gradients[i].begin(), outcome.gradients[i].end(),
                    [](const GradientTally &tally) { return tally.evaluations == 0; }))
      untaken.add(outcome.pairs[i]);
  if (!function.gradients.empty() && isMoreThanFew(untaken.failing, int64_t(outcome.pairs.size())))
    notes.push_back(untaken.of(int64_t(outcome.pairs.size()), "the attack took no gradient for ", " pairs"));
}

/// Where the ball is a point nothing can move.
bool canMove(const Threat &threat) {
  return !threat.hasBall() || threat.radius > 0;
}

void addUnmoved(const AttackOutcome &outcome, std::vector<Note> &notes) {
  Count unmoved;
  for (const AttackPair &pair : outcome.pairs)
    if (pair.unmoved)
      unmoved.add(pair);
  if (isMoreThanFew(unmoved.failing, int64_t(outcome.pairs.size())))
    notes.push_back(
        unmoved.of(int64_t(outcome.pairs.size()), "the attack returned the clean image for ", " pairs"));
}

/// Mean success before and after an attack.
struct Effect {
  double before = 0, after = 0;
  bool moved = false; // any image at all
  explicit Effect(const AttackOutcome &outcome) {
    const double pairs = double(outcome.pairs.size());
    for (const AttackPair &pair : outcome.pairs) {
      after += pair.success / pairs;
      before += pair.successAtZero / pairs;
      moved = moved || !pair.unmoved;
    }
  }
  static constexpr double rounding = 1e-6; // of floats
  static constexpr double shown = 0.0005;  // as 0.1 %
  bool isOfUse() const { return after > before + rounding; }
};

/// An attack is the same whatever model and estimator it is made with.
std::string nameWithAxes(const Cell &cell) {
  std::string name = cell.attack;
  for (const auto &[axis, value] : cell.axes)
    name += "\n" + axis + " = " + value.text;
  return name;
}

/// The norm of distances.
std::string normOf(const Job &attack) {
  return normName(attack.as<AttackJob>().threat.norm());
}

/// Distances are of pairs that succeed; some succeed as they are.
void addDistances(const AttackOutcome &outcome, std::vector<Note> &notes) {
  int64_t counted = 0, before = 0;
  for (const AttackPair &pair : outcome.pairs) {
    counted += succeeds(pair);
    before += succeeds(pair) && pair.successAtZero >= 0.5f;
  }
  if (isMoreThanFew(before, counted))
    notes.push_back(counting("", before, counted, " distances are of images that succeed without an attack"));
}

double medianOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// Mean accuracy of the paths through each channel of a stage; paths count the last stage's channels fastest.
std::vector<double> accuracyOfChannels(const std::vector<Stage> &stages, size_t stage,
                                       const std::vector<double> &paths) {
  int64_t behind = 1, channels = stages[stage].channels;
  for (size_t i = stage + 1; i < stages.size(); ++i)
    behind *= stages[i].channels;
  const std::vector<double> chances = chancesOfPaths(stages);
  std::vector<double> sums(size_t(channels), 0), weights(size_t(channels), 0);
  for (size_t path = 0; path < paths.size(); ++path) {
    size_t channel = (path / size_t(behind)) % size_t(channels);
    double weight = chances.empty() ? 1 : chances[path];
    sums[channel] += weight * paths[path];
    weights[channel] += weight;
  }
  for (size_t channel = 0; channel < sums.size(); ++channel)
    sums[channel] /= weights[channel];
  return sums;
}

std::vector<double> without(std::vector<double> values, size_t place) {
  values.erase(values.begin() + long(place));
  return values;
}

/// "channel 3 of features is far behind: ", "ways 0, 4 through mixture are far behind: "
std::string farBehind(const Stage &stage, const std::vector<size_t> &behind) {
  constexpr size_t most = 8;
  std::string what = stage.chooses ? "way" : "channel", numbers;
  for (size_t i = 0; i < std::min(behind.size(), most); ++i)
    numbers += (i ? ", " : "") + std::to_string(behind[i]);
  if (behind.size() > most)
    numbers += " and " + std::to_string(behind.size() - most) + " more";
  return what + (behind.size() > 1 ? "s " : " ") + numbers + (stage.chooses ? " through " : " of ") +
         stage.block + (behind.size() > 1 ? " are" : " is") + " far behind: ";
}

} // namespace

CellNotes::CellNotes(const Plan &plan, const Experiment &experiment, const Outcomes &outcomes)
    : plan(plan), experiment(experiment), outcomes(outcomes) {
  for (const Cell &cell : experiment.cells)
    if (cell.meansSomething())
      norms.insert(normOf(plan.jobs.at(size_t(cell.jobs.front()))));
  for (const auto &[id, outcome] : outcomes.accuracies) {
    const Job &job = plan.jobs.at(size_t(id));
    if (std::optional<Note> note = answersAtChance(job, outcome))
      atChance[id] = *note; // so are its channels, and none is behind the others
    else
      addChannels(job, outcome, behind[id]);
  }
  findUseful();
}

void CellNotes::findUseful() {
  for (const Cell &cell : experiment.cells)
    for (size_t run = 0; run < cell.jobs.size(); ++run) {
      auto outcome = outcomes.attacks.find(cell.jobs[run]);
      if (outcome != outcomes.attacks.end() && Effect(outcome->second).isOfUse())
        useful[nameWithAxes(cell)].push_back(
            {cell.defense, int64_t(run) / experiment.repeatAttack, cell.gradients});
    }
}

/// Whether another model, or another run of the cell, shows that the cell's attack works.
bool CellNotes::isShownToWork(const Cell &cell, Run run) const {
  auto found = useful.find(nameWithAxes(cell));
  return found != useful.end() &&
         std::any_of(found->second.begin(), found->second.end(), [&](const Success &success) {
           if (&experiment.settingOf(success.defense) != &experiment.settingOf(cell.defense))
             return false;
           return success.defense != cell.defense || success.training != run.training ||
                  success.gradients == cell.gradients;
         });
}

/// An attack that moved its images to no effect, or to the contrary. Where next to nothing succeeds either
/// way, the model may withstand it, or it never works: only success on another model tells these apart.
void CellNotes::addUseless(const Cell &cell, Run run, const AttackOutcome &outcome,
                           std::vector<Note> &notes) const {
  const Effect effect(outcome);
  if (!effect.moved || effect.isOfUse() || effect.before >= 1 - Effect::rounding)
    return;
  if (effect.before >= Effect::shown) {
    notes.push_back(Note("the attack succeeds no more often (")
                        .then(100 * effect.after, " %) than the clean images do (", 1)
                        .then(100 * effect.before, " %)", 1));
    return;
  }
  if (isShownToWork(cell, run))
    return;
  const std::string where = experiment.settings.size() > 1 ? " with this data set, network and training" : "";
  const std::string howFew = effect.after > 0 ? "less than 0.1 %" : "none";
  notes.push_back(Note("the attack succeeds on " + howFew + " of ")
                      .then(double(outcome.pairs.size()),
                            " pairs, and on no other model of this experiment" + where +
                                " more often than the clean images: nothing here shows that it works"));
}

/// How often the most frequent class of the test images is right, whoever names it: what a network reaches
/// that has learnt nothing of the images.
Estimate CellNotes::guessing(const Job &job) const {
  auto dataset = outcomes.datasets.find(job.dataset);
  std::vector<Observation> answers;
  if (dataset != outcomes.datasets.end() && !dataset->second.testClasses.empty()) {
    const std::vector<int64_t> &counts = dataset->second.testClasses;
    auto most = std::max_element(counts.begin(), counts.end());
    for (auto count = counts.begin(); count != counts.end(); ++count)
      for (int64_t i = 0; i < *count; ++i)
        answers.push_back({int32_t(answers.size()), {}, double(count == most)});
  }
  return clusteredMean(answers);
}

/// Nothing where the model's accuracy is told from guessing (95 %). On the same images the guess is right as
/// often as it is; what it would be on others stands beside it.
std::optional<Note> CellNotes::answersAtChance(const Job &job, const AccuracyOutcome &outcome) const {
  std::vector<Observation> answers;
  for (size_t i = 0; i < outcome.correct.size(); ++i)
    answers.push_back({int32_t(i), {}, double(outcome.correct[i])});
  Estimate mean = clusteredMean(answers);
  Interval interval = wilsonInterval(mean);
  Estimate guess = guessing(job);
  if (interval.low > guess.value || guess.value == 0)
    return std::nullopt;
  std::string how =
      interval.high < guess.value ? " answers worse than chance on " : " cannot be told from chance on ";
  Interval others = wilsonInterval(guess);
  return Note(how)
      .then(double(mean.images), " images: ")
      .then(100 * mean.value, " % right, where always naming the most frequent class gives ", 1)
      .then(100 * guess.value, " % [", 1)
      .then(100 * others.low, ", ", 1)
      .then(100 * others.high, "]", 1);
}

/// A channel less than half as far above chance as its sisters are (in the median) did not learn what they
/// did.
void CellNotes::addChannels(const Job &job, const AccuracyOutcome &outcome, std::vector<Note> &notes) const {
  if (outcome.pathAccuracy.empty())
    return;
  const double chance = guessing(job).value;
  const std::vector<Stage> &stages = job.as<AccuracyJob>().model.stages;
  for (size_t stage = 0; stage < stages.size(); ++stage) {
    std::vector<double> channels = accuracyOfChannels(stages, stage, outcome.pathAccuracy);
    std::vector<size_t> behind;
    for (size_t channel = 0; channels.size() > 1 && channel < channels.size(); ++channel) {
      double usual = medianOf(without(channels, channel)) - chance;
      if (usual > 0 && channels[channel] - chance < usual / 2)
        behind.push_back(channel);
    }
    if (behind.empty())
      continue;
    size_t least = *std::min_element(behind.begin(), behind.end(),
                                     [&](size_t a, size_t b) { return channels[a] < channels[b]; });
    notes.push_back(Note(farBehind(stages[stage], behind))
                        .then(100 * channels[least],
                              behind.size() > 1 ? " % right the least, the others " : " % right, the others ",
                              1)
                        .then(100 * medianOf(without(channels, least)), " %", 1));
  }
}

/// A training whose attack stood still is one on clean images (S2.2).
void CellNotes::addTrainings(const Job &accuracy, std::vector<Note> &notes) const {
  for (int64_t id : trainingsOf(plan, accuracy.as<AccuracyJob>().model.weights)) {
    auto outcome = outcomes.trainings.find(id);
    if (outcome == outcomes.trainings.end())
      continue;
    const std::vector<TrainingTally> &tallies = outcome->second.gradients;
    for (size_t number = 0; number < tallies.size(); ++number)
      if (isMoreThanFew(tallies[number].zero, tallies[number].examples)) {
        const Call &step = plan.jobs.at(size_t(id)).as<TrainJob>().step;
        const std::string &place = plan.functions.at(size_t(step.function)).gradients.at(number);
        std::string which = tallies.size() > 1 ? " (" + lineOf(place) + ")" : "";
        addNotes(notes, {counting("gradients" + which + " of the attack in training were zero for ",
                                  tallies[number].zero, tallies[number].examples, " examples")});
      }
  }
}

/// Examples of another model (transfer) are worth what that model is.
void CellNotes::addSource(const AttackJob &job, std::vector<Note> &notes) const {
  if (job.source == job.model.weights)
    return;
  for (const auto &[id, note] : atChance)
    if (plan.jobs.at(size_t(id)).as<AccuracyJob>().model.weights == job.source) {
      notes.push_back(together(Note("the examples come from a model that"), note));
      return;
    }
}

void CellNotes::addModel(const Point &point, Run run, std::vector<Note> &notes) const {
  int64_t accuracy = experiment.defenses.at(size_t(point.defense)).accuracies.at(size_t(run.training));
  if (auto found = atChance.find(accuracy); found != atChance.end())
    notes.push_back(together(Note("the model"), found->second));
  if (auto found = behind.find(accuracy); found != behind.end())
    addNotes(notes, found->second);
  addTrainings(plan.jobs.at(size_t(accuracy)), notes);
}

/// What became of the gradients of an attack, or of each one of a set, and of the pairs that it fails.
void CellNotes::addWork(int64_t id, const Point &point, std::vector<Note> &notes) const {
  const AttackJob &attack = plan.jobs.at(size_t(id)).as<AttackJob>();
  std::vector<AttackPart> parts = attack.parts;
  if (parts.empty())
    parts.push_back({id, point.cell->attack});
  for (const AttackPart &part : parts) {
    if (!outcomes.attacks.count(part.job))
      continue;
    const AttackOutcome own = asJudged(outcomes, part.job, point.verdict);
    const Call &call = plan.jobs.at(size_t(part.job)).as<AttackJob>().attack;
    std::vector<Note> ofPart;
    addGradients(plan.functions.at(size_t(call.function)), own, ofPart);
    addUntaken(plan.functions.at(size_t(call.function)), own, ofPart);
    for (Note &note : ofPart)
      note = attack.parts.empty() ? note : together(Note(part.attack + ": "), note);
    addNotes(notes, ofPart);
  }
}

std::vector<Note> CellNotes::ofRun(const MeasureKind &measure, const Point &point, Run run) const {
  std::vector<Note> notes;
  addModel(point, run, notes);
  if (!point.cell || !point.cell->meansSomething() || measure.ofCleanImages)
    return notes;
  int64_t id = point.cell->jobs.at(size_t(run.training * experiment.repeatAttack + run.attack));
  auto outcome = outcomes.attacks.find(id);
  if (outcome == outcomes.attacks.end() || !whyNoVerdict(outcome->second, point.verdict).empty())
    return notes;
  const Job &job = plan.jobs.at(size_t(id));
  const AttackJob &attack = job.as<AttackJob>();
  addSource(attack, notes);
  std::vector<Note> ofAttack;
  const AttackOutcome judged = asJudged(outcomes, id, point.verdict);
  addWork(id, point, notes);
  if (canMove(attack.threat)) {
    addUnmoved(judged, ofAttack);
    addUseless(*point.cell, run, judged, ofAttack);
  }
  if (measure.ofDistances) {
    addDistances(judged, ofAttack);
    if (norms.size() > 1)
      ofAttack.push_back(Note("the distance is in " + normOf(job)));
  }
  for (Note &note : ofAttack)
    note.attack = point.cell->attack;
  addNotes(notes, ofAttack);
  return notes;
}

/// The notes of all runs at a point, each with the number of runs that have it where there are several.
std::vector<Note> CellNotes::ofRuns(const MeasureKind &measure, const Point &point,
                                    const std::vector<Run> &runs) const {
  std::vector<Note> notes;
  std::vector<int64_t> counts;
  for (Run run : runs)
    for (const Note &note : ofRun(measure, point, run)) {
      auto same =
          std::find_if(notes.begin(), notes.end(), [&](const Note &known) { return known.sameKind(note); });
      if (same == notes.end()) {
        notes.push_back(note);
        counts.push_back(1);
      } else {
        same->include(note);
        ++counts[size_t(same - notes.begin())];
      }
    }
  bool trainings = !measure.ofAttacks || experiment.repeatAttack == 1;
  std::string unit = trainings                        ? " trainings: "
                     : experiment.repeatTraining == 1 ? " attack runs: "
                                                      : " runs: ";
  for (size_t i = 0; i < notes.size() && runs.size() > 1; ++i)
    notes[i] =
        together(Note("in ").then(double(counts[i]), " of ").then(double(runs.size()), unit), notes[i]);
  return notes;
}

std::vector<Note> CellNotes::of(const MeasureKind &measure, const std::vector<Point> &points,
                                const std::vector<Run> &runs) const {
  std::vector<Note> notes;
  std::vector<std::vector<size_t>> at; // of each note the points that have it
  for (size_t i = 0; i < points.size(); ++i)
    for (const Note &note : ofRuns(measure, points[i], runs)) {
      addNotes(notes, {note});
      at.resize(notes.size());
      auto same =
          std::find_if(notes.begin(), notes.end(), [&](const Note &known) { return known.same(note); });
      at[size_t(same - notes.begin())].push_back(i);
    }
  for (size_t i = 0; i < notes.size(); ++i)
    notes[i].whose = namesOf(points, at[i]);
  return notes;
}

std::vector<Point> pointsBehind(const MeasureKind &measure, const std::vector<Point> &points,
                                const Grid &grid) {
  std::vector<Point> all = points;
  if (!measure.needsBaseline)
    return all;
  auto add = [&](const Point &point) {
    if (std::none_of(all.begin(), all.end(), [&](const Point &known) {
          return known.defense == point.defense && known.cell == point.cell;
        }))
      all.push_back(point);
  };
  for (const Point &point : points) {
    std::optional<int64_t> baseline = grid.baselineOf(point);
    if (!point.cell && baseline)
      add(grid.defenses.at(size_t(*baseline)));
    for (const Point &base : grid.cells)
      if (point.cell && base.defense == baseline && base.cell->attack == point.cell->attack &&
          base.cell->gradients == point.cell->gradients && samePlace(base.cell->axes, point.cell->axes) &&
          samePlace(base.cell->gradientsAxes, point.cell->gradientsAxes))
        add(base);
  }
  return all;
}

} // namespace switchyard::rt
