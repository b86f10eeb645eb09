// What a person sees while a large program compiles: on a terminal a live line with the stage and the time,
// elsewhere two plain lines, and nothing where it takes a few seconds only.
#ifndef SWITCHYARD_COMPILER_DRIVER_COMPILEPROGRESS_H
#define SWITCHYARD_COMPILER_DRIVER_COMPILEPROGRESS_H

#include <chrono>
#include <condition_variable>
#include <iosfwd>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace switchyard {

class CompileProgress {
public:
  /// `quiet`: for so many seconds of the processor nothing is said.
  CompileProgress(std::ostream &out, bool terminal, std::string file, double quiet);
  /// Ends what was said with the time that it took.
  ~CompileProgress();
  CompileProgress(const CompileProgress &) = delete;
  CompileProgress &operator=(const CompileProgress &) = delete;

  /// On standard error: on a terminal at once, which keeps what took a second; elsewhere after five.
  static std::unique_ptr<CompileProgress> onStandardError(const std::string &file);

  void stage(const std::string &words);

private:
  void watch();
  double seconds() const;
  std::string elapsed() const;

  std::ostream &out;
  const bool terminal;
  const std::string file;
  const double quiet;
  const std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
  std::mutex mutex;
  std::condition_variable ended;
  bool done = false, said = false;
  std::string current;
  std::thread watcher; // the last: it reads the others
};

} // namespace switchyard

#endif
