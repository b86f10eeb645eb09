// Binds arguments by their roles (docs/artifact.md) and reads the context's timers.
#include "test/bench/Compiled.h"

#include <algorithm>
#include <cstdio>

namespace switchyard::bench {

static double scalarValue(const std::string &name, int64_t steps) {
  const std::map<std::string, double> known = {{"steps", double(steps)}, {"eps", 0.03},     {"step", 0.003},
                                               {"rate", 0.01},           {"momentum", 0.9}, {"decay", 1e-6}};
  auto found = known.find(name);
  return found == known.end() ? 0.1 : found->second;
}

/// The value of an argument that the plan gives no data for.
static void fill(test::CompiledFunction &function, const std::string &role, const std::string &name,
                 const Subject &subject, int64_t steps) {
  at::Tensor buffer = function.argument(role, name);
  if (role == "image")
    buffer.uniform_();
  else if (role == "label" || role == "goal")
    buffer.random_(0, 10);
  else if (role == "rows")
    buffer.copy_(at::stack({at::arange(function.batch()), at::full({function.batch()}, 65535)}, 1));
  else if (role == "stream")
    buffer.fill_(1);
  else if (role == "example_weight")
    buffer.fill_(1.0 / double(function.batch()));
  else if (role == "scalar")
    buffer.fill_(scalarValue(name, steps));
  else if (role == "weight" || role == "parameter") {
    auto found = subject.parameters.find(name);
    if (found != subject.parameters.end() && found->second.sizes() == buffer.sizes())
      buffer.copy_(found->second);
    else
      buffer.uniform_(-0.05, 0.05);
  }
}

Contestant compiled(rt::Context &context, const test::CompiledArtifact &artifact, const std::string &function,
                    const Subject &subject, int64_t steps) {
  test::CompiledFunction bound = artifact.function(function);
  for (const auto &[role, name] : bound.arguments())
    fill(bound, role, name, subject, steps);
  return {"compiled", [bound, c = context.get()] { bound.run(c); }};
}

void printBreakdown(rt::Context &context, const Contestant &contestant) {
  const int runs = 3;
  contestant.run();
  context.setTimers(true);
  double start = now(Clock::Wall);
  for (int run = 0; run < runs; ++run)
    contestant.run();
  double total = (now(Clock::Wall) - start) / runs;
  auto calls = context.timedCalls();
  context.setTimers(false);
  std::sort(calls.begin(), calls.end(), [](const auto &a, const auto &b) { return a.seconds > b.seconds; });
  double loops = 0, library = 0;
  for (const auto &call : calls)
    (call.entryPoint == "swy_rt_parallel_for" ? loops : library) += call.seconds / runs;
  auto line = [&](const char *what, double seconds) {
    std::printf("    %9.3f ms %5.1f %%  %s\n", 1e3 * seconds, 100 * seconds / total, what);
  };
  std::printf("  where the time of \"%s\" goes (one run with timers, wall clock)\n", contestant.name.c_str());
  line("library calls", library);
  line("generated loops", loops);
  line("the rest: generated code on one thread", total - library - loops);
  for (const auto &call : calls)
    if (call.seconds / runs > 0.01 * total && !call.label.empty())
      line(("  " + call.label + (call.entryPoint.find("prepare") == std::string::npos ? "" : " (packing)"))
               .c_str(),
           call.seconds / runs);
}

} // namespace switchyard::bench
