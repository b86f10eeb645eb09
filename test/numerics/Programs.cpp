// Reads plans by their own words; makes examples and weights from fixed seeds.
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

#include "runtime/kernels/Context.h"
#include "runtime/kernels/Philox.h"

#include <cstdlib>
#include <memory>
#include <stdexcept>

namespace switchyard::test {

static std::string environment(const char *name, const std::string &otherwise) {
  const char *value = std::getenv(name);
  return value && *value ? value : otherwise;
}

std::string chosenVariant() {
  return environment("SWITCHYARD_TEST_VARIANT", "");
}

std::vector<std::string> variantsToRun() {
  std::string chosen = chosenVariant();
  return chosen.empty() ? std::vector<std::string>{"", "emulated"} : std::vector<std::string>{chosen};
}

const CompiledArtifact &program(const std::string &name, const std::string &variant) {
  static std::map<std::string, std::unique_ptr<CompiledArtifact>> opened;
  std::string file = name + (variant.empty() ? "" : "-" + variant) + ".so";
  std::unique_ptr<CompiledArtifact> &artifact = opened[file];
  if (!artifact)
    artifact = std::make_unique<CompiledArtifact>(
        environment("SWITCHYARD_TEST_ARTIFACTS", SWITCHYARD_TEST_ARTIFACTS) + "/" + file,
        variant.empty()     ? Place::Cpu
        : variant == "cuda" ? Place::Gpu
                            : Place::StandIn);
  return *artifact;
}

//===----------------------------------------------------------------------===//
// Plans
//===----------------------------------------------------------------------===//

CompiledModel::CompiledModel(const CompiledArtifact &artifact, const std::string &experimentName,
                             const std::string &defenseName)
    : artifact(artifact) {
  for (const auto &one : artifact.plan().at("experiments"))
    if (one.at("name") == experimentName)
      experiment = &one;
  if (!experiment)
    throw std::runtime_error("the plan has no experiment \"" + experimentName + "\"");
  const auto &defenses = experiment->at("defenses");
  for (size_t i = 0; i < defenses.size(); ++i)
    if (defenses[i].at("defense") == defenseName)
      defense = int64_t(i);
  if (defense < 0)
    throw std::runtime_error("experiment \"" + experimentName + "\" has no defense \"" + defenseName + "\"");
}

const nlohmann::json &CompiledModel::job(int64_t id) const {
  for (const auto &one : artifact.plan().at("jobs"))
    if (one.at("id") == id)
      return one;
  throw std::runtime_error("the plan has no job " + std::to_string(id));
}

CompiledFunction CompiledModel::called(const nlohmann::json &call) const {
  CompiledFunction function = artifact.function(call.at("function"));
  for (const auto &[name, value] : call.at("scalars").items())
    function.set("scalar", name, value.get<double>());
  return function;
}

static int64_t accuracyJob(const nlohmann::json &experiment, int64_t defense) {
  return experiment.at("defenses")[size_t(defense)].at("accuracies").at(0);
}

const nlohmann::json &CompiledModel::parameters() const {
  size_t model = job(accuracyJob(*experiment, defense)).at("weights");
  return artifact.plan().at("models")[model].at("parameters");
}

CompiledFunction CompiledModel::init() const {
  return called(job(parameters()[0].at("from")[0]).at("init"));
}

const nlohmann::json &CompiledModel::training(const std::string &parameter, size_t channel) const {
  for (const auto &one : parameters())
    if (one.at("name") == parameter)
      return job(one.at("from").at(channel));
  throw std::runtime_error("the model has no parameter \"" + parameter + "\"");
}

CompiledFunction CompiledModel::step() const {
  return called(job(parameters()[0].at("from")[0]).at("step"));
}

CompiledFunction CompiledModel::step(const std::string &parameter, size_t channel) const {
  return called(training(parameter, channel).at("step"));
}

CompiledFunction CompiledModel::validation(const std::string &parameter, size_t channel) const {
  return called(training(parameter, channel).at("validation").at("call"));
}

std::vector<CompiledFunction> CompiledModel::stages() const {
  std::vector<CompiledFunction> functions;
  for (const auto &stage : job(accuracyJob(*experiment, defense)).at("paths").at("stages"))
    functions.push_back(called(stage));
  return functions;
}

CompiledFunction CompiledModel::predict() const {
  return called(job(accuracyJob(*experiment, defense)).at("predict"));
}

CompiledFunction CompiledModel::attack(const std::string &text, const std::string &gradients) const {
  std::string there;
  for (const auto &cell : experiment->at("cells")) {
    if (cell.at("defense") == defense && cell.at("attack") == text &&
        (gradients.empty() || cell.at("gradients") == gradients))
      return called(job(cell.at("jobs").at(0)).at("attack"));
    there += "\n  " + cell.at("attack").get<std::string>() + ", " + cell.at("gradients").get<std::string>();
  }
  throw std::runtime_error("no cell has the attack \"" + text + "\"; there are" + there);
}

//===----------------------------------------------------------------------===//
// Networks
//===----------------------------------------------------------------------===//

using Kind = Layer::Kind;

/// The layers of Inputs/odd.swy, random ones apart.
static std::vector<Layer> oddLayers() {
  return {
      {Kind::Conv, "features/0", 0, 1, 1}, {Kind::Relu, "features/1"},    {Kind::MaxPool, "features/2", 3},
      {Kind::Conv, "features/3", 0, 2, 1}, {Kind::Relu, "features/4"},    {Kind::MaxPool, "features/5", 2},
      {Kind::Flatten, "features/6"},       {Kind::Dense, "features/7"},   {Kind::Relu, "features/8"},
      {Kind::Dropout, "features/9", 0.3},  {Kind::Dense, "classifier/0"}, {Kind::Relu, "classifier/1"},
      {Kind::Dense, "classifier/2"}};
}

/// The layers of Inputs/blocked.swy, random ones apart.
static std::vector<Layer> blockedLayers() {
  return {{Kind::Conv, "features/0"},   {Kind::Relu, "features/1"},       {Kind::Conv, "features/2", 0, 1, 1},
          {Kind::Relu, "features/3"},   {Kind::MaxPool, "features/4", 2}, {Kind::Conv, "features/5", 0, 1, 2},
          {Kind::Relu, "features/6"},   {Kind::MaxPool, "features/7", 2}, {Kind::Flatten, "features/8"},
          {Kind::Dense, "features/9"},  {Kind::Relu, "features/10"},      {Kind::Dropout, "features/11", 0.5},
          {Kind::Dense, "classifier/0"}};
}

Network oracleNetwork(const std::string &program, const std::string &defense, bool training) {
  Network network;
  bool first = true;
  for (Layer layer : program == "odd" ? oddLayers() : blockedLayers()) {
    if (layer.kind == Kind::Conv && defense == "gaussian") {
      network.layers.push_back(
          {Kind::GaussianNoise, layer.path + "+gaussian.gaussian_noise", first ? 0.1 : 0.05});
      first = false;
    }
    if (layer.kind == Kind::Dropout && defense == "defensive_dropout")
      layer = {Kind::Dropout, "features/end+defensive_dropout.dropout", training ? 0.2 : 0.4};
    else if (layer.kind == Kind::Dropout && !training)
      continue;
    network.layers.push_back(layer);
  }
  return network;
}

/// The layers of one block of Inputs/switching.swy, with what the defense puts in.
static Network withNoise(const std::vector<Layer> &layers, const std::string &experiment, bool training) {
  Network network;
  bool first = true;
  for (const Layer &layer : layers) {
    if (layer.kind == Kind::Conv && experiment == "noisy")
      network.layers.push_back({Kind::GaussianNoise, layer.path + "+noisy_switching.gaussian_noise", 0.1});
    if (layer.kind == Kind::Conv && experiment == "composed")
      network.layers.push_back(
          {Kind::GaussianNoise, layer.path + "+gaussian.gaussian_noise", first ? 0.1 : 0.05});
    first &= layer.kind != Kind::Conv;
    if (layer.kind != Kind::Dropout || training)
      network.layers.push_back(layer);
  }
  return network;
}

SwitchingNetwork switchingNetwork(const std::string &experiment, bool training) {
  std::vector<Layer> features{{Kind::Conv, "features/0", 0, 1, 1}, {Kind::Relu, "features/1"},
                              {Kind::MaxPool, "features/2", 2},    {Kind::Conv, "features/3", 0, 1, 1},
                              {Kind::Relu, "features/4"},          {Kind::MaxPool, "features/5", 2},
                              {Kind::Flatten, "features/6"}};
  std::vector<Layer> dense{
      {Kind::Dense, "features/7"}, {Kind::Relu, "features/8"}, {Kind::Dropout, "features/9", 0.3}};
  Network classifier{
      {{Kind::Dense, "classifier/0"}, {Kind::Relu, "classifier/1"}, {Kind::Dense, "classifier/2"}}};
  if (experiment == "three")
    return {{{"features", 2, withNoise(features, experiment, training)},
             {"dense", 3, withNoise(dense, experiment, training)},
             {"classifier", 2, classifier}}};
  features.insert(features.end(), dense.begin(), dense.end());
  int64_t channels = experiment == "composed" ? 2 : 3;
  return {{{"features", channels, withNoise(features, experiment, training)}, {"classifier", 2, classifier}}};
}

//===----------------------------------------------------------------------===//
// Examples and parameters
//===----------------------------------------------------------------------===//

Examples Examples::part(int64_t begin, int64_t end) const {
  Examples result{images.slice(0, begin, end), labels.slice(0, begin, end), goals.slice(0, begin, end),
                  draws};
  result.draws.rows.assign(draws.rows.begin() + begin, draws.rows.begin() + end);
  return result;
}

Examples someExamples(int64_t count) {
  at::manual_seed(17);
  Examples examples;
  examples.images = at::rand({count, 1, 28, 28});
  examples.labels = at::randint(10, {count}, at::kInt);
  examples.goals = (examples.labels + at::randint(1, 10, {count}, at::kInt)).remainder(10);
  examples.draws.stream = rt::philoxStream(5, rt::purposeAttack);
  for (int64_t i = 0; i < count; ++i)
    examples.draws.rows.push_back(
        {uint32_t(3 * i + 5), rt::targetAndDraw(uint32_t(examples.goals[i].item<int>()), uint32_t(i % 3))});
  return examples;
}

bool endsIn(const std::string &text, const std::string &end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

Parameters someParameters(const CompiledFunction &function, const std::string &role) {
  at::manual_seed(23);
  Parameters parameters;
  for (const auto &[has, name] : function.arguments()) {
    if (has != role)
      continue;
    at::Tensor shape = function.argument(role, name);
    at::Tensor one = shape.dim() % 2 ? shape[0] : shape; // of a stack
    std::string weight = name.substr(0, name.find('#')); // of a state
    bool bias = endsIn(weight, "/bias");
    double fans = bias ? 0 : double(one[0].numel() + one.numel() / one.size(1));
    parameters[name] = at::randn(shape.sizes()) * (fans == 0 ? 0.1 : std::sqrt(2 / fans));
  }
  return parameters;
}

bool isStatistic(const std::string &name) {
  return endsIn(name, "/mean") || endsIn(name, "/variance");
}

Parameters normalizedParameters(const CompiledFunction &function, const std::string &role, double scale) {
  at::manual_seed(23);
  Parameters parameters;
  for (const auto &[has, name] : function.arguments()) {
    if (has != role)
      continue;
    at::Tensor value = at::randn(function.argument(role, name).sizes());
    parameters[name] = endsIn(name, "/variance")  ? value.abs() + 0.5
                       : endsIn(name, "/weights") ? scale * value
                                                  : 0.3 * value + 0.5;
  }
  return parameters;
}

void giveParameters(CompiledFunction &function, const std::string &role, const Parameters &parameters) {
  for (const auto &[has, name] : function.arguments())
    if (has == role)
      function.set(role, name, parameters.at(name));
}

Parameters takeParameters(const CompiledFunction &function, const std::string &role) {
  Parameters parameters;
  for (const auto &[has, name] : function.arguments())
    if (has == role)
      parameters[name] = function.argument(role, name).clone();
  return parameters;
}

Parameters inDouble(const Parameters &parameters) {
  Parameters result;
  for (const auto &[name, value] : parameters)
    result[name] = value.to(at::kDouble);
  return result;
}

static at::Tensor rowWords(const Draws &draws) {
  at::Tensor words = at::empty({int64_t(draws.rows.size()), 2}, at::kInt);
  for (size_t i = 0; i < draws.rows.size(); ++i)
    for (size_t j = 0; j < 2; ++j)
      words.data_ptr<int>()[2 * i + j] = int(draws.rows[i][j]);
  return words;
}

void giveExamples(CompiledFunction &function, const Examples &examples) {
  auto give = [&](const char *role, const at::Tensor &value) {
    if (function.has(role))
      function.set(role, "", value);
  };
  give("image", examples.images);
  give("label", examples.labels);
  give("goal", examples.goals);
  give("rows", rowWords(examples.draws));
  give("stream", at::scalar_tensor(int64_t(examples.draws.stream), at::kLong));
  give("example_weight", at::full({examples.count()}, 1.0 / double(examples.count())));
}

void runStep(CompiledFunction &step, Examples &examples, const at::Tensor &weights, int iteration,
             swy_context *context) {
  examples.draws.stream += 1;
  giveExamples(step, examples);
  step.set("example_weight", "", weights);
  if (step.has("iteration"))
    step.set("iteration", "", iteration);
  step.run(context);
}

std::vector<std::string> functionsWith(const CompiledArtifact &artifact, const std::string &role) {
  std::vector<std::string> names;
  for (const auto &function : artifact.plan().at("functions"))
    for (const auto &argument : function.at("arguments"))
      if (std::string name = function.at("name");
          argument.at("role") == role && (names.empty() || names.back() != name))
        names.push_back(name);
  return names;
}

/// The scalars of the first job that calls the function.
static nlohmann::json scalarsOf(const CompiledArtifact &artifact, const std::string &function) {
  for (const auto &job : artifact.plan().at("jobs"))
    for (const char *call : {"init", "step", "predict", "attack"})
      if (job.contains(call) && job[call].at("function") == function)
        return job[call].at("scalars");
  for (const auto &job : artifact.plan().at("jobs"))
    if (job.contains("paths"))
      for (const auto &stage : job["paths"].at("stages"))
        if (stage.at("function") == function)
          return stage.at("scalars");
  throw std::runtime_error("no job calls " + function);
}

void zeroStates(CompiledFunction &step) {
  for (const auto &[role, name] : step.arguments())
    if (role == "state")
      step.set(role, name, 0);
}

CompiledFunction ready(const CompiledArtifact &artifact, const std::string &name) {
  CompiledFunction function = artifact.function(name);
  nlohmann::json scalars = scalarsOf(artifact, name);
  for (const auto &[scalar, value] : scalars.items())
    function.set("scalar", scalar, value.get<double>());
  for (const char *role : {"weight", "parameter", "state"})
    giveParameters(function, role, someParameters(function, role));
  return function;
}

/// As many examples as a batch has rows, the last ones again from the first; each stands in `each`
/// neighbouring rows.
static Examples wholeBatch(const Examples &batch, int64_t rows, int64_t each) {
  Examples whole{at::empty({rows, 1, 28, 28}), at::empty({rows}, at::kInt), at::empty({rows}, at::kInt),
                 batch.draws};
  whole.draws.rows.clear();
  for (int64_t row = 0; row < rows; ++row) {
    int64_t example = row / each % batch.count();
    whole.images[row] = batch.images[example];
    whole.labels[row] = batch.labels[example];
    whole.goals[row] = batch.goals[example];
    whole.draws.rows.push_back(batch.draws.rows[size_t(example)]);
  }
  return whole;
}

/// Restarts as neighbouring rows; a row that is left over does the last one of its neighbours'.
static void giveRestarts(CompiledFunction &function, int64_t together) {
  int64_t whole = function.batch() / together * together;
  at::Tensor row = at::arange(function.batch(), at::kInt);
  function.set("restart", "",
               at::where(row < whole, row.remainder(together), at::full_like(row, together - 1)));
  function.set("restarts_together", "", double(together));
}

at::Tensor runInBatches(CompiledFunction function, const Examples &examples, const std::string &output,
                        bool exactOrder, int threads) {
  if (threads == 0 && function.batch() == 1)
    threads = 1; // one row is too little work for a team
  rt::Context context(threads);
  setPrecision(context.get(), exactOrder ? rt::Precision::ExactOrder : rt::Precision::Float32);
  const int64_t each = function.has("restart") && function.batch() > 1 ? 2 : 1,
                most = function.batch() / each;
  if (function.has("restart"))
    giveRestarts(function, each);
  std::vector<at::Tensor> rows;
  for (int64_t begin = 0; begin < examples.count(); begin += most) {
    int64_t valid = std::min(most, examples.count() - begin);
    giveExamples(function, wholeBatch(examples.part(begin, begin + valid), function.batch(), each));
    function.run(context.get());
    rows.push_back(function.argument(output).slice(0, 0, valid * each, each).clone());
  }
  return at::cat(rows);
}

//===----------------------------------------------------------------------===//
// Distances
//===----------------------------------------------------------------------===//

double medianRelativeError(const at::Tensor &found, const at::Tensor &expected) {
  at::Tensor wanted = expected.to(at::kDouble), size = wanted.abs();
  at::Tensor error = (found.to(at::kDouble) - wanted).abs();
  return (error / size.clamp_min(1e-6 * size.max().item<double>() + 1e-300)).median().item<double>();
}

void expectEveryElement(const at::Tensor &found, const at::Tensor &expected, const std::string &what,
                        double worst, const at::Tensor &before) {
  ASSERT_EQ(found.sizes(), expected.sizes()) << what;
  at::Tensor wanted = expected.to(at::kDouble), error = (found.to(at::kDouble) - wanted).abs();
  at::Tensor scale = (before.defined() ? wanted - before.to(at::kDouble) : wanted).abs().max();
  EXPECT_GT(scale.item<double>(), 0) << what << " compares nothing";
  at::Tensor wrong = error > worst * scale; // NaN is wrong, too
  wrong = wrong.logical_or(error.isnan());
  EXPECT_EQ(wrong.sum().item<int64_t>(), 0)
      << what << ": " << wrong.sum().item<int64_t>() << " of " << error.numel()
      << " elements, the worst off by " << (error.max() / scale).item<double>() << " of the greatest";
  EXPECT_LE(medianRelativeError(found, expected), 1e-5) << what;
}

double equalImages(const at::Tensor &found, const at::Tensor &expected) {
  at::Tensor distance = (found - expected).abs().flatten(1).amax(1);
  return (distance <= 1e-4).to(at::kDouble).mean().item<double>();
}

} // namespace switchyard::test
