// The store: entries come back as written, damage is noticed wherever it is, writers do not disturb each
// other.
#include "plan_fixture.h"
#include "runtime/plan/Entries.h"
#include "runtime/plan/StoreFormat.h"

#include <fstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace switchyard::rt;
using namespace switchyard::rt::test;

namespace fs = std::filesystem;

static StoreEntry sample(const std::string &key, int64_t size = 5, float value = 0.5f) {
  StoreEntry entry{key, "attack", "pgd, \"quoted\" \xc3\xa9", {}};
  entry.add("success", std::vector<float>(size_t(size), value));
  entry.add("image", std::vector<int32_t>{3, -1});
  entry.add("loss", std::vector<double>{});
  entry.add("draws", std::vector<int64_t>{int64_t(1) << 40});
  const float weights[] = {1, 2, 3, 4, 5, 6};
  entry.add("weights", "f32", {2, 3}, weights, sizeof weights);
  return entry;
}

TEST(Store, ReturnsWhatWasWritten) {
  ScratchDirectory directory;
  Store store(directory.path("made/on/demand"));
  store.write(sample("k1"));
  std::string problem;
  std::optional<StoreEntry> entry = store.read("k1", problem);
  ASSERT_TRUE(entry) << problem;
  EXPECT_EQ(entry->kind, "attack");
  EXPECT_EQ(entry->what, sample("k1").what);
  EXPECT_EQ(entry->values<float>("success"), std::vector<float>(5, 0.5f));
  EXPECT_EQ(entry->values<int32_t>("image"), (std::vector<int32_t>{3, -1}));
  EXPECT_TRUE(entry->values<double>("loss").empty());
  EXPECT_EQ(entry->values<int64_t>("draws"), std::vector<int64_t>{int64_t(1) << 40});
  EXPECT_EQ(entry->tensor("weights").shape, (std::vector<int64_t>{2, 3}));
  EXPECT_THROW(entry->values<float>("image"), std::runtime_error);
  EXPECT_THROW(entry->tensor("nothing"), std::runtime_error);
}

TEST(Store, AnEntryThatCannotBeRemovedIsAnError) {
  ScratchDirectory directory;
  Store store(directory.path("s"));
  fs::create_directories(store.pathOf("k1") + "/in the way");
  try {
    store.remove("k1");
    FAIL() << "removed";
  } catch (const StoreError &error) {
    EXPECT_EQ(std::string(error.what()).find("cannot remove store entry " + store.pathOf("k1") + ": "), 0u);
  }
}

TEST(Store, OutcomesOverPathsComeBack) {
  Job job;
  AccuracyOutcome accuracy{{0.25f, 1}, {}, 2, {0.5, 0.75}};
  EXPECT_TRUE(
      readAccuracy(accuracyEntry("k1", job, accuracy)).labels.empty()); // as earlier versions wrote it
  accuracy.labels = {3, 0};
  accuracy.answers = {{2, 1}, {3, 4, 0}, {0.25, 0.75, 1}};
  AccuracyOutcome readBack = readAccuracy(accuracyEntry("k1", job, accuracy));
  EXPECT_EQ(readBack.labels, accuracy.labels);
  EXPECT_EQ(readBack.answers.classes, accuracy.answers.classes);
  EXPECT_EQ(readBack.answers.shares, accuracy.answers.shares);
  accuracy.answers.counts = {2, 2};
  EXPECT_THROW(readAccuracy(accuracyEntry("k1", job, accuracy)), std::runtime_error);
  EXPECT_EQ(readBack.pathAccuracy, accuracy.pathAccuracy);
  EXPECT_TRUE(readBack.drawAccuracy.empty());
  AttackOutcome attack{{{0, 3, 4, 0.04f, 0, 0.1f}}, 0, 2, 25, 1, {{}}};
  EXPECT_EQ(readAttack(attackEntry("k2", job, attack)).paths, 25);
  EXPECT_EQ(readAttack(attackEntry("k2", job, attack)).draws, 0);
}

