// A library object that compiled code holds: one direction of one layer at one geometry, with its packed
// weights. What is under it (oneDNN here, cuDNN later) shows only in the folder of its device.
#ifndef SWITCHYARD_RUNTIME_KERNELS_HANDLE_H
#define SWITCHYARD_RUNTIME_KERNELS_HANDLE_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>

namespace switchyard::rt {

enum class LayerKind : int64_t { Conv2d, Dense };

/// Everything that a handle but for its weights is made from; equal keys share handles.
using HandleKey = std::array<int64_t, 17>;

/// "forward", "backward_input" or "backward_weights"; other numbers as they are.
std::string directionName(int64_t direction);

/// What every kind of layer asks of prepare's arguments. Throws std::runtime_error that begins with `label`.
void checkDirection(int64_t direction, int64_t relu, bool hasWeights, const std::string &label);

/// Likewise of the channels of a switching block: none for plain calls; grouped ones train no weights.
void checkChannels(int64_t direction, int64_t channels, const std::string &label);

} // namespace switchyard::rt

struct swy_handle {
  virtual ~swy_handle() = default;

  /// Takes in plain weights; later changes of them are not seen.
  virtual void pack(const float *weights) = 0;
  /// Runs on the operands of the entry point, in its order (results last); a bias may be null. For handles of
  /// plain calls.
  virtual void run(std::initializer_list<const float *>) {
    throw std::runtime_error(label + ": a handle for grouped calls was given to a plain one");
  }
  /// Runs on rows in the order of their channel, those of channel c from offsets[c] on. For handles of
  /// grouped calls.
  virtual void runGrouped(const int32_t * /*offsets*/, std::initializer_list<const float *>) {
    throw std::runtime_error(label + ": a handle for plain calls was given to a grouped one");
  }
  /// The library's name of what it runs.
  virtual std::string implementation() const = 0;
  /// How many library objects it made so far.
  virtual size_t made() const { return 1; }

  switchyard::rt::LayerKind kind{};
  int64_t direction = 0;
  std::string label; // layer, direction and geometry, for messages
  switchyard::rt::HandleKey key{};
  bool held = false; // by compiled code, between prepare and release
  bool used = false; // since the context was last told to forget
};

#endif
