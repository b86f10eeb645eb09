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

/// The first experiment's table, across two of them.
static Json jointJson() {
  Json plan = planJson();
  plan["experiments"].push_back(plan["experiments"][0]);
  plan["experiments"][1]["name"] = "other";
  Json show =
      Json::parse(R"({"kind": "table", "measures": [{"name": "accuracy"}], "by": ["experiment", "defense"],
                              "for_each": []})");
  Json part = show;
  part["by"] = {"defense"};
  plan["shows"] = Json::parse(
      R"([{"parts": [{"experiment": 0, "missing": [""]}, {"experiment": 1, "missing": ["why"]}]}])");
  plan["shows"][0]["show"] = show;
  for (Json &one : plan["shows"][0]["parts"])
    one["show"] = part;
  return plan;
}

TEST(PlanText, ShowsAcrossExperiments) {
  Plan plan = parsePlan(planText(parsePlan(jointJson().dump())));
  ASSERT_EQ(plan.shows.size(), 1u);
  EXPECT_EQ(plan.shows[0].show.by, (std::vector<std::string>{"experiment", "defense"}));
  EXPECT_EQ(plan.shows[0].parts[1].experiment, 1);
  EXPECT_EQ(plan.shows[0].parts[1].missing, std::vector<std::string>{"why"});
  // What means nothing is not shown of the experiment.
  const size_t own = plan.experiments[0].shows.size();
  ASSERT_EQ(showsOf(plan, plan.experiments[0]).size(), own + 1);
  EXPECT_EQ(showsOf(plan, plan.experiments[0]).back().measures.size(), 1u);
  EXPECT_TRUE(showsOf(plan, plan.experiments[1]).back().measures.empty());
}

TEST(PlanText, MistakesOfShowsAcrossExperiments) {
  auto complaint = [](const char *pointer, const Json &value) -> std::string {
    Json plan = jointJson();
    plan[Json::json_pointer(pointer)] = value;
    try {
      parsePlan(plan.dump());
    } catch (const std::runtime_error &error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(complaint("/shows/0/parts", Json::array()), "plan: shows[0].parts: expected one part at least");
  EXPECT_EQ(complaint("/shows/0/parts/1/experiment", 2),
            "plan: shows[0].parts[1].experiment: 2 is out of range; there are 2 experiments");
  EXPECT_EQ(complaint("/shows/0/parts/1/experiment", 0),
            "plan: shows[0].parts[1].experiment: it has a part already");
  EXPECT_EQ(complaint("/shows/0/parts/0/show/kind", "plot"),
            "plan: shows[0].parts[0].show.kind: is not that of the whole");
  EXPECT_EQ(complaint("/shows/0/parts/0/missing", Json::array()),
            "plan: shows[0].parts[0]: expected 1 measures, got 0");
  EXPECT_EQ(complaint("/shows/0/show/for_each", {"defense"}),
            "plan: shows[0].show: axis \"defense\" is named twice");
}

TEST(PlanText, LeavesOutTheDefaults) {
  Json text = Json::parse(planText(parsePlan(planJson().dump())));
  EXPECT_FALSE(text["jobs"][0].contains("precision"));
  EXPECT_FALSE(text["jobs"][0].contains("frozen"));
  EXPECT_FALSE(text["jobs"][3].contains("paths"));
}
