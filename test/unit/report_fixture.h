// A plan small enough to score by hand: `none` and, mounted on its weights, `noise` on four test images, two
// of them attacked by two attacks at two eps under two estimators.
#ifndef SWITCHYARD_TEST_UNIT_REPORT_FIXTURE_H
#define SWITCHYARD_TEST_UNIT_REPORT_FIXTURE_H

#include "runtime/contract/Plan.h"
#include "runtime/plan/Outcomes.h"

namespace switchyard::rt {

struct SmallRun {
  Plan plan;
  Outcomes outcomes;

  Experiment &experiment() { return plan.experiments[0]; }

  int64_t addJob(decltype(Job::work) work) {
    Job job;
    job.id = static_cast<int64_t>(plan.jobs.size());
    job.work = std::move(work);
    job.hash = "hash" + std::to_string(job.id);
    outcomes.keys[job.id] = job.hash;
    plan.jobs.push_back(job);
    return job.id;
  }

  /// Gives the defense weights of its own, from another training.
  void trainApart(int64_t defense) {
    plan.models.push_back({{{"w", {1}, {addJob(TrainJob())}}}});
    accuracyOf(defense).as<AccuracyJob>().model.weights = static_cast<int64_t>(plan.models.size()) - 1;
  }

  Job &accuracyOf(int64_t defense) {
    return plan.jobs.at(size_t(experiment().defenses.at(size_t(defense)).accuracies.front()));
  }

  void addDefense(const std::string &label, const std::vector<double> &correct, int draws) {
    DefenseEntry defense;
    defense.label = label;
    defense.defense = label;
    defense.accuracies = {addJob(AccuracyJob())};
    outcomes.accuracies[defense.accuracies.front()] = {correct, std::vector<double>(draws, 0.5), 1, {}};
    experiment().defenses.push_back(defense);
  }

  /// Success of the two attacked images, 0 and 1; successAtZero is 0 and 0.5. Empty: the cell means nothing.
  void addCell(int64_t defense, const std::string &attack, const std::string &gradients, const char *eps,
               const std::vector<double> &success, int draws) {
    Cell cell;
    cell.defense = defense;
    cell.attack = attack;
    cell.gradients = gradients;
    cell.axes = {{"eps", {std::string(eps) == "16/255" ? 16 / 255.0 : 32 / 255.0, eps}}};
    if (success.empty()) {
      cell.reason = "nothing is random";
    } else {
      AttackJob job;
      job.threat.kind = Threat::Kind::Linf;
      cell.jobs = {addJob(job)};
      AttackOutcome &outcome = outcomes.attacks[cell.jobs.front()];
      outcome.draws = draws;
      outcome.pairs = {{0, 3, 4, success[0], 0, 0.1f}, {1, 7, 2, success[1], 0.5f, 0.1f}};
    }
    experiment().cells.push_back(cell);
  }

  /// Of pgd at each eps: an axis that it alone has, in place of eps.
  void giveSteps() {
    for (Cell &cell : experiment().cells)
      if (cell.attack == "pgd") {
        const bool few = cell.axes[0].second.text == "16/255";
        cell.axes = {{"steps", {few ? 5.0 : 10.0, few ? "5" : "10"}}};
      }
  }

  SmallRun() {
    plan.file = "small.swy";
    plan.resolved = "experiment small {}";
    plan.compiler = "0.1.0";
    plan.cpu = "x86-64-v3";
    plan.seed = 7;
    plan.functions.resize(1);
    plan.datasets.resize(1);
    plan.datasets[0].name = "digits";
    plan.datasets[0].source = "synthetic_digits";
    outcomes.datasets[0] = {"abc", ""};
    plan.experiments.resize(1);
    experiment().name = "small";
    experiment().settings[0].baseline = 0;
    experiment().measures = {
        {"accuracy", {}}, {"attack_success_rate", {}}, {"defense_rate", {}}, {"des", {}}};
    addDefense("none", {1, 1, 1, 1}, 1);
    addDefense("noise(s = 0.1)", {1, 1, 0.5f, 0}, 2);
    for (const char *attack : {"fgsm", "pgd"})
      for (const char *eps : {"16/255", "32/255"}) {
        bool strong = attack[0] == 'p', far = eps[0] == '3';
        addCell(0, attack, "one_draw", eps, {strong || far ? 1.0f : 0.0f, strong && far ? 1.0f : 0.0f}, 1);
        addCell(0, attack, "randomness_off", eps, {}, 1);
        addCell(1, attack, "one_draw", eps, {strong ? 0.5f : 0.0f, far ? 0.25f : 0.0f}, 4);
        addCell(1, attack, "randomness_off", eps, {far ? 0.75f : 0.0f, 0}, 4);
      }
    plan.models = {{{{"w", {1}, {addJob(TrainJob())}}}}};
  }
};

} // namespace switchyard::rt

#endif
