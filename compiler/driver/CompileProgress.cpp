// A thread of its own looks at the clock: the stages are too long to say anything on their way.
#include "compiler/driver/CompileProgress.h"

#include <cstdio>
#include <ctime>
#include <iostream>
#include <unistd.h>

namespace switchyard {

CompileProgress::CompileProgress(std::ostream &out, bool terminal, std::string file, double quiet)
    : out(out), terminal(terminal), file(std::move(file)), quiet(quiet), watcher([this] { watch(); }) {}

CompileProgress::~CompileProgress() {
  {
    std::lock_guard lock(mutex);
    done = true;
  }
  ended.notify_one();
  watcher.join();
  if (!said)
    return;
  if (!terminal)
    out << "      " << elapsed() << "\n" << std::flush;
  else if (out << "\r\033[K"; seconds() >= 1)
    out << "compiling " << file << ": " << elapsed() << "\n";
  out << std::flush;
}

std::unique_ptr<CompileProgress> CompileProgress::onStandardError(const std::string &file) {
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  return std::make_unique<CompileProgress>(std::cerr, terminal, file, terminal ? 0 : 5);
}

void CompileProgress::stage(const std::string &words) {
  std::lock_guard lock(mutex);
  current = words;
}

void CompileProgress::watch() {
  const std::chrono::milliseconds often(200);
  std::unique_lock lock(mutex);
  while (double(std::clock()) / CLOCKS_PER_SEC < quiet) // of the processor: a busy machine makes none large
    if (ended.wait_for(lock, often, [this] { return done; }))
      return;
  said = true;
  if (!terminal) {
    out << "compiling " << file << "\n" << std::flush;
    return;
  }
  do
    out << "\r\033[Kcompiling " << file << ": " << current << ", " << elapsed() << std::flush;
  while (!ended.wait_for(lock, often, [this] { return done; }));
}

double CompileProgress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::string CompileProgress::elapsed() const {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f s", seconds());
  return text;
}

} // namespace switchyard
