// One failed job does not end the run; two processes on one plan share its work.
#include "plan_fixture.h"
#include "runtime/plan/Schedule.h"

#include <csignal>
#include <fstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace switchyard::rt;
using namespace switchyard::rt::test;

namespace fs = std::filesystem;

/// The plan twice, the second time with other hashes: jobs 4 to 7 on data set 1.
static Json twoExperiments() {
  Json plan = planJson(), jobs = plan["jobs"];
  plan["datasets"].push_back(plan["datasets"][0]);
  plan["datasets"][1]["name"] = "other digits";
  Json model = plan["models"][0];
  model["id"] = 1;
  for (Json &parameter : model["parameters"])
    parameter["from"] = {4};
  plan["models"].push_back(model);
  for (Json job : jobs) {
    job["id"] = job["id"].get<int>() + 4;
    job["hash"] = job["hash"].get<std::string>() + " again";
    job["dataset"] = 1;
    for (const char *use : {"weights", "attack_weights"})
      if (job.contains(use))
        job[use] = 1;
    plan["jobs"].push_back(job);
  }
  Json experiment = plan["experiments"][0];
  experiment["name"] = "again";
  experiment["settings"][0]["dataset"] = 1;
  experiment["defenses"][0]["accuracies"] = {5};
  experiment["defenses"][1]["accuracies"] = {6};
  experiment["cells"][0]["jobs"] = {7};
  plan["experiments"].push_back(experiment);
  return plan;
}

static void expectFailures(const Outcomes &outcomes, const std::vector<int64_t> &jobs, int64_t root) {
  std::vector<int64_t> failed;
  for (const auto &[job, failure] : outcomes.failures) {
    failed.push_back(job);
    EXPECT_EQ(failure.job, root);
    EXPECT_EQ(failure.message, outcomes.failures.at(root).message);
  }
  EXPECT_EQ(failed, jobs);
}

TEST(PlanFailures, TrainingThatIsNotANumberTakesItsOwnExperimentOnly) {
  RunOfPlan run;
  Json plan = twoExperiments();
  plan["jobs"][0]["step"]["scalars"]["poison_at"] = 6;
  Outcomes outcomes = run.runAll(plan);
  expectFailures(outcomes, {0, 1, 2, 3}, 0);
  EXPECT_EQ(outcomes.failures.at(3).message.find(
                "train linear, none: the loss is not a number in epoch 2 of 3, batch 3 of 4"),
            0u)
      << outcomes.failures.at(3).message;
  EXPECT_EQ(outcomes.attacks.count(7), 1u);
  EXPECT_NE(run.log.find("failed: the loss is not a number"), std::string::npos) << run.log;
  EXPECT_NE(run.log.find("; 3 jobs that build on it will not run"), std::string::npos) << run.log;
  EXPECT_NE(run.log.find("4 jobs done, 0 from the store, 4 failed, in "), std::string::npos) << run.log;
}

TEST(PlanFailures, ExampleOutsideItsBallTakesItsAttackOnly) {
  RunOfPlan run;
  Json plan = twoExperiments();
  plan["jobs"][3]["attack"]["scalars"]["overshoot"] = 0.2;
  Outcomes outcomes = run.runAll(plan);
  expectFailures(outcomes, {3}, 3);
  EXPECT_NE(outcomes.failures.at(3).message.find("outside the ball of radius 0.3"), std::string::npos);
  EXPECT_EQ(outcomes.accuracies.size(), 4u);
  EXPECT_EQ(outcomes.attacks.count(7), 1u);
}

TEST(PlanFailures, MissingDataTakesItsExperimentOnlyAndIsLookedForOnce) {
  RunOfPlan run;
  int loads = 0;
  run.loader = [&](const DatasetSpec &spec) -> Dataset {
    if (spec.name == "digits")
      return stripesDataset();
    ++loads;
    throw std::runtime_error("no data set \"" + spec.name + "\" in /data; give its folder with --data");
  };
  Outcomes outcomes = run.runAll(twoExperiments());
  expectFailures(outcomes, {4, 5, 6, 7}, 4);
  EXPECT_EQ(outcomes.failures.at(7).message,
            "no data set \"other digits\" in /data; give its folder with --data");
  EXPECT_EQ(outcomes.attacks.count(3), 1u);
  EXPECT_EQ(outcomes.datasets.size(), 1u);
  EXPECT_EQ(loads, 1);
}

TEST(PlanFailures, TheNextRunTriesAgainWhatFailed) {
  RunOfPlan run;
  Json plan = planJson();
  plan["jobs"][0]["step"]["scalars"]["poison_at"] = 11; // the last batch
  run.runAll(plan);
  EXPECT_TRUE(run.run(planJson()).failures.empty());
  EXPECT_NE(run.log.find("goes on after epoch 2 of 3"), std::string::npos) << run.log;
}

TEST(PlanFailures, EntryThatCannotBeReadFailsItsJob) {
  RunOfPlan run;
  run.run(planJson());
  fs::remove(run.storePath(2));
  fs::create_directory(run.storePath(2));
  Outcomes outcomes = run.runAll(planJson());
  expectFailures(outcomes, {2}, 2);
  EXPECT_EQ(outcomes.failures.at(2).message,
            "accuracy of linear, noise: cannot read " + run.storePath(2) + ": Is a directory");
}

/// A limit on the size of files stands for a full disk.
TEST(PlanFailures, StoreThatCannotBeWrittenEndsTheRun) {
  RunOfPlan run;
  pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{2000, 2000}; // a claim finds room, weights do not
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      run.runAll(planJson());
    } catch (const StoreError &error) {
      ::_exit(std::string(error.what()).find("File too large") != std::string::npos ? 0 : 1);
    }
    ::_exit(2);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(PlanFailures, EntriesSayWhatMadeThem) {
  RunOfPlan run;
  run.run(planJson());
  std::string problem;
  Store store(fs::path(run.storePath(0)).parent_path().parent_path());
  std::optional<StoreEntry> entry = store.read(run.keys[0], problem);
  ASSERT_TRUE(entry) << problem;
  for (const char *name : {"compiler", "cpu", "device", "libtorch", "onednn"})
    EXPECT_FALSE(entry->madeWith[name].empty()) << name;
  EXPECT_EQ(std::count(entry->madeWith["onednn"].begin(), entry->madeWith["onednn"].end(), '.'), 2);
}

TEST(PlanFailures, WorkOfAKilledProcessIsTakenOver) {
  RunOfPlan whole, run;
  Outcomes expected = whole.run(planJson());
  Json plan = planJson();
  plan["jobs"][0]["step"]["scalars"]["kill_at"] = 9; // in the third epoch
  pid_t child = ::fork();
  if (child == 0) {
    run.runAll(plan);
    ::_exit(0);
  }
  for (bool begun = false; !begun; std::this_thread::sleep_for(std::chrono::milliseconds(1)))
    for (const auto &file : fs::recursive_directory_iterator(run.storeDirectory()))
      begun = begun || file.path().extension() == ".claim";
  int64_t trained = calls("train");
  Outcomes outcomes = run.run(planJson()); // waits, as long as the other lives
  EXPECT_EQ(calls("train"), trained + 4);  // the third epoch alone
  EXPECT_NE(run.log.find("goes on after epoch 2 of 3"), std::string::npos) << run.log;
  EXPECT_EQ(outcomes.trainings.at(0).epochLoss, expected.trainings.at(0).epochLoss);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
}
