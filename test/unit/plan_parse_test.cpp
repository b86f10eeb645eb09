// parsePlan: what it accepts, and the message for every kind of mistake.
#include "plan_fixture.h"
#include "runtime/contract/CheckPlan.h"

using namespace switchyard::rt;
using namespace switchyard::rt::test;

TEST(ParsePlan, ReadsTheWholePlan) {
  Plan plan = parsePlan(artifact().planText());
  EXPECT_EQ(plan.resolved, "use std");
  EXPECT_EQ(plan.functions.size(), 16u);
  EXPECT_EQ(plan.functions[2].arguments.size(), 14u);
  EXPECT_EQ(plan.functions[2].arguments[9].access, Argument::Access::InOut);
  EXPECT_EQ(plan.functions[2].arguments.back().role, Role::Arena);
  ASSERT_EQ(plan.jobs.size(), 4u);
  const TrainJob &training = plan.jobs[0].as<TrainJob>();
  EXPECT_EQ(training.parameters[0].shape, (std::vector<int64_t>{10, 784}));
  EXPECT_EQ(training.step.scalars.at("rate"), 0.1);
  EXPECT_EQ(training.frozen, std::nullopt);
  EXPECT_TRUE(plan.jobs[2].is<AccuracyJob>());
  ASSERT_EQ(plan.models.size(), 1u);
  EXPECT_EQ(plan.models[0].parameters[1].name, "linear/bias");
  EXPECT_EQ(plan.models[0].parameters[1].from, std::vector<int64_t>{0});
  const AttackJob &attack = plan.jobs[3].as<AttackJob>();
  EXPECT_TRUE(attack.model.stages.empty());
  EXPECT_EQ(attack.seed, 1);
  EXPECT_EQ(attack.pairs.goal.choice, Goal::Choice::OneRandomClass);
  EXPECT_EQ(attack.pairs.goal.klass, std::nullopt);
  EXPECT_EQ(attack.threat.kind, Threat::Kind::Linf);
  EXPECT_EQ(plan.experiments[0].cells[0].axes[0].first, "eps");
  EXPECT_EQ(plan.experiments[0].cells[0].axes[0].second.text, "0.3");
  EXPECT_EQ(plan.experiments[0].shows[0].by, std::vector<std::string>{"defense"});
}

TEST(ParsePlan, APrecisionIsAJobsAndFloat32WhereNoneIsGiven) {
  Json plan = planJson();
  EXPECT_EQ(parsePlan(plan.dump()).jobs[3].precision, Precision::Float32);
  plan["jobs"][3]["precision"] = "tf32";
  plan["jobs"][2]["precision"] = "exact_order";
  Plan read = parsePlan(plan.dump());
  EXPECT_EQ(read.jobs[3].precision, Precision::Tf32);
  EXPECT_EQ(read.jobs[2].precision, Precision::ExactOrder);
  EXPECT_EQ(read.jobs[1].precision, Precision::Float32);
}

TEST(ParsePlan, ArgumentsAreNumbersOrFiles) {
  Json plan = planJson();
  plan["datasets"][0]["arguments"] = Json::parse(R"({"images": "/data/x.npy", "test": 20})");
  DatasetSpec spec = parsePlan(plan.dump()).datasets[0];
  EXPECT_EQ(spec.files, (std::map<std::string, std::string>{{"images", "/data/x.npy"}}));
  EXPECT_EQ(spec.arguments, (std::map<std::string, double>{{"test", 20}}));
}

TEST(ParsePlan, AScatterPlotMayHaveAFitAndAnAggregatedMeasureOnItsXAxis) {
  Json plan = planJson();
  Json &show = plan["experiments"][0]["shows"][0];
  EXPECT_FALSE(parsePlan(plan.dump()).experiments[0].shows[0].fit);
  show["kind"] = "scatter";
  show["against"] = "des";
  show["against_aggregates"] = Json::parse(R"([{"how": "mean", "over": ["strength"]}])");
  show["fit"] = true;
  Show read = parsePlan(plan.dump()).experiments[0].shows[0];
  EXPECT_TRUE(read.fit);
  ASSERT_EQ(read.againstAggregates.size(), 1u);
  EXPECT_EQ(read.againstAggregates[0].how, "mean");
  EXPECT_EQ(read.againstAggregates[0].over, std::vector<std::string>{"strength"});
}

