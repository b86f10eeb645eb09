// Finished examples: their bits through the packing and back; a job that differs in judging alone takes them
// from the store.
#include "plan_fixture.h"
#include "runtime/plan/PackedExamples.h"

#include <cfloat>
#include <cmath>
#include <cstring>
#include <fstream>

using namespace switchyard::rt;
using namespace switchyard::rt::test;

namespace {

float ofBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

using Images = std::vector<std::vector<float>>;

/// What is unpacked where the clean images are these.
Images unpacked(const std::string &packed, const Images &clean) {
  ExampleUnpacker unpacker(packed, int64_t(clean.front().size()));
  Images images;
  for (const std::vector<float> &one : clean) {
    images.emplace_back(one.size());
    unpacker.next(one.data(), images.back().data());
  }
  unpacker.end();
  return images;
}

std::string packed(const Images &clean, const Images &finished) {
  ExamplePacker packer(int64_t(clean.front().size()), {0.3f, 0, 1});
  for (size_t i = 0; i < clean.size(); ++i)
    packer.add(clean[i].data(), finished[i].data());
  return packer.finish();
}

void expectSameBits(const Images &a, const Images &b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i)
    EXPECT_EQ(std::memcmp(a[i].data(), b[i].data(), a[i].size() * sizeof(float)), 0) << i;
}

/// The plan whose attack says what makes its examples; `draws` judge them.
Json planOfDraws(int64_t draws) {
  Json plan = planJson();
  plan["jobs"][3]["examples"] = "e3";
  plan["jobs"][3]["hash"] = "a3 by " + std::to_string(draws);
  plan["jobs"][3]["judge"]["draws"] = draws;
  return plan;
}

void expectEqual(const AttackOutcome &a, const AttackOutcome &b) {
  ASSERT_EQ(a.pairs.size(), b.pairs.size());
  EXPECT_EQ(a.draws, b.draws);
  EXPECT_EQ(a.answers, b.answers);
  EXPECT_EQ(a.answersAtZero, b.answersAtZero);
  for (size_t i = 0; i < a.pairs.size(); ++i) {
    const AttackPair &x = a.pairs[i], &y = b.pairs[i];
    EXPECT_EQ(std::tie(x.image, x.label, x.goal, x.success, x.successAtZero, x.distance, x.unmoved),
              std::tie(y.image, y.label, y.goal, y.success, y.successAtZero, y.distance, y.unmoved));
    ASSERT_EQ(a.gradients[i].size(), b.gradients[i].size());
    for (size_t g = 0; g < a.gradients[i].size(); ++g)
      EXPECT_EQ(a.gradients[i][g].zeroAtEnd, b.gradients[i][g].zeroAtEnd);
  }
}

/// The file of the examples, which is the one that no job names.
std::string examplesPath(const RunOfPlan &run) {
  std::string found;
  for (const auto &file : std::filesystem::recursive_directory_iterator(run.storeDirectory()))
    if (file.is_regular_file() &&
        std::find(run.keys.begin(), run.keys.end(), file.path().filename().string()) == run.keys.end())
      found = file.path().string();
  return found;
}

} // namespace

TEST(PackedExamples, GiveAllBitsBack) {
  const Images clean = {{0, 0.5f, 1, -0.0f, FLT_MIN, 0.25f, 0.75f, ofBits(0x7fc00001)},
                        {0, 0, 0, 1, 1, 1, 0.5f, 0.5f}};
  const Images finished = {
      {ofBits(0x7fc12345), ofBits(0xffa00001), INFINITY, 0.0f, ofBits(1), -0.0f, 1, -INFINITY},
      {0.3f, -0.3f, -0.0f, 1, 0.7f, 1.3f, 0.8f, std::nextafter(0.8f, 0.0f)}};
  expectSameBits(unpacked(packed(clean, finished), clean), finished);
  expectSameBits(unpacked(packed(clean, clean), clean), clean);
}

/// Pixels at the ball's border, as most attacks leave them, or some steps from where they were cost a part of
/// their floats.
TEST(PackedExamples, AreSmallAtPlacesWherePixelsOftenAre) {
  Images clean(20, std::vector<float>(784)), finished = clean, inside = clean;
  uint32_t random = 1;
  for (size_t i = 0; i < clean.size(); ++i)
    for (size_t pixel = 0; pixel < 784; ++pixel) {
      random = random * 1664525 + 1013904223;
      clean[i][pixel] = float(random >> 24) / 255;
      const float step = (random >> 12) % 2 ? 0.03f : -0.03f;
      finished[i][pixel] = std::min(1.0f, std::max(0.0f, clean[i][pixel] + (step > 0 ? 0.3f : -0.3f)));
      inside[i][pixel] = clean[i][pixel];
      for (uint32_t turn = 0; turn < (random >> 16) % 8; ++turn)
        inside[i][pixel] += step;
    }
  const size_t floats = 20 * 784 * sizeof(float);
  EXPECT_LT(packed(clean, finished).size() * 10, floats);
  EXPECT_LT(packed(clean, inside).size() * 3, floats);
  expectSameBits(unpacked(packed(clean, finished), clean), finished);
  expectSameBits(unpacked(packed(clean, inside), clean), inside);
}

