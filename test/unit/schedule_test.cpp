// What may be done when, and what a failure takes along: plans only, nothing runs.
#include "plan_fixture.h"
#include "runtime/plan/Schedule.h"

using namespace switchyard::rt;
using namespace switchyard::rt::test;

using Ids = std::vector<int64_t>;

static Ids ready(const Schedule &schedule) {
  return {schedule.ready().begin(), schedule.ready().end()};
}

TEST(Schedule, JobsBecomeReadyWhenAllTheirNeedsAreDone) {
  Plan plan = parsePlan(switchingJson().dump()); // two trainings, a third on both, then accuracy and attack
  Schedule schedule(plan);
  EXPECT_EQ(ready(schedule), (Ids{0, 1}));
  schedule.done(1);
  EXPECT_EQ(ready(schedule), Ids{0});
  schedule.done(0);
  EXPECT_EQ(ready(schedule), (Ids{2, 3, 4})); // judged on the two classifiers alone
  for (int64_t job : {3, 4, 2})
    schedule.done(job);
  EXPECT_TRUE(schedule.finished());
}

TEST(Schedule, CorrectOnlyNeedsTheBaselinesAccuracy) {
  Json json = planJson();
  json["jobs"][3]["correct_only"] = true;
  Schedule schedule(parsePlan(json.dump()));
  EXPECT_EQ(schedule.needs(3), (Ids{0, 0, 1})); // both models of the attack, and the accuracy
  schedule.done(0);
  EXPECT_EQ(ready(schedule), (Ids{1, 2}));
  schedule.done(1);
  EXPECT_EQ(ready(schedule), (Ids{2, 3}));
}

TEST(Schedule, FailureTakesAlongWhatBuildsOnItAndNothingElse) {
  Schedule schedule(parsePlan(switchingJson().dump()));
  EXPECT_EQ(schedule.fail(1), (Ids{2, 3, 4}));
  EXPECT_EQ(ready(schedule), Ids{0});
  EXPECT_EQ(schedule.fail(0), Ids{}); // they fell before
  EXPECT_TRUE(schedule.finished());
}

TEST(Schedule, FailureOfOneBranchLeavesTheOthers) {
  Schedule schedule(parsePlan(planJson().dump()));
  schedule.done(0);
  EXPECT_EQ(ready(schedule), (Ids{1, 2, 3}));
  EXPECT_EQ(schedule.fail(3), Ids{});
  EXPECT_EQ(ready(schedule), (Ids{1, 2}));
}

TEST(Schedule, OnlyReadyJobsEnd) {
  Schedule schedule(parsePlan(planJson().dump()));
  EXPECT_THROW(schedule.done(3), std::logic_error);
  schedule.done(0);
  EXPECT_THROW(schedule.fail(0), std::logic_error);
}