TEST(Store, TalliesOfTrainingsComeBack) {
  Job job;
  TrainOutcome training{{2, 1}, 3, {{800, 5}, {0, 0}}};
  Buffers none;
  for (const StoreEntry &entry :
       {trainEntry("k1", job, training, none), checkpointEntry("k1", job, training, none, none, none)}) {
    TrainOutcome readBack = entry.kind == "train" ? readTrain(entry, job.as<TrainJob>(), 2, none)
                                                  : readCheckpoint(entry, 2, none, none, none);
    ASSERT_EQ(readBack.gradients.size(), 2u);
    EXPECT_EQ(readBack.gradients[0].examples, 800);
    EXPECT_EQ(readBack.gradients[0].zero, 5);
    EXPECT_THROW(readTrain(entry, job.as<TrainJob>(), 1, none), std::runtime_error);
  }
  // Of a training without an attack there are none, and entries from before they were counted stand.
  EXPECT_TRUE(readTrain(trainEntry("k2", job, {{1}, 1, {}}, none), TrainJob(), 0, none).gradients.empty());
  EXPECT_THROW(readTrain(trainEntry("k2", job, {{1}, 1, {}}, none), TrainJob(), 1, none), std::runtime_error);
}

TEST(Store, WhatIsKnownOfDataComesBack) {
  DatasetOutcome readBack = readData(dataEntry("i1", "digits", {"abc", "a note", {3, 0, 2}}));
  EXPECT_EQ(readBack.digest, "abc");
  EXPECT_EQ(readBack.note, "a note");
  EXPECT_EQ(readBack.testClasses, (std::vector<int64_t>{3, 0, 2}));
}

TEST(Store, TalliesOfGradientsComeBack) {
  Job job;
  AttackOutcome attack{{{0, 3, 4, 0, 0, 0.1f, true}, {1, 3, 4, 0, 0, 0.1f}}, 1, 2, 0, {}};
  attack.gradients = {{{20, 20, 20}, {3, 1, 0}}, {{20, 5, 4}, {3, 0, 0}}};
  StoreEntry entry = attackEntry("k2", job, attack);
  AttackOutcome readBack = readAttack(entry);
  EXPECT_TRUE(readBack.pairs[0].unmoved);
  EXPECT_FALSE(readBack.pairs[1].unmoved);
  ASSERT_EQ(readBack.gradients.size(), 2u);
  ASSERT_EQ(readBack.gradients[1].size(), 2u);
  EXPECT_EQ(readBack.gradients[0][1].evaluations, 3);
  EXPECT_EQ(readBack.gradients[1][0].zero, 5);
  EXPECT_EQ(readBack.gradients[1][0].zeroAtEnd, 4);
  for (StoredTensor &tensor : entry.tensors)
    if (tensor.name == "gradients")
      tensor.bytes.resize(tensor.bytes.size() - sizeof(int32_t));
  EXPECT_THROW(readAttack(entry), std::runtime_error);
}

TEST(Store, AbsentEntryIsNoProblem) {
  ScratchDirectory directory;
  std::string problem;
  EXPECT_FALSE(Store(directory.path()).read("k1", problem));
  EXPECT_EQ(problem, "");
}

TEST(Store, LastWriteWins) {
  ScratchDirectory directory;
  Store store(directory.path());
  store.write(sample("k1", 5, 0.25f));
  store.write(sample("k1", 5, 0.75f));
  std::string problem;
  EXPECT_EQ(store.read("k1", problem)->values<float>("success")[0], 0.75f);
  store.remove("k1");
  EXPECT_FALSE(store.read("k1", problem));
}

TEST(StoreFormat, EveryDamagedByteIsNoticed) {
  const std::string whole = encodeEntry(sample("k1"));
  for (size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = char(damaged[i] ^ 1);
    EXPECT_THROW(decodeEntry(damaged), std::exception) << "byte " << i;
  }
}

TEST(StoreFormat, ATensorHasTheBytesOfItsShape) {
  auto change = [](auto change) {
    StoreEntry entry = sample("k1");
    change(entry.tensors.front());
    return encodeEntry(entry);
  };
  for (const std::string &text : {change([](StoredTensor &tensor) { tensor.bytes.pop_back(); }),
                                  change([](StoredTensor &tensor) { tensor.shape.push_back(2); }),
                                  change([](StoredTensor &tensor) { tensor.shape = {-1}; }),
                                  change([](StoredTensor &tensor) { tensor.shape = {int64_t(1) << 62, 4}; }),
                                  change([](StoredTensor &tensor) { tensor.type = "f16"; })})
    EXPECT_THROW(decodeEntry(text), std::runtime_error);
  EXPECT_NO_THROW(decodeEntry(change([](StoredTensor &) {})));
}

TEST(StoreFormat, EveryLostTailIsNoticed) {
  const std::string whole = encodeEntry(sample("k1"));
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_THROW(decodeEntry(whole.substr(0, size)), std::exception) << size << " bytes";
}

