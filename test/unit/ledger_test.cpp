// Claims between processes: one does the work, the others see it, and what a dead one held is taken over.
#include "plan_fixture.h"
#include "runtime/plan/Ledger.h"

#include <atomic>
#include <csignal>
#include <fstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace switchyard::rt;
using namespace switchyard::rt::test;

namespace fs = std::filesystem;
using std::chrono::milliseconds;

/// The files beside the entry that claims leave.
static size_t claimFiles(const ScratchDirectory &directory) {
  size_t count = 0;
  for (const auto &file : fs::recursive_directory_iterator(directory.path()))
    count += file.path().filename().string().find(".claim") != std::string::npos;
  return count;
}

/// A claim as another machine would write it.
static void claimElsewhere(const Store &store, const std::string &key, double lease) {
  fs::create_directories(fs::path(store.pathOf(key)).parent_path());
  std::ofstream(store.pathOf(key) + ".claim")
      << Json{{"host", "far-away"},     {"process", 17},  {"began", "1"},
              {"boot", "another boot"}, {"random", "r1"}, {"lease_seconds", lease}};
}

TEST(Ledger, WorkIsClaimedOnceAndRecorded) {
  ScratchDirectory directory;
  Store store(directory.path());
  Ledger one(store), other(store);
  EXPECT_TRUE(one.claim("ab1"));
  EXPECT_FALSE(other.claim("ab1"));
  EXPECT_TRUE(other.claim("ab2"));
  EXPECT_EQ(other.holder("ab1").find("process " + std::to_string(::getpid()) + " on "), 0u);
  one.record({"ab1", "attack", "", {}});
  EXPECT_EQ(other.holder("ab1"), "");
  std::string problem;
  EXPECT_TRUE(other.find("ab1", problem));
  other.giveUp("ab2");
  EXPECT_TRUE(one.claim("ab2"));
  one.giveUp("ab2");
  EXPECT_EQ(claimFiles(directory), 0u);
}

TEST(Ledger, GivesBackWhatItHoldsWhenItEnds) {
  ScratchDirectory directory;
  Store store(directory.path());
  {
    Ledger ledger(store);
    EXPECT_TRUE(ledger.claim("ab1"));
    EXPECT_EQ(claimFiles(directory), 1u);
  }
  EXPECT_EQ(claimFiles(directory), 0u);
}

TEST(Ledger, ClaimOfAKilledProcessIsTakenOverAtOnce) {
  ScratchDirectory directory;
  Store store(directory.path());
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  pid_t child = ::fork();
  if (child == 0) {
    Ledger ledger(store);
    char word = ledger.claim("ab1") ? 'y' : 'n';
    if (::write(ready[1], &word, 1) == 1)
      ::pause();
    ::_exit(1);
  }
  char word = 0;
  ASSERT_EQ(::read(ready[0], &word, 1), 1);
  ASSERT_EQ(word, 'y');
  Ledger ledger(store); // its lease of a minute would outlast the test
  EXPECT_FALSE(ledger.claim("ab1"));
  EXPECT_EQ(ledger.holder("ab1").find("process " + std::to_string(child) + " on "), 0u);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(ledger.claim("ab1"));
  ledger.giveUp("ab1");
  EXPECT_EQ(claimFiles(directory), 0u);
}

TEST(Ledger, ClaimOfAnotherMachineIsDeadWhenItsLeasePassesUntouched) {
  ScratchDirectory directory;
  Store store(directory.path());
  claimElsewhere(store, "ab1", 0.3);
  fs::last_write_time(store.pathOf("ab1") + ".claim",
                      fs::file_time_type::clock::now() - std::chrono::hours(1000));
  Ledger ledger(store);
  EXPECT_FALSE(ledger.claim("ab1")); // its clock may be wrong: it is watched first
  EXPECT_EQ(ledger.holder("ab1"), "process 17 on far-away");
  for (int i = 1; i <= 6; ++i) { // touched: alive
    std::this_thread::sleep_for(milliseconds(100));
    fs::last_write_time(store.pathOf("ab1") + ".claim", fs::file_time_type(std::chrono::hours(i)));
    EXPECT_FALSE(ledger.claim("ab1"));
  }
  std::this_thread::sleep_for(milliseconds(400));
  EXPECT_TRUE(ledger.claim("ab1"));
}

TEST(Ledger, OwnerKeepsItsClaimAliveAndOthersOff) {
  ScratchDirectory directory;
  Store store(directory.path());
  Ledger owner(store, milliseconds(600)), other(store);
  ASSERT_TRUE(owner.claim("ab1"));
  // As seen from another machine: no process numbers, the lease alone.
  Json claim = Json::parse(std::ifstream(store.pathOf("ab1") + ".claim"));
  claim["boot"] = "another boot";
  {
    std::fstream file(store.pathOf("ab1") + ".claim", std::ios::in | std::ios::out); // the same file
    file << claim.dump();
  }
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(other.claim("ab1"));
    std::this_thread::sleep_for(milliseconds(100));
  }
}

TEST(Ledger, OneOfManyTakesADeadClaimOver) {
  ScratchDirectory directory;
  Store store(directory.path());
  for (int round = 0; round < 20; ++round) {
    std::string key = "ab" + std::to_string(round);
    claimElsewhere(store, key, 0.01);
    std::vector<std::unique_ptr<Ledger>> ledgers;
    std::atomic<int> owners{0}, watching{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      ledgers.push_back(std::make_unique<Ledger>(store));
      threads.emplace_back([&, ledger = ledgers.back().get()] {
        bool ours = ledger->claim(key);
        ++watching;
        while (watching < 8)
          std::this_thread::yield();
        std::this_thread::sleep_for(milliseconds(20));
        owners += ours || ledger->claim(key);
      });
    }
    for (std::thread &thread : threads)
      thread.join();
    EXPECT_EQ(owners, 1) << round;
  }
}

TEST(Ledger, ClaimCutShortFallsToTheLease) {
  ScratchDirectory directory;
  Store store(directory.path());
  fs::create_directories(directory.path("ab"));
  std::ofstream(directory.path("ab/ab1.claim")) << "{\"host\": \"half";
  Ledger ledger(store, milliseconds(200));
  EXPECT_FALSE(ledger.claim("ab1"));
  EXPECT_EQ(ledger.holder("ab1"), "process 0 on another machine");
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_TRUE(ledger.claim("ab1"));
}

TEST(Ledger, ClaimThatCannotBeWrittenIsAnError) {
  ScratchDirectory directory;
  Store store(directory.path());
  std::ofstream(directory.path("ab")) << "a file where the folder should be";
  Ledger ledger(store);
  try {
    ledger.claim("ab1");
    FAIL() << "claimed";
  } catch (const std::runtime_error &error) {
    EXPECT_EQ(std::string(error.what()), "cannot write " + store.pathOf("ab1") + ".claim: Not a directory");
  }
}
