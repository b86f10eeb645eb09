// Checks a parsed plan against the table of roles (docs/artifact.md) and its parts against each other, so
// that the executor can bind buffers and walk the jobs without asking again.
#include "runtime/contract/CheckPlan.h"
#include "runtime/contract/JsonNode.h"
#include "runtime/contract/PlanFields.h"
#include "runtime/contract/Tally.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

namespace switchyard::rt {

using Shape = std::vector<int64_t>;

namespace {

/// Checks one function's arguments against the table.
class FunctionCheck {
public:
  FunctionCheck(const Function &function, std::string path) : function(function), path(std::move(path)) {}

  void run() const {
    for (size_t i = 0; i < function.arguments.size(); ++i)
      checkArgument(i);
    if (function.arguments.empty() || function.arguments.back().role != Role::Arena)
      failPlan(path + ".arguments",
               "the last argument of function \"" + function.name + "\" is not its arena");
  }

private:
  void checkArgument(size_t index) const {
    const Argument &argument = function.arguments[index];
    std::string place = path + ".arguments[" + std::to_string(index) + "]";
    for (size_t earlier = 0; earlier < index; ++earlier)
      if (function.arguments[earlier].role == argument.role &&
          function.arguments[earlier].name == argument.name)
        failPlan(place, std::string("a second argument with role \"") + roleName(argument.role) +
                            "\" and name \"" + argument.name + "\"");
    const RoleRule &rule = ruleOf(argument.role);
    std::string role = "role \"" + std::string(rule.name) + "\"";
    if (!rule.allowsType(argument.type))
      failPlan(place + ".type", role + " cannot have type " + argument.type);
    if (!rule.allowsAccess(argument.access))
      failPlan(place + ".access", role + " has another access");
    if (rule.isNamed() && argument.name.empty())
      failPlan(place + ".name", role + " needs a name");
    if (!rule.allowsShape(argument.shape, function.batch))
      failPlan(place + ".shape", role + " cannot have shape " + shapeText(argument.shape) +
                                     " in a function of batch " + std::to_string(function.batch));
    if (!function.givens.empty() && function.givens.size() != function.finishes.size())
      failPlan(path + ".givens", "are listed for " + std::to_string(function.givens.size()) + " of " +
                                     std::to_string(function.finishes.size()) + " attacks");
    const size_t listed = function.gradients.size() + function.comparisons.size() +
                          function.finishes.size() * size_t(tally::ofEnd);
    if (argument.role == Role::GradientTally && argument.shape[1] != int64_t(listed))
      failPlan(place + ".shape", role + " tells of " + std::to_string(argument.shape[1]) +
                                     " gradients, comparisons and ends of attacks, but " +
                                     std::to_string(listed) + " are listed");
  }

  const Function &function;
  std::string path;
};

template <typename Kind> bool isJob(const Plan &plan, int64_t id) {
  return id >= 0 && id < int64_t(plan.jobs.size()) && plan.jobs[size_t(id)].is<Kind>();
}

/// Checks one job: what it refers to, and that its functions have the shapes of its data and parameters.
class JobCheck {
public:
  JobCheck(const Plan &plan, const Job &job)
      : plan(plan), job(job), dataset(plan.datasets[job.dataset]),
        path("jobs[" + std::to_string(job.id) + "]") {}

  void run() const {
    std::visit([&](const auto &its) { check(its); }, job.work);
  }

private:
  void check(const TrainJob &training) const {
    checkCall(training.init, "init", {}, training.parameters);
    const Function &init = functionOf(training.init), &step = functionOf(training.step);
    for (size_t i = 0; i < training.parameters.size(); ++i)
      if (std::none_of(init.arguments.begin(), init.arguments.end(), [&](const Argument &argument) {
            return argument.role == Role::Parameter && argument.name == training.parameters[i].name;
          }))
        failPlan(path + ".parameters[" + std::to_string(i) + "]", "function \"" + init.name +
                                                                      "\" does not initialize \"" +
                                                                      training.parameters[i].name + "\"");
    std::vector<Parameter> used;
    if (training.frozen)
      used = weightsOf("frozen", *training.frozen);
    used.insert(used.end(), training.parameters.begin(), training.parameters.end());
    checkCall(training.step, "step", {Role::Image, Role::Label, Role::Loss}, used);
    if (training.validation)
      checkCall(training.validation->call, "validation.call", {Role::Image, Role::Logits}, used);
    if (step.batch != training.batch)
      failPlan(path + ".batch", "function \"" + step.name + "\" takes a batch of " +
                                    std::to_string(step.batch) + ", the job wants " +
                                    std::to_string(training.batch));
  }