TEST(Store, EntryUnderAnotherNameIsDamaged) {
  ScratchDirectory directory;
  Store store(directory.path());
  store.write(sample("k1"));
  fs::rename(store.pathOf("k1"), store.pathOf("k1-other"));
  std::string problem;
  EXPECT_FALSE(store.read("k1-other", problem));
  EXPECT_EQ(problem, "store entry " + store.pathOf("k1-other") + " is damaged (it belongs to k1)");
}

/// Writes one key again and again, each time whole and with one value throughout.
static void writeOften(const Store &store, float value) {
  for (int i = 0; i < 25; ++i)
    store.write(sample("shared", 20000, value));
}

TEST(Store, WritersAndReadersOfOneKeyDoNotDisturbEachOther) {
  ScratchDirectory directory;
  Store store(directory.path());
  store.write(sample("shared", 20000, 1));
  pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    writeOften(store, 2);
    ::_exit(0);
  }
  std::thread writer([&] { writeOften(store, 3); });
  int read = 0, status = -1;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    std::string problem;
    std::optional<StoreEntry> entry = store.read("shared", problem);
    ASSERT_TRUE(entry) << problem;
    std::vector<float> values = entry->values<float>("success");
    ASSERT_EQ(values, std::vector<float>(20000, values[0]));
    ++read;
  }
  writer.join();
  EXPECT_EQ(status, 0);
  EXPECT_GT(read, 0);
  EXPECT_EQ(std::distance(fs::recursive_directory_iterator(directory.path()), {}),
            2); // the entry in its folder
}

TEST(Store, SweepsWhatKilledWritersLeftLongAgo) {
  ScratchDirectory directory;
  for (const char *name : {"ab12.host-17-0.partial", "ab/ab34.host-17-0.partial"}) {
    fs::create_directories(directory.path("ab"));
    std::ofstream(directory.path(name)) << "half";
    fs::last_write_time(directory.path(name), fs::file_time_type::clock::now() - std::chrono::hours(48));
    Store store(directory.path());
    EXPECT_FALSE(fs::exists(directory.path(name))) << name;
  }
}

TEST(Store, EntriesLieInFoldersByTheirFirstDigits) {
  ScratchDirectory directory;
  Store store(directory.path());
  EXPECT_EQ(store.pathOf("9f04"), directory.path("9f/9f04"));
  std::ofstream(directory.path("9f04")) << "an entry of an older store, all of which lay in one folder";
  std::string problem;
  EXPECT_FALSE(store.read("9f04", problem));
  EXPECT_EQ(problem, "");
}

TEST(Store, EntryThatCannotBeReadIsAnErrorAndNotAbsent) {
  ScratchDirectory directory;
  Store store(directory.path());
  fs::create_directories(store.pathOf("9f04"));
  std::string problem;
  try {
    store.read("9f04", problem);
    FAIL() << "taken for absent";
  } catch (const std::runtime_error &error) {
    EXPECT_EQ(std::string(error.what()), "cannot read " + store.pathOf("9f04") + ": Is a directory");
  }
}

TEST(Store, FilesCutShortAreDamaged) {
  ScratchDirectory directory;
  Store store(directory.path());
  store.write(sample("k1", 5000));
  for (size_t size : {size_t(3000), size_t(0)}) {
    fs::resize_file(store.pathOf("k1"), size);
    std::string problem;
    EXPECT_FALSE(store.read("k1", problem));
    EXPECT_EQ(problem.find("store entry " + store.pathOf("k1") + " is damaged ("), 0u) << problem;
  }
}

TEST(Store, DirectoryThatCannotBeMadeIsAnError) {
  ScratchDirectory directory;
  std::ofstream(directory.path("file")) << "x";
  try {
    Store store(directory.path("file/store"));
    FAIL() << "accepted";
  } catch (const std::runtime_error &error) {
    EXPECT_EQ(
        std::string(error.what()).find("cannot make the store's directory " + directory.path("file/store")),
        0u);
  }
}

TEST(Store, FailedWriteIsAnErrorAndLeavesNothing) {
  ScratchDirectory directory;
  Store store(directory.path("store"));
  fs::create_directories(store.pathOf("taken"));
  EXPECT_THROW(store.write(sample("taken")), std::runtime_error);
  EXPECT_EQ(std::distance(fs::recursive_directory_iterator(directory.path("store")), {}), 2);
}
