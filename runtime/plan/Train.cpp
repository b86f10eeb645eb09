// Training jobs. The compiled step does forward, backward and update of one batch; here are only the order of
// the images, the losses and the checkpoints. On a GPU the host starts batches without waiting for their
// losses.
#include "runtime/plan/Train.h"
#include "runtime/plan/Batch.h"
#include "runtime/plan/Draws.h"
#include "runtime/plan/Entries.h"
#include "runtime/plan/Predict.h"
#include "runtime/plan/Summary.h"
#include "runtime/plan/Tallies.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <optional>
#include <sstream>

namespace switchyard::rt {

namespace {

/// A batch whose losses have not been looked at.
struct Flight {
  int64_t epoch, batch;
  std::vector<int64_t> images;
  Fetched losses;
  std::optional<Fetched> tallies; // of the attack inside the training, if there is one
};

class Training {
public:
  /// `sharing`: how many trainings, this one included, share the time.
  Training(const TrainTask &task, size_t sharing)
      : work(task.work), job(task.job), training(job.as<TrainJob>()), split(task.dataset.train),
        count(split.count - (training.validation ? training.validation->images : 0)),
        parameters(task.parameters), key(task.key), sharing(sharing),
        init(work.bind(training.init, task.frozen, parameters, state)),
        step(work.bind(training.step, task.frozen, parameters, state)) {
    if (split.count == 0)
      throw std::runtime_error("the data set has no training images");
    if (training.validation)
      holdOut(task.frozen);
    if (work.device)
      work.device->keep(split.images.data(), split.images.size());
  }

  void start() {
    outcome.gradients.resize(step.called().gradients.size());
    init.set<int64_t>(Role::Stream, stream(purposeInitialization));
    init.run();
    copy(parameters, beginning);
    resume();
    firstDone = imagesDone();
    epochBegin = Clock::now();
  }

  bool done() const { return epochsDone() >= training.epochs || isStopped(); }

  /// The next batch, and with the last one of an epoch the end of that.
  void advance() {
    if (batch == 0)
      beginEpoch();
    runBatch();
    ++batch;
    // A device works ahead of what the host has seen of it.
    while (flights.size() > (work.device ? batchesAhead : 0))
      land();
    if (batch == batches())
      endEpoch();
  }

  int64_t imagesDone() const { return epochsDone() * count + std::min(count, batch * training.batch); }
  int64_t imagesInAll() const { return training.epochs * count; }
  int64_t imagesBefore() const { return firstDone; }
  std::string stage() const { return stage(epochsDone()); }
  void wait() const {
    if (work.device)
      work.device->wait();
  }

  TrainOutcome outcome;

private:
  /// The last images of the split, which the training never sees.
  void holdOut(const Buffers &frozen) {
    if (count <= 0)
      throw std::runtime_error("of " + std::to_string(split.count) + " training images " +
                               std::to_string(training.validation->images) +
                               " are held out: none is left to train on");
    Buffers weights = frozen;
    weights.insert(parameters.begin(), parameters.end());
    validate.emplace(work.bind(training.validation->call, weights));
    const int64_t pixels = int64_t(split.images.size()) / split.count;
    for (int64_t image = count; image < split.count; ++image) {
      int32_t label = split.labels[size_t(image)];
      heldOut.push_back({split.images.data() + image * pixels, image, label, label});
    }
  }

  /// Whether too many epochs have gone by without a higher accuracy of the images that are held out.
  bool isStopped() const {
    if (!training.validation || training.validation->patience == 0 || outcome.validation.empty())
      return false;
    return int64_t(outcome.validation.size()) - 1 - *outcome.bestEpoch() >= training.validation->patience;
  }

  /// Asks the model about what is held out, under draws of the epoch; keeps the weights if they are the best.
  void validateEpoch(int64_t epoch) {
    validate->set<int64_t>(Role::Stream, stream(purposeValidation, epoch));
    std::vector<int32_t> answers = predict(*validate, heldOut, [&](int64_t done) { checkAttack(done); });
    int64_t right = 0;
    for (size_t i = 0; i < answers.size(); ++i)
      right += answers[i] == heldOut[i].label;
    outcome.validation.push_back(double(right) / double(heldOut.size()));
    if (training.validation->keepBest && outcome.bestEpoch() == epoch)
      copy(parameters, best);
  }

  /// That the attack on what is held out did what an attack does, in the batch that ends behind image `done`.
  void checkAttack(int64_t done) const {
    if (!validate->has(Role::GradientTally))
      return;
    const int64_t first = (done - 1) / validate->batch() * validate->batch();
    for (int64_t i = first; i < done; ++i)
      talliesOf(validate->called(), validate->buffer<int32_t>(Role::GradientTally), i - first, [&] {
        return "training image " + std::to_string(heldOut[size_t(i)].image) + ", which is held out";
      });
  }

