// What the runtime must pass to each compiled function, as docs/artifact.md lists it.
#ifndef SWITCHYARD_COMPILER_LOWERING_SIGNATURES_H
#define SWITCHYARD_COMPILER_LOWERING_SIGNATURES_H

#include "dialect/Roles.h"

#include "mlir/IR/BuiltinOps.h"

#include <string>
#include <vector>

namespace switchyard {

using swy::batchAttribute;
using swy::comparisonsAttribute;
using swy::entryAttribute;
using swy::finishesAttribute;
using swy::givensAttribute;
using swy::gradientsAttribute;
using swy::intoAttribute;
using swy::nameAttribute;
using swy::oneDrawAttribute;
using swy::restartsAttribute;
using swy::roleAttribute;
using swy::roleOf;

/// One buffer of a compiled function.
struct ArgumentSignature {
  std::string role, name, type; // type: f32, i32 or i64
  std::vector<int64_t> shape;
  std::string access; // in, out, inout; scratch for the arena
};

/// One compiled function; the last argument is the arena.
struct FunctionSignature {
  std::string name;
  int64_t batch = 1; // examples of one call
  int64_t arenaBytes = 0;
  std::vector<ArgumentSignature> arguments;
  std::vector<int64_t> hostCopies;      // of a device function: the arguments whose values the host reads
  std::vector<std::string> gradients;   // where each gradient stands that it tallies
  std::vector<std::string> comparisons; // and what it compares
  std::vector<std::string> finishes;    // and where attacks inside it end
  bool oneDraw = false;                 // all rows of a batch are of one
  std::vector<std::string> givens;      // and where losses give them their images
  mlir::Attribute restarts; // where rows are restarts: the scalar (a name) or number that says of how many
};

/// The attribute in which the lowering records the arguments of an entry function.
constexpr llvm::StringLiteral signatureAttribute = "swy.signature";
constexpr llvm::StringLiteral arenaAttribute = "swy.arena_bytes";
/// On an argument of a device function: which argument's scalar it is in the host's memory.
constexpr llvm::StringLiteral hostCopyAttribute = "swy.host_copy";
/// On a swy.sort_rows whose channels are in the host's memory.
constexpr llvm::StringLiteral drawnOnHostAttribute = "swy.drawn_on_host";
/// On a kernel that is emulated: how many buffers it has in shared memory, and as LLVM's function how many
/// parameters.
constexpr llvm::StringLiteral kernelAttribute = "swy.kernel";
/// The gpu.module of a program's kernels.
constexpr llvm::StringLiteral kernelModule = "kernels";

/// The signatures of a module's entry functions, in their order in the module: of the CPU's after the whole
/// lowering pipeline, of a device's before swy-lower-to-llvm, which takes the places of the host's copies for
/// its own.
std::vector<FunctionSignature> collectSignatures(mlir::ModuleOp module);

/// One recorded argument.
mlir::DictionaryAttr makeArgumentAttr(mlir::RankedTensorType type, mlir::DictionaryAttr attributes,
                                      llvm::StringRef access);

} // namespace switchyard
#endif
