// Who does what, where several processes share a store: a process claims a job before it does its work, so
// that the others do something else meanwhile.
//
// A claim is the file `KEY.claim` beside the job's entry: JSON with host, process, boot, the process's
// namespace, random bits and the lease in seconds. Its owner touches it several times in each lease. It is
// dead when its owner is (seen from the same boot of the same machine), or when it stayed untouched for a
// whole lease of the observer's own clock: no clocks of two machines are compared. Who takes a dead claim
// over first makes `KEY.claim.RANDOM-BITS-OF-THE-DEAD`, which only one can.
//
// Claims save work and never decide on a result: entries are equal whoever makes them. So where a claim is
// lost (its owner slept longer than a lease), two processes do the same work, and that is all.
#ifndef SWITCHYARD_RUNTIME_PLAN_CLAIMS_H
#define SWITCHYARD_RUNTIME_PLAN_CLAIMS_H

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace switchyard::rt {

class Claims {
public:
  using Clock = std::chrono::steady_clock;

  explicit Claims(std::chrono::milliseconds lease = std::chrono::seconds(60)) : lease(lease) {}
  /// Gives all claims back.
  ~Claims();
  Claims(const Claims &) = delete;
  Claims &operator=(const Claims &) = delete;

  /// Claims what is named by `path` (without ".claim"); whether it is ours now. Throws std::runtime_error,
  /// naming the file, where no claim can be written.
  bool take(const std::string &path);
  /// Gives it back; does nothing where it is not ours.
  void giveBack(const std::string &path);
  /// Who holds it, in words: "process 17 on host"; empty where nobody does.
  std::string holder(const std::string &path) const;

private:
  struct Held;
  /// A claim of another process as it was seen.
  struct Seen {
    std::string content;
    int64_t touched = 0; // as its file system says
    Clock::time_point since;
  };

  bool make(const std::string &path);
  /// What the claim says, where its owner is gone.
  std::optional<std::string> deadClaim(const std::string &path);
  double unchangedFor(const std::string &path, const std::string &content, int64_t touched);
  /// `dead`: as it was judged; another claim may stand there since.
  bool takeOver(const std::string &path, const std::string &dead);
  void keepAlive();

  const std::chrono::milliseconds lease;
  std::map<std::string, Seen> others;
  std::mutex mutex; // of what follows
  std::map<std::string, std::shared_ptr<Held>> held;
  std::condition_variable ending;
  bool end = false;
  std::thread keeper; // touches what is held
};

} // namespace switchyard::rt

#endif
