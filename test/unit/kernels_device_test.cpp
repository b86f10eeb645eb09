// A device without a GPU: the stand-in for NVIDIA's driver runs these kernels, and nothing before somebody
// waits.
#include "runtime/contract/abi.h"
#include "runtime/kernels/cuda/Device.h"
#include "runtime/kernels/cuda/Graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

using namespace switchyard::rt;

extern "C" int swyStandInDriver;

namespace {

/// parameters: x, y, a: y[i] = a * x[i] + y[i] for the thread's i.
void multiplyAdd(int64_t block, int64_t thread, void *const *parameters, void *, const swy_emulation *) {
  const float *x = *static_cast<const float *const *>(parameters[0]);
  float *y = *static_cast<float *const *>(parameters[1]);
  float a = *static_cast<const float *>(parameters[2]);
  y[block * 32 + thread] += a * x[block * 32 + thread];
}

const swy_emulated_entry kernels[] = {{"multiply_add", multiplyAdd, 3}, {nullptr, nullptr, 0}};
const char multiplyAddName[] = "multiply_add";

class DeviceTest : public ::testing::Test {
protected:
  static constexpr int64_t count = 64;

  DeviceTest() { device.loadKernels(kernels); }

  void launch(Device &on, void *x, void *y, float a) {
    struct {
      alignas(8) void *x, *y;
      alignas(8) float a;
    } values{x, y, a};
    void *parameters[] = {&values.x, &values.y, &values.a};
    on.launch(multiplyAddName, "here:1", count / 32, 32, parameters);
  }

  std::vector<float> read(Device &on, const void *memory) {
    std::vector<float> values(count);
    on.download(values.data(), memory, count * sizeof(float));
    return values;
  }

  std::shared_ptr<void> filled(Device &on, float value) {
    std::shared_ptr<void> memory = on.allocate(count * sizeof(float));
    std::vector<float> values(count, value);
    on.upload(memory.get(), values.data(), count * sizeof(float));
    return memory; // the values are gone before they are copied
  }

