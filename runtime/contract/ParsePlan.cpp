// JSON to Plan, field by field in the order of docs/artifact.md. Only types, words and ranges of single
// fields are judged here; whether the parts fit each other is CheckPlan.cpp's job.
#include "runtime/contract/CheckPlan.h"
#include "runtime/contract/JsonNode.h"
#include "runtime/contract/Plan.h"
#include "runtime/contract/limits.h"

#include <nlohmann/json.hpp>

namespace switchyard::rt {

constexpr int64_t planSchema = 2;
constexpr int64_t maxCount = limits::count;

static Argument readArgument(const JsonNode &node) {
  static const std::vector<std::string> types = {"f32", "i32", "i64"};
  static const std::vector<std::string> accesses = {"in", "out", "inout", "scratch"};
  Argument argument;
  argument.role = node.field("role").text();
  argument.name = node.field("name").text();
  argument.access = Argument::Access(node.field("access").word(accesses));
  if (argument.role == "arena") // bytes: no element type, and `arena_bytes` is its size
    return argument;
  argument.type = types[node.field("type").word(types)];
  argument.shape = node.field("shape").shape();
  return argument;
}

/// What a function and its device function have in common.
static Function readSignature(const JsonNode &node, const std::string &name) {
  Function function;
  function.name = name;
  function.batch = node.field("batch").integer(0, maxCount);
  function.arenaBytes = node.field("arena_bytes").integer(0, int64_t(1) << 46);
  for (const JsonNode &argument : node.field("arguments").items())
    function.arguments.push_back(readArgument(argument));
  return function;
}

static Function readFunction(const JsonNode &node) {
  Function function = readSignature(node, node.field("name").text());
  if (!node.has("cuda"))
    return function;
  JsonNode cuda = node.field("cuda");
  Function onDevice = readSignature(cuda, function.name);
  for (const JsonNode &place : cuda.field("host").items())
    onDevice.hostArguments.push_back(place.integer(0, int64_t(onDevice.arguments.size()) - 1));
  if (cuda.has("restarts")) {
    JsonNode restarts = cuda.field("restarts");
    if (restarts.isText())
      onDevice.restartsScalar = restarts.text();
    else
      onDevice.restarts = restarts.integer(1, maxCount);
  }
  function.onDevice = std::make_shared<const Function>(std::move(onDevice));
  return function;
}

static DatasetSpec readDataset(const JsonNode &node) {
  DatasetSpec spec;
  spec.name = node.field("name").text();
  spec.source = node.field("source").text();
  for (auto &[name, value] : node.field("arguments").members())
    if (value.isText())
      spec.files[name] = value.text();
    else
      spec.arguments[name] = value.number();
  spec.input = node.field("input").shape();
  if (spec.input.size() != 3)
    node.field("input").fail("expected channels, height and width, got " + std::to_string(spec.input.size()) +
                             " sizes");
  std::vector<JsonNode> range = node.field("range").items();
  if (range.size() != 2)
    node.field("range").fail("expected two numbers, got " + std::to_string(range.size()));
  spec.low = range[0].number();
  spec.high = range[1].number();
  if (!(spec.low < spec.high))
    node.field("range").fail("the lower end is not below the upper end");
  spec.classes = node.field("classes").integer(2, limits::classes);
  return spec;
}

static Call readCall(const JsonNode &node, const std::map<std::string, int64_t> &functions) {
  Call call;
  JsonNode name = node.field("function");
  auto found = functions.find(name.text());
  if (found == functions.end())
    name.fail("no function is called \"" + name.text() + "\"");
  call.function = found->second;
  for (auto &[scalar, value] : node.field("scalars").members())
    call.scalars[scalar] = value.number();
  return call;
}

static Model readModel(const JsonNode &node, const Plan &plan) {
  int64_t id = node.field("id").integer(), position = int64_t(plan.models.size());
  if (id != position)
    node.field("id").fail("expected the model's position " + std::to_string(position) + ", got " +
                          std::to_string(id));
  Model model;
  for (const JsonNode &parameter : node.field("parameters").items()) {
    ModelParameter one{parameter.field("name").text(), parameter.field("shape").shape(), {}};
    for (const JsonNode &training : parameter.field("from").items())
      one.from.push_back(training.integer());
    model.parameters.push_back(std::move(one));
  }
  return model;
}

/// The functions that go through all paths; none where a job is judged by draws.
static std::vector<Stage> readStages(const JsonNode &job, const std::map<std::string, int64_t> &functions) {
  std::vector<Stage> stages;
  if (job.has("paths"))
    for (const JsonNode &stage : job.field("paths").field("stages").items())
      stages.push_back({readCall(stage, functions), stage.field("channels").integer(1, maxCount)});
  return stages;
}

static void readTraining(const JsonNode &node, const std::map<std::string, int64_t> &functions, Job &job) {
  for (const JsonNode &parameter : node.field("parameters").items())
    job.parameters.push_back({parameter.field("name").text(), parameter.field("shape").shape()});
  job.init = readCall(node.field("init"), functions);
  job.step = readCall(node.field("step"), functions);
  job.batch = node.field("batch").integer(1, maxCount);
  job.epochs = node.field("epochs").integer(1, maxCount);
  job.stream = node.field("stream").integer(0, maxCount);
  if (node.has("frozen"))
    job.frozen = node.field("frozen").integer();
}

static Goal readGoal(const JsonNode &node, int64_t classes) {
  static const std::vector<std::string> choices = {"each_wrong_class", "one_random_class", "next_class",
                                                   "class"};
  Goal goal;
  goal.toward = node.field("form").word({"toward", "away"}) == 0;
  if (!goal.toward)
    return goal;
  goal.choice = Goal::Choice(node.field("choice").word(choices));
  if (goal.choice == Goal::Choice::Class)
    goal.klass = node.field("class").integer(0, classes - 1);
  return goal;
}

static void readAttack(const JsonNode &node, const std::map<std::string, int64_t> &functions, int64_t classes,
                       Job &job) {
  job.attackSeed = node.field("attack_seed").integer();
  job.attackWeights = node.field("attack_weights").integer();
  job.attack = readCall(node.field("attack"), functions);
  job.images = node.field("images").integer(1, maxCount);
  job.correctOnly = node.field("correct_only").flag();
  job.goal = readGoal(node.field("goal"), classes);
  JsonNode judge = node.field("judge"), threat = node.field("threat");
  job.judgeOneDraw = judge.field("kind").word({"expected", "one_draw"}) == 1;
  job.draws = judge.field("draws").integer(1, limits::draws);
  static const std::vector<std::string> norms = {"linf", "l2", "none"};
  job.norm = norms[threat.field("kind").word(norms)];
  job.radius = threat.field("radius").number();
  if (job.radius < 0)
    threat.field("radius").fail("expected 0 or more");
  job.clipped = threat.field("clipped").flag();
}

static Job readJob(const JsonNode &node, const Plan &plan, const std::map<std::string, int64_t> &functions) {
  Job job;
  job.id = node.field("id").integer();
  int64_t position = int64_t(plan.jobs.size());
  if (job.id != position)
    node.field("id").fail("expected the job's position " + std::to_string(position) + ", got " +
                          std::to_string(job.id));
  job.kind = Job::Kind(node.field("kind").word({"train", "accuracy", "attack"}));
  job.hash = node.field("hash").text();
  if (job.hash.empty())
    node.field("hash").fail("expected a hash, got an empty text");
  job.label = node.field("label").text();
  job.dataset = node.field("dataset").integer(0, int64_t(plan.datasets.size()) - 1);
  job.seed = node.field("seed").integer();
  if (node.has("precision"))
    job.precision = Precision(node.field("precision").word(precisionNames()));
  if (job.kind == Job::Kind::Train) {
    readTraining(node, functions, job);
    return job;
  }
  job.weights = node.field("weights").integer();
  job.predict = readCall(node.field("predict"), functions);
  job.random = node.field("random").flag();
  job.stages = readStages(node, functions);
  if (job.kind == Job::Kind::Accuracy)
    job.draws = node.field("draws").integer(job.stages.empty() ? 1 : 0, limits::draws);
  else
    readAttack(node, functions, plan.datasets[job.dataset].classes, job);
  return job;
}

static Axes readAxes(const JsonNode &node) {
  Axes axes;
  for (const JsonNode &axis : node.items())
    axes.push_back({axis.field("name").text(), {axis.field("value").number(), axis.field("text").text()}});
  return axes;
}

static std::vector<int64_t> readIds(const JsonNode &node, const std::string &field) {
  std::vector<int64_t> ids;
  if (node.has(field))
    for (const JsonNode &id : node.field(field).items())
      ids.push_back(id.integer());
  return ids;
}

static DefenseEntry readDefense(const JsonNode &node) {
  DefenseEntry defense;
  defense.label = node.field("label").text();
  defense.defense = node.field("defense").text();
  defense.family = node.field("family").text();
  defense.strength = node.field("strength").text();
  defense.axes = readAxes(node.field("axes"));
  defense.accuracy = node.field("accuracy").integer();
  defense.accuracies = readIds(node, "accuracies");
  return defense;
}

static Cell readCell(const JsonNode &node) {
  Cell cell;
  cell.defense = node.field("defense").integer();
  cell.attack = node.field("attack").text();
  cell.gradients = node.field("gradients").text();
  cell.axes = readAxes(node.field("axes"));
  cell.job = node.field("job").integer();
  cell.jobs = readIds(node, "jobs");
  cell.reason = node.field("reason").text();
  return cell;
}

static std::vector<Aggregate> readAggregates(const JsonNode &node) {
  std::vector<Aggregate> aggregates;
  for (const JsonNode &one : node.items())
    aggregates.push_back({one.field("how").text(), one.field("over").texts()});
  return aggregates;
}

static Show readShow(const JsonNode &node) {
  Show show;
  show.kind = node.field("kind").text();
  for (const JsonNode &entry : node.field("measures").items()) {
    Measure measure;
    measure.name = entry.field("name").text();
    measure.aggregates = readAggregates(entry.field("aggregates"));
    show.measures.push_back(std::move(measure));
  }
  if (node.has("against"))
    show.against = node.field("against").text();
  if (node.has("against_aggregates"))
    show.againstAggregates = readAggregates(node.field("against_aggregates"));
  show.fit = node.has("fit") && node.field("fit").flag();
  show.by = node.field("by").texts();
  show.forEach = node.field("for_each").texts();
  return show;
}

/// Repetitions and comparisons; a plan without them has one run of everything and compares nothing.
static void readRuns(const JsonNode &node, Experiment &experiment) {
  constexpr int64_t most = 1000;
  if (node.has("repeat_training"))
    experiment.repeatTraining = node.field("repeat_training").integer(1, most);
  if (node.has("repeat_attack"))
    experiment.repeatAttack = node.field("repeat_attack").integer(1, most);
  if (!node.has("comparisons"))
    return;
  for (const JsonNode &pair : node.field("comparisons").items()) {
    std::vector<JsonNode> sides = pair.items();
    if (sides.size() != 2)
      pair.fail("expected two defenses, got " + std::to_string(sides.size()));
    experiment.comparisons.push_back({sides[0].integer(), sides[1].integer()});
  }
}

static Experiment readExperiment(const JsonNode &node) {
  Experiment experiment;
  experiment.name = node.field("name").text();
  experiment.asPublished = node.field("as_published").flag();
  experiment.dataset = node.field("dataset").integer();
  experiment.baseline = node.field("baseline").integer();
  readRuns(node, experiment);
  for (const JsonNode &defense : node.field("defenses").items())
    experiment.defenses.push_back(readDefense(defense));
  for (const JsonNode &cell : node.field("cells").items())
    experiment.cells.push_back(readCell(cell));
  experiment.measures = node.field("measures").texts();
  experiment.desOffset = node.field("des_offset").number();
  for (const JsonNode &show : node.field("shows").items())
    experiment.shows.push_back(readShow(show));
  return experiment;
}

static std::map<std::string, int64_t> readFunctions(const JsonNode &root, Plan &plan) {
  std::map<std::string, int64_t> byName;
  for (const JsonNode &node : root.field("functions").items()) {
    plan.functions.push_back(readFunction(node));
    if (!byName.emplace(plan.functions.back().name, int64_t(plan.functions.size()) - 1).second)
      node.field("name").fail("two functions are called \"" + plan.functions.back().name + "\"");
  }
  return byName;
}

static Plan readPlan(const JsonNode &root) {
  int64_t schema = root.field("schema").integer();
  if (schema != planSchema)
    root.field("schema").fail("this switchyard-run reads schema " + std::to_string(planSchema) + ", got " +
                              std::to_string(schema) +
                              "; compile the program again with the compiler of the same version");
  Plan plan;
  JsonNode program = root.field("program");
  plan.file = program.field("file").text();
  plan.resolved = program.field("resolved").text();
  for (const auto &[place, text] : program.field("modules").members())
    plan.modules[place] = text.text();
  plan.seed = program.field("seed").integer();
  plan.compiler = program.field("compiler").text();
  plan.cpu = program.field("cpu").text();
  std::map<std::string, int64_t> functions = readFunctions(root, plan);
  for (const JsonNode &node : root.field("datasets").items())
    plan.datasets.push_back(readDataset(node));
  for (const JsonNode &node : root.field("models").items())
    plan.models.push_back(readModel(node, plan));
  for (const JsonNode &node : root.field("jobs").items())
    plan.jobs.push_back(readJob(node, plan, functions));
  for (const JsonNode &node : root.field("experiments").items())
    plan.experiments.push_back(readExperiment(node));
  return plan;
}

Plan parsePlan(const std::string &json) {
  nlohmann::ordered_json document;
  try {
    document = nlohmann::ordered_json::parse(json);
  } catch (const nlohmann::ordered_json::parse_error &error) {
    failPlan("", "not JSON: " + std::string(error.what()));
  }
  Plan plan = readPlan(JsonNode(document, ""));
  checkPlan(plan);
  return plan;
}

} // namespace switchyard::rt
