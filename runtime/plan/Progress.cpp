// Draws progress. The live line is redrawn at most ten times a second, so that it costs nothing.
#include "runtime/plan/Progress.h"

#include <cmath>
#include <cstdio>
#include <ostream>

namespace switchyard::rt {

static double secondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::string durationText(double seconds) {
  char text[64];
  int64_t whole = std::llround(seconds);
  if (seconds < 59.95)
    std::snprintf(text, sizeof text, "%.1f s", seconds);
  else if (whole < 3600)
    std::snprintf(text, sizeof text, "%d min %02d s", int(whole / 60), int(whole % 60));
  else
    std::snprintf(text, sizeof text, "%d h %02d min", int(whole / 3600), int(whole / 60 % 60));
  return text;
}

Progress::~Progress() {
  if (live)
    out << "\n" << std::flush;
}

std::string Progress::heading() const {
  return "[" + std::to_string(number) + "/" + std::to_string(jobs) + "] " + title;
}

void Progress::clearLive() {
  if (live)
    out << "\r\033[K";
  live = false;
}

void Progress::start(const std::string &newTitle, int64_t count) {
  number += count;
  title = newTitle;
  jobBegin = Clock::now();
  lastDrawn = {};
  if (!terminal)
    out << heading() << "\n" << std::flush;
}

void Progress::advance(int64_t done, int64_t total, const char *things, const std::string &stage,
                       int64_t first) {
  if (!terminal || secondsSince(lastDrawn) < 0.1)
    return;
  lastDrawn = Clock::now();
  double seconds = secondsSince(jobBegin);
  double rate = seconds > 0 ? double(done - first) / seconds : 0;
  clearLive();
  char numbers[128];
  std::snprintf(numbers, sizeof numbers, "  %3.0f %%  %.0f %s/s", 100.0 * double(done) / double(total), rate,
                things);
  out << heading() << (stage.empty() ? "" : ", " + stage) << numbers;
  if (rate > 0)
    out << "  " << durationText(double(total - done) / rate) << " left";
  out << std::flush;
  live = true;
}

void Progress::detail(const std::string &text) {
  if (!terminal)
    out << "      " << text << "\n" << std::flush;
}

void Progress::say(const std::string &text) {
  clearLive();
  out << "      " << text << "\n" << std::flush;
}

void Progress::warn(const std::string &text) {
  clearLive();
  out << "warning: " << text << "\n" << std::flush;
}

void Progress::finish(const std::string &result) {
  ++ran;
  clearLive();
  out << (terminal ? heading() + ": " : "      ") << result << ", " << durationText(secondsSince(jobBegin))
      << "\n"
      << std::flush;
}

void Progress::fail(const std::string &failedTitle, const std::string &message, int64_t others) {
  failed += 1 + others;
  number += others;
  clearLive();
  out << (terminal ? heading() + ": " : "      ") << (failedTitle == title ? "" : failedTitle + " ")
      << "failed: " << message;
  if (others > 0)
    out << "; " << others << (others == 1 ? " job that builds" : " jobs that build") << " on it will not run";
  out << "\n" << std::flush;
}

void Progress::found(const std::string &newTitle, const std::string &result) {
  ++number;
  ++stored;
  title = newTitle;
  clearLive();
  out << heading() << ": " << result << ", from the store\n" << std::flush;
}

void Progress::onlyJudged() {
  ++judged;
  detail("examples from the store, judged anew");
}

void Progress::total() {
  clearLive();
  out << ran << (ran == 1 ? " job" : " jobs") << " done, ";
  if (judged > 0)
    out << judged << " of them on examples from the store, ";
  out << stored << " from the store, ";
  if (failed > 0)
    out << failed << " failed, ";
  out << "in " << durationText(secondsSince(begin)) << "\n" << std::flush;
}

} // namespace switchyard::rt
