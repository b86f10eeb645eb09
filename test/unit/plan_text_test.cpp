// planText: what parsePlan reads again.
#include "plan_fixture.h"
#include "runtime/contract/CheckPlan.h"

using namespace switchyard::rt;
using namespace switchyard::rt::test;

/// One list of fields gives both directions: what is written is read as what it was.
static void expectRoundTrip(const std::string &text) {
  std::string once = planText(parsePlan(text));
  EXPECT_EQ(planText(parsePlan(once)), once);
  // Every field of the text is a field of the list: nothing is dropped but what has its default or means
  // nothing.
  nlohmann::json given = nlohmann::json::parse(text), written = nlohmann::json::parse(once);
  for (const char *list : {"functions", "datasets", "models", "jobs", "experiments"})
    for (size_t i = 0; i < given[list].size(); ++i)
      for (auto &[name, value] : written[list][i].items())
        if (name != "arguments" && name != "goal" && name != "shows" &&
            given[list][i].contains(name)) // the arena's shape, `class`, no aggregates
          EXPECT_EQ(value, given[list][i][name]) << list << "[" << i << "]." << name;
}

TEST(PlanText, IsReadAsItWasWritten) {
  expectRoundTrip(artifact().planText());
  expectRoundTrip(switchingJson().dump());
  expectRoundTrip(weighedJson().dump());
}

TEST(PlanText, KeepsWhatMayBeLeftOut) {
  Json plan = planJson();
  plan["jobs"][3]["precision"] = "tf32";
  plan["experiments"][0]["comparisons"] = {{0, 1}};
  plan["datasets"][0]["arguments"] = Json::parse(R"({"images": "/data/x.npy", "test": 20})");
  Json &show = plan["experiments"][0]["shows"][0];
  show["kind"] = "scatter";
  show["against"] = "des";
  show["fit"] = true;
  Plan read = parsePlan(planText(parsePlan(plan.dump())));
  EXPECT_EQ(read.jobs[3].precision, Precision::Tf32);
  EXPECT_EQ(read.experiments[0].comparisons.size(), 1u);
  EXPECT_EQ(read.datasets[0].files.at("images"), "/data/x.npy");
  EXPECT_EQ(read.datasets[0].arguments.at("test"), 20);
  EXPECT_EQ(read.experiments[0].shows[0].kind, "scatter");
  EXPECT_EQ(read.experiments[0].shows[0].against, "des");
  EXPECT_TRUE(read.experiments[0].shows[0].fit);
}

TEST(PlanText, LeavesOutTheDefaults) {
  Json text = Json::parse(planText(parsePlan(planJson().dump())));
  EXPECT_FALSE(text["jobs"][0].contains("precision"));
  EXPECT_FALSE(text["jobs"][0].contains("frozen"));
  EXPECT_FALSE(text["jobs"][3].contains("paths"));
}