TEST(ParsePlan, KeepsTheOrderOfAxes) {
  Json plan = planJson();
  plan["experiments"][0]["cells"][0]["axes"] = Json::parse(
      R"([{"name": "steps", "value": 2, "text": "2"}, {"name": "eps", "value": 1, "text": "1"}])");
  Axes axes = parsePlan(plan.dump()).experiments[0].cells[0].axes;
  EXPECT_EQ(axes[0].first, "steps");
  EXPECT_EQ(axes[1].first, "eps");
}

struct Mistake {
  const char *name, *pointer; // JSON pointer of the changed value
  const char *value;          // null removes it
  const char *message;        // the beginning
};

void PrintTo(const Mistake &mistake, std::ostream *out) {
  *out << mistake.pointer;
}

static void expectMistake(Json plan, const Mistake &mistake) {
  Json::json_pointer place(mistake.pointer);
  if (mistake.value)
    plan[place] = Json::parse(mistake.value);
  else
    plan.at(place.parent_pointer()).erase(place.back());
  try {
    parsePlan(plan.dump());
    FAIL() << "accepted";
  } catch (const std::runtime_error &error) {
    EXPECT_EQ(std::string(error.what()).substr(0, strlen(mistake.message)), mistake.message);
  }
}

class ParsePlanMistake : public ::testing::TestWithParam<Mistake> {};
TEST_P(ParsePlanMistake, IsNamedByItsPath) {
  expectMistake(planJson(), GetParam());
}

class ParseSwitchingMistake : public ::testing::TestWithParam<Mistake> {};
TEST_P(ParseSwitchingMistake, IsNamedByItsPath) {
  expectMistake(switchingJson(), GetParam());
}

