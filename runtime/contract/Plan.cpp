// What follows from several parts of a plan, where compiler, runner and report ask the same.
#include "runtime/contract/Grid.h"
#include "runtime/contract/PlanFields.h"

#include <algorithm>
#include <set>

namespace switchyard::rt {

bool samePlace(const Axes &one, const Axes &other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](const auto &a, const auto &b) {
    return a.first == b.first && a.second.text == b.second.text;
  });
}

const char *normName(Norm norm) {
  for (const auto &[one, word] : Words<Norm>::table())
    if (one == norm)
      return word;
  return "";
}

std::optional<Norm> normNamed(const std::string &name) {
  for (const auto &[one, word] : Words<Norm>::table())
    if (name == word)
      return one;
  return std::nullopt;
}

const char *threatWord(Norm norm, bool ball) {
  for (const auto &[kind, word] : Words<Threat::Kind>::table())
    if (Threat one{kind}; one.norm() == norm && one.hasBall() == ball)
      return word;
  return "";
}

bool Threat::hasBall() const {
  switch (kind) {
#define THREAT(KIND, WORD, NORM, BALL)                                                                       \
  case Kind::KIND:                                                                                           \
    return BALL;
#include "runtime/contract/threats.def"
  }
  return false;
}

Norm Threat::norm() const {
  switch (kind) {
#define THREAT(KIND, WORD, NORM, BALL)                                                                       \
  case Kind::KIND:                                                                                           \
    return Norm::NORM;
#include "runtime/contract/threats.def"
  }
  return Norm::L2;
}

std::string goalWord(Goal::Choice choice) {
  for (const auto &[one, word] : Words<Goal::Choice>::table())
    if (one == choice)
      return word;
  return "";
}

std::string verdictWord(Verdict::Kind kind) {
  for (const auto &[one, word] : Words<Verdict::Kind>::table())
    if (one == kind)
      return word;
  return "";
}

std::string verdictText(const Verdict &verdict) {
  const std::string text = verdictWord(verdict.kind);
  bool asks = verdict.kind == Verdict::Kind::AnyOf || verdict.kind == Verdict::Kind::Majority;
  return asks ? text + "(" + std::to_string(verdict.answers) + ")" : text;
}

std::vector<double> chancesOfPaths(const std::vector<Stage> &stages) {
  if (std::all_of(stages.begin(), stages.end(), [](const Stage &stage) { return stage.chances.empty(); }))
    return {};
  std::vector<double> chances{1};
  for (const Stage &stage : stages) {
    std::vector<double> longer;
    for (double before : chances)
      for (size_t i = 0; i < size_t(stage.channels); ++i)
        longer.push_back(before * (stage.chances.empty() ? 1 / double(stage.channels) : stage.chances[i]));
    chances = std::move(longer);
  }
  return chances;
}

std::vector<int64_t> trainingsOf(const Plan &plan, int64_t model) {
  std::set<int64_t> jobs;
  for (const ModelParameter &parameter : plan.models.at(size_t(model)).parameters)
    jobs.insert(parameter.from.begin(), parameter.from.end());
  return {jobs.begin(), jobs.end()};
}

/// Whether a cell's job is this one, or a set that has it.
static bool isOf(const Plan &plan, int64_t cellJob, int64_t id) {
  const std::vector<AttackPart> &parts = plan.jobs.at(size_t(cellJob)).as<AttackJob>().parts;
  return cellJob == id ||
         std::any_of(parts.begin(), parts.end(), [&](const AttackPart &part) { return part.job == id; });
}

bool showsExamples(const Show &show, const Cell &cell) {
  return std::any_of(show.attacks.begin(), show.attacks.end(), [&](const ShownAttack &shown) {
    return shown.attack == cell.attack && samePlace(shown.axes, cell.axes);
  });
}

int64_t shownImages(const Plan &plan, int64_t id) {
  int64_t most = 0;
  for (const Experiment &experiment : plan.experiments)
    for (const Show &show : experiment.shows)
      for (const Cell &cell : experiment.cells)
        if (showsExamples(show, cell) && cell.meansSomething() && isOf(plan, cell.jobs.front(), id))
          most = std::max(most, show.images);
  return most;
}

