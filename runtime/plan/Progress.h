// What a person sees while jobs run: on a terminal one live line with rate and time left, elsewhere plain
// lines that a log can keep.
#ifndef SWITCHYARD_RUNTIME_PLAN_PROGRESS_H
#define SWITCHYARD_RUNTIME_PLAN_PROGRESS_H

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>

namespace switchyard::rt {

/// "0.8 s", "3 min 12 s", "2 h 05 min".
std::string durationText(double seconds);

class Progress {
public:
  Progress(std::ostream &out, bool terminal, int64_t jobs) : out(out), terminal(terminal), jobs(jobs) {}
  /// Ends a live line that an exception left standing.
  ~Progress();

  /// A job, or so many at once, begins; `title` is shown until they finish, each with a call of `finish`.
  void start(const std::string &title, int64_t count = 1);
  /// The running job has done `done` of `total` things, counted from `first` in this process (a resumed job
  /// begins above 0); `stage` is shown beside, e.g. "epoch 2 of 4".
  void advance(int64_t done, int64_t total, const char *things, const std::string &stage = "",
               int64_t first = 0);
  /// A remark on the running job for the log; on a terminal the live line says as much.
  void detail(const std::string &text);
  /// Lines that are always shown.
  void say(const std::string &text);
  void warn(const std::string &text);
  void finish(const std::string &result);
  /// A job that began failed, and so many others that build on it will not run.
  void fail(const std::string &title, const std::string &message, int64_t others);
  /// A job whose result was already in the store.
  void found(const std::string &title, const std::string &result);
  /// The running job found its examples in the store, and only judges them.
  void onlyJudged();
  /// The last line: what was done and in what time.
  void total();

private:
  void clearLive();
  std::string heading() const;

  using Clock = std::chrono::steady_clock;
  std::ostream &out;
  bool terminal, live = false;
  int64_t jobs, number = 0, ran = 0, judged = 0, stored = 0, failed = 0;
  std::string title;
  Clock::time_point begin = Clock::now(), jobBegin, lastDrawn;
};

} // namespace switchyard::rt

#endif