TEST(PackedExamples, OthersAreNotTakenForThem) {
  const Images clean(3, std::vector<float>(5, 0.5f)), two(clean.begin(), clean.begin() + 2),
      wide(3, std::vector<float>(6, 0.5f));
  const std::string small = packed(clean, clean);
  EXPECT_THROW(unpacked(small, two), DamagedExamples);
  EXPECT_THROW(unpacked(packed(two, two), clean), DamagedExamples);
  EXPECT_THROW(unpacked(small, wide), DamagedExamples);
  for (size_t size = 0; size < small.size(); ++size)
    EXPECT_THROW(unpacked(small.substr(0, size), clean), DamagedExamples) << size;
  for (size_t at = 2; at < small.size(); ++at) { // whatever comes out, it ends
    std::string other = small;
    other[at] = char(other[at] ^ 0x55);
    try {
      unpacked(other, clean);
    } catch (const DamagedExamples &) {
    }
  }
}

TEST(KeptExamples, AnotherJudgeNeedsNoAttack) {
  RunOfPlan run, fresh;
  run.run(planOfDraws(5));
  EXPECT_NE(run.log.find("the store keeps the examples of 1 attack: "), std::string::npos) << run.log;
  const int64_t attacked = calls("attack");
  const Outcomes more = run.run(planOfDraws(9));
  EXPECT_EQ(calls("attack"), attacked);
  EXPECT_NE(run.log.find("examples from the store, judged anew"), std::string::npos) << run.log;
  EXPECT_NE(run.log.find("1 job done, 1 of them on examples from the store, 3 from the store, in"),
            std::string::npos)
      << run.log;
  expectEqual(more.attacks.at(3), fresh.run(planOfDraws(9)).attacks.at(3));
  EXPECT_EQ(more.attacks.at(3).draws, 9);
  run.run(planOfDraws(9));
  EXPECT_NE(run.log.find("0 jobs done, 4 from the store"), std::string::npos) << run.log;
}

/// Entries of versions that kept none, and plans that name none.
TEST(KeptExamples, WithoutThemItIsAttackedAgain) {
  RunOfPlan run;
  Json plan = planOfDraws(5);
  plan["jobs"][3].erase("examples");
  run.run(plan);
  EXPECT_EQ(run.log.find("the store keeps"), std::string::npos) << run.log;
  const int64_t attacked = calls("attack");
  run.run(planOfDraws(5)); // the result is there
  EXPECT_EQ(calls("attack"), attacked);
  run.run(planOfDraws(9));
  EXPECT_GT(calls("attack"), attacked);
}

TEST(KeptExamples, DamagedOrOfOtherPairsTheyAreMadeAgain) {
  RunOfPlan run, fresh;
  run.run(planOfDraws(5));
  const std::string path = examplesPath(run);
  std::ofstream(path) << "no entry";
  const Outcomes again = run.run(planOfDraws(9));
  EXPECT_NE(run.log.find("warning: store entry " + path +
                         " is damaged (it does not begin like an entry); attacking again"),
            std::string::npos)
      << run.log;
  expectEqual(again.attacks.at(3), fresh.run(planOfDraws(9)).attacks.at(3));
  Json fewer = planOfDraws(9); // a compiler's mistake
  fewer["jobs"][3]["images"] = 4;
  fewer["jobs"][3]["hash"] = "fewer";
  const Outcomes other = run.run(fewer);
  EXPECT_NE(run.log.find(path + ": it has examples of other images or goals; attacking again"),
            std::string::npos)
      << run.log;
  EXPECT_EQ(other.attacks.at(3).pairs.size(), 4u);
}

TEST(KeptExamples, BelongToTheWeightsThatTheyAreMadeOn) {
  RunOfPlan run;
  run.run(planOfDraws(5));
  const int64_t attacked = calls("attack");
  Json plan = planOfDraws(9);
  plan["jobs"][0]["hash"] = "another training";
  run.run(plan);
  EXPECT_GT(calls("attack"), attacked);
}
