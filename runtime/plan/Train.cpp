// A training job. The compiled step does forward, backward and update of one batch; here are only the order
// of the images, the losses and the checkpoints.
#include "runtime/plan/Train.h"
#include "runtime/plan/Batch.h"
#include "runtime/plan/Draws.h"
#include "runtime/plan/Entries.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <sstream>

namespace switchyard::rt {

namespace {

class Training {
public:
  Training(const Workplace &work, const Job &job, const Dataset &dataset, const std::string &key,
           Buffers &frozen, Buffers &parameters)
      : work(work), job(job), split(dataset.train), parameters(parameters), key(key),
        init(work.bind(job.init, frozen, parameters, state)),
        step(work.bind(job.step, frozen, parameters, state)) {}

  TrainOutcome run() {
    if (split.count == 0)
      throw std::runtime_error("the data set has no training images");
    if (!resume()) {
      init.set<int64_t>("stream", stream(purposeInitialization));
      init.run();
    }
    firstDone = epochsDone() * split.count;
    double before = outcome.seconds;
    auto begin = std::chrono::steady_clock::now();
    while (epochsDone() < job.epochs) {
      runEpoch(epochsDone());
      outcome.seconds =
          before + std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      if (epochsDone() < job.epochs)
        work.store.write(checkpointEntry(key, job, outcome, parameters, state));
    }
    return std::move(outcome);
  }

private:
  int64_t epochsDone() const { return int64_t(outcome.epochLoss.size()); }
  int64_t batches() const { return (split.count + job.batch - 1) / job.batch; }
  std::string stage(int64_t epoch) const {
    return "epoch " + std::to_string(epoch + 1) + " of " + std::to_string(job.epochs);
  }

  /// Of one epoch's draws; channels of switching blocks differ by the job's own number.
  int64_t stream(uint64_t purpose, int64_t epoch = 0) const {
    return int64_t(philoxStream(job.seed, purpose, epoch, job.stream));
  }

  /// Takes over what a killed run had finished; false where there is nothing to go on from.
  bool resume() {
    std::string problem;
    std::optional<StoreEntry> entry = work.store.read(checkpointKey(key), problem);
    try {
      if (entry)
        outcome = readCheckpoint(*entry, parameters, state);
    } catch (const std::exception &error) { // whole, but not what this training needs
      problem = error.what();
    }
    if (!problem.empty())
      work.progress.warn(problem + "; training from the beginning");
    if (!entry || !problem.empty())
      return false;
    work.progress.detail("goes on after " + stage(epochsDone() - 1));
    return true;
  }

  void runEpoch(int64_t epoch) {
    auto begin = std::chrono::steady_clock::now();
    std::vector<int64_t> order = shuffledOrder(stream(purposeShuffling, epoch), split.count);
    step.set<int64_t>("stream", stream(purposeTraining, epoch));
    double sum = 0;
    for (int64_t batch = 0; batch < batches(); ++batch) {
      int64_t first = batch * job.batch, last = std::min(split.count, first + job.batch);
      sum += runBatch(epoch, batch, {order.begin() + first, order.begin() + last});
      work.progress.advance(epoch * split.count + last, job.epochs * split.count, "images", stage(epoch),
                            firstDone);
    }
    outcome.epochLoss.push_back(sum / double(split.count));
    std::ostringstream text;
    text.precision(4);
    text << stage(epoch) << ": loss " << outcome.epochLoss.back() << ", "
         << durationText(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    work.progress.detail(text.str());
  }

  /// One step; returns the sum of the batch's losses.
  double runBatch(int64_t epoch, int64_t batch, const std::vector<int64_t> &images) {
    const int64_t pixels = int64_t(split.images.size()) / split.count;
    std::vector<Row> rows(images.size());
    for (size_t i = 0; i < images.size(); ++i) {
      rows[i].pixels = split.images.data() + images[i] * pixels;
      rows[i].image = images[i];
      rows[i].label = rows[i].goal =
          split.labels[size_t(images[i])]; // `train against` leaves the label (S2.3)
    }
    fillBatch(step, rows);
    step.set<int32_t>("iteration", int32_t(epoch * batches() + batch));
    step.run();
    const float *losses = step.buffer<float>("loss");
    double sum = 0;
    for (size_t i = 0; i < images.size(); ++i) {
      if (!std::isfinite(losses[i]))
        failLoss(epoch, batch, images[i], losses[i]);
      sum += losses[i];
    }
    return sum;
  }

  [[noreturn]] void failLoss(int64_t epoch, int64_t batch, int64_t image, float loss) const {
    std::ostringstream text;
    text << "the loss is " << (std::isnan(loss) ? "not a number" : "infinite") << " in " << stage(epoch)
         << ", batch " << batch + 1 << " of " << batches() << " (training image " << image
         << "); a smaller rate may help";
    throw std::runtime_error(text.str());
  }

  const Workplace &work;
  const Job &job;
  const Split &split;
  Buffers &parameters, state; // state: of the optimizer
  std::string key;
  BoundCall init, step;
  TrainOutcome outcome;
  int64_t firstDone = 0; // images seen before this process took over
};

} // namespace

TrainOutcome train(const Workplace &work, const Job &job, const Dataset &dataset, const std::string &key,
                   Buffers &frozen, Buffers &parameters) {
  return Training(work, job, dataset, key, frozen, parameters).run();
}

} // namespace switchyard::rt