static const Mistake mistakes[] = {
    {"Schema", "/schema", "1", "plan: schema: this switchyard-run reads schema 4, got 1; compile"},
    {"MissingField", "/jobs/3/goal/form", nullptr, "plan: jobs[3].goal.form: missing"},
    {"WrongType", "/jobs/0/epochs", "\"four\"", "plan: jobs[0].epochs: expected an integer, got \"four\""},
    {"Fraction", "/jobs/0/epochs", "2.5", "plan: jobs[0].epochs: expected an integer, got 2.5"},
    {"Precision", "/jobs/0/precision", "\"half\"",
     "plan: jobs[0].precision: expected one of \"float32\", \"tf32\", \"exact_order\", got \"half\""},
    {"Flag", "/jobs/1/random", "1", "plan: jobs[1].random: expected true or false, got 1"},
    {"List", "/functions", "{}", "plan: functions: expected a list, got {}"},
    {"Range", "/jobs/0/epochs", "0", "plan: jobs[0].epochs: expected 1 to 2147483647, got 0"},
    {"Word", "/jobs/3/goal/choice", "\"any\"",
     "plan: jobs[3].goal.choice: expected one of \"each_wrong_class\", "},
    {"EmptyInput", "/datasets/0/range", "[1, 0]", "plan: datasets[0].range: the lower end is not below"},
    {"Input", "/datasets/0/input", "[28, 28]",
     "plan: datasets[0].input: expected channels, height and width"},
    {"Id", "/jobs/2/id", "7", "plan: jobs[2].id: expected the job's position 2, got 7"},
    {"DatasetId", "/jobs/0/dataset", "1", "plan: jobs[0].dataset: expected 0 to 0, got 1"},
    {"NoFunction", "/jobs/0/init/function", "\"start\"",
     "plan: jobs[0].init.function: no function is called"},
    {"TwoFunctions", "/functions/1/name", "\"init\"", "plan: functions[1].name: two functions are called"},
    {"Role", "/functions/2/arguments/0/role", "\"picture\"",
     "plan: functions[2].arguments[0].role: no role is called \"picture\""},
    {"RoleType", "/functions/2/arguments/1/type", "\"f32\"",
     "plan: functions[2].arguments[1].type: role \"label\" cannot have type f32"},
    {"RoleAccess", "/functions/2/arguments/1/access", "\"out\"",
     "plan: functions[2].arguments[1].access: role \"label\" has another access"},
    {"RoleShape", "/functions/3/arguments/1/shape", "[8]",
     "plan: functions[3].arguments[1].shape: role \"label\" cannot have shape [8] in a function of batch 7"},
    {"RoleTwice", "/functions/2/arguments/1/role", "\"image\"",
     "plan: functions[2].arguments[1]: a second argument"},
    {"RoleName", "/functions/0/arguments/1/name", "\"\"",
     "plan: functions[0].arguments[1].name: role \"parameter\" needs a name"},
    {"Tally", "/functions/9/gradients", "[\"linear.swy:3:7\"]",
     "plan: functions[9].arguments[8].shape: role \"gradient_tally\" tells of 2 gradients, comparisons and "
     "ends of attacks, "
     "but 1 are listed"},
    {"Hash", "/jobs/0/hash", "\"\"", "plan: jobs[0].hash: expected a hash, got an empty text"},
    {"TypeWord", "/functions/2/arguments/0/type", "\"u8\"",
     "plan: functions[2].arguments[0].type: expected one of"},
    {"NoArena", "/functions/2/arguments", "[]",
     "plan: functions[2].arguments: the last argument of function \"train_1\" is not its arena"},
    {"Weights", "/jobs/1/weights", "1", "plan: jobs[1].weights: expected the id of a model, got 1"},
    {"AttackWeights", "/jobs/3/attack_weights", "7",
     "plan: jobs[3].attack_weights: expected the id of a model, got 7"},
    {"LaterWeights", "/jobs/0/frozen", "0",
     "plan: jobs[0].frozen: parameter \"linear/weights\" of model 0 comes from job 0, which is not before "
     "this one"},
    {"Stream", "/jobs/0/stream", nullptr, "plan: jobs[0].stream: missing"},
    {"AttackSeed", "/jobs/3/attack_seed", nullptr, "plan: jobs[3].attack_seed: missing"},
    {"ModelId", "/models/0/id", "1", "plan: models[0].id: expected the model's position 0, got 1"},
    {"NoTraining", "/models/0/parameters/0/from", "[]",
     "plan: models[0].parameters[0].from: names no training"},
    {"UnknownTraining", "/models/0/parameters/0/from", "[4]",
     "plan: models[0].parameters[0].from: expected ids of trainings, got 4"},
    {"NotATraining", "/models/0/parameters/1/from", "[1]",
     "plan: models[0].parameters[1].from: expected ids of trainings, got 1"},
    {"UntrainedParameter", "/models/0/parameters/1/name", "\"linear/b\"",
     "plan: models[0].parameters[1]: training 0 has no parameter \"linear/b\""},
    {"NoStack", "/models/0/parameters/0/from", "[0, 0]",
     "plan: models[0].parameters[0].shape: [10, 784] is no stack of 2 times [10, 784]"},
    {"NoScalar", "/jobs/1/predict/scalars/rate", nullptr,
     "plan: jobs[1].predict.scalars.rate: missing; function \"predict_16\" takes it"},
    {"JobBatch", "/jobs/0/batch", "8", "plan: jobs[0].batch: function \"train_16\" takes a batch of 16"},
    {"Images", "/datasets/0/input", "[1, 28, 27]",
     "plan: jobs[0].step.function: function \"train_16\" takes images of [1, 28, 28], data set \"digits\""},
    {"Classes", "/datasets/0/classes", "9",
     "plan: jobs[1].predict.function: function \"predict_16\" tells 10 classes apart, data set \"digits\" "
     "has 9"},
    {"ParameterShape", "/functions/0/arguments/1/shape", "[10, 783]",
     "plan: jobs[0].init.function: function \"init\" takes parameter \"linear/weights\" as [10, 783], the"},
    {"ParameterName", "/functions/0/arguments/1/name", "\"w\"",
     "plan: jobs[0].init.function: function \"init\" takes parameter \"w\", which the training"},
    {"NotInitialized", "/functions/0/arguments/2/role", "\"state\"",
     "plan: jobs[0].parameters[1]: function \"init\" does not initialize \"linear/bias\""},
    {"NoLogits", "/jobs/1/predict/function", "\"attack_7\"", "plan: jobs[1].predict.scalars.eps: missing"},
    {"NoLoss", "/jobs/0/step", "{\"function\": \"init\", \"scalars\": {}}",
     "plan: jobs[0].step.function: function \"init\" has no argument with role \"image\""},
    {"ClassGoal", "/jobs/3/goal", "{\"form\": \"toward\", \"choice\": \"class\", \"class\": 10}",
     "plan: jobs[3].goal.class: expected 0 to 9, got 10"},
    {"Radius", "/jobs/3/threat/radius", "-0.1", "plan: jobs[3].threat.radius: expected 0 or more"},
    {"CellDefense", "/experiments/0/cells/0/defense", "2",
     "plan: experiments[0].cells[0].defense: 2 is out of range; there are 2 defenses"},
    {"CellJob", "/experiments/0/cells/0/jobs", "[1]",
     "plan: experiments[0].cells[0].jobs[0]: expected the id of an attack job, got 1"},
    {"CellReason", "/experiments/0/cells/0/jobs", nullptr,
     "plan: experiments[0].cells[0].reason: a cell without jobs says why"},
    {"NoSetting", "/experiments/0/settings", "[]",
     "plan: experiments[0].settings: an experiment has one at least"},
    {"SettingsData", "/experiments/0/settings/0/dataset", "1",
     "plan: experiments[0].settings[0].dataset: 1 is out of range; there are 1 data sets"},
    {"Setting", "/experiments/0/defenses/1/setting", "1",
     "plan: experiments[0].defenses[1].setting: 1 is out of range; there are 1 settings"},
    {"Baseline", "/experiments/0/settings/0/baseline", "2",
     "plan: experiments[0].settings[0].baseline: 2 is out of range"},
    {"NegativeBaseline", "/experiments/0/settings/0/baseline", "-1",
     "plan: experiments[0].settings[0].baseline: -1 is out of range"},
    {"OtherBaseline", "/experiments/0/settings", "[{\"dataset\": 0}, {\"dataset\": 0, \"baseline\": 0}]",
     "plan: experiments[0].settings[1].baseline: it is a defense of another setting"},
    {"JobKind", "/jobs/3/kind", "\"defend\"",
     "plan: jobs[3].kind: expected one of \"train\", \"accuracy\", \"attack\", got \"defend\""},
    {"Norm", "/jobs/3/threat/kind", "\"l3\"",
     "plan: jobs[3].threat.kind: expected one of \"linf\", \"l2\", \"l1\", \"l0\", \"free_linf\", \"none\", "
     "\"free_l1\", \"free_l0\", got \"l3\""},
    {"AccuracyJob", "/experiments/0/defenses/0/accuracies", "[3]",
     "plan: experiments[0].defenses[0].accuracies[0]: expected the id of an accuracy job, got 3"},
    {"Runs", "/experiments/0/repeat_training", "2",
     "plan: experiments[0].defenses[0].accuracies: expected a job for each of 2 runs, got 1"},
    {"NoRun", "/experiments/0/defenses/0/accuracies", "[]",
     "plan: experiments[0].defenses[0].accuracies: expected a job for each of 1 runs, got 0"},
    {"Comparison", "/experiments/0/comparisons", "[[0, 1], [0, 2]]",
     "plan: experiments[0].comparisons[1]: 2 is out of range; there are 2 defenses"},
    {"AxisTwice", "/experiments/0/shows/0/for_each", "[\"defense\"]",
     "plan: experiments[0].shows[0]: axis \"defense\" is named twice"},
    {"AxisTwiceInAPlot", "/experiments/0/shows/0/against", "\"defense\"",
     "plan: experiments[0].shows[0]: axis \"defense\" is named twice"},
    {"ComparisonPair", "/experiments/0/comparisons", "[[0]]",
     "plan: experiments[0].comparisons[0]: expected two defenses, got 1"},
};
INSTANTIATE_TEST_SUITE_P(Each, ParsePlanMistake, ::testing::ValuesIn(mistakes),
                         [](const auto &info) { return std::string(info.param.name); });

