// Dense layers, output[b, o] = sum_i input[b, i] * weights[o, i] + bias[o], on oneDNN: never on the BLAS that
// LibTorch links, which on stock Debian is the reference BLAS, forty times slower.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CPU_DENSE_H
#define SWITCHYARD_RUNTIME_KERNELS_CPU_DENSE_H

#include "runtime/kernels/cpu/LibraryCall.h"

namespace switchyard::rt {

/// The arguments of swy_rt_dense_prepare and the context's precision; with `channels` it is a handle for
/// grouped calls.
struct DenseGeometry {
  int64_t direction, batch, inputs, outputs, relu, channels;
  Precision precision;

  std::string label() const;
  HandleKey key() const {
    return {int64_t(LayerKind::Dense), direction, batch, inputs, outputs, relu, channels, int64_t(precision)};
  }
  /// Throws std::runtime_error for a geometry that means nothing, and where weights are missing or too many.
  void check(bool hasWeights) const;
  std::unique_ptr<swy_handle> make(Library &library) const;

private:
  std::unique_ptr<PlainCall> makePlain(Library &library) const;
};

} // namespace switchyard::rt

#endif
