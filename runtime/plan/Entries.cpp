// Encodes outcomes as named tensors: one value for each image, pair or epoch, and the trained parameters.
#include "runtime/plan/Entries.h"

#include <algorithm>

namespace switchyard::rt {

static const std::string parameterPrefix = "parameter ", statePrefix = "state ", bestPrefix = "best ";

static StoreEntry newEntry(const std::string &key, const char *kind, const Job &job) {
  return {key, kind, job.label, {}};
}

/// Buffers as bytes; their shapes are the plan's business, except for parameters, which people export.
static void addBuffers(StoreEntry &entry, const std::string &prefix, const Buffers &buffers) {
  for (auto &[name, buffer] : buffers)
    entry.add(prefix + name, "f32", {int64_t(buffer->bytes() / sizeof(float))}, buffer->data(),
              buffer->bytes());
}

static void addParameters(StoreEntry &entry, const TrainJob &job, const Buffers &parameters) {
  for (const Parameter &parameter : job.parameters) {
    Buffer &buffer = *parameters.at(parameter.name);
    entry.add(parameterPrefix + parameter.name, "f32", parameter.shape, buffer.data(), buffer.bytes());
  }
}

/// Whether the entry has a tensor of the right size for every buffer.
static void checkBuffers(const StoreEntry &entry, const std::string &prefix, const Buffers &buffers) {
  for (auto &[name, buffer] : buffers)
    if (entry.tensor(prefix + name).bytes.size() != buffer->bytes())
      throw std::runtime_error("store entry " + entry.key + ": \"" + name + "\" has another size");
}

/// Copies all tensors with this prefix into the buffers of their names.
static void readBuffers(const StoreEntry &entry, const std::string &prefix, Buffers &buffers) {
  for (const StoredTensor &tensor : entry.tensors) {
    if (tensor.name.compare(0, prefix.size(), prefix) != 0)
      continue;
    std::shared_ptr<Buffer> &buffer = buffers[tensor.name.substr(prefix.size())];
    if (!buffer)
      buffer = std::make_shared<Buffer>(tensor.bytes.size());
    std::memcpy(buffer->data(), tensor.bytes.data(), std::min(buffer->bytes(), tensor.bytes.size()));
  }
}

/// The tallies of an attack inside the training: [gradients, 2], flat; none where there is no attack.
static void addTraining(StoreEntry &entry, const TrainOutcome &outcome) {
  entry.add("epoch loss", outcome.epochLoss);
  entry.add("seconds", std::vector<double>{outcome.seconds});
  std::vector<int64_t> tallies;
  for (const TrainingTally &tally : outcome.gradients)
    tallies.insert(tallies.end(), {tally.examples, tally.zero});
  if (!tallies.empty())
    entry.add("gradients", tallies);
  if (!outcome.validation.empty())
    entry.add("validation", outcome.validation);
}

static double secondsOf(const StoreEntry &entry) {
  return entry.values<double>("seconds").at(0);
}

static TrainOutcome trainingOf(const StoreEntry &entry, size_t gradients) {
  TrainOutcome outcome{entry.values<double>("epoch loss"), secondsOf(entry)};
  if (entry.has("validation"))
    outcome.validation = entry.values<double>("validation");
  if (gradients == 0)
    return outcome;
  auto tallies = entry.values<int64_t>("gradients");
  if (tallies.size() != 2 * gradients)
    throw std::runtime_error("store entry " + entry.key + ": its tallies have another size");
  for (size_t at = 0; at < tallies.size(); at += 2)
    outcome.gradients.push_back({tallies[at], tallies[at + 1]});
  return outcome;
}

StoreEntry trainEntry(const std::string &key, const Job &job, const TrainOutcome &outcome,
                      const Buffers &parameters) {
  StoreEntry entry = newEntry(key, "train", job);
  addTraining(entry, outcome);
  addParameters(entry, job.as<TrainJob>(), parameters);
  return entry;
}

TrainOutcome readTrain(const StoreEntry &entry, const TrainJob &job, size_t gradients, Buffers &parameters) {
  for (const Parameter &parameter : job.parameters)
    if (entry.tensor(parameterPrefix + parameter.name).shape != parameter.shape)
      throw std::runtime_error("store entry " + entry.key + ": \"" + parameter.name + "\" has another shape");
  checkBuffers(entry, parameterPrefix, parameters);
  TrainOutcome outcome = trainingOf(entry, gradients);
  readBuffers(entry, parameterPrefix, parameters);
  return outcome;
}

std::string checkpointKey(const std::string &key) {
  return key + ".checkpoint";
}

StoreEntry checkpointEntry(const std::string &key, const Job &job, const TrainOutcome &outcome,
                           const Buffers &parameters, const Buffers &state, const Buffers &best) {
  StoreEntry entry = newEntry(checkpointKey(key), "checkpoint", job);
  addTraining(entry, outcome);
  addParameters(entry, job.as<TrainJob>(), parameters);
  addBuffers(entry, statePrefix, state);
  addBuffers(entry, bestPrefix, best);
  return entry;
}

TrainOutcome readCheckpoint(const StoreEntry &entry, size_t gradients, Buffers &parameters, Buffers &state,
                            Buffers &best) {
  TrainOutcome outcome = trainingOf(entry, gradients);
  checkBuffers(entry, parameterPrefix, parameters); // all before anything is changed
  checkBuffers(entry, statePrefix, state);
  readBuffers(entry, parameterPrefix, parameters);
  readBuffers(entry, statePrefix, state);
  readBuffers(entry, bestPrefix, best);
  return outcome;
}

StoreEntry accuracyEntry(const std::string &key, const Job &job, const AccuracyOutcome &outcome) {
  StoreEntry entry = newEntry(key, "accuracy", job);
  entry.add("correct", outcome.correct);
  entry.add("draw accuracy", outcome.drawAccuracy);
  entry.add("path accuracy", outcome.pathAccuracy);
  std::vector<int32_t> votes;
  for (const AccuracyOutcome::Votes &one : outcome.votes)
    votes.insert(votes.end(), {one.label, one.chosen, one.count});
  if (!votes.empty()) {
    entry.add("votes", votes);
    entry.add("votes of", std::vector<int64_t>{outcome.votesOf});
  }
  if (!outcome.labels.empty()) {
    entry.add("label", outcome.labels);
    entry.add("answer counts", outcome.answers.counts);
    entry.add("answer classes", outcome.answers.classes);
    entry.add("answer shares", outcome.answers.shares);
  }
  entry.add("seconds", std::vector<double>{outcome.seconds});
  return entry;
}

/// Rates, which entries of older versions hold in 32 bits.
static std::vector<double> ratesOf(const StoreEntry &entry, const std::string &name) {
  if (entry.tensor(name).type != storedType<float>())
    return entry.values<double>(name);
  std::vector<float> rounded = entry.values<float>(name);
  return {rounded.begin(), rounded.end()};
}

/// The labels of all images and the shares of classes among their answers.
static void readShares(const StoreEntry &entry, AccuracyOutcome &outcome) {
  if (!entry.has("label"))
    return;
  outcome.labels = entry.values<int32_t>("label");
  outcome.answers = {entry.values<int32_t>("answer counts"), entry.values<int32_t>("answer classes"),
                     entry.values<double>("answer shares")};
  const ClassShares &answers = outcome.answers;
  int64_t all = 0;
  for (int32_t count : answers.counts)
    all += count < 0 ? int64_t(answers.shares.size()) + 1 : count;
  const size_t images = outcome.correct.size();
  if (outcome.labels.size() != images || answers.counts.size() != images ||
      answers.classes.size() != answers.shares.size() || all != int64_t(answers.shares.size()))
    throw std::runtime_error("store entry " + entry.key + ": its answers have another size");
}

/// Of a certificate.
static void readVotes(const StoreEntry &entry, AccuracyOutcome &outcome) {
  if (!entry.has("votes"))
    return;
  std::vector<int32_t> votes = entry.values<int32_t>("votes");
  outcome.votesOf = entry.values<int64_t>("votes of").at(0);
  if (votes.size() != 3 * outcome.correct.size())
    throw std::runtime_error("store entry " + entry.key + ": its votes have another size");
  for (size_t at = 0; at < votes.size(); at += 3)
    outcome.votes.push_back({votes[at], votes[at + 1], votes[at + 2]});
}

AccuracyOutcome readAccuracy(const StoreEntry &entry) {
  AccuracyOutcome outcome{ratesOf(entry, "correct"), entry.values<double>("draw accuracy"), secondsOf(entry),
                          entry.values<double>("path accuracy")};
  readShares(entry, outcome);
  readVotes(entry, outcome);
  return outcome;
}

/// The pairs and what their attack alone decides: how far it went, and the gradients' tallies, [pairs,
/// gradients, 3], flat.
static void addMade(StoreEntry &entry, const AttackOutcome &outcome) {
  std::vector<int32_t> image, label, goal, unmoved, tallies;
  std::vector<float> distance;
  for (const AttackPair &pair : outcome.pairs) {
    image.push_back(pair.image);
    label.push_back(pair.label);
    goal.push_back(pair.goal);
    distance.push_back(pair.distance);
    unmoved.push_back(pair.unmoved);
  }
  entry.add("image", image);
  entry.add("label", label);
  entry.add("goal", goal);
  entry.add("distance", distance);
  for (const std::vector<GradientTally> &pair : outcome.gradients)
    for (const GradientTally &tally : pair)
      tallies.insert(tallies.end(), {tally.evaluations, tally.zero, tally.zeroAtEnd});
  entry.add("unmoved", unmoved);
  entry.add("gradients", tallies);
}

/// Fills what `addMade` has written: `made` is an AttackOutcome or Examples.
template <typename Made> static void readMade(const StoreEntry &entry, Made &made) {
  auto image = entry.values<int32_t>("image"), label = entry.values<int32_t>("label"),
       goal = entry.values<int32_t>("goal"), unmoved = entry.values<int32_t>("unmoved"),
       tallies = entry.values<int32_t>("gradients");
  std::vector<float> distance = entry.values<float>("distance");
  const size_t pairs = image.size(), each = pairs ? tallies.size() / pairs : 0;
  for (size_t size : {label.size(), goal.size(), distance.size(), unmoved.size()})
    if (size != pairs)
      throw std::runtime_error("store entry " + entry.key + ": its pairs have another size");
  if (each % 3 != 0 || each * pairs != tallies.size())
    throw std::runtime_error("store entry " + entry.key + ": its tallies have another size");
  made.gradients.resize(pairs);
  for (size_t i = 0; i < pairs; ++i) {
    made.pairs.push_back({image[i], label[i], goal[i], 0, 0, distance[i], unmoved[i] != 0});
    for (size_t at = i * each; at < (i + 1) * each; at += 3)
      made.gradients[i].push_back({tallies[at], tallies[at + 1], tallies[at + 2]});
  }
}

static void readSameDraw(const StoreEntry &entry, AttackOutcome &outcome) {
  if (!entry.has("same draw"))
    return;
  outcome.sameDraw = entry.values<double>("same draw");
  outcome.sameDrawAtZero = entry.values<double>("same draw at zero");
  for (size_t size : {outcome.sameDraw.size(), outcome.sameDrawAtZero.size()})
    if (size != outcome.pairs.size())
      throw std::runtime_error("store entry " + entry.key + ": its answers under one draw have another size");
}

static void readAnswers(const StoreEntry &entry, AttackOutcome &outcome) {
  if (!entry.has("answers"))
    return;
  outcome.answers = entry.values<double>("answers");
  outcome.answersAtZero = entry.values<double>("answers at zero");
  const size_t pairs = outcome.pairs.size(), all = outcome.answers.size();
  if (outcome.answersAtZero.size() != all || (pairs ? all % pairs : all) != 0)
    throw std::runtime_error("store entry " + entry.key + ": its answers have another size");
  auto isShare = [](double share) { return share >= 0 && share <= 1 + 1e-9; };
  for (const std::vector<double> *shares : {&outcome.answers, &outcome.answersAtZero})
    if (!std::all_of(shares->begin(), shares->end(), isShare))
      throw std::runtime_error("store entry " + entry.key + ": its answers are no shares");
}

StoreEntry attackEntry(const std::string &key, const Job &job, const AttackOutcome &outcome) {
  std::vector<double> success, successAtZero;
  for (const AttackPair &pair : outcome.pairs) {
    success.push_back(pair.success);
    successAtZero.push_back(pair.successAtZero);
  }
  StoreEntry entry = newEntry(key, "attack", job);
  addMade(entry, outcome);
  entry.add("success", success);
  entry.add("success at zero", successAtZero);
  entry.add("answers", outcome.answers);
  entry.add("answers at zero", outcome.answersAtZero);
  entry.add("draws", std::vector<int64_t>{outcome.draws});
  entry.add("paths", std::vector<int64_t>{outcome.paths});
  if (outcome.votes > 1)
    entry.add("votes", std::vector<int64_t>{outcome.votes});
  if (!outcome.sameDraw.empty()) {
    entry.add("same draw", outcome.sameDraw);
    entry.add("same draw at zero", outcome.sameDrawAtZero);
  }
  entry.add("seconds", std::vector<double>{outcome.seconds});
  return entry;
}

StoreEntry examplesEntry(const std::string &key, const Job &job, const AttackOutcome &outcome, int64_t pixels,
                         const std::string &packed) {
  StoreEntry entry = newEntry(key, "examples", job);
  addMade(entry, outcome);
  entry.add("pixels", std::vector<int64_t>{pixels});
  entry.addText("packed", packed);
  return entry;
}

Examples readExamples(const StoreEntry &entry) {
  Examples examples;
  readMade(entry, examples);
  examples.pixels = entry.values<int64_t>("pixels").at(0);
  examples.packed = entry.text("packed");
  return examples;
}

StoreEntry dataEntry(const std::string &identity, const std::string &name, const DatasetOutcome &outcome) {
  StoreEntry entry{identity, "data set", name, {}};
  entry.addText("digest", outcome.digest);
  entry.addText("note", outcome.note);
  entry.add("test classes", outcome.testClasses);
  return entry;
}

DatasetOutcome readData(const StoreEntry &entry) {
  return {entry.text("digest"), entry.text("note"), entry.values<int64_t>("test classes")};
}

AttackOutcome readAttack(const StoreEntry &entry) {
  AttackOutcome outcome;
  readMade(entry, outcome);
  std::vector<double> success = ratesOf(entry, "success"), successAtZero = ratesOf(entry, "success at zero");
  for (size_t size : {success.size(), successAtZero.size()})
    if (size != outcome.pairs.size())
      throw std::runtime_error("store entry " + entry.key + ": its pairs have another size");
  for (size_t i = 0; i < outcome.pairs.size(); ++i) {
    outcome.pairs[i].success = success[i];
    outcome.pairs[i].successAtZero = successAtZero[i];
  }
  readAnswers(entry, outcome);
  readSameDraw(entry, outcome);
  outcome.draws = entry.values<int64_t>("draws").at(0);
  outcome.paths = entry.values<int64_t>("paths").at(0);
  if (entry.has("votes"))
    outcome.votes = entry.values<int64_t>("votes").at(0);
  outcome.seconds = secondsOf(entry);
  return outcome;
}

} // namespace switchyard::rt