static const Mistake switchingMistakes[] = {
    {"LaterModel", "/jobs/1/frozen", "1",
     "plan: jobs[1].frozen: parameter \"linear/weights\" of model 1 comes from job 1, which is not before "
     "this one"},
    {"NoSuchModel", "/jobs/2/frozen", "2", "plan: jobs[2].frozen: expected the id of a model, got 2"},
    {"PlainModelForAStack", "/jobs/2/frozen", "0",
     "plan: jobs[2].step.function: function \"tune_16\" takes parameter \"linear/weights\" as [2, 10, 784], "
     "the "
     "training has [10, 784]"},
    {"NothingFrozen", "/jobs/2/frozen", nullptr,
     "plan: jobs[2].step.function: function \"tune_16\" takes parameter \"linear/weights\", which the "
     "training"},
    {"StackShape", "/models/1/parameters/1/shape", "[3, 10]",
     "plan: models[1].parameters[1].shape: [3, 10] is no stack of 2 times [10]"},
    {"StackOfUnlike", "/models/1/parameters/1/from", "[0, 2]",
     "plan: models[1].parameters[1]: training 2 has no parameter \"linear/bias\""},
    {"Channels", "/jobs/3/paths/stages/0/channels", "0",
     "plan: jobs[3].paths.stages[0].channels: expected 1 to"},
    {"FirstStageTakesImages", "/jobs/3/paths/stages/0/function", "\"answer_7\"",
     "plan: jobs[3].paths.stages[0].function: function \"answer_7\" has no argument with role \"image\""},
    {"LastStageAnswers", "/jobs/4/paths/stages/1/function", "\"lift_7\"",
     "plan: jobs[4].paths.stages[1].function: function \"lift_7\" has no argument with role \"activation\""},
    {"StagesDoNotFit", "/functions/11/arguments/2/shape", "[7, 785]",
     "plan: jobs[3].paths.stages[1]: takes [7, 784], the stage before it gives [7, 785]"},
    {"StageWithoutParameter", "/functions/12/arguments/2/name", "\"linear/w\"",
     "plan: jobs[3].paths.stages[1].function: function \"answer_7\" takes parameter \"linear/w\", which"},
};
INSTANTIATE_TEST_SUITE_P(Each, ParseSwitchingMistake, ::testing::ValuesIn(switchingMistakes),
                         [](const auto &info) { return std::string(info.param.name); });