/// A defense and a training run of it, the model of which is attacked.
struct AttackedRun {
  int64_t defense = 0, training = 0;
};

/// Those of the experiment that an attack job attacks.
static std::vector<AttackedRun> attackedBy(const Plan &plan, const Experiment &experiment, int64_t id) {
  std::vector<AttackedRun> runs;
  for (const Cell &cell : experiment.cells)
    for (size_t run = 0; run < cell.jobs.size(); ++run)
      if (isOf(plan, cell.jobs[run], id))
        runs.push_back({cell.defense, int64_t(run) / experiment.repeatAttack});
  return runs;
}

std::vector<Show> showsOf(const Plan &plan, const Experiment &experiment) {
  std::vector<Show> shows = experiment.shows;
  for (const JointShow &joint : plan.shows)
    for (const ShowPart &part : joint.parts) {
      if (&plan.experiments.at(size_t(part.experiment)) != &experiment)
        continue;
      Show &own = shows.emplace_back(part.show);
      for (size_t i = part.missing.size(); i-- > 0;)
        if (!part.missing[i].empty())
          own.measures.erase(own.measures.begin() + long(i));
    }
  return shows;
}

/// Whether anything that the experiment measures or shows tells classes apart.
static bool tellsClassesApart(const Plan &plan, const Experiment &experiment) {
  auto isOfAnswers = [](const Measure &measure) {
    const MeasureKind *kind = findMeasure(measure.name);
    return kind && kind->ofAnswers;
  };
  auto tells = [&](const Show &show) {
    std::set<std::string> axes(show.by.begin(), show.by.end());
    axes.insert(show.forEach.begin(), show.forEach.end());
    axes.insert(show.against);
    return axes.count(classAxis) || std::any_of(show.measures.begin(), show.measures.end(), isOfAnswers);
  };
  const std::vector<Show> shows = showsOf(plan, experiment);
  return std::any_of(experiment.measures.begin(), experiment.measures.end(), isOfAnswers) ||
         std::any_of(shows.begin(), shows.end(), tells);
}

static bool isAccuracyOf(const Experiment &experiment, int64_t id) {
  return std::any_of(experiment.defenses.begin(), experiment.defenses.end(),
                     [&](const DefenseEntry &defense) {
                       return std::count(defense.accuracies.begin(), defense.accuracies.end(), id) > 0;
                     });
}

int64_t mostClasses(const Plan &plan, const Experiment &experiment) {
  int64_t most = 0;
  for (const Setting &setting : experiment.settings)
    most = std::max(most, plan.datasets.at(size_t(setting.dataset)).classes);
  return most;
}

bool needsAnswers(const Plan &plan, int64_t id) {
  auto counts = [](const Verdict &verdict) { return verdict.kind == Verdict::Kind::Majority; };
  return std::any_of(plan.experiments.begin(), plan.experiments.end(), [&](const Experiment &experiment) {
    if (!attackedBy(plan, experiment, id).empty())
      return shownImages(plan, id) > 0 || tellsClassesApart(plan, experiment) ||
             std::any_of(experiment.judges.begin(), experiment.judges.end(), counts);
    return tellsClassesApart(plan, experiment) && isAccuracyOf(experiment, id);
  });
}

std::vector<int64_t> choosingAccuracyJobs(const Plan &plan, int64_t id) {
  const bool own = plan.jobs.at(size_t(id)).as<AttackJob>().pairs.ownCorrect;
  std::vector<int64_t> jobs;
  for (const Experiment &experiment : plan.experiments)
    for (const AttackedRun &run : attackedBy(plan, experiment, id)) {
      std::optional<int64_t> by = own ? run.defense : experiment.settingOf(run.defense).baseline;
      if (!by)
        continue;
      int64_t accuracy = experiment.defenses[size_t(*by)].accuracies[size_t(run.training)];
      if (std::find(jobs.begin(), jobs.end(), accuracy) == jobs.end())
        jobs.push_back(accuracy);
    }
  return jobs;
}

} // namespace switchyard::rt
