// One loop: whatever is ready and not yet done, here or elsewhere, is taken from the store or run.
#include "runtime/plan/Executor.h"
#include "runtime/contract/CheckPlan.h"
#include "runtime/data/Digest.h"
#include "runtime/plan/Entries.h"
#include "runtime/plan/Summary.h"
#include "runtime/plan/WorstOf.h"

#include <algorithm>
#include <thread>

namespace switchyard::rt {

/// Changes when the executor's own part of a result changes (shuffling, judging, padding).
static const char executorSemantics[] = "switchyard job 2";
/// Changes when its part in making examples does.
static const char examplesSemantics[] = "switchyard examples 1";

static DatasetOutcome outcomeOf(const Dataset &loaded) {
  DatasetOutcome outcome{loaded.digest, loaded.note, std::vector<int64_t>(size_t(loaded.classes), 0)};
  for (int32_t label : loaded.test.labels)
    ++outcome.testClasses.at(size_t(label));
  return outcome;
}

/// From the store under the data set's identity, where there is one; else from the data. What changes while
/// it is read has another identity afterwards, and nothing is kept of it.
static DatasetOutcome knownOrRead(const Store &store, const DatasetSpec &spec,
                                  const std::function<std::string()> &identify,
                                  const std::function<const Dataset &()> &read) {
  const std::string identity = identify();
  std::string problem;
  if (!identity.empty())
    if (std::optional<StoreEntry> entry = store.read(identity, problem))
      return readData(*entry);
  DatasetOutcome outcome = outcomeOf(read());
  if (!identity.empty() && identify() == identity)
    store.write(dataEntry(identity, spec.name, outcome));
  return outcome;
}

const DatasetOutcome &Executor::dataset(int64_t index) {
  if (auto found = outcomes.datasets.find(index); found != outcomes.datasets.end())
    return found->second;
  const DatasetSpec &spec = work.plan.datasets[size_t(index)];
  DatasetOutcome outcome = knownOrRead(
      work.store, spec, [&] { return identify ? identify(spec) : std::string(); },
      [&]() -> const Dataset & { return runner.dataset(index); });
  if (!outcome.note.empty())
    work.progress.warn("data set " + spec.name + ": " + outcome.note);
  return outcomes.datasets[index] = std::move(outcome);
}

std::string Executor::makeKey(const Job &job) {
  std::string text =
      std::string(executorSemantics) + "\n" + job.hash + "\n" + dataset(job.dataset).digest + "\n";
  for (int64_t id : schedule.needs(job.id))
    text += keys.at(id) + "\n";
  return sha256Hex(text);
}

/// Of the examples alone: the model that judges them has no part in it.
std::string Executor::makeExamplesKey(const Job &job) {
  auto *attack = std::get_if<AttackJob>(&job.work);
  if (!attack || attack->examples.empty())
    return "";
  std::string text =
      std::string(examplesSemantics) + "\n" + attack->examples + "\n" + dataset(job.dataset).digest + "\n";
  for (int64_t id : trainingsOf(work.plan, attack->source))
    text += keys.at(id) + "\n";
  if (attack->pairs.correctOnly)
    for (int64_t id : choosingAccuracyJobs(work.plan, job.id))
      text += keys.at(id) + "\n";
  return sha256Hex(text);
}

const AccuracyOutcome *Executor::baseline(const Job &job) const {
  auto *attack = std::get_if<AttackJob>(&job.work);
  if (!attack || !attack->pairs.correctOnly)
    return nullptr;
  return &outcomes.accuracies.at(choosingAccuracyJobs(work.plan, job.id).at(0));
}

/// The result is there: what builds on the job may begin.
void Executor::keep(const Job &job, const JobResult &result) {
  if (auto *training = std::get_if<TrainOutcome>(&result))
    outcomes.trainings[job.id] = *training;
  else if (auto *accuracy = std::get_if<AccuracyOutcome>(&result))
    outcomes.accuracies[job.id] = *accuracy;
  else
    outcomes.attacks[job.id] = std::get<AttackOutcome>(result);
  schedule.done(job.id);
  waits = 0;
}

/// The result first: where the disk is full, what was attacked is known at least.
void Executor::record(const JobResult &result, const JobEntries &entries) {
  ledger.record(entries.result);
  if (!entries.examples)
    return;
  try {
    examples.packed += double(ledger.add(*entries.examples));
  } catch (const StoreError &error) {
    throw StoreError(error.what() + std::string("; --no-examples leaves finished examples out of the store"));
  }
  ++examples.attacks;
  examples.floats += double(std::get<AttackOutcome>(result).pairs.size()) * double(sizeof(float)) *
                     double(entries.examples->values<int64_t>("pixels").at(0));
}

void Executor::sayWhatExamplesTake() const {
  if (examples.attacks == 0)
    return;
  work.progress.say("the store keeps the examples of " + std::to_string(examples.attacks) + " attack" +
                    (examples.attacks == 1 ? "" : "s") + ": " + bytesText(examples.packed) + " (" +
                    bytesText(examples.floats) + " as floats)");
}

/// `where` stands before the message in the report: the job's title, or nothing for what is not the job's
/// own.
void Executor::fail(const Job &job, const std::string &message, const std::string &where) {
  std::vector<int64_t> others = schedule.fail(job.id);
  work.progress.fail(jobTitle(job), message, int64_t(others.size()));
  others.push_back(job.id);
  for (int64_t id : others)
    outcomes.failures[id] = {where + message, job.id};
  waits = 0;
}

/// Whether nothing is left to do for a ready job: its result was in the store, or its data or its entry
/// cannot be read, so that it fails.
bool Executor::settled(const Job &job) {
  std::string where; // of a data set that cannot be read, the data set
  try {
    if (!keys.count(job.id))
      keys[job.id] = makeKey(job);
    where = jobTitle(job) + ": ";
    return combined(job) || takeFromStore(job, true);
  } catch (const std::exception &error) {
    work.progress.start(jobTitle(job));
    fail(job, error.what(), where);
    return true;
  }
}

/// A set of attacks has its result from theirs: there is nothing to keep but these.
bool Executor::combined(const Job &job) {
  auto *set = std::get_if<AttackJob>(&job.work);
  if (!set || set->parts.empty())
    return false;
  std::vector<const AttackOutcome *> parts;
  bool isNew = false; // some of them were run here
  for (const AttackPart &part : set->parts) {
    parts.push_back(&outcomes.attacks.at(part.job));
    isNew |= done.count(part.job) > 0;
  }
  if (isNew)
    work.progress.start(jobTitle(job));
  keep(job, worstOf(*set, work.plan.datasets[size_t(job.dataset)], parts));
  if (isNew)
    work.progress.finish(jobSummary(job, outcomes));
  else
    work.progress.found(jobTitle(job), jobSummary(job, outcomes));
  return true;
}

bool Executor::takeFromStore(const Job &job, bool warns) {
  std::string problem;
  std::optional<StoreEntry> entry = ledger.find(keys.at(job.id), problem);
  std::optional<JobResult> result;
  try {
    if (entry)
      result = runner.read(job, *entry);
  } catch (const std::exception &error) { // whole, but not what this job needs
    problem = error.what();
  }
  if (warns && !problem.empty())
    work.progress.warn(problem + "; doing its work again");
  if (!result)
    return false;
  keep(job, *result);
  work.progress.found(jobTitle(job), jobSummary(job, outcomes));
  return true;
}

/// Whether this process may do the job now. Another one may have finished it since the store was looked at.
bool Executor::claimed(const Job &job) {
  if (!ledger.claim(keys.at(job.id)))
    return false;
  if (!takeFromStore(job, false))
    return true;
  ledger.giveUp(keys.at(job.id));
  return false;
}

/// What is ready beside `first` and can be run in one go with it.
std::vector<const Job *> Executor::companions(const Job &first) {
  std::vector<const Job *> together{&first};
  const std::set<int64_t> ready = schedule.ready();
  for (int64_t id : ready) {
    const Job &other = work.plan.jobs[size_t(id)];
    if (id != first.id && runner.joins(together, other) && !settled(other) && claimed(other))
      together.push_back(&other);
  }
  return together;
}

/// Takes one ready job from the store or runs it, with others that can share its run; false where all that is
/// ready is being done elsewhere.
bool Executor::doSomething() {
  const std::set<int64_t> ready = schedule.ready();
  for (int64_t id : ready) {
    const Job &job = work.plan.jobs[size_t(id)];
    if (settled(job))
      return true;
    if (claimed(job)) {
      runTogether(companions(job));
      return true;
    }
    if (!schedule.ready().count(id)) // finished by another process between two looks
      return true;
  }
  return false;
}

void Executor::runTogether(const std::vector<const Job *> &jobs) {
  const bool several = jobs.size() > 1;
  std::string title = jobTitle(*jobs.front());
  if (several)
    title += " and " + std::to_string(jobs.size() - 1) +
             (jobs.front()->is<TrainJob>() ? " more side by side" : " more together");
  work.progress.start(title, int64_t(jobs.size()));
  std::vector<JobKeys> ownKeys;
  for (const Job *job : jobs)
    ownKeys.push_back({keys.at(job->id), makeExamplesKey(*job)});
  auto finished = [&](const Job &job, const JobResult &result, const JobEntries &entries) {
    record(result, entries);
    done.insert(job.id);
    keep(job, result);
    work.progress.finish((several ? jobTitle(job) + ": " : "") + jobSummary(job, outcomes));
  };
  auto failed = [&](const Job &job, const std::string &message) {
    ledger.giveUp(keys.at(job.id));
    fail(job, message, jobTitle(job) + ": ");
  };
  runner.run(jobs, ownKeys, baseline(*jobs.front()), {finished, failed});
}

/// Everything that is ready is being done by other processes: looks again, ever less often.
void Executor::waitForOthers() {
  const Job &job = work.plan.jobs[size_t(*schedule.ready().begin())];
  std::string holder = ledger.holder(keys.at(job.id));
  if (!holder.empty() && holder != waitingFor)
    work.progress.say("waits for " + holder + ", which does " + jobTitle(job));
  waitingFor = holder;
  std::this_thread::sleep_for(
      std::chrono::milliseconds(std::min<int64_t>(20 << std::min<int64_t>(waits, 6), 1000)));
  ++waits;
}

/// The pairs of an outcome's first images.
static size_t pairsOf(const AttackOutcome &outcome, int64_t images) {
  size_t pairs = 0;
  for (int64_t seen = 0; pairs < outcome.pairs.size(); ++pairs) {
    seen += pairs == 0 || outcome.pairs[pairs].image != outcome.pairs[pairs - 1].image;
    if (seen > images)
      break;
  }
  return pairs;
}

/// A set comes behind its parts, whose examples are asked for with it.
void Executor::showExamples() {
  for (const Job &job : work.plan.jobs) {
    const int64_t images = job.is<AttackJob>() ? shownImages(work.plan, job.id) : 0;
    auto outcome = outcomes.attacks.find(job.id);
    if (images == 0 || outcome == outcomes.attacks.end())
      continue;
    const std::vector<AttackPart> &parts = job.as<AttackJob>().parts;
    std::vector<const ShownExamples *> ofParts;
    for (const AttackPart &part : parts)
      ofParts.push_back(&outcomes.examples.at(part.job));
    const size_t pairs = pairsOf(outcome->second, images);
    outcomes.examples[job.id] = parts.empty() ? runner.show(job, makeExamplesKey(job), outcome->second, pairs)
                                              : examplesOfSet(outcome->second, ofParts, pairs);
  }
}

/// Where `tf32` was asked for and there is nothing that rounds.
void Executor::warnOfPrecision() const {
  auto wantsTf32 = [](const Job &job) { return job.precision == Precision::Tf32; };
  if (!work.device && std::any_of(work.plan.jobs.begin(), work.plan.jobs.end(), wantsTf32))
    work.progress.warn("precision tf32 rounds nothing here: the CPU computes in float32");
}

Outcomes Executor::run() {
  warnOfPrecision();
  while (!schedule.finished())
    if (!doSomething())
      waitForOthers();
  outcomes.keys = keys;
  sayWhatExamplesTake();
  showExamples();
  return outcomes;
}

} // namespace switchyard::rt
