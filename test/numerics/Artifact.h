// Opens a compiled artifact for tests and benchmarks: functions by name, their buffers as LibTorch tensors.
#ifndef SWITCHYARD_TEST_NUMERICS_ARTIFACT_H
#define SWITCHYARD_TEST_NUMERICS_ARTIFACT_H

#include "runtime/contract/abi.h"

#include <ATen/ATen.h>
#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace switchyard::rt {
class Device;
class Replay;
} // namespace switchyard::rt

namespace switchyard::test {

/// A GPU with an artifact's kernels on it, or the stand-in for one (test/gpu) with emulated kernels.
struct ArtifactDevice;

/// A compiled function with a buffer for each argument.
class CompiledFunction {
public:
  /// Zeroed buffers of the shapes that `description` (an entry of the plan's `functions`) gives. With a
  /// device, `entry` is a device function.
  CompiledFunction(swy_compiled_function entry, const nlohmann::json &description,
                   std::shared_ptr<ArtifactDevice> device = nullptr);

  /// The buffer itself, to be filled or read in place. Throws std::runtime_error, listing what there is,
  /// where the function has no such argument.
  at::Tensor argument(const std::string &role, const std::string &name = "") const;
  bool has(const std::string &role, const std::string &name = "") const;
  /// (role, name) of every argument but the arena, in order.
  std::vector<std::pair<std::string, std::string>> arguments() const;
  /// Copies values in, converting their type; a number fills.
  void set(const std::string &role, const std::string &name, const at::Tensor &value);
  void set(const std::string &role, const std::string &name, double value);

  int64_t batch() const { return rows; }
  const std::string &name() const { return called; }

  /// Throws std::runtime_error with the context's message where the call failed. A device function runs on
  /// its device's own context; what the buffers hold is taken there and back.
  void run(swy_context *context) const;

private:
  void call(swy_context *context) const;
  void upload() const;
  void download() const;

  swy_compiled_function entry;
  std::string called;
  int64_t rows = 0;
  std::vector<size_t> hostArguments; // of a device function: scalars that decide what it launches
  std::vector<std::pair<std::string, std::string>> order;
  std::map<std::pair<std::string, std::string>, at::Tensor> buffers;
  std::vector<at::Tensor> inOrder;                 // every buffer, the arena last
  std::vector<bool> written;                       // by the function
  std::vector<std::shared_ptr<void>> deviceCopies; // of each, where there is a device
  std::vector<void *> pointers;
  std::shared_ptr<ArtifactDevice> device;
  std::shared_ptr<rt::Replay> replay; // of a device function: its second call alike is a graph
};

/// Where functions of an artifact run: its code for the CPU; its emulated kernels on the stand-in, or the CPU
/// where it has none; its PTX on this machine's GPU.
enum class Place { Cpu, StandIn, Gpu };

class CompiledArtifact {
public:
  /// Throws std::runtime_error where the file is no artifact of this ABI version. Stays open until the end.
  explicit CompiledArtifact(const std::string &path, Place place = Place::Cpu);

  const nlohmann::json &plan() const { return document; }
  /// The device function of that name where the artifact's kernels are on a device, else the CPU's.
  CompiledFunction function(const std::string &name) const;

private:
  void *symbol(const std::string &name) const;
  const void *ptxFor(const rt::Device &gpu) const;

  std::string path;
  void *library;
  nlohmann::json document;
  std::shared_ptr<ArtifactDevice> device;
};

} // namespace switchyard::test

#endif
