// Contexts: errors stick and can be taken, handles are used again, loops cover their range once.
#include "runtime/kernels/Context.h"
#include "runtime/kernels/Storage.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <gtest/gtest.h>
#include <set>
#include <thread>

using namespace switchyard::rt;

namespace {

/// How often each index was visited, and the shortest piece that is not the last.
struct Visits {
  explicit Visits(int64_t count) : seen(size_t(count)) {}
  std::vector<std::atomic<int>> seen;
  std::atomic<int64_t> shortest{INT64_MAX};
  swy_context *context = nullptr;
  std::atomic<int> nestedOnOtherThread{0};
};

void visit(int64_t begin, int64_t end, void *env) {
  auto &visits = *static_cast<Visits *>(env);
  for (int64_t i = begin; i < end; ++i)
    ++visits.seen[size_t(i)];
  int64_t length = end - begin, shortest = visits.shortest;
  while (size_t(end) != visits.seen.size() && length < shortest &&
         !visits.shortest.compare_exchange_weak(shortest, length)) {
  }
}

TEST(ParallelFor, CoversTheRangeOnce) {
  for (int threads : {1, 2, 3, 4}) {
    Context context(threads);
    for (int64_t count : {0, 1, 2, 7, 64, 1000})
      for (int64_t grain : {1, 3, 100, 5000}) {
        Visits visits(count);
        swy_rt_parallel_for(context.get(), count, grain, visit, &visits);
        for (auto &times : visits.seen)
          EXPECT_EQ(times, 1);
        EXPECT_GE(visits.shortest, grain) << count << " on " << threads << " threads";
      }
    EXPECT_EQ(takeError(context.get()), "");
  }
}

struct Outer {
  swy_context *context;
  Visits *visits;
  std::atomic<bool> elsewhere{false};
};

struct Inner {
  std::thread::id caller;
  Outer *outer;
};

void innerBody(int64_t begin, int64_t end, void *env) {
  auto &inner = *static_cast<Inner *>(env);
  if (std::this_thread::get_id() != inner.caller)
    inner.outer->elsewhere = true;
  visit(begin, end, inner.outer->visits);
}

void outerBody(int64_t begin, int64_t end, void *env) {
  auto &outer = *static_cast<Outer *>(env);
  for (int64_t i = begin; i < end; ++i) {
    Inner inner{std::this_thread::get_id(), &outer};
    swy_rt_parallel_for(outer.context, int64_t(outer.visits->seen.size()), 1, innerBody, &inner);
  }
}

TEST(ParallelFor, NestedRunsOnTheCallingThread) {
  Context context(2);
  Visits visits(50);
  Outer outer{context.get(), &visits};
  swy_rt_parallel_for(context.get(), 8, 1, outerBody, &outer);
  for (auto &times : visits.seen)
    EXPECT_EQ(times, 8);
  EXPECT_FALSE(outer.elsewhere);
}

/// As many threads as were asked for, or as OMP_THREAD_LIMIT leaves.
int allowed(int threads) {
  const char *limit = std::getenv("OMP_THREAD_LIMIT");
  return limit ? std::min(threads, std::atoi(limit)) : threads;
}

// All of this runs again with variables in the environment that would change it (test/run/threads.test).
TEST(ParallelFor, UsesTheTeamWhateverTheEnvironmentSays) {
  Context context(2);
  std::atomic<int> pieces{0};
  auto body = [](int64_t, int64_t, void *env) { ++*static_cast<std::atomic<int> *>(env); };
  swy_rt_parallel_for(context.get(), 100, 1, body, &pieces);
  EXPECT_EQ(pieces, allowed(2));
}

TEST(Context, CountsThreads) {
  EXPECT_GE(Context().threads(), 1);
  EXPECT_EQ(Context(3).threads(), allowed(3));
  EXPECT_THROW(Context(-1), std::runtime_error);
}

std::vector<float> ones(size_t count) {
  return std::vector<float>(count, 1.0f);
}

TEST(Context, KeepsTheFirstErrorUntilItIsTaken) {
  Context context(1);
  auto weights = ones(4);
  EXPECT_EQ(swy_rt_dense_prepare(context.get(), 0, 0, 2, 2, 0, 0, weights.data()), nullptr);
  EXPECT_EQ(swy_rt_dense_prepare(context.get(), 7, 1, 2, 2, 0, 0, weights.data()), nullptr);
  EXPECT_EQ(swy_rt_dense_prepare(context.get(), 0, 1, 2, 2, 0, 0, weights.data()), nullptr)
      << "good, but after an error";
  Visits visits(4);
  swy_rt_parallel_for(context.get(), 4, 1, visit, &visits);
  EXPECT_EQ(visits.seen[0], 0) << "nothing runs on a failed context";
  EXPECT_EQ(takeError(context.get()), "dense forward 0x2 to 2: sizes must be positive");
  EXPECT_EQ(takeError(context.get()), "");
  swy_handle_t handle = swy_rt_dense_prepare(context.get(), 0, 1, 2, 2, 0, 0, weights.data());
  ASSERT_NE(handle, nullptr);
  swy_rt_release(context.get(), handle);
  EXPECT_EQ(takeError(context.get()), "");
}

std::string convError(int64_t direction, int64_t channels, int64_t size, int64_t kernel, int64_t stride,
                      int64_t padding, int64_t layout, int64_t relu, const float *weights,
                      int64_t groups = 1) {
  Context context(1);
  EXPECT_EQ(swy_rt_conv2d_prepare(context.get(), direction, 2, channels, size, size, 16, kernel, kernel,
                                  stride, padding, groups, layout, 0, relu, 0, weights),
            nullptr);
  return takeError(context.get());
}

TEST(Context, NamesWhatIsWrongWithAConvolution) {
  auto weights = ones(16 * 3 * 9);
  const float *w = weights.data();
  const std::string forward = "conv2d forward 2x3x8x8 to 16 channels, kernel 3x3, stride ";
  EXPECT_EQ(
      convError(0, 3, 2, 3, 1, 0, 0, 0, w),
      "conv2d forward 2x3x2x2 to 16 channels, kernel 3x3, stride 1, padding 0: the kernel is larger than the "
      "padded input");
  EXPECT_EQ(convError(0, 3, 8, 3, 0, 0, 0, 0, w),
            forward + "0, padding 0: kernel and stride must be positive");
  EXPECT_EQ(convError(0, 3, 8, 3, 1, -1, 0, 0, w),
            forward + "1, padding -1: the padding must not be negative");
  EXPECT_EQ(convError(0, 3, 8, 3, 1, 0, 0, 0, w, 2),
            forward + "1, padding 0, groups 2: groups must divide the channels of input and output");
  EXPECT_EQ(convError(0, 3, 8, 3, 1, 0, 0, 0, w, 0),
            forward + "1, padding 0, groups 0: groups must divide the channels of input and output");
  EXPECT_EQ(convError(0, 3, 8, 3, 1, 0, 1, 0, w),
            forward + "1, padding 0: the blocked layout needs a multiple of 16 channels, got 3");
  EXPECT_EQ(convError(0, 3, 8, 3, 1, 0, 5, 0, w),
            forward + "1, padding 0: a layout is 0 (plain), 1 (blocked by 16) or 2 (channels last), got 5");
  EXPECT_EQ(convError(0, 3, 8, 3, 1, 0, 0, 2, w),
            forward + "1, padding 0: relu is 0 or 1, and 0 backward, got 2");
  EXPECT_EQ(convError(0, 3, 8, 3, 1, 0, 0, 0, nullptr), forward + "1, padding 0: needs weights, got null");
  EXPECT_EQ(convError(2, 3, 8, 3, 1, 0, 0, 0, w), "conv2d backward_weights 2x3x8x8 to 16 channels, kernel "
                                                  "3x3, stride 1, padding 0: takes no weights, got "
                                                  "some");
  EXPECT_EQ(
      convError(3, 3, 8, 3, 1, 0, 0, 0, w),
      "conv2d direction 3 2x3x8x8 to 16 channels, kernel 3x3, stride 1, padding 0: a direction is 0, 1 or 2");
}

/// Takes a forward handle, does `misuse` with it and returns the error.
template <typename Misuse> std::string misused(Misuse misuse) {
  Context context(1);
  auto weights = ones(4);
  swy_handle_t handle = swy_rt_dense_prepare(context.get(), 0, 1, 2, 2, 0, 0, weights.data());
  misuse(context.get(), handle);
  return takeError(context.get());
}

TEST(Context, NamesMisusedHandles) {
  float in[2] = {}, out[2] = {};
  EXPECT_EQ(misused([&](auto *c, auto h) { swy_rt_dense_backward_input(c, h, in, out); }),
            "swy_rt_dense_backward_input: the handle is that of dense forward 1x2 to 2");
  EXPECT_EQ(misused([&](auto *c, auto h) { swy_rt_conv2d_forward(c, h, in, in, out); }),
            "swy_rt_conv2d_forward: the handle is that of dense forward 1x2 to 2");
  EXPECT_EQ(misused([&](auto *c, auto) { swy_rt_dense_forward(c, nullptr, in, in, out); }),
            "swy_rt_dense_forward: the handle is null");
  EXPECT_EQ(misused([&](auto *c, auto h) { swy_rt_dense_forward(c, h, nullptr, in, out); }),
            "swy_rt_dense_forward: an operand is null (dense forward 1x2 to 2)");
  EXPECT_EQ(misused([&](auto *c, auto h) {
              swy_rt_release(c, h);
              swy_rt_dense_forward(c, h, in, in, out);
            }),
            "swy_rt_dense_forward: the handle is released: dense forward 1x2 to 2");
  EXPECT_EQ(misused([&](auto *c, auto h) {
              swy_rt_release(c, h);
              swy_rt_release(c, h);
            }),
            "dense forward 1x2 to 2: the handle was released twice");
  EXPECT_EQ(misused([&](auto *c, auto) { swy_rt_release(c, nullptr); }),
            "swy_rt_release: the handle is null");
}

TEST(Context, UsesHandlesAgainWithNewWeights) {
  Context context(1);
  float input[2] = {1, 2}, bias[1] = {0.5f}, output[1] = {};
  swy_handle_t first = nullptr;
  for (float scale : {1.0f, 10.0f, 100.0f}) {
    float weights[2] = {scale, scale};
    swy_handle_t handle = swy_rt_dense_prepare(context.get(), 0, 1, 2, 1, 0, 0, weights);
    first = first ? first : handle;
    EXPECT_EQ(handle, first);
    weights[0] = -1; // not seen: weights were packed
    swy_rt_dense_forward(context.get(), handle, input, bias, output);
    EXPECT_EQ(output[0], 3 * scale + 0.5f);
    swy_rt_release(context.get(), handle);
  }
  EXPECT_EQ(context.handlesMade(), 1u);
  EXPECT_EQ(takeError(context.get()), "");
}

TEST(Context, KeepsHandlesOfPrecisionsApart) {
  Context context(1);
  auto weights = ones(16 * 16 * 9);
  auto prepare = [&](Precision precision) {
    setPrecision(context.get(), precision);
    return swy_rt_conv2d_prepare(context.get(), 0, 2, 16, 8, 8, 16, 3, 3, 1, 1, 1, 0, 0, 0, 0,
                                 weights.data());
  };
  std::set<swy_handle_t> handles;
  for (Precision precision :
       {Precision::Float32, Precision::Tf32, Precision::ExactOrder, Precision::Float32}) {
    swy_handle_t handle = prepare(precision);
    ASSERT_NE(handle, nullptr) << takeError(context.get());
    handles.insert(handle);
    swy_rt_release(context.get(), handle);
  }
  EXPECT_EQ(handles.size(), 3u) << "the last is the first again";
}

TEST(Context, KeepsHandlesOfOneGeometryApart) {
  Context context(1);
  float small[1] = {2}, large[1] = {30}, input[1] = {1}, bias[1] = {0}, output[1] = {};
  swy_handle_t a = swy_rt_dense_prepare(context.get(), 0, 1, 1, 1, 0, 0, small);
  swy_handle_t b = swy_rt_dense_prepare(context.get(), 0, 1, 1, 1, 0, 0, large);
  EXPECT_NE(a, b);
  swy_rt_dense_forward(context.get(), a, input, bias, output);
  EXPECT_EQ(output[0], 2);
  swy_rt_dense_forward(context.get(), b, input, bias, output);
  EXPECT_EQ(output[0], 30);
}

TEST(Context, NoExceptionLeavesTheCBoundary) {
  Context context(1);
  swy_rt_parallel_for(context.get(), 1, 1, [](int64_t, int64_t, void *) { throw 7; }, nullptr);
  EXPECT_EQ(takeError(context.get()), "an unknown exception reached the C boundary");
}

TEST(Context, ReleasesAfterAnError) {
  Context context(1);
  auto weights = ones(4);
  swy_handle_t handle = swy_rt_dense_prepare(context.get(), 0, 1, 2, 2, 0, 0, weights.data());
  swy_rt_dense_prepare(context.get(), 0, 0, 2, 2, 0, 0, weights.data());
  swy_rt_release(context.get(), handle);
  swy_rt_release(context.get(), nullptr); // what the failed prepare gave
  EXPECT_EQ(takeError(context.get()), "dense forward 0x2 to 2: sizes must be positive");
  EXPECT_EQ(swy_rt_dense_prepare(context.get(), 0, 1, 2, 2, 0, 0, weights.data()), handle);
}

TEST(Context, TimesCallsWhenAsked) {
  Context context(1);
  auto step = [&] {
    auto weights = ones(4);
    float in[2] = {}, out[2] = {};
    swy_handle_t handle = swy_rt_dense_prepare(context.get(), 0, 1, 2, 2, 0, 0, weights.data());
    swy_rt_dense_forward(context.get(), handle, in, in, out);
    swy_rt_release(context.get(), handle);
  };
  step();
  EXPECT_TRUE(context.timedCalls().empty());
  context.setTimers(true);
  step();
  step();
  auto timed = context.timedCalls();
  ASSERT_EQ(timed.size(), 2u);
  EXPECT_EQ(timed[0].entryPoint, "swy_rt_dense_forward");
  EXPECT_EQ(timed[0].label, "dense forward 1x2 to 2");
  EXPECT_EQ(timed[0].calls, 2);
  EXPECT_GT(timed[0].seconds, 0);
  EXPECT_EQ(timed[1].entryPoint, "swy_rt_dense_prepare");
}

TEST(Storage, MoreThanThereIsIsAnError) {
  try {
    Storage storage(size_t(1) << 60);
    FAIL() << "allocated";
  } catch (const std::runtime_error &error) {
    EXPECT_STREQ(error.what(), "cannot allocate 1099511627776 MiB of memory");
  }
}

TEST(Storage, IsAlignedAndShared) {
  for (size_t bytes : {0, 1, 63, 64, 1 << 20}) {
    Storage storage(bytes), copy = storage;
    EXPECT_EQ(reinterpret_cast<uintptr_t>(storage.data()) % SWY_ALIGNMENT, 0u);
    EXPECT_NE(storage.data(), nullptr);
    EXPECT_EQ(storage.data(), copy.data());
    EXPECT_EQ(storage.bytes(), bytes);
  }
  EXPECT_THROW(Storage(size_t(1) << 60), std::runtime_error);
}

} // namespace
