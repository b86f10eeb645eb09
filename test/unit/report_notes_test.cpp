// What has to be said beside values: found at cells, followed into rows, tables and plots.
#include "runtime/report/Plot.h"
#include "runtime/report/PointNames.h"
#include "runtime/report/Results.h"
#include "runtime/report/Svg.h"
#include "runtime/report/Table.h"
#include "test/unit/report_fixture.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

using namespace switchyard::rt;

namespace {

/// Ten images attacked by `fgsm` on `none`, with gradients to be told about.
struct NotesOfAttack : ::testing::Test {
  SmallRun run;
  int64_t job = 0;

  void SetUp() override {
    run.plan.datasets[0].classes = 10;
    run.outcomes.datasets[0].testClasses.assign(10, 10);
    run.plan.models.resize(6);
    run.plan.functions[0].gradients = {"lab/attacks.swy:4:9"};
    job = run.experiment().cells[0].jobs[0];
    attack().threat.radius = 0.1;
    AttackOutcome &its = outcome();
    its.pairs.clear();
    for (int32_t i = 0; i < 10; ++i)
      its.pairs.push_back({i, 3, 4, i == 9 ? 0.04f : 0, 0, 0.1f}); // of some use
    its.gradients.assign(10, {{20, 0, 0}});
  }

  AttackJob &attack() { return run.plan.jobs[size_t(job)].as<AttackJob>(); }
  Answering &model(int64_t defense) { return run.accuracyOf(defense).as<AccuracyJob>().model; }
  AttackOutcome &outcome() { return run.outcomes.attacks[job]; }

