// What a plan says of device functions, and how many restarts of an attack share a batch.
#include "plan_fixture.h"
#include "runtime/plan/Restarts.h"

using namespace switchyard::rt;
using namespace switchyard::rt::test;

namespace {

Json argument(const char *role, Json shape) {
  return {{"role", role}, {"name", ""}, {"type", "i32"}, {"shape", shape}, {"access", "in"}};
}

Json *functionOf(Json &plan, const std::string &name) {
  for (Json &function : plan["functions"])
    if (function["name"] == name)
      return &function;
  return nullptr;
}

/// The plan with a device function of the attack, which takes 12 rows: restarts of examples.
Json devicePlan() {
  Json plan = planJson();
  Json &attack = *functionOf(plan, "attack_7");
  Json cuda{{"batch", 12}, {"arena_bytes", 64}, {"arguments", attack["arguments"]}, {"host", Json::array()}};
  for (Json &one : cuda["arguments"])
    if (one.contains("shape") && !one["shape"].empty() && one["shape"][0] == 7)
      one["shape"][0] = 12;
  Json arena = cuda["arguments"].back();
  cuda["arguments"].erase(cuda["arguments"].size() - 1);
  cuda["arguments"].push_back(argument("restart", {12}));
  cuda["arguments"].push_back(argument("restarts_together", Json::array()));
  cuda["arguments"].push_back(arena);
  cuda["restarts"] = 3;
  attack["cuda"] = cuda;
  return plan;
}

/// The message for a plan whose device function `change` has changed.
std::string messageFor(const std::function<void(Json &)> &change) {
  Json plan = devicePlan();
  change((*functionOf(plan, "attack_7"))["cuda"]);
  try {
    parsePlan(plan.dump());
    return "accepted";
  } catch (const std::runtime_error &error) {
    return error.what();
  }
}

/// The one function that has a device function.
const Function &withDevice(const Plan &plan) {
  auto found = std::find_if(plan.functions.begin(), plan.functions.end(),
                            [](const Function &f) { return f.onDevice; });
  return found == plan.functions.end() ? throw std::runtime_error("no device function") : *found;
}

bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST(DevicePlan, SaysHowManyRestartsThereAre) {
  Plan plan = parsePlan(devicePlan().dump());
  const Function &attack = withDevice(plan);
  EXPECT_EQ(attack.batch, 7);
  EXPECT_EQ(attack.onDevice->batch, 12);
  EXPECT_EQ(attack.onDevice->restarts, 3);
  EXPECT_EQ(attack.onDevice->restartsScalar, "");
}

TEST(DevicePlan, NamesTheScalarThatSaysIt) {
  Json plan = devicePlan();
  Json scalar = argument("scalar", Json::array());
  scalar["name"] = "tries";
  Json &attack = *functionOf(plan, "attack_7");
  for (Json *arguments : {&attack["arguments"], &attack["cuda"]["arguments"]})
    arguments->insert(arguments->begin(), scalar);
  attack["cuda"]["restarts"] = "tries";
  for (Json &job : plan["jobs"])
    if (job.contains("attack"))
      job["attack"]["scalars"]["tries"] = 5;
  Plan read = parsePlan(plan.dump());
  EXPECT_EQ(withDevice(read).onDevice->restartsScalar, "tries");
}

TEST(DevicePlan, RestartsAndTheirArgumentsGoTogether) {
  EXPECT_TRUE(contains(messageFor([](Json &cuda) { cuda.erase("restarts"); }),
                       ".cuda.restarts: goes with the arguments \"restart\" and \"restarts_together\""));
  EXPECT_TRUE(contains(messageFor([](Json &cuda) { cuda["arguments"].erase(cuda["arguments"].size() - 2); }),
                       ".cuda.restarts: goes with the arguments"));
  EXPECT_TRUE(contains(messageFor([](Json &cuda) { cuda["restarts"] = "eps"; }),
                       ".cuda.restarts: the function takes no integer \"eps\""));
  EXPECT_TRUE(
      contains(messageFor([](Json &cuda) { cuda["restarts"] = 0; }), ".cuda.restarts: expected 1 to"));
}

TEST(DevicePlan, OtherwiseTakesWhatTheCpusFunctionTakes) {
  EXPECT_TRUE(contains(messageFor([](Json &cuda) { cuda["arguments"].erase(0); }),
                       ".cuda.arguments: they are not those of function \"attack_7\""));
  EXPECT_TRUE(contains(messageFor([](Json &cuda) { cuda["host"] = {0}; }),
                       ".cuda.host[0]: the host reads \"rows\", \"restart\" and scalars"));
}

TEST(RestartsTogether, FillTheBatchThatFewExamplesLeaveEmpty) {
  EXPECT_EQ(restartsTogether(10, 100, 1000), 10);
  EXPECT_EQ(restartsTogether(10, 100, 2048), 10);
  EXPECT_EQ(restartsTogether(10, 900, 1800), 2);
  EXPECT_EQ(restartsTogether(10, 400, 1000), 5); // 2 batches of 2 turns; with 2 together it is one of 5
}

TEST(RestartsTogether, TakeTurnsWhereExamplesFillTheBatch) {
  EXPECT_EQ(restartsTogether(10, 2048, 2048), 1);
  EXPECT_EQ(restartsTogether(1, 5, 100), 1);
  EXPECT_EQ(restartsTogether(5, 5, 1), 1);
  EXPECT_EQ(restartsTogether(0, 5, 100), 1); // `repeat 0 times`
}

TEST(RestartsTogether, CountBatchesAndTurns) {
  EXPECT_EQ(restartsTogether(3, 700, 1000), 1); // 2 rows each leave 500 a batch: 2 x 2 turns for 1 x 3
  EXPECT_EQ(restartsTogether(4, 700, 1752), 2); // 876 a batch: 2 turns
  EXPECT_EQ(restartsTogether(1000, 2, 64), 32); // both examples in one batch, 32 turns
}
