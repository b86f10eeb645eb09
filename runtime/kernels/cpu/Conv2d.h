// Convolution in cross-correlation form with zero padding (LibTorch's conv2d) on oneDNN.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CPU_CONV2D_H
#define SWITCHYARD_RUNTIME_KERNELS_CPU_CONV2D_H

#include "runtime/kernels/cpu/GroupedCall.h"
#include "runtime/kernels/cpu/LibraryCall.h"

namespace switchyard::rt {

/// The arguments of swy_rt_conv2d_prepare and the context's precision; with `channels` it is a handle for
/// grouped calls.
struct Conv2dGeometry {
  int64_t direction, batch, inChannels, height, width, outChannels, kernelHeight, kernelWidth, stride,
      padding, groups, inputLayout, outputLayout, relu;
  Precision precision;
  int64_t channels;

  int64_t outHeight() const { return (height + 2 * padding - kernelHeight) / stride + 1; }
  int64_t outWidth() const { return (width + 2 * padding - kernelWidth) / stride + 1; }
  /// Input channels that one of the output sees.
  int64_t ofGroup() const { return inChannels / groups; }
  std::string label() const;
  HandleKey key() const;

  /// Throws std::runtime_error for a geometry that means nothing, and where weights are missing or too many.
  void check(bool hasWeights) const;
  /// Throws std::runtime_error if oneDNN has nothing for this geometry.
  std::unique_ptr<swy_handle> make(Library &library) const;

private:
  GroupedShape groupedShape() const;
  std::unique_ptr<PlainCall> makePlain(Library &library) const;
};

} // namespace switchyard::rt

#endif