  int *linked = &swyStandInDriver;
  Device device;
};

TEST_F(DeviceTest, RunsInOrderOnValuesOfTheTimeOfTheCall) {
  auto x = filled(device, 2), y = filled(device, 1);
  launch(device, x.get(), y.get(), 3);
  launch(device, x.get(), x.get(), 1);
  launch(device, x.get(), y.get(), 1);
  EXPECT_EQ(read(device, y.get()), std::vector<float>(count, 11));
}

TEST_F(DeviceTest, UploadsMoreThanItsPinnedMemory) {
  std::vector<float> values(size_t(7) << 20); // 28 MB through two halves of 8 MB
  std::iota(values.begin(), values.end(), 0.0f);
  auto memory = device.allocate(values.size() * sizeof(float));
  for (int turn = 0; turn < 3; ++turn) {
    device.upload(memory.get(), values.data(), values.size() * sizeof(float));
    std::vector<float> back(values.size());
    device.download(back.data(), memory.get(), back.size() * sizeof(float));
    EXPECT_EQ(back, values);
    std::rotate(values.begin(), values.begin() + 1, values.end());
  }
}

TEST_F(DeviceTest, DownloadsKeepWhatWasThereWhenTheyStarted) {
  auto x = filled(device, 1), y = filled(device, 0);
  std::vector<std::shared_ptr<Download>> downloads;
  for (int i = 0; i < 5; ++i) {
    launch(device, x.get(), y.get(), 1);
    downloads.push_back(device.startDownload(y.get(), count * sizeof(float)));
  }
  for (size_t i = 0; i < downloads.size(); ++i)
    EXPECT_EQ(static_cast<const float *>(downloads[i]->wait())[count - 1], float(i + 1));
}

TEST_F(DeviceTest, StreamsDoNotWaitForEachOther) {
  std::unique_ptr<Device> other = device.another();
  auto x = filled(device, 1), y = filled(device, 0);
  launch(device, x.get(), y.get(), 5);
  auto z = filled(*other, 7);
  EXPECT_EQ(read(*other, z.get()), std::vector<float>(count, 7));
  EXPECT_NE(*static_cast<float *>(y.get()), 5); // nobody waited for it
  device.wait();
  EXPECT_EQ(*static_cast<float *>(y.get()), 5);
}

TEST_F(DeviceTest, GathersKeptAndOtherImages) {
  std::vector<float> kept(8 * 4), others(3 * 4);
  std::iota(kept.begin(), kept.end(), 0.0f);
  std::iota(others.begin(), others.end(), 100.0f);
  device.keep(kept.data(), kept.size());
  auto rowOf = [](const std::vector<float> &from, size_t row) { return from.data() + 4 * row; };
  auto gathered = [&](const std::vector<const float *> &images) {
    auto memory = device.allocate(images.size() * 4 * sizeof(float));
    device.gather(memory.get(), images, 4);
    std::vector<float> values(images.size() * 4), first;
    device.download(values.data(), memory.get(), values.size() * sizeof(float));
    for (size_t i = 0; i < values.size(); i += 4)
      first.push_back(values[i]);
    return first;
  };
  EXPECT_EQ(gathered({rowOf(kept, 7), rowOf(kept, 0), rowOf(kept, 7)}), (std::vector<float>{28, 0, 28}));
  EXPECT_EQ(gathered({rowOf(others, 2), rowOf(others, 2), rowOf(others, 0)}),
            (std::vector<float>{108, 108, 100}));
  EXPECT_EQ(gathered({rowOf(kept, 1), rowOf(others, 1)}), (std::vector<float>{4, 104}));
}

/// What a compiled function does, with a count of how often its own code ran.
struct Call {
  int runs = 0;
  std::function<void()> body;
  void operator()() {
    ++runs;
    body();
  }
};

TEST_F(DeviceTest, TheSecondEqualCallIsRecordedAndReplayedFromThenOn) {
  auto x = filled(device, 1), y = filled(device, 0);
  Call call{0, [&] { launch(device, x.get(), y.get(), 1); }};
  Replay replay;
  for (int i = 0; i < 5; ++i)
    replay.run(device, {1, 2}, [&] { call(); });
  EXPECT_EQ(read(device, y.get()), std::vector<float>(count, 5));
  EXPECT_EQ(call.runs, 2);
}

TEST_F(DeviceTest, ACallThatDiffersIsNotReplayed) {
  auto x = filled(device, 1), y = filled(device, 0);
  float a = 1;
  Call call{0, [&] { launch(device, x.get(), y.get(), a); }};
  Replay replay;
  for (uint64_t key : {1, 1, 1, 2, 3, 3, 3}) {
    a = float(key);
    replay.run(device, {key}, [&] { call(); });
  }
  EXPECT_EQ(read(device, y.get()), std::vector<float>(count, 3 + 2 + 9));
  EXPECT_EQ(call.runs, 2 + 1 + 2);
}

TEST_F(DeviceTest, ACallThatMeetsTheHostIsNotRecorded) {
  auto x = filled(device, 1), y = filled(device, 0);
  Call call{0, [&] { launch(device, x.get(), y.get(), read(device, y.get()).front() + 1); }};
  Replay replay;
  for (int i = 0; i < 4; ++i)
    replay.run(device, {1}, [&] { call(); });
  EXPECT_EQ(read(device, y.get()), std::vector<float>(count, 15)); // doubled and one more each time
  EXPECT_EQ(call.runs, 4);
}

TEST_F(DeviceTest, TheFirstCallIsNeverRecorded) {
  auto x = filled(device, 1), y = filled(device, 0);
  Call call{0, [&] { launch(device, x.get(), y.get(), 1); }};
  Replay replay;
  for (int i = 0; i < 3; ++i)
    replay.run(device, {}, [&] { call(); }); // a call that nothing decides
  EXPECT_EQ(read(device, y.get()), std::vector<float>(count, 3));
  EXPECT_EQ(call.runs, 2);
}

TEST_F(DeviceTest, TheHostCannotTakePartInARecording) {
  auto x = filled(device, 1), y = filled(device, 0);
  EXPECT_EQ(device.record([&] {
    launch(device, x.get(), y.get(), 1);
    read(device, y.get());
  }),
            nullptr);
  EXPECT_EQ(read(device, y.get()), std::vector<float>(count, 0)); // nothing of it ran
}

TEST_F(DeviceTest, ARecordingThatFailsIsRunPlainly) {
  auto x = filled(device, 1), y = filled(device, 0);
  Call call{0, {}};
  call.body = [&] {
    launch(device, x.get(), y.get(), 1);
    if (call.runs == 2)
      throw std::runtime_error("not while recording");
  };
  Replay replay;
  for (int i = 0; i < 4; ++i)
    replay.run(device, {1}, [&] { call(); });
  EXPECT_EQ(read(device, y.get()), std::vector<float>(count, 4));
  EXPECT_EQ(call.runs, 5); // one of them was thrown away
}

TEST_F(DeviceTest, LibraryCallsArePartOfARecording) {
  auto y = filled(device, 1);
  int calls = 0;
  Replay replay;
  for (int i = 0; i < 3; ++i)
    replay.run(device, {1}, [&] {
      device.call([memory = static_cast<float *>(y.get()), &calls] {
        ++calls;
        *memory *= 2;
      });
    });
  EXPECT_EQ(read(device, y.get()).front(), 8);
  EXPECT_EQ(calls, 3);
}

TEST_F(DeviceTest, NothingIsRecordedWhereThatIsSwitchedOff) {
  auto x = filled(device, 1), y = filled(device, 0);
  Call call{0, [&] { launch(device, x.get(), y.get(), 1); }};
  device.neverRecord();
  Replay replay;
  for (int i = 0; i < 4; ++i)
    replay.run(device, {1}, [&] { call(); });
  EXPECT_EQ(read(device, y.get()), std::vector<float>(count, 4));
  EXPECT_EQ(call.runs, 4);
}

} // namespace
