// One oneDNN primitive with its operands. The caller's layout of an operand and the one that the primitive
// wants may differ; then a reorder stands between them, into memory that the handle keeps.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CPU_LIBRARYCALL_H
#define SWITCHYARD_RUNTIME_KERNELS_CPU_LIBRARYCALL_H

#include "runtime/kernels/cpu/PlainCall.h"

#include <functional>
#include <optional>
#include <vector>

namespace switchyard::rt {

/// An operand of a primitive: `argument` is oneDNN's number of it.
struct Operand {
  int argument;
  dnnl::memory::desc callers, librarys;
  bool result;

  /// Whether a call may have none: null, for zeros.
  bool isOptional() const { return argument == DNNL_ARG_BIAS; }
};

/// A primitive ready to be made: its description (scratchpad mode `user`), operands in the order of the entry
/// point, and the weights that `pack` takes where the direction has some.
struct LibraryCallPlan {
  dnnl::primitive primitive;
  dnnl::memory::desc scratchpad;
  std::string implementation;
  std::vector<Operand> operands;
  std::optional<Operand> weights;
  /// Of a plan with a fused relu: the same without it (FusedRelu.h).
  std::function<LibraryCallPlan()> withoutRelu;
};

class LibraryCall : public PlainCall {
public:
  LibraryCall(Library &library, const LibraryCallPlan &plan);

  void pack(const float *weights) override;
  void run(std::initializer_list<const float *> operands) override;
  std::string implementation() const override { return name; }
  std::string packedFormat() const override;
  size_t packedBytes() const override { return weights->librarys.get_desc().get_size(); }
  void usePacked(const Storage &storage) override;
  bool weightsAreWild() const override { return wildWeights; }
  void setWeightsAreWild(bool wild) override { wildWeights = wild; }

private:
  struct Port {
    bool result = false;
    dnnl::memory callers, librarys; // the same object where no reorder is needed
    std::optional<dnnl::primitive> reorder;
    Storage storage; // behind `librarys` where it is the handle's own
    Storage zeros;   // for calls that have none of an optional operand, made for the first of them
    bool isOptional = false;
  };

  Port makePort(const Operand &operand, bool owned);
  void bind(Port &port, const float *data);
  void convert(Port &port);
  bool mayLeaveFinite(std::initializer_list<const float *> operands) const;
  void runWithoutRelu(std::initializer_list<const float *> operands);

  Library &library;
  dnnl::primitive primitive;
  std::string name;
  std::vector<Port> ports;
  std::optional<Port> weights;
  dnnl::memory scratchpad;
  std::vector<dnnl_exec_arg_t> arguments;
  std::function<LibraryCallPlan()> withoutRelu;
  std::unique_ptr<LibraryCall> careful; // without its relu, made when first needed
  bool wildWeights = false;
};

/// How much an implementation is to be preferred, 0 best, from oneDNN's name of it.
int implementationRank(const std::string &name);

/// The attributes of every primitive here: scratch memory from the context, `relu` as a fused last step.
dnnl::primitive_attr callAttributes(bool relu);

/// Tries candidates in order and keeps the first of the best rank; empty if the library offers none. `make`
/// may throw dnnl::error where a candidate makes no sense.
template <typename Description, typename Candidate, typename Make>
Description bestImplementation(const std::vector<Candidate> &candidates, Make make) {
  Description best;
  for (const Candidate &candidate : candidates) {
    Description offered;
    try {
      offered = make(candidate);
    } catch (const dnnl::error &) {
      continue;
    }
    if (offered &&
        (!best || implementationRank(offered.impl_info_str()) < implementationRank(best.impl_info_str())))
      best = offered;
  }
  return best;
}

} // namespace switchyard::rt

#endif