TEST(ParsePlan, ReadsModelsAndStages) {
  Plan plan = parsePlan(switchingJson().dump());
  EXPECT_EQ(plan.models[1].parameters[0].shape, (std::vector<int64_t>{2, 10, 784}));
  EXPECT_EQ(plan.models[1].parameters[0].from, (std::vector<int64_t>{0, 1}));
  EXPECT_EQ(plan.jobs[2].as<TrainJob>().frozen, 1);
  EXPECT_EQ(plan.jobs[2].as<TrainJob>().stream, 3);
  const std::vector<Stage> &stages = plan.jobs[4].as<AttackJob>().model.stages;
  ASSERT_EQ(stages.size(), 2u);
  EXPECT_EQ(stages[0].channels, 3);
  EXPECT_TRUE(stages[0].chances.empty());
  EXPECT_FALSE(stages[0].chooses);
  EXPECT_TRUE(chancesOfPaths(stages).empty());
}

TEST(ParsePlan, ReadsChancesOfStages) {
  Plan plan = parsePlan(weighedJson().dump());
  for (const std::vector<Stage> &stages :
       {plan.jobs[3].as<AccuracyJob>().model.stages, plan.jobs[4].as<AttackJob>().model.stages}) {
    EXPECT_EQ(stages[0].chances, (std::vector<double>{0.5, 0.25, 0.25}));
    EXPECT_TRUE(stages[0].chooses);
    EXPECT_TRUE(stages[1].chances.empty()); // equal ones
    EXPECT_EQ(chancesOfPaths(stages), (std::vector<double>{0.25, 0.25, 0.125, 0.125, 0.125, 0.125}));
  }
}

