// What a grouped call is made of: a call with one set of weights, whose packed form can be exchanged.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CPU_PLAINCALL_H
#define SWITCHYARD_RUNTIME_KERNELS_CPU_PLAINCALL_H

#include "runtime/kernels/ContextState.h"

namespace switchyard::rt {

/// Only handles that take weights have a packed form.
class PlainCall : public swy_handle {
public:
  /// How packed weights lie in memory: calls that agree can share them.
  virtual std::string packedFormat() const = 0;
  virtual size_t packedBytes() const = 0;
  /// From now on `pack` writes to this memory and `run` reads it.
  virtual void usePacked(const Storage &storage) = 0;
  /// Whether the weights packed last could make sums that are not finite, for calls that share them.
  virtual bool weightsAreWild() const { return false; }
  virtual void setWeightsAreWild(bool) {}
};

} // namespace switchyard::rt

#endif
