// A library object that compiled code holds: one direction of one layer at one geometry, with its packed
// weights. What is under it (oneDNN here, cuDNN later) shows only in the folder of its device.
#ifndef SWITCHYARD_RUNTIME_KERNELS_HANDLE_H
#define SWITCHYARD_RUNTIME_KERNELS_HANDLE_H

#include "runtime/kernels/Storage.h"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>

namespace switchyard::rt {

enum class LayerKind : int64_t { Conv2d, Dense };

/// Everything that a handle but for its weights is made from; equal keys share handles.
using HandleKey = std::array<int64_t, 16>;

/// "forward", "backward_input" or "backward_weights"; other numbers as they are.
std::string directionName(int64_t direction);

/// What every kind of layer asks of prepare's arguments. Throws std::runtime_error that begins with `label`.
void checkDirection(int64_t direction, int64_t relu, bool hasWeights, const std::string &label);

/// Grouped calls have one channel or more and train no weights; 0 stands for plain calls.
void checkChannels(int64_t direction, int64_t channels, const std::string &label);

} // namespace switchyard::rt

struct swy_handle {
  virtual ~swy_handle() = default;

  /// Takes in plain weights; later changes of them are not seen.
  virtual void pack(const float *weights) = 0;
  /// Runs on the operands of the entry point, in its order (results last).
  virtual void run(std::initializer_list<const float *> operands) = 0;
  /// The same over groups of rows: those of channel c begin at offsets[c]. On handles for grouped calls alone.
  virtual void runGrouped(const int32_t *, std::initializer_list<const float *>) {
    throw std::runtime_error(label + ": a handle for plain calls was used in a grouped one");
  }

  /// How packed weights lie in memory: handles that agree can share them. And how much memory that is.
  virtual std::string packedFormat() const = 0;
  virtual size_t packedBytes() const = 0;
  /// Weights are packed into this memory and read from it from now on.
  virtual void usePacked(const switchyard::rt::Storage &storage) = 0;
  /// The library's name of what it runs.
  virtual std::string implementation() const = 0;

  switchyard::rt::LayerKind kind{};
  int64_t direction = 0;
  std::string label; // layer, direction and geometry, for messages
  switchyard::rt::HandleKey key{};
  bool held = false; // by compiled code, between prepare and release
};

#endif