class ParseChancesMistake : public ::testing::TestWithParam<Mistake> {};
TEST_P(ParseChancesMistake, IsNamedByItsPath) {
  expectMistake(weighedJson(), GetParam());
}

static const char *const noChances = "plan: jobs[4].paths.stages[0]: needs a chance above 0 for each of its "
                                     "3 channels, together 1";
static const Mistake chancesMistakes[] = {
    {"TooFew", "/jobs/4/paths/stages/0/chances", "[0.5, 0.5]", noChances},
    {"TooMany", "/jobs/4/paths/stages/0/chances", "[0.25, 0.25, 0.25, 0.25]", noChances},
    {"Zero", "/jobs/4/paths/stages/0/chances", "[0.5, 0.5, 0]", noChances},
    {"Negative", "/jobs/4/paths/stages/0/chances", "[1, 0.5, -0.5]", noChances},
    {"Sum", "/jobs/4/paths/stages/0/chances", "[0.5, 0.25, 0.26]", noChances},
    {"NoNumber", "/jobs/4/paths/stages/0/chances", "[0.5, 0.25, \"rest\"]",
     "plan: jobs[4].paths.stages[0].chances[2]: expected a number, got \"rest\""},
    {"NoFlag", "/jobs/4/paths/stages/0/chooses", "1",
     "plan: jobs[4].paths.stages[0].chooses: expected true or false, got 1"},
};
INSTANTIATE_TEST_SUITE_P(Each, ParseChancesMistake, ::testing::ValuesIn(chancesMistakes),
                         [](const auto &info) { return std::string(info.param.name); });

TEST(ParsePlan, FunctionsThatTakeOneDraw) {
  Json json = planJson();
  EXPECT_FALSE(parsePlan(json.dump()).functions[0].oneDraw);
  json["functions"][0]["one_draw"] = true;
  Plan plan = parsePlan(json.dump());
  EXPECT_TRUE(plan.functions[0].oneDraw);
  EXPECT_TRUE(parsePlan(planText(plan)).functions[0].oneDraw);
}