  static void copy(const Buffers &from, Buffers &to) {
    for (const auto &[name, buffer] : from) {
      std::shared_ptr<Buffer> &own = to[name];
      if (!own)
        own = std::make_shared<Buffer>(buffer->bytes());
      std::memcpy(own->data(), buffer->data(), buffer->bytes());
    }
  }

  int64_t epochsDone() const { return int64_t(outcome.epochLoss.size()); }
  int64_t batches() const { return (count + training.batch - 1) / training.batch; }
  std::string stage(int64_t epoch) const {
    epoch = std::min(epoch, training.epochs - 1); // after the last one
    return "epoch " + std::to_string(epoch + 1) + " of " + std::to_string(training.epochs);
  }

  /// Of one epoch's draws; channels of switching blocks differ by the job's own number.
  int64_t stream(uint64_t purpose, int64_t epoch = 0) const {
    return int64_t(philoxStream(job.seed, purpose, epoch, training.stream));
  }

  /// Takes over what a killed run had finished.
  void resume() {
    std::string problem;
    std::optional<StoreEntry> entry = work.store.read(checkpointKey(key), problem);
    try {
      if (entry)
        outcome = readCheckpoint(*entry, step.called().gradients.size(), parameters, state, best);
    } catch (const std::exception &error) { // whole, but not what this training needs
      problem = error.what();
    }
    if (!problem.empty())
      work.progress.warn(problem + "; training from the beginning");
    if (entry && problem.empty())
      work.progress.detail("goes on after " + stage(epochsDone() - 1));
  }

  void beginEpoch() {
    order = shuffledOrder(stream(purposeShuffling, epochsDone()), count);
    step.set<int64_t>(Role::Stream, stream(purposeTraining, epochsDone()));
    sum = 0;
  }

  void endEpoch() {
    while (!flights.empty())
      land();
    const int64_t epoch = epochsDone();
    const double seconds = std::chrono::duration<double>(Clock::now() - epochBegin).count();
    epochBegin = Clock::now();
    batch = 0;
    outcome.epochLoss.push_back(sum / double(count));
    outcome.seconds += seconds / double(sharing);
    checkWeights(epoch);
    if (validate)
      validateEpoch(epoch);
    std::ostringstream text;
    text.precision(4);
    text << (sharing == 1 ? "" : jobTitle(job) + ", ") << stage(epoch) << ": loss "
         << outcome.epochLoss.back() << ", ";
    if (validate)
      text << 100 * outcome.validation.back() << " % of " << heldOut.size() << " held out, ";
    text << durationText(seconds);
    work.progress.detail(text.str());
    if (!done())
      work.store.write(checkpointEntry(key, job, outcome, parameters, state, best));
    else if (!best.empty())
      copy(best, parameters);
  }

  /// One step, without waiting for its end.
  void runBatch() {
    const int64_t pixels = int64_t(split.images.size()) / split.count;
    int64_t first = batch * training.batch, last = std::min(count, first + training.batch);
    std::vector<int64_t> images(order.begin() + first, order.begin() + last);
    std::vector<Row> rows(images.size());
    for (size_t i = 0; i < images.size(); ++i) {
      rows[i].pixels = split.images.data() + images[i] * pixels;
      rows[i].image = images[i];
      rows[i].label = rows[i].goal =
          split.labels[size_t(images[i])]; // `train against` leaves the label (S2.3)
    }
    fillBatch(step, rows);
    setNumbers();
    step.run();
    std::optional<Fetched> tallies;
    if (step.has(Role::GradientTally))
      tallies = step.fetch(Role::GradientTally);
    flights.push_back({epochsDone(), batch, std::move(images), step.fetch(Role::Loss), std::move(tallies)});
  }

  /// How far the training is: what is done of it, and of all its steps which share that is.
  void setNumbers() {
    const int64_t done = epochsDone() * batches() + batch, all = training.epochs * batches();
    step.set<int32_t>(Role::Iteration, int32_t(done));
    step.set<float>(Role::Progress, float(double(done) / double(all)));
  }

  /// Looks at the losses of the batch that started first.
  void land() {
    const Flight &flight = flights.front();
    const float *losses = flight.losses.get<float>();
    keepTallies(flight); // before a loss that its gradients have spoilt
    for (size_t i = 0; i < flight.images.size(); ++i) {
      if (!std::isfinite(losses[i]))
        failLoss(flight, flight.images[i], losses[i]);
      sum += losses[i];
    }
    flights.pop_front();
  }