  void check(const Answering &model) const {
    std::vector<Parameter> parameters = weightsOf("weights", model.weights);
    checkCall(model.predict, "predict", {Role::Image, Role::Logits}, parameters);
    checkStages(model.stages, parameters);
  }

  void check(const AccuracyJob &accuracy) const {
    check(accuracy.model);
    if (accuracy.certificate && accuracy.certificate->selection >= accuracy.draws)
      failPlan(path + ".certificate.selection",
               "expected fewer than the job's " + std::to_string(accuracy.draws) + " draws");
  }

  void check(const AttackJob &attack) const {
    check(attack.model);
    checkCall(attack.attack, "attack", {Role::Image, Role::Adversarial},
              weightsOf("attack_weights", attack.source));
    if (attack.pairs.correctOnly)
      checkChosen();
    for (size_t i = 0; i < attack.parts.size(); ++i)
      checkPart(attack.parts[i].job, path + ".parts[" + std::to_string(i) + "].job");
  }

  /// Examples of a set are compared, so that they must be judged alike, and be there before.
  void checkPart(int64_t part, const std::string &place) const {
    if (part >= job.id || !isJob<AttackJob>(plan, part) ||
        !plan.jobs[size_t(part)].as<AttackJob>().parts.empty())
      failPlan(place, "expected the id of an attack job before this one, got " + std::to_string(part));
    const Job &other = plan.jobs[size_t(part)];
    if (pairsText(plan, job) != pairsText(plan, other) || judgeText(plan, job) != judgeText(plan, other))
      failPlan(place, "job " + std::to_string(part) + " has other pairs, or judges them otherwise");
  }

  const Function &functionOf(const Call &call) const { return plan.functions[size_t(call.function)]; }

  /// The parameters of the model that `field` names, whose trainings must come before this job.
  std::vector<Parameter> weightsOf(const char *field, int64_t model) const {
    std::string place = path + "." + field;
    if (model < 0 || model >= int64_t(plan.models.size()))
      failPlan(place, "expected the id of a model, got " + std::to_string(model));
    std::vector<Parameter> parameters;
    for (const ModelParameter &parameter : plan.models[size_t(model)].parameters) {
      for (int64_t training : parameter.from)
        if (training >= job.id)
          failPlan(place, "parameter \"" + parameter.name + "\" of model " + std::to_string(model) +
                              " comes from job " + std::to_string(training) +
                              ", which is not before this one");
      parameters.push_back({parameter.name, parameter.shape});
    }
    return parameters;
  }

  void checkChances(const Stage &stage, const std::string &place) const {
    if (stage.chances.empty())
      return;
    double sum = 0;
    for (double one : stage.chances)
      sum += one > 0 ? one : std::nan("");
    if (int64_t(stage.chances.size()) != stage.channels || !(std::abs(sum - 1) <= limits::chancesOff))
      failPlan(place, "needs a chance above 0 for each of its " + std::to_string(stage.channels) +
                          " channels, together 1");
  }

  /// From images over activations to logits, each stage taking what the one before it gives.
  void checkStages(const std::vector<Stage> &stages, const std::vector<Parameter> &parameters) const {
    Shape given;
    for (size_t i = 0; i < stages.size(); ++i) {
      std::string field = "paths.stages[" + std::to_string(i) + "]", place = path + "." + field;
      bool last = i + 1 == stages.size();
      checkChances(stages[i], place);
      checkCall(
          stages[i].call, field,
          {i ? Role::Activation : Role::Image, Role::Channel, last ? Role::Logits : Role::NextActivation},
          parameters);
      const Function &function = functionOf(stages[i].call);
      for (const Argument &argument : function.arguments)
        if (argument.role == Role::Activation && argument.shape != given)
          failPlan(place,
                   "takes " + shapeText(argument.shape) + ", the stage before it gives " + shapeText(given));
      for (const Argument &argument : function.arguments)
        if (argument.role == Role::NextActivation)
          given = argument.shape;
    }
  }

  /// The accuracy that images are chosen by is one, and comes before.
  void checkChosen() const {
    std::vector<int64_t> baselines = choosingAccuracyJobs(plan, job.id);
    if (baselines.size() != 1)
      failPlan(path + ".correct_only",
               "needs the accuracy of one baseline to say which images are classified "
               "correctly; the experiments that use this job name " +
                   std::to_string(baselines.size()));
    if (baselines[0] >= job.id)
      failPlan(path + ".correct_only", "the baseline's accuracy, job " + std::to_string(baselines[0]) +
                                           ", does not come before this job");
  }

