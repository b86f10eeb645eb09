// Runs the plan of the hand-written artifact (plan_artifact.c) on a small data set, with changes that a test
// makes to its JSON, and tells how often the compiled functions were called.
#ifndef SWITCHYARD_TEST_UNIT_PLAN_FIXTURE_H
#define SWITCHYARD_TEST_UNIT_PLAN_FIXTURE_H

#include "runtime/data/Dataset.h"
#include "runtime/kernels/Context.h"
#include "runtime/plan/Executor.h"

#include <dlfcn.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

namespace switchyard::rt::test {

using Json = nlohmann::ordered_json;

/// A directory that goes with the test.
class ScratchDirectory {
public:
  ScratchDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "switchyard-test-XXXXXX").string();
    if (!::mkdtemp(pattern.data()))
      throw std::runtime_error("cannot make a directory for the test");
    place = pattern;
  }
  ~ScratchDirectory() { std::filesystem::remove_all(place); }
  std::string path(const std::string &name = "") const { return name.empty() ? place : place + "/" + name; }

private:
  std::string place;
};

inline Artifact &artifact() {
  static Artifact opened(PLAN_ARTIFACT);
  return opened;
}

inline Json planJson() {
  return Json::parse(artifact().planText());
}

/// The plan with two switching blocks of 3 and 2 channels instead of noise: job 0 and 1 train one classifier
/// each, job 2 a bias on both, frozen; jobs 3 and 4 are exact over the paths. Model 0 is the first
/// classifier, 1 both.
inline Json switchingJson() {
  Json plan = planJson();
  Json train = plan["jobs"][0], accuracy = plan["jobs"][2], attack = plan["jobs"][3], other = train,
       tail = train;
  train["stream"] = 1;
  other.update({{"id", 1}, {"hash", "s1"}, {"label", "linear, other"}, {"stream", 2}});
  tail.update({{"id", 2}, {"hash", "s2"}, {"label", "tail"}, {"stream", 3}, {"frozen", 1}});
  tail["parameters"] = Json::parse(R"([{"name": "tail/bias", "shape": [10]}])");
  tail["init"]["function"] = "init_tail";
  tail["step"] = Json::parse(R"({"function": "tune_16", "scalars": {"rate": 0.1, "kill_at": -1}})");
  Json predict = Json::parse(R"({"function": "switched_7", "scalars": {}})");
  Json paths = Json::parse(R"({"stages": [{"function": "lift_7", "scalars": {}, "channels": 3},
                                          {"function": "answer_7", "scalars": {}, "channels": 2}]})");
  accuracy.update(
      {{"id", 3}, {"hash", "s3"}, {"weights", 1}, {"predict", predict}, {"paths", paths}, {"draws", 0}});
  attack.update({{"id", 4}, {"hash", "s4"}, {"weights", 1}, {"predict", predict}, {"paths", paths}});
  Json both = plan["models"][0];
  both["id"] = 1;
  for (Json &parameter : both["parameters"]) {
    parameter["shape"].insert(parameter["shape"].begin(), 2);
    parameter["from"] = {0, 1};
  }
  plan["models"].push_back(both);
  plan["jobs"] = {train, other, tail, accuracy, attack};
  plan["experiments"] = Json::array();
  return plan;
}

/// Images of class k are bright in the k-th stripe of rows, with a pattern that tells images apart.
inline Split stripes(int64_t count, int64_t first) {
  Split split;
  split.count = count;
  for (int64_t image = 0; image < count; ++image) {
    int64_t label = (image * 7 + first) % 10;
    split.labels.push_back(int32_t(label));
    for (int64_t pixel = 0; pixel < 28 * 28; ++pixel) {
      float pattern = float((pixel * 31 + (image + first) * 17) % 23) / 60.0f;
      split.images.push_back(pattern + (pixel / 28 * 10 / 28 == label ? 0.5f : 0.0f));
    }
  }
  return split;
}

inline Dataset stripesDataset(int64_t trainCount = 60, int64_t testCount = 25) {
  return {{1, 28, 28}, 10, stripes(trainCount, 0), stripes(testCount, 3), "digest of stripes"};
}

/// One store, used by any number of runs.
class RunOfPlan {
public:
  /// All jobs must succeed.
  Outcomes run(const Json &json) {
    Outcomes outcomes = runAll(json);
    for (const auto &[job, failure] : outcomes.failures)
      ADD_FAILURE() << "job " << job << ": " << failure.message;
    return outcomes;
  }
  /// The message of the first job that fails, which one must.
  std::string fail(const Json &json) {
    Outcomes outcomes = runAll(json);
    if (!outcomes.failures.empty())
      return outcomes.failures.begin()->second.message;
    ADD_FAILURE() << "no job failed";
    return "";
  }
  /// Jobs may fail.
  Outcomes runAll(const Json &json) {
    Plan plan = parsePlan(json.dump());
    Store store(directory.path("store"));
    std::ostringstream out;
    Progress progress(out, false, int64_t(plan.jobs.size()));
    Workplace work{plan, artifact(), context.get(), store, progress};
    Executor executor(work, {loader, identify});
    try {
      Outcomes outcomes = executor.run();
      progress.total();
      log = out.str();
      for (const Job &job : plan.jobs)
        keys.push_back(executor.key(job.id));
      return outcomes;
    } catch (...) {
      log = out.str();
      throw;
    }
  }
  std::string storeDirectory() const {
    std::filesystem::create_directories(directory.path("store"));
    return directory.path("store");
  }
  std::string storePath(int64_t job) const {
    return Store(directory.path("store")).pathOf(keys.at(size_t(job)));
  }

  Dataset dataset = stripesDataset();
  DatasetLoader loader = [this](const DatasetSpec &) { return dataset; };
  std::function<std::string(const DatasetSpec &)> identify = {};
  std::string log;
  std::vector<std::string> keys; // of the last successful runs

private:
  ScratchDirectory directory;
  Context context{1};
};

/// How often the artifact's functions of one kind ("train", "predict", "attack", ...) were called so far.
inline int64_t calls(const std::string &kind) {
  artifact(); // opened, so that it has counters
  void *library = ::dlopen(PLAN_ARTIFACT, RTLD_NOW | RTLD_NOLOAD);
  auto *counter = static_cast<int64_t *>(::dlsym(library, (kind + "_calls").c_str()));
  int64_t count = *counter;
  ::dlclose(library);
  return count;
}

inline std::vector<float> trainedWeights(const RunOfPlan &run, const std::string &name = "linear/weights",
                                         int64_t job = 0) {
  std::string problem;
  std::filesystem::path path = run.storePath(job);
  Store store(path.parent_path().parent_path().string());
  return store.read(path.filename().string(), problem)->values<float>("parameter " + name);
}

/// The same with chances of the first stage's channels, in both jobs.
inline Json weighedJson() {
  Json plan = switchingJson();
  for (int job : {3, 4}) {
    Json &stage = plan["jobs"][job]["paths"]["stages"][0];
    stage["chances"] = {0.5, 0.25, 0.25};
    stage["chooses"] = true;
  }
  return plan;
}

} // namespace switchyard::rt::test

#endif