  void keepTallies(const Flight &flight) {
    const int32_t *tallies = flight.tallies ? flight.tallies->get<int32_t>() : nullptr;
    for (size_t i = 0; tallies && i < flight.images.size(); ++i) {
      std::vector<GradientTally> its = talliesOf(step.called(), tallies, int64_t(i), [&] {
        return "training image " + std::to_string(flight.images[i]) + " in " + place(flight);
      });
      for (size_t number = 0; number < its.size(); ++number) {
        outcome.gradients[number].examples += its[number].evaluations > 0;
        outcome.gradients[number].zero +=
            its[number].evaluations > 0 && its[number].zero == its[number].evaluations;
      }
    }
  }

  /// "epoch 2 of 3, batch 7 of 12"
  std::string place(const Flight &flight) const {
    return stage(flight.epoch) + ", batch " + std::to_string(flight.batch + 1) + " of " +
           std::to_string(batches());
  }

  /// What the loss of the next step would show is not waited for, and what never moved is not called trained.
  void checkWeights(int64_t epoch) {
    bool moves = false;
    for (const auto &[name, buffer] : parameters) {
      auto *values = buffer->as<float>();
      const size_t count = buffer->bytes() / sizeof(float);
      if (!std::all_of(values, values + count, [](float one) { return std::isfinite(one); }))
        throw std::runtime_error(
            "\"" + name + "\" is not finite behind " + stage(epoch) +
            ": the gradient of what the training descends is no number, or its steps are too long");
      auto before = beginning.find(name);
      moves |= before == beginning.end() || std::memcmp(values, before->second->data(), buffer->bytes()) != 0;
    }
    if (done() && !moves && !parameters.empty())
      throw std::runtime_error(
          "nothing was trained: no weight is other than it began; the gradient of what the "
          "training descends is zero everywhere, or its rate is");
    if (moves)
      beginning.clear();
  }

  [[noreturn]] void failLoss(const Flight &flight, int64_t image, float loss) const {
    std::ostringstream text;
    text << "the loss is " << (std::isnan(loss) ? "not a number" : "infinite") << " in " << place(flight)
         << " (training image " << image << "); "
         << (flight.epoch == 0 && flight.batch == 0
                 ? "no step has been made: the image, the loss or its attack has no finite value there"
                 : "a smaller rate may help");
    throw std::runtime_error(text.str());
  }

  using Clock = std::chrono::steady_clock;
  static constexpr size_t batchesAhead = 4;

  const Workplace &work;
  const Job &job;
  const TrainJob &training;
  const Split &split;
  int64_t count;              // of images that are trained on
  Buffers &parameters, state; // state: of the optimizer
  Buffers best;               // the parameters behind the best epoch, where they are kept
  Buffers beginning;          // what they began with, until one has moved
  std::string key;
  size_t sharing;
  BoundCall init, step;
  std::optional<BoundCall> validate;
  std::vector<Row> heldOut;
  std::vector<int64_t> order; // of the epoch's images
  std::deque<Flight> flights;
  int64_t batch = 0;     // of the epoch
  double sum = 0;        // of the epoch's losses
  int64_t firstDone = 0; // images seen before this process took over
  Clock::time_point epochBegin;
};

/// A training under way, until it fails.
struct Underway {
  std::unique_ptr<Training> training;
  std::string failure;

  bool more() const { return failure.empty() && !training->done(); }

  template <typename Part> void doPart(Part part) {
    try {
      part();
    } catch (const StoreError &) {
      throw;
    } catch (const std::exception &error) {
      failure = error.what();
    }
  }
};

void showProgress(Progress &progress, const std::vector<Underway> &trainings) {
  int64_t done = 0, inAll = 0, before = 0;
  const Training *first = nullptr;
  for (const Underway &one : trainings) {
    if (!one.failure.empty())
      continue;
    first = first ? first : one.training.get();
    done += one.training->imagesDone();
    inAll += one.training->imagesInAll();
    before += one.training->imagesBefore();
  }
  if (first)
    progress.advance(done, inAll, "images",
                     trainings.size() == 1 ? first->stage() : std::to_string(trainings.size()) + " networks",
                     before);
}

} // namespace

std::vector<Trained> train(const std::vector<TrainTask> &tasks) {
  std::vector<Underway> trainings(tasks.size());
  for (size_t i = 0; i < tasks.size(); ++i)
    trainings[i].doPart([&] {
      trainings[i].training = std::make_unique<Training>(tasks[i], tasks.size());
      Training &training = *trainings[i].training;
      training.start();
      if (!training.done())
        training.advance();
      training.wait(); // what it shares with the others, frozen blocks, is on the device now
    });
  for (bool more = true; more;) {
    more = false;
    for (Underway &one : trainings)
      if (one.more()) {
        one.doPart([&] { one.training->advance(); });
        more = true;
      }
    showProgress(tasks.front().work.progress, trainings);
  }
  std::vector<Trained> trained;
  for (Underway &one : trainings)
    trained.push_back({one.failure.empty() ? std::move(one.training->outcome) : TrainOutcome(), one.failure});
  return trained;
}

} // namespace switchyard::rt