  void checkCall(const Call &call, const std::string &field, std::vector<Role> wanted,
                 const std::vector<Parameter> &parameters) const {
    const Function &function = functionOf(call);
    std::string place = path + "." + field;
    for (const Argument &argument : function.arguments) {
      wanted.erase(std::remove(wanted.begin(), wanted.end(), argument.role), wanted.end());
      checkArgument(call, argument, place, parameters);
    }
    if (!wanted.empty())
      failPlan(place + ".function", "function \"" + function.name + "\" has no argument with role \"" +
                                        roleName(wanted.front()) + "\"");
  }

  void checkArgument(const Call &call, const Argument &argument, const std::string &place,
                     const std::vector<Parameter> &parameters) const {
    const Function &function = functionOf(call);
    if (argument.role == Role::Scalar && !call.scalars.count(argument.name))
      failPlan(place + ".scalars." + argument.name, "missing; function \"" + function.name + "\" takes it");
    if (argument.role == Role::Image && !std::equal(argument.shape.begin() + 1, argument.shape.end(),
                                                    dataset.input.begin(), dataset.input.end()))
      failPlan(place + ".function", "function \"" + function.name + "\" takes images of " +
                                        shapeText({argument.shape.begin() + 1, argument.shape.end()}) +
                                        ", data set \"" + dataset.name + "\" has " +
                                        shapeText(dataset.input));
    if (argument.role == Role::Logits && argument.shape[1] != dataset.classes)
      failPlan(place + ".function", "function \"" + function.name + "\" tells " +
                                        std::to_string(argument.shape[1]) + " classes apart, data set \"" +
                                        dataset.name + "\" has " + std::to_string(dataset.classes));
    if (argument.role == Role::Weight || argument.role == Role::Parameter)
      checkParameter(function, argument, place, parameters);
  }

  void checkParameter(const Function &function, const Argument &argument, const std::string &place,
                      const std::vector<Parameter> &parameters) const {
    auto found = std::find_if(parameters.begin(), parameters.end(),
                              [&](const Parameter &parameter) { return parameter.name == argument.name; });
    if (found == parameters.end())
      failPlan(place + ".function", "function \"" + function.name + "\" takes parameter \"" + argument.name +
                                        "\", which the training does not have");
    if (found->shape != argument.shape)
      failPlan(place + ".function", "function \"" + function.name + "\" takes parameter \"" + argument.name +
                                        "\" as " + shapeText(argument.shape) + ", the training has " +
                                        shapeText(found->shape));
  }

