// Each measure in a few lines on top of samples and estimates; DES in Des.cpp. Every run is measured for
// itself; its estimates are then averaged, so that repeated runs need not have seen the same images.
#include "runtime/report/Certified.h"
#include "runtime/report/Measured.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>
#include <tuple>

namespace switchyard::rt {

const MeasureKind &kindOf(const Measure &measure) {
  if (const MeasureKind *kind = findMeasure(measure.name))
    return *kind;
  std::string known;
  for (const std::string &name : measureNames())
    known += (known.empty() ? "" : ", ") + name;
  throw std::runtime_error("there is no measure " + measure.name + "; this runtime has " + known);
}

double argument(const Measure &measure, const std::string &name) {
  if (auto given = measure.arguments.find(name); given != measure.arguments.end())
    return given->second;
  for (const MeasureArgument &one : kindOf(measure).arguments)
    if (one.name == name)
      return std::stod(one.byDefault);
  throw std::runtime_error(measure.name + " has no argument " + name);
}

Score dash(const std::string &reason) {
  Score score;
  score.note = reason;
  return score;
}

Score dash(const Sample &none) {
  Score score = dash(none.note);
  score.failed = none.failed;
  return score;
}

Note Score::reason() const {
  Note reason(note);
  reason.failure = !failed.empty();
  reason.attack = failed;
  return reason;
}

Score scoreOf(const Estimate &estimate, Interval interval, const Sample &sample) {
  Score score;
  score.defined = true;
  score.value = estimate.value;
  score.low = interval.low;
  score.high = interval.high;
  score.images = estimate.images;
  score.pairs = estimate.pairs;
  score.draws = sample.draws;
  score.paths = sample.paths;
  score.note = sample.note;
  return score;
}

static void checkAggregates(const Measure &measure) {
  for (const Aggregate &aggregate : measure.aggregates) {
    if (aggregate.how != "mean" && aggregate.how != "worst")
      throw std::runtime_error("there is no aggregate " + aggregate.how + "; there are mean and worst");
    if (aggregate.how == "worst" && !kindOf(measure).mayBeWorst)
      throw std::runtime_error("worst is taken per example of an attack, which " + measure.name + " is not");
  }
}

static std::vector<Run> runsOf(const Experiment &experiment) {
  std::vector<Run> runs;
  for (int64_t training = 0; training < experiment.repeatTraining; ++training)
    for (int64_t attack = 0; attack < experiment.repeatAttack; ++attack)
      runs.push_back({training, attack});
  return runs;
}

/// For each defense the first one that has all its trainings, in the first run.
static std::vector<int64_t> modelsOf(const Plan &plan, const Experiment &experiment) {
  std::vector<std::vector<int64_t>> trainings;
  std::vector<int64_t> models;
  for (const DefenseEntry &defense : experiment.defenses) {
    const Job &accuracy = plan.jobs.at(size_t(defense.accuracies.front()));
    trainings.push_back(trainingsOf(plan, accuracy.as<AccuracyJob>().model.weights));
    auto same = std::find(trainings.begin(), trainings.end(), trainings.back());
    models.push_back(trainings.back().empty() ? int64_t(models.size()) : same - trainings.begin());
  }
  return models;
}

Scorer::Scorer(const Plan &plan, const Experiment &experiment, const Outcomes &outcomes,
               std::shared_ptr<const Grid> grid, std::vector<Run> runs)
    : plan(plan), experiment(experiment), outcomes(outcomes), grids(std::move(grid)), points(*grids),
      models(modelsOf(plan, experiment)), notes(std::make_shared<CellNotes>(plan, experiment, outcomes)),
      allRuns(std::move(runs)) {
  for (const Run &run : allRuns)
    if (trainings.empty() || trainings.back().training != run.training)
      trainings.push_back(run);
}

Scorer::Scorer(const Plan &plan, const Experiment &experiment, const Outcomes &outcomes)
    : Scorer(plan, experiment, outcomes,
             std::make_shared<const Grid>(gridOf(experiment, mostClasses(plan, experiment))),
             runsOf(experiment)) {
  if (allRuns.size() > 1)
    for (const Run &run : allRuns)
      single.push_back(Scorer(plan, experiment, outcomes, grids, {run}));
}

Scorer Scorer::ofSlice(const Slice &slice) const {
  Scorer part = *this;
  part.slice = slice;
  for (Scorer &one : part.single)
    one.slice = slice;
  return part;
}

/// What a choice says of examples.
static Slice sliceOf(const Choice &choice) {
  Slice slice;
  for (const auto &[axis, value] : choice)
    if (isOfExamples(axis))
      (axis == classAxis ? slice.klass : slice.answer) = static_cast<int64_t>(value.value);
  return slice;
}

Score Scorer::score(const Measure &measure, const Choice &choice) const {
  if (Slice asked = sliceOf(choice); slice.isWhole() && !asked.isWhole())
    return ofSlice(asked).score(measure, choice);
  std::vector<Point> chosen = select(pointsOf(points, kindOf(measure)), choice);
  const Measure there = measureAt(measure, choice);
  Score score = evaluate(there, chosen);
  addDeviations(score, kindOf(measure).ofAttacks,
                [&](const Scorer &run) { return run.evaluate(there, chosen); });
  return withNotes(score, kindOf(measure), chosen);
}

Score Scorer::score(const Measure &measure, const Point &point) const {
  Score score = evaluate(measure, {point});
  addDeviations(score, kindOf(measure).ofAttacks,
                [&](const Scorer &run) { return run.evaluate(measure, {point}); });
  return withNotes(score, kindOf(measure), {point});
}

std::vector<std::string> Score::allNotes() const {
  std::vector<std::string> all;
  if (!note.empty())
    all.push_back(note);
  for (const Note &one : notes)
    all.push_back(one.text());
  return all;
}

Score Scorer::withNotes(Score score, const MeasureKind &measure, const std::vector<Point> &points) const {
  if (score.defined)
    score.notes = notes->of(measure, pointsBehind(measure, points, this->points),
                            measure.ofAttacks ? allRuns : trainings);
  return score;
}

/// Between trainings: of the means over each training's attack runs. Between attack runs: within a training,
/// pooled.
void Scorer::addDeviations(Score &score, bool ofAttacks,
                           const std::function<Score(const Scorer &)> &scoreOf) const {
  if (single.empty() || !score.defined)
    return;
  std::map<int64_t, std::vector<double>> values;
  for (const Scorer &one : single) {
    Score ofRun = scoreOf(one);
    if (!ofRun.defined) {
      score.note += std::string(score.note.empty() ? "" : "; ") + "undefined in some runs";
      return;
    }
    values[one.allRuns.front().training].push_back(ofRun.value);
  }
  std::vector<double> means;
  double variance = 0;
  for (const auto &[training, runs] : values) {
    double sum = 0, within = sampleDeviation(runs);
    for (double value : runs)
      sum += value;
    means.push_back(sum / static_cast<double>(runs.size()));
    variance += within * within / static_cast<double>(values.size());
  }
  score.betweenTrainings = sampleDeviation(means);
  if (ofAttacks)
    score.betweenAttacks = std::sqrt(variance);
}

Score Scorer::evaluate(const Measure &measure, const std::vector<Point> &points) const {
  using Evaluator = Score (Scorer::*)(const Measure &, const std::vector<Point> &) const;
  static const std::map<std::string, Evaluator> evaluators = {
#define MEASURE(NAME, EVALUATOR, WORDS, TITLE, UNIT, TRAITS) {#NAME, &Scorer::EVALUATOR},
#include "runtime/contract/measures.def"
  };
  kindOf(measure); // or an error
  checkAggregates(measure);
  return (this->*evaluators.at(measure.name))(measure, points);
}

Scorer::Measured Scorer::correct(const std::vector<Aggregate> &aggregates,
                                 const std::vector<Point> &points) const {
  return measured(aggregates, points, trainings, [&](const Point &point, Run run) {
    return correctSample(experiment, outcomes, point, run.training, slice);
  });
}

Scorer::Measured Scorer::success(const std::vector<Aggregate> &aggregates, const std::vector<Point> &points,
                                 Moment moment) const {
  return measured(aggregates, points, allRuns, [&](const Point &point, Run run) {
    return successSample(experiment, outcomes, point, run, moment, slice);
  });
}

/// Of values between 0 and 1.
static Score rate(const Estimate &mean, const Sample &sample) {
  return scoreOf(mean, wilsonInterval(mean), sample);
}

Score Scorer::accuracy(const Measure &measure, const std::vector<Point> &points) const {
  Measured answers = correct(measure.aggregates, points);
  return answers.defined() ? rate(answers.mean(), answers.sample) : dash(answers.sample);
}

/// 1 where the right class is certified within the radius; abstention counts as wrong.
static Sample certifiedSample(const Experiment &experiment, const Outcomes &outcomes, const Point &point,
                              int64_t training, double radius, const Slice &slice) {
  const DefenseEntry &defense = experiment.defenses.at(size_t(point.defense));
  Sample sample;
  if (defense.certificates.empty()) {
    sample.state = Sample::State::Meaningless;
    sample.note = defense.uncertified;
    return sample;
  }
  const int64_t job = defense.certificates.at(size_t(training));
  auto outcome = outcomes.accuracies.find(job);
  if (outcome == outcomes.accuracies.end()) {
    sample.state = Sample::State::Unfinished;
    sample.note = outcomes.reasonOf(job);
    return sample;
  }
  sample.draws = outcome->second.votesOf;
  for (size_t i = 0; i < outcome->second.votes.size(); ++i) {
    const AccuracyOutcome::Votes &votes = outcome->second.votes[i];
    std::optional<double> reached = certifiedRadius(votes, outcome->second.votesOf, defense.noise);
    if (slice.klass && *slice.klass != votes.label)
      continue;
    bool holds = reached && *reached >= radius && votes.chosen == votes.label;
    sample.values.push_back({int32_t(i), {}, double(holds)});
  }
  if (sample.values.empty()) {
    sample.state = Sample::State::Meaningless;
    sample.note = "no certified image is of this class";
  }
  return sample;
}

Score Scorer::certifiedAccuracy(const Measure &measure, const std::vector<Point> &points) const {
  Measured certified = measured(measure.aggregates, points, trainings, [&](const Point &point, Run run) {
    return certifiedSample(experiment, outcomes, point, run.training, argument(measure, "radius"), slice);
  });
  if (!certified.defined())
    return dash(certified.sample);
  Estimate mean = certified.mean();
  return scoreOf(mean, wilsonInterval(mean), certified.sample);
}

/// The deviation as one value of no image in particular, so that aggregates are taken as of any sample.
Sample Scorer::deviationSample(bool ofPaths, const Point &point, int64_t training) const {
  Sample sample;
  const int64_t job = experiment.defenses.at(size_t(point.defense)).accuracies.at(size_t(training));
  auto outcome = outcomes.accuracies.find(job);
  sample.state = Sample::State::Meaningless;
  if (outcome == outcomes.accuracies.end()) {
    sample.state = Sample::State::Unfinished;
    sample.note = outcomes.reasonOf(job);
    return sample;
  }
  if (int64_t votes = plan.jobs.at(size_t(job)).as<AccuracyJob>().model.votes; votes > 1) {
    sample.note = "the model answers by majority of " + std::to_string(votes) +
                  (ofPaths ? " draws: no answer is of one path" : " draws, and no answer is one of them");
    return sample;
  }
  const std::vector<double> &paths = outcome->second.pathAccuracy, &draws = outcome->second.drawAccuracy;
  if (!ofPaths && !paths.empty())
    sample.note = "exact over " + std::to_string(paths.size()) + " paths: see path deviation";
  else if (ofPaths && paths.empty() && draws.size() > 1)
    sample.note = "paths cannot be enumerated: not only paths are random, or there are more than 4096";
  else if ((ofPaths ? paths : draws).size() < 2)
    sample.note = "nothing deviates: one answer for each image";
  else
    sample.state = Sample::State::Measured;
  if (sample.state == Sample::State::Measured) {
    std::vector<double> chances = chancesOfPaths(plan.jobs.at(size_t(job)).as<AccuracyJob>().model.stages);
    sample.values = {{0, {}, ofPaths ? populationDeviation(paths, chances) : sampleDeviation(draws)}};
  }
  return sample;
}

Score Scorer::pathDeviation(const Measure &measure, const std::vector<Point> &points) const {
  return deviation(measure, points, true);
}

Score Scorer::drawDeviation(const Measure &measure, const std::vector<Point> &points) const {
  return deviation(measure, points, false);
}

Score Scorer::deviation(const Measure &measure, const std::vector<Point> &points, bool ofPaths) const {
  Measured deviations = measured(measure.aggregates, points, trainings, [&](const Point &point, Run run) {
    return deviationSample(ofPaths, point, run.training);
  });
  if (!deviations.defined())
    return dash(deviations.sample);
  Score score = accuracy({"accuracy", measure.aggregates}, points); // for the counts
  score.value = deviations.mean().value;
  score.low = score.high = std::nan("");
  score.note = deviations.sample.note;
  return score;
}

Score Scorer::successRate(const Measure &measure, const std::vector<Point> &points, Moment moment) const {
  Measured answers = success(measure.aggregates, points, moment);
  return answers.defined() ? rate(answers.mean(), answers.sample) : dash(answers.sample);
}

Score Scorer::attackSuccess(const Measure &measure, const std::vector<Point> &points) const {
  return successRate(measure, points, Moment::Finished);
}

Score Scorer::successAtZero(const Measure &measure, const std::vector<Point> &points) const {
  return successRate(measure, points, Moment::AtZero);
}

Score Scorer::defenseRate(const Measure &measure, const std::vector<Point> &points) const {
  Score score = successRate(measure, points, Moment::Finished);
  if (score.defined) {
    score.value = 1 - score.value;
    std::tie(score.low, score.high) = std::pair(1 - score.high, 1 - score.low);
  }
  return score;
}

/// Of the examples that succeed alone, as distances are compared in the literature: a failed attack has none.
Score Scorer::distance(const Measure &measure, const std::vector<Point> &points) const {
  Measured distances = measured(measure.aggregates, points, allRuns, [&](const Point &point, Run run) {
    return distanceSample(experiment, outcomes, point, run, slice);
  });
  if (!distances.defined())
    return dash(distances.sample);
  Estimate mean = distances.mean();
  return scoreOf(mean, meanInterval(mean), distances.sample);
}

static const char noAnswer[] = "a share is of one class among the answers";

Score Scorer::confusion(const Measure &measure, const std::vector<Point> &points) const {
  if (!slice.answer)
    return dash(noAnswer);
  Measured shares = measured(measure.aggregates, points, trainings, [&](const Point &point, Run run) {
    return confusionSample(experiment, outcomes, point, run.training, slice);
  });
  return shares.defined() ? rate(shares.mean(), shares.sample) : dash(shares.sample);
}

Score Scorer::answerShare(const Measure &measure, const std::vector<Point> &points) const {
  if (!slice.answer)
    return dash(noAnswer);
  Measured shares = measured(measure.aggregates, points, allRuns, [&](const Point &point, Run run) {
    return answerSample(experiment, outcomes, point, run, slice);
  });
  return shares.defined() ? rate(shares.mean(), shares.sample) : dash(shares.sample);
}

} // namespace switchyard::rt