  std::vector<std::string> notes(const std::string &measure = "attack_success_rate") {
    std::vector<std::string> texts;
    Point point = gridOf(run.experiment()).cells[0];
    for (const Note &note : CellNotes(run.plan, run.experiment(), run.outcomes)
                                .of(*findMeasure(measure), {point}, {switchyard::rt::Run{}}))
      texts.push_back(note.text());
    return texts;
  }
};

using Texts = std::vector<std::string>;

TEST_F(NotesOfAttack, NothingIsSaidOfAnAttackThatMoves) {
  EXPECT_EQ(notes(), Texts());
}

TEST_F(NotesOfAttack, GradientsThatWereZeroFromTheFirstStep) {
  for (int i = 0; i < 7; ++i)
    outcome().gradients[i] = {{20, 20, 20}};
  EXPECT_EQ(notes(), Texts{"gradients were zero for 7 of 10 pairs from the first step"});
  outcome().pairs[0].success = outcome().pairs[1].success = 1;
  EXPECT_EQ(notes(), Texts{"gradients were zero for 7 of 10 pairs from the first step (2 of them succeed)"});
}

TEST_F(NotesOfAttack, PairsThatSucceedAloneAreNoReason) {
  for (int i = 0; i < 7; ++i) {
    outcome().gradients[i] = {{20, 20, 20}};
    outcome().pairs[i].success = 1;
  }
  EXPECT_EQ(notes(), Texts());
}

TEST_F(NotesOfAttack, GradientsThatBecameZeroForHalfOfTheSteps) {
  outcome().gradients[0] = {{20, 12, 10}};
  outcome().gradients[1] = {{20, 10, 9}};
  EXPECT_EQ(notes(),
            Texts{"gradients became zero and stayed so for 1 of 10 pairs, half of all steps or more"});
}

TEST_F(NotesOfAttack, OneOfFiftyIsAFew) {
  AttackPair pair = outcome().pairs[9];
  outcome().pairs.assign(100, pair);
  outcome().gradients.assign(100, {{1, 0, 0}});
  outcome().gradients[0] = outcome().gradients[1] = {{1, 1, 1}};
  EXPECT_EQ(notes(), Texts());
  outcome().gradients[2] = {{1, 1, 1}};
  EXPECT_EQ(notes(), Texts{"gradients were zero for 3 of 100 pairs from the first step"});
}

TEST_F(NotesOfAttack, OneOfSeveralGradientsIsCalledByItsLine) {
  run.plan.functions[0].gradients.push_back("lab/attacks.swy:12:9");
  for (std::vector<GradientTally> &pair : outcome().gradients)
    pair = {{20, 0, 0}, {5, 5, 5}};
  EXPECT_EQ(notes(), Texts{"gradients (attacks.swy:12) were zero for 10 of 10 pairs from the first step"});
}

TEST_F(NotesOfAttack, AGradientThatWasNeverComputedIsNotZero) {
  outcome().gradients.assign(10, {{0, 0, 0}});
  EXPECT_EQ(notes(), Texts{"the attack took no gradient for 10 of 10 pairs"});
}

TEST_F(NotesOfAttack, ImagesThatCameBackAsTheyWent) {
  for (int i = 0; i < 10; ++i)
    outcome().pairs[i].unmoved = true;
  outcome().pairs[9].success = 1;
  EXPECT_EQ(notes(), Texts{"the attack returned the clean image for 10 of 10 pairs (1 of them succeed)"});
  EXPECT_EQ(notes("success_at_zero"), Texts());
  attack().threat.radius = 0; // nothing can move
  EXPECT_EQ(notes(), Texts());
}

TEST_F(NotesOfAttack, DistancesOfImagesThatSucceedAsTheyAre) {
  for (int i = 0; i < 4; ++i)
    outcome().pairs[i].success = 1;
  outcome().pairs[0].successAtZero = 1;
  EXPECT_EQ(notes("distance"), Texts{"1 of 4 distances are of images that succeed without an attack"});
  EXPECT_EQ(notes(), Texts());
}

TEST_F(NotesOfAttack, ModelsAtChance) {
  int64_t accuracy = run.accuracyOf(0).id;
  model(0).weights = 5;
  run.outcomes.accuracies[accuracy].correct.assign(100, 0);
  for (int i = 0; i < 12; ++i)
    run.outcomes.accuracies[accuracy].correct[i] = 1;
  EXPECT_EQ(notes(), Texts{"the model cannot be told from chance on 100 images: 12.0 % right, where always "
                           "naming the most frequent "
                           "class gives 10.0 % [5.5, 17.6]"});
  for (int i = 0; i < 30; ++i)
    run.outcomes.accuracies[accuracy].correct[i] = 1;
  EXPECT_EQ(notes(), Texts());
}

// 34 of 100 right is far above one of ten classes, but not above the share of the largest one.
TEST_F(NotesOfAttack, ChanceIsTheShareOfTheMostFrequentClass) {
  int64_t accuracy = run.accuracyOf(0).id;
  run.outcomes.datasets[0].testClasses = {30, 10, 10, 10, 10, 10, 5, 5, 5, 5};
  run.outcomes.accuracies[accuracy].correct.assign(100, 0);
  for (int i = 0; i < 34; ++i)
    run.outcomes.accuracies[accuracy].correct[i] = 1;
  EXPECT_EQ(notes(), Texts{"the model cannot be told from chance on 100 images: 34.0 % right, where always "
                           "naming the most frequent "
                           "class gives 30.0 % [21.8, 39.8]"});
  run.outcomes.datasets[0].testClasses.assign(10, 10);
  EXPECT_EQ(notes(), Texts());
}

TEST_F(NotesOfAttack, AnAttackInsideATrainingThatStoodStill) {
  int64_t training = run.plan.models[0].parameters[0].from[0];
  run.plan.functions.push_back({});
  run.plan.functions[1].gradients = {"lab/attacks.swy:4:9", "lab/attacks.swy:6:9"};
  run.plan.jobs[size_t(training)].as<TrainJob>().step.function = 1;
  run.outcomes.trainings[training].gradients = {{600, 12}, {600, 100}};
  for (const char *measure : {"attack_success_rate", "success_at_zero"}) // also of clean images
    EXPECT_EQ(notes(measure),
              Texts{"gradients (attacks.swy:6) of the attack in training were zero for 100 of 600 examples"});
}

TEST_F(NotesOfAttack, ExamplesMadeOnAModelAtChance) {
  int64_t source = run.accuracyOf(1).id;
  model(1).weights = 5;
  run.outcomes.accuracies[source].correct.assign(100, 0.1f);
  attack().model.weights = 4;
  attack().source = 5;
  EXPECT_EQ(notes(), Texts{"the examples come from a model that cannot be told from chance on 100 images: "
                           "10.0 % right, where always naming the "
                           "most frequent class gives 10.0 % [5.5, 17.6]"});
}

TEST_F(NotesOfAttack, AChannelFarBehindItsSisters) {
  int64_t accuracy = run.accuracyOf(0).id;
  model(0).stages = {{{}, 1, "stem"}, {{}, 2, "features"}, {{}, 3, "classifier"}};
  // Paths count the last stage's channels fastest: channel 1 of the second that switches is the dead one.
  run.outcomes.accuracies[accuracy].pathAccuracy = {0.9, 0.1, 0.9, 0.9, 0.1, 0.9};
  EXPECT_EQ(notes(), Texts{"channel 1 of classifier is far behind: 10.0 % right, the others 90.0 %"});
  run.outcomes.accuracies[accuracy].pathAccuracy = {0.9, 0.6, 0.9, 0.9, 0.6, 0.9};
  EXPECT_EQ(notes(), Texts());
}

TEST_F(NotesOfAttack, AWayThroughChoicesFarBehindTheOthers) {
  int64_t accuracy = run.accuracyOf(0).id;
  model(0).stages = {{{}, 2, "stem", {0.9, 0.1}, true}, {{}, 3, "features", {}, true}};
  run.outcomes.accuracies[accuracy].pathAccuracy = {0.9, 0.1, 0.9, 0.9, 0.1, 0.9};
  EXPECT_EQ(notes(), Texts{"way 1 through features is far behind: 10.0 % right, the others 90.0 %"});
  // Weighed by the chances of the paths: it is at 0.9 * 0.9 + 0.1 * 0.1 = 82 %.
  run.outcomes.accuracies[accuracy].pathAccuracy = {0.9, 0.9, 0.9, 0.9, 0.1, 0.9};
  EXPECT_EQ(notes(), Texts());
  // And here at 18 %, whose plain mean would be 50 %.
  run.outcomes.accuracies[accuracy].pathAccuracy = {0.9, 0.1, 0.9, 0.9, 0.9, 0.9};
  EXPECT_EQ(notes(), Texts{"way 1 through features is far behind: 18.0 % right, the others 90.0 %"});
}

TEST_F(NotesOfAttack, NoChannelIsBehindInAModelAtChance) {
  int64_t accuracy = run.accuracyOf(0).id;
  model(0).stages = {{{}, 2, "features"}};
  run.outcomes.accuracies[accuracy].correct.assign(100, 0.1f);
  run.outcomes.accuracies[accuracy].pathAccuracy = {0.15, 0.05};
  EXPECT_EQ(notes(),
            Texts{"the model cannot be told from chance on 100 images: 10.0 % right, where always naming the "
                  "most frequent class gives 10.0 % [5.5, 17.6]"});
}

TEST_F(NotesOfAttack, AnAttackThatIsOfNoUse) {
  outcome().pairs[9].success = 0;
  for (int i = 0; i < 3; ++i)
    outcome().pairs[i].successAtZero = outcome().pairs[i].success = 1;
  EXPECT_EQ(notes(), Texts{"the attack succeeds no more often (30.0 %) than the clean images do (30.0 %)"});
  outcome().pairs[0].success = 0;
  EXPECT_EQ(notes("defense_rate"),
            Texts{"the attack succeeds no more often (20.0 %) than the clean images do (30.0 %)"});
  outcome().pairs[0].success = outcome().pairs[9].success = 1;
  EXPECT_EQ(notes(), Texts());
}

/// Of 20 draws two are fooled by each image, one by the last one's finished example.
TEST_F(NotesOfAttack, AreOfTheCellsJudge) {
  outcome().draws = 20;
  for (AttackPair &pair : outcome().pairs)
    pair.success = pair.successAtZero = 0.1;
  outcome().pairs[9].success = 0.05;
  EXPECT_EQ(notes(), Texts{"the attack succeeds no more often (9.5 %) than the clean images do (10.0 %)"});
  run.experiment().judges = {{Verdict::Kind::AnyOf, 10}};
  // 1 - C(18, 10) / C(20, 10) = 1 - 9 / 38, and 1 - C(19, 10) / C(20, 10) = 1 / 2.
  EXPECT_EQ(notes(), Texts{"the attack succeeds no more often (73.7 %) than the clean images do (76.3 %)"});
}

TEST_F(NotesOfAttack, AnAttackThatSucceedsNowhereIsNotShownToWork) {
  outcome().pairs[9].success = 0;
  const std::string nowhere = " of 10 pairs, and on no other model of this experiment more often than the "
                              "clean images: nothing here shows that it works";
  EXPECT_EQ(notes("defense_rate"), Texts{"the attack succeeds on none" + nowhere});
  outcome().pairs[0].successAtZero = outcome().pairs[0].success = 0.004f;
  EXPECT_EQ(notes(), Texts{"the attack succeeds on less than 0.1 %" + nowhere});
  outcome().pairs[0].successAtZero = 0.04f;
  EXPECT_EQ(notes(), Texts{"the attack succeeds no more often (0.0 %) than the clean images do (0.4 %)"});
}

TEST_F(NotesOfAttack, SuccessOnAnotherModelShowsThatAnAttackWorks) {
  outcome().pairs[9].success = 0;
  run.addCell(0, "fgsm", "eot(2)", "16/255", {1, 1}, 4); // another estimator, but the same model
  run.addCell(1, "fgsm", "eot(2)", "32/255", {1, 1}, 4); // another model, but another eps
  EXPECT_EQ(notes().size(), 1u);
  run.addCell(1, "fgsm", "eot(2)", "16/255", {1, 1}, 4);
  EXPECT_EQ(notes(), Texts());
  outcome().pairs[0].successAtZero = 0.04f; // not beside clean images that succeed more often
  EXPECT_EQ(notes().size(), 1u);
}

TEST_F(NotesOfAttack, SuccessInAnotherRunShowsThatAnAttackWorks) {
  outcome().pairs[9].success = 0;
  run.experiment().repeatAttack = 2;
  const int64_t other = run.addJob(attack());
  run.outcomes.attacks[other] = outcome();
  for (Cell &cell : run.experiment().cells) // of both runs alike, but for this one
    if (cell.meansSomething())
      cell.jobs.push_back(cell.jobs[0] == job ? other : cell.jobs[0]);
  EXPECT_EQ(notes().size(), 1u);
  run.outcomes.attacks[other].pairs[0].success = 1;
  EXPECT_EQ(notes(), Texts());
}

TEST_F(NotesOfAttack, OfABallThatIsAPointNothingIsSaid) {
  outcome().pairs[9].success = 0;
  attack().threat.radius = 0;
  EXPECT_EQ(notes(), Texts());
}

TEST_F(NotesOfAttack, GradientsThatWereZeroInMostSteps) {
  outcome().gradients[0] = outcome().gradients[1] = {{20, 19, 0}};
  outcome().gradients[2] = {{20, 10, 0}};
  EXPECT_EQ(notes(), Texts{"gradients were zero in most steps for 2 of 10 pairs"});
}

TEST_F(NotesOfAttack, DistancesInSeveralNormsSayWhich) {
  outcome().pairs[0].success = 1;
  EXPECT_EQ(notes("distance"), Texts());
  for (Job &one : run.plan.jobs)
    if (one.is<AttackJob>() && one.id != job)
      one.as<AttackJob>().threat.kind = Threat::Kind::L2;
  EXPECT_EQ(notes("distance"), Texts{"the distance is in linf"});
}

TEST_F(NotesOfAttack, OfSeveralRunsSayHowMany) {
  run.experiment().repeatTraining = 2;
  int64_t other = run.addJob(attack());
  run.experiment().cells[0].jobs = {job, other};
  run.experiment().defenses[0].accuracies = {run.accuracyOf(0).id, run.accuracyOf(0).id};
  run.outcomes.attacks[other] = outcome();
  Point point = gridOf(run.experiment()).cells[0];
  auto texts = [&] {
    Texts found;
    for (const Note &note : CellNotes(run.plan, run.experiment(), run.outcomes)
                                .of(*findMeasure("defense_rate"), {point}, {{0, 0}, {1, 0}}))
      found.push_back(note.text());
    return found;
  };
  outcome().gradients.assign(10, {{20, 20, 20}});
  EXPECT_EQ(texts(),
            Texts{"in 1 of 2 trainings: gradients were zero for 10 of 10 pairs from the first step"});
  for (int i = 0; i < 7; ++i)
    run.outcomes.attacks[other].gradients[i] = {{20, 20, 20}};
  EXPECT_EQ(texts(),
            Texts{"in 2 of 2 trainings: gradients were zero for 7 to 10 of 10 pairs from the first step"});
}

TEST_F(NotesOfAttack, FollowTheCellIntoRowsTablesAndPlots) {
  outcome().gradients.assign(10, {{20, 20, 20}});
  std::string note = "gradients were zero for 10 of 10 pairs from the first step";
  std::vector<ResultRow> rows = resultsOf(run.plan, run.outcomes);
  int64_t told = 0;
  for (const ResultRow &row : rows)
    for (const std::string &text : row.score.allNotes())
      told += text == note && row.attack == "fgsm" && row.measure == "attack_success_rate";
  EXPECT_EQ(told, 1);
  EXPECT_NE(resultsCsv(rows).find(note), std::string::npos);
  EXPECT_NE(resultsJson(run.plan, run.outcomes, rows).find("\"" + note + "\""), std::string::npos);

  Scorer scorer(run.plan, run.experiment(), run.outcomes);
  Show table{"table", {{"attack_success_rate", {}}}, "", {"defense", "eps", "attack"}, {"gradients"}};
  std::ostringstream text;
  for (const Table &one : tablesOf(run.experiment(), scorer, table))
    printTable(one, Style::Plain, text);
  EXPECT_NE(text.str().find("\na  " + note + "\n"), std::string::npos) << text.str();

  Show show{"plot", {{"attack_success_rate", {}}}, "eps", {"defense"}, {"attack", "gradients"}};
  Plot plot = plotsOf(run.experiment(), scorer, show)[0];
  EXPECT_NE(plotCsv(plot).find("," + note + "\r\n"), std::string::npos);
  std::string drawn = plotSvg(plot, plot.pages[0]);
  EXPECT_NE(drawn.find(note), std::string::npos);
  EXPECT_NE(drawn.find("fill=\"white\" stroke=\"#000000\""), std::string::npos);
}

TEST_F(NotesOfAttack, APlotSaysWhichPointsTheyAreAbout) {
  auto drawn = [&](const Show &show) {
    Plot plot = plotsOf(run.experiment(), Scorer(run.plan, run.experiment(), run.outcomes), show)[0];
    return plotSvg(plot, plot.pages[0]);
  };
  const Show show{"plot", {{"attack_success_rate", {}}}, "eps", {"defense", "attack"}, {"gradients"}};
  outcome().gradients.assign(10, {{20, 20, 20}});
  std::string note = "gradients were zero for 10 of 10 pairs from the first step";
  EXPECT_NE(drawn(show).find("\u25cb none, fgsm, 16/255: " + note), std::string::npos) << drawn(show);
  run.outcomes.attacks[run.experiment().cells[4].jobs[0]] = outcome(); // at 32/255
  run.outcomes.attacks[run.experiment().cells[2].jobs[0]] = outcome(); // on noise, at 16/255
  EXPECT_NE(drawn(show).find("\u25cb none, fgsm; noise(s = 0.1), fgsm, 16/255: " + note), std::string::npos)
      << drawn(show);
  for (const Cell &cell : run.experiment().cells)
    if (cell.meansSomething())
      run.outcomes.attacks[cell.jobs[0]] = outcome();
  EXPECT_NE(drawn(show).find("\u25cb all points: " + note), std::string::npos) << drawn(show);
}

TEST_F(NotesOfAttack, OfSeveralCellsSayWhose) {
  outcome().pairs = {{0, 3, 4, 0.04f, 0, 0.1f}, {1, 7, 2, 0, 0, 0.1f}}; // as pgd's
  outcome().gradients.assign(2, {{20, 20, 20}});
  Scorer scorer(run.plan, run.experiment(), run.outcomes);
  Score worst =
      scorer.score({"attack_success_rate", {{"worst", {"attack"}}}},
                   {{"defense", {0, "none"}}, {"eps", {0, "16/255"}}, {"gradients", {0, "one_draw"}}});
  EXPECT_EQ(worst.allNotes(), Texts{"fgsm: gradients were zero for 2 of 2 pairs from the first step"});
}

TEST(Notes, OfOneKindAreToldTogether) {
  NoteList list({{Note("dead")}, {Note("dead"), Note("weak")}});
  ASSERT_EQ(list.told().size(), 2u);
  EXPECT_EQ(list.told()[0].text(), "dead");
  EXPECT_EQ(list.tellerOf(Note("weak")), 1u);
}

Note zeros(const std::string &attack, int count) {
  Note note = Note("zero for ").then(count, " of 10 pairs");
  note.attack = attack;
  return note;
}

TEST(Notes, NumbersOfDifferentCellsAreNoRange) {
  NoteList list({{zeros("still", 7)}, {zeros("some", 2)}, {zeros("some", 7)}});
  ASSERT_EQ(list.told().size(), 2u);
  EXPECT_EQ(list.told()[1].text(), "zero for 2 of 10 pairs");
  EXPECT_EQ(list.tellerOf(zeros("some", 7)), 0u); // what reads the same is told once, whoever's it is
}

TEST(Notes, ManyCellsOfOneAttackAreARangeThatNamesIt) {
  NoteList list({{zeros("pgd", 1), zeros("fgsm", 9)},
                 {zeros("pgd", 2)},
                 {zeros("pgd", 3)},
                 {zeros("pgd", 4)},
                 {zeros("pgd", 5)},
                 {zeros("fgsm", 8)}});
  std::vector<std::string> texts;
  for (const Note &note : list.told())
    texts.push_back(note.text());
  EXPECT_EQ(texts, (std::vector<std::string>{"pgd: zero for 1 to 5 of 10 pairs", "zero for 9 of 10 pairs",
                                             "zero for 8 of 10 pairs"}));
  EXPECT_EQ(list.tellerOf(zeros("pgd", 3)), 0u);
  EXPECT_EQ(list.tellerOf(zeros("fgsm", 8)), 2u);
}

TEST(Notes, ManyOfOneKindAreOneRange) {
  std::vector<std::vector<Note>> values;
  for (int i = 0; i < 6; ++i)
    values.push_back({zeros("attack " + std::to_string(i), i)});
  values[5][0].whose = "sap";
  NoteList list(values);
  ASSERT_EQ(list.told().size(), 1u);
  EXPECT_EQ(list.told()[0].text(),
            "attack 0, attack 1 and 4 more, some settings: zero for 0 to 5 of 10 pairs");
  EXPECT_EQ(list.tellerOf(values[3][0]), 0u);
}

TEST(Notes, ManyModelsAreOneRange) {
  std::vector<std::vector<Note>> values;
  for (int i = 0; i < 5; ++i)
    values.push_back({Note("right: ").then(10 + i, " %")});
  EXPECT_EQ(NoteList(values).told()[0].text(), "right: 10 to 14 %");
}

TEST(Notes, ANumberThatIsNothingIsLeftOutWithItsWords) {
  Note none = zeros("pgd", 7), some = zeros("pgd", 8);
  none.thenIfAny(0, " (", " of them succeed)");
  some.thenIfAny(2, " (", " of them succeed)");
  EXPECT_EQ(none.text(), "zero for 7 of 10 pairs");
  EXPECT_EQ(some.text(), "zero for 8 of 10 pairs (2 of them succeed)");
  EXPECT_TRUE(none.sameKind(some));
  none.include(some);
  EXPECT_EQ(none.text(), "zero for 7 to 8 of 10 pairs (0 to 2 of them succeed)");
}

TEST(Notes, ACellHasFourLettersAtMost) {
  Table table;
  table.title = "t";
  table.rowAxes = {"defense"};
  table.columns = {{"value"}};
  TableCell cell{"1.0", "", "", "", ""};
  for (const char *note : {"one", "two", "three", "four"})
    cell.notes.push_back(Note(note));
  table.rows = {{{"none"}, {cell}}};
  std::ostringstream few, many;
  printTable(table, Style::Plain, few);
  EXPECT_NE(few.str().find("1.0 a,b,c,d\n"), std::string::npos) << few.str();
  EXPECT_EQ(few.str().find("+"), std::string::npos) << few.str();
  table.rows[0].cells[0].notes.push_back(Note("five"));
  printTable(table, Style::Plain, many);
  EXPECT_NE(many.str().find("1.0 a,b,c+2\n"), std::string::npos) << many.str();
  EXPECT_NE(many.str().find("\ne  five\n+  so many notes more, which results.csv has\n"), std::string::npos)
      << many.str();
}

TEST(Notes, FailuresOfOneAttackAreToldOnce) {
  Score one, other;
  one.failed = other.failed = "broken";
  one.note = "attack net, none, broken: outside";
  other.note = "attack net, sap, broken: outside, too";
  EXPECT_EQ(NoteList({{one.reason()}}).told()[0].text(), one.note);
  NoteList list({{one.reason()}, {other.reason()}, {Note("not finished")}});
  ASSERT_EQ(list.told().size(), 2u);
  EXPECT_EQ(list.told()[0].text(),
            "broken failed, which takes 2 values; the first: attack net, none, broken: outside");
}

Point pointAt(const std::string &defense, const std::string &attack, const char *eps) {
  return {0, nullptr, {{"defense", {NAN, defense}}, {"attack", {NAN, attack}}, {"eps", {0, eps}}}};
}

TEST(PointNames, SayNoMoreThanTellsThemApart) {
  std::vector<Point> points;
  for (const char *defense : {"none", "sap"})
    for (const char *attack : {"still(eps = 0.1)", "still(eps = 0.05)", "fgsm"})
      points.push_back(pointAt(defense, attack, "8/255"));
  EXPECT_EQ(namesOf(points, {0, 1, 2, 3, 4, 5}), "");
  EXPECT_EQ(namesOf(points, {0, 1, 3, 4}), "still(eps = 0.1) and still(eps = 0.05)");
  EXPECT_EQ(namesOf(points, {3, 4, 5}), "sap");
  EXPECT_EQ(namesOf(points, {5}), "sap, fgsm");
  EXPECT_EQ(namesOf(points, {0, 5}), "none, still(eps = 0.1); sap, fgsm");
  EXPECT_EQ(namesOf(points, {0, 4, 5}), "none, still(eps = 0.1); sap, still(eps = 0.05) and 1 more of 6");
}

} // namespace