  const Plan &plan;
  const Job &job;
  const DatasetSpec &dataset;
  std::string path;
};

/// Whether every parameter of a model is its trainings': one training's, or the stack of all of them.
void checkModel(const Plan &plan, const Model &model, const std::string &path) {
  for (size_t i = 0; i < model.parameters.size(); ++i) {
    const ModelParameter &parameter = model.parameters[i];
    std::string place = path + ".parameters[" + std::to_string(i) + "]";
    if (parameter.from.empty())
      failPlan(place + ".from", "names no training");
    for (int64_t id : parameter.from) {
      if (!isJob<TrainJob>(plan, id))
        failPlan(place + ".from", "expected ids of trainings, got " + std::to_string(id));
      const std::vector<Parameter> &trained = plan.jobs[size_t(id)].as<TrainJob>().parameters;
      auto found = std::find_if(trained.begin(), trained.end(),
                                [&](const Parameter &one) { return one.name == parameter.nameInTraining(); });
      if (found == trained.end())
        failPlan(place, "training " + std::to_string(id) + " has no parameter \"" +
                            parameter.nameInTraining() + "\"");
      Shape stack = found->shape;
      stack.insert(stack.begin(), int64_t(parameter.from.size()));
      bool plain = parameter.from.size() == 1 && parameter.shape == found->shape;
      if (!plain && parameter.shape != stack)
        failPlan(place + ".shape", shapeText(parameter.shape) + " is no stack of " +
                                       std::to_string(parameter.from.size()) + " times " +
                                       shapeText(found->shape));
    }
  }
}

/// Whether there is a job of one kind for each of so many runs.
template <typename Kind>
void checkRuns(const Plan &plan, const std::vector<int64_t> &jobs, int64_t runs, const std::string &path) {
  if (int64_t(jobs.size()) != runs)
    failPlan(path, "expected a job for each of " + std::to_string(runs) + " runs, got " +
                       std::to_string(jobs.size()));
  for (size_t i = 0; i < jobs.size(); ++i)
    if (!isJob<Kind>(plan, jobs[i]))
      failPlan(path + "[" + std::to_string(i) + "]", std::string("expected the id of an ") + kindWord<Kind> +
                                                         " job, got " + std::to_string(jobs[i]));
}

/// Data sets and baselines, which are defenses of their own settings.
void checkSettings(const Plan &plan, const Experiment &experiment, const std::string &path) {
  if (experiment.settings.empty())
    failPlan(path + ".settings", "an experiment has one at least");
  for (size_t i = 0; i < experiment.defenses.size(); ++i)
    checkIndex(experiment.defenses[i].setting, experiment.settings.size(), "settings",
               path + ".defenses[" + std::to_string(i) + "].setting");
  for (size_t i = 0; i < experiment.settings.size(); ++i) {
    std::string place = path + ".settings[" + std::to_string(i) + "]";
    const Setting &setting = experiment.settings[i];
    checkIndex(setting.dataset, plan.datasets.size(), "data sets", place + ".dataset");
    if (!setting.baseline)
      continue;
    checkIndex(*setting.baseline, experiment.defenses.size(), "defenses", place + ".baseline");
    if (experiment.defenses[size_t(*setting.baseline)].setting != int64_t(i))
      failPlan(place + ".baseline", "it is a defense of another setting");
  }
}

/// Experiments are checked before jobs, which look up their baselines here.
void checkExperiment(const Plan &plan, const Experiment &experiment, const std::string &path) {
  checkSettings(plan, experiment, path);
  for (size_t i = 0; i < experiment.defenses.size(); ++i)
    checkRuns<AccuracyJob>(plan, experiment.defenses[i].accuracies, experiment.repeatTraining,
                           path + ".defenses[" + std::to_string(i) + "].accuracies");
  for (size_t i = 0; i < experiment.defenses.size(); ++i)
    if (const std::vector<int64_t> &certificates = experiment.defenses[i].certificates; !certificates.empty())
      checkRuns<AccuracyJob>(plan, certificates, experiment.repeatTraining,
                             path + ".defenses[" + std::to_string(i) + "].certificates");
  for (size_t i = 0; i < experiment.cells.size(); ++i) {
    std::string place = path + ".cells[" + std::to_string(i) + "]";
    const Cell &cell = experiment.cells[i];
    checkIndex(cell.defense, experiment.defenses.size(), "defenses", place + ".defense");
    if (cell.meansSomething())
      checkRuns<AttackJob>(plan, cell.jobs, experiment.repeatTraining * experiment.repeatAttack,
                           place + ".jobs");
    else if (cell.reason.empty())
      failPlan(place + ".reason", "a cell without jobs says why");
  }
  for (size_t i = 0; i < experiment.comparisons.size(); ++i) {
    const auto &[first, second] = experiment.comparisons[i];
    std::string place = path + ".comparisons[" + std::to_string(i) + "]";
    for (int64_t side : {first, second})
      checkIndex(side, experiment.defenses.size(), "defenses", place);
    if (experiment.defenses[size_t(first)].setting != experiment.defenses[size_t(second)].setting)
      failPlan(place, "the two are of different settings");
  }
  for (size_t i = 0; i < experiment.shows.size(); ++i)
    checkShow(experiment.shows[i], path + ".shows[" + std::to_string(i) + "]");
}

} // namespace

std::string shapeText(const std::vector<int64_t> &shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

static bool isOfRestarts(const Argument &argument) {
  return argument.role == Role::Restart || argument.role == Role::RestartsTogether;
}

/// Rows are restarts where both arguments say so and the number of restarts is known.
static void checkRestarts(const Function &onDevice, const std::string &path) {
  const std::vector<Argument> &arguments = onDevice.arguments;
  bool known = onDevice.restarts > 0 || !onDevice.restartsScalar.empty();
  if (std::count_if(arguments.begin(), arguments.end(), isOfRestarts) != (known ? 2 : 0))
    failPlan(path + ".restarts", "goes with the arguments \"restart\" and \"restarts_together\"");
  auto isCount = [&](const Argument &argument) {
    return argument.role == Role::Scalar && argument.name == onDevice.restartsScalar &&
           argument.type == "i32";
  };
  if (!onDevice.restartsScalar.empty() && std::none_of(arguments.begin(), arguments.end(), isCount))
    failPlan(path + ".restarts", "the function takes no integer \"" + onDevice.restartsScalar + "\"");
}

/// A device function takes what the function of its name takes, but may take more rows at once, also of
/// restarts.
static void checkDeviceFunction(const Function &function, const std::string &path) {
  const Function &onDevice = *function.onDevice;
  FunctionCheck(onDevice, path).run();
  checkRestarts(onDevice, path);
  auto same = [](const Argument &a, const Argument &b) {
    return a.role == b.role && a.name == b.name && a.type == b.type && a.access == b.access;
  };
  std::vector<Argument> shared;
  std::remove_copy_if(onDevice.arguments.begin(), onDevice.arguments.end(), std::back_inserter(shared),
                      isOfRestarts);
  if (!std::equal(function.arguments.begin(), function.arguments.end(), shared.begin(), shared.end(), same))
    failPlan(path + ".arguments", "they are not those of function \"" + function.name + "\"");
  for (size_t i = 0; i < onDevice.hostArguments.size(); ++i) {
    const Argument &argument = onDevice.arguments[size_t(onDevice.hostArguments[i])];
    if (!hostReads(argument))
      failPlan(path + ".host[" + std::to_string(i) + "]",
               "the host reads \"rows\", \"restart\" and scalars that are \"in\" only");
  }
}

static void checkDataset(const DatasetSpec &dataset, const std::string &path) {
  if (dataset.input.size() != 3)
    failPlan(path + ".input",
             "expected channels, height and width, got " + std::to_string(dataset.input.size()) + " sizes");
  if (!(dataset.low < dataset.high))
    failPlan(path + ".range", "the lower end is not below the upper end");
}

/// What a job says of itself, before it is compared with anything.
static void checkJobFields(const Plan &plan, const Job &job) {
  std::string path = "jobs[" + std::to_string(job.id) + "]";
  auto within = [&](const char *field, int64_t value, size_t count) {
    if (value < 0 || value >= int64_t(count))
      failPlan(path + field,
               "expected 0 to " + std::to_string(int64_t(count) - 1) + ", got " + std::to_string(value));
  };
  if (job.hash.empty())
    failPlan(path + ".hash", "expected a hash, got an empty text");
  within(".dataset", job.dataset, plan.datasets.size());
  auto *attack = std::get_if<AttackJob>(&job.work);
  if (!attack)
    return;
  if (attack->pairs.ownCorrect && !attack->pairs.correctOnly)
    failPlan(path + ".own_correct", "goes with \"correct_only\"");
  if (std::optional<int64_t> klass = attack->pairs.goal.klass)
    within(".goal.class", *klass, size_t(plan.datasets[size_t(job.dataset)].classes));
  if (!(attack->threat.radius >= 0))
    failPlan(path + ".threat.radius", "expected 0 or more");
}

static void checkNames(const std::vector<Function> &functions) {
  std::set<std::string> names;
  for (size_t i = 0; i < functions.size(); ++i)
    if (!names.insert(functions[i].name).second)
      failPlan("functions[" + std::to_string(i) + "].name",
               "two functions are called \"" + functions[i].name + "\"");
}

void checkPlan(const Plan &plan) {
  checkNames(plan.functions);
  for (size_t i = 0; i < plan.datasets.size(); ++i)
    checkDataset(plan.datasets[i], "datasets[" + std::to_string(i) + "]");
  for (const Job &job : plan.jobs)
    checkJobFields(plan, job);
  for (size_t i = 0; i < plan.functions.size(); ++i) {
    std::string path = "functions[" + std::to_string(i) + "]";
    FunctionCheck(plan.functions[i], path).run();
    if (plan.functions[i].onDevice)
      checkDeviceFunction(plan.functions[i], path + ".cuda");
  }
  for (size_t i = 0; i < plan.models.size(); ++i)
    checkModel(plan, plan.models[i], "models[" + std::to_string(i) + "]");
  for (size_t i = 0; i < plan.experiments.size(); ++i)
    checkExperiment(plan, plan.experiments[i], "experiments[" + std::to_string(i) + "]");
  for (size_t i = 0; i < plan.shows.size(); ++i)
    checkJoint(plan, plan.shows[i], "shows[" + std::to_string(i) + "]");
  for (const Job &job : plan.jobs)
    JobCheck(plan, job).run();
}

} // namespace switchyard::rt