TEST(ParsePlan, RunsOfTrainingsAndAttacks) {
  Json json = planJson();
  Json &experiment = json["experiments"][0];
  experiment["repeat_training"] = 2;
  experiment["repeat_attack"] = 2;
  experiment["comparisons"] = {{0, 1}};
  experiment["defenses"][0]["accuracies"] = {1, 2};
  experiment["defenses"][1]["accuracies"] = {2, 1};
  Json second = json["jobs"][3];
  second["id"] = 4;
  json["jobs"].push_back(second);
  experiment["cells"][0]["jobs"] = {3, 3, 4, 4};
  Plan plan = parsePlan(json.dump());
  EXPECT_EQ(plan.experiments[0].defenses[1].accuracies, (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(plan.experiments[0].cells[0].jobs[2], 4);
  EXPECT_EQ(plan.experiments[0].comparisons.size(), 1u);
  // Which images an attack takes is the matter of the baseline of its own training run.
  EXPECT_EQ(choosingAccuracyJobs(plan, 3), std::vector<int64_t>{1});
  EXPECT_EQ(choosingAccuracyJobs(plan, 4), std::vector<int64_t>{2});
}

TEST(ParsePlan, SettingsHaveBaselinesOfTheirOwn) {
  Json json = planJson();
  Json &experiment = json["experiments"][0];
  experiment["settings"] = {{{"dataset", 0}, {"baseline", 0}},
                            {{"dataset", 0}, {"baseline", 2}, {"network", "other"}}};
  Json other = experiment["defenses"][0];
  other["setting"] = 1;
  other["accuracies"] = {2};
  experiment["defenses"].push_back(other);
  Json second = json["jobs"][3];
  second["id"] = 4;
  json["jobs"].push_back(second);
  Json cell = experiment["cells"][0];
  cell["defense"] = 2;
  cell["jobs"] = {4};
  experiment["cells"].push_back(cell);
  Plan plan = parsePlan(json.dump());
  EXPECT_EQ(plan.experiments[0].settingOf(2).network, "other");
  EXPECT_EQ(choosingAccuracyJobs(plan, 3), std::vector<int64_t>{1});
  EXPECT_EQ(choosingAccuracyJobs(plan, 4), std::vector<int64_t>{2});
  experiment["comparisons"] = {{0, 2}};
  expectMistake(json, {"", "/experiments/0/as_published", "false",
                       "plan: experiments[0].comparisons[0]: the two are of different settings"});
}

TEST(ParsePlan, CorrectOnlyNeedsABaseline) {
  Json plan = planJson();
  plan["jobs"][3]["correct_only"] = true;
  plan["experiments"][0]["settings"][0].erase("baseline");
  try {
    parsePlan(plan.dump());
    FAIL() << "accepted";
  } catch (const std::runtime_error &error) {
    EXPECT_EQ(
        std::string(error.what()).find("plan: jobs[3].correct_only: needs the accuracy of one baseline"), 0u);
  }
}

TEST(ParsePlan, AModelsOwnAccuracyMayChooseItsImages) {
  Json plan = planJson();
  expectMistake(plan,
                {"", "/jobs/3/own_correct", "true", "plan: jobs[3].own_correct: goes with \"correct_only\""});
  plan["jobs"][3]["correct_only"] = true;
  plan["jobs"][3]["own_correct"] = true;
  EXPECT_EQ(choosingAccuracyJobs(parsePlan(plan.dump()), 3), std::vector<int64_t>{2});
  plan["experiments"][0]["settings"][0].erase("baseline");
  EXPECT_EQ(choosingAccuracyJobs(parsePlan(plan.dump()), 3), std::vector<int64_t>{2});
}

TEST(ParsePlan, TheBaselinesAccuracyComesBeforeTheAttack) {
  Json plan = planJson();
  Json accuracy = plan["jobs"][1];
  accuracy.update({{"id", 4}, {"hash", "later"}});
  plan["jobs"].push_back(accuracy);
  plan["jobs"][3]["correct_only"] = true;
  expectMistake(plan, {"", "/experiments/0/defenses/0/accuracies", "[4]",
                       "plan: jobs[3].correct_only: the baseline's accuracy, job 4, does not come before"});
}

TEST(ParsePlan, EitherEveryRunHasAJobOrNone) {
  Json plan = planJson();
  Json &experiment = plan["experiments"][0];
  experiment["repeat_attack"] = 2;
  expectMistake(plan, {"", "/experiments/0/cells/0/jobs", "[3, -1]",
                       "plan: experiments[0].cells[0].jobs[1]: expected the id of an attack job, got -1"});
  experiment["cells"][0].erase("jobs");
  experiment["cells"][0]["reason"] = "nothing is random";
  EXPECT_FALSE(parsePlan(plan.dump()).experiments[0].cells[0].meansSomething());
}

/// Jobs that differ in one field only share what the text of their pairs, or of their judge, says.
TEST(PlanText, SaysWhatAttacksShare) {
  const Plan plan = parsePlan(planJson().dump());
  const Job attack = plan.jobs[3];
  auto differs = [&](auto change) {
    Job other = attack;
    change(other, other.as<AttackJob>());
    return std::pair(pairsText(plan, other) != pairsText(plan, attack),
                     judgeText(plan, other) != judgeText(plan, attack));
  };
  const std::pair none(false, false), pairs(true, false), judge(false, true);
  EXPECT_EQ(differs([](Job &job, AttackJob &its) { its.threat.radius = 7; }), none);
  EXPECT_EQ(differs([](Job &job, AttackJob &its) { its.attack.scalars["eps"] = 7; }), none);
  EXPECT_EQ(differs([](Job &job, AttackJob &its) { job.seed = 7; }), pairs);
  EXPECT_EQ(differs([](Job &job, AttackJob &its) { its.pairs.images = 7; }), pairs);
  EXPECT_EQ(differs([](Job &job, AttackJob &its) { its.pairs.correctOnly = true; }), pairs);
  EXPECT_EQ(differs([](Job &job, AttackJob &its) { its.pairs.goal.toward = !its.pairs.goal.toward; }), pairs);
  EXPECT_EQ(differs([](Job &job, AttackJob &its) { its.model.weights = 7; }), judge);
  EXPECT_EQ(differs([](Job &job, AttackJob &its) { its.seed = 7; }), judge);
  EXPECT_EQ(differs([](Job &job, AttackJob &its) { its.model.predict.scalars["rate"] = 7; }), judge);
  EXPECT_EQ(differs([](Job &job, AttackJob &its) { its.model.predict.function = 0; }), judge);
  EXPECT_EQ(differs([](Job &job, AttackJob &its) { its.model.random = !its.model.random; }), judge);
  EXPECT_EQ(differs([](Job &job, AttackJob &its) { its.judging.draws = 7; }), judge);
  EXPECT_EQ(differs([](Job &job, AttackJob &its) { its.judging.oneDraw = !its.judging.oneDraw; }), judge);
  EXPECT_EQ(differs([](Job &job, AttackJob &its) { its.model.stages = {{its.model.predict, 2}}; }), judge);
}

TEST(ParsePlan, ANumberWithoutEndIsNoJson) {
  try {
    parsePlan("{\"schema\": 2e4444444442}");
    FAIL() << "it was read";
  } catch (const std::runtime_error &error) {
    EXPECT_EQ(std::string(error.what()).find("plan: not JSON: "), 0u) << error.what();
  }
}

TEST(ParsePlan, SaysWhereTextIsNotJson) {
  try {
    parsePlan("{\"schema\": 3,");
    FAIL() << "accepted";
  } catch (const std::runtime_error &error) {
    EXPECT_EQ(std::string(error.what()).find("plan: not JSON: "), 0u) << error.what();
  }
}

TEST(Roles, AreFoundByTheirNames) {
  EXPECT_EQ(roleNamed("next_activation"), Role::NextActivation);
  EXPECT_EQ(roleNamed("picture"), std::nullopt);
  EXPECT_STREQ(roleName(Role::RestartsTogether), "restarts_together");
}

TEST(Roles, TheHostReadsWhatItFillsAndIsSmall) {
  EXPECT_TRUE(hostReads(Role::Scalar, Access::In, 0));
  EXPECT_FALSE(hostReads(Role::Scalar, Access::In, 1)) << "each row has its own";
  EXPECT_TRUE(hostReads(Role::Rows, Access::In, 2));
  EXPECT_FALSE(hostReads(Role::Image, Access::In, 4));
  EXPECT_FALSE(hostReads(Role::Loss, Access::Out, 0));
}
