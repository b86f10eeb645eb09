// What loops for the CPU and kernels for the GPU share: a linalg operation leaves its function with the
// buffers and scalars that it uses, its dimensions merged first.
#ifndef SWITCHYARD_COMPILER_LOWERING_OUTLINING_H
#define SWITCHYARD_COMPILER_LOWERING_OUTLINING_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace switchyard {

/// Fails with an error at an operation of the function that works on tensors: what leaves a function takes
/// its buffers along.
mlir::LogicalResult expectBuffers(mlir::FunctionOpInterface function);

/// The operation with neighbouring dimensions merged that every operand runs through in order, for long inner
/// loops; the operation itself where it cannot be merged.
mlir::linalg::GenericOp mergeDimensions(mlir::RewriterBase &rewriter, mlir::linalg::GenericOp op);

/// A named linalg operation in its general form.
mlir::FailureOr<mlir::linalg::GenericOp> generalForm(mlir::RewriterBase &rewriter, mlir::linalg::LinalgOp op);

/// Whether a body computes an operation's result itself rather than being given it: constants and views.
bool isConstantOrView(mlir::Operation *op);

/// The values that `op` and its body need from outside. Operations for which `recomputed` holds go to
/// `copied` instead, in the order in which they can be cloned, and what they need takes their place.
mlir::SetVector<mlir::Value> capturesOf(mlir::Operation *op, mlir::SetVector<mlir::Operation *> &copied,
                                        llvm::function_ref<bool(mlir::Operation *)> recomputed);

/// Tells LLVM of every captured buffer that it is aligned (SWY_ALIGNMENT) and, where that is certain, that no
/// two overlap. `first` is the number of the argument that gets the first capture.
void annotateBuffers(mlir::FunctionOpInterface body, const mlir::SetVector<mlir::Value> &captures,
                     unsigned first);

/// Bodies by their text, so that equal ones are emitted once.
template <typename Function> class BodiesByText {
public:
  void clear() { bodies.clear(); }

  /// A function with the text of `body` that is there already, `body` being erased, or `body` itself under
  /// the name `prefix` with the next of `count`'s numbers.
  Function share(Function body, const llvm::Twine &prefix, unsigned &count) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    body->print(stream, mlir::OpPrintingFlags().useLocalScope());
    auto [known, fresh] = bodies.try_emplace(text, body);
    if (!fresh) {
      body.erase();
      return known->second;
    }
    body.setName((prefix + llvm::Twine(count++)).str());
    return body;
  }

private:
  llvm::StringMap<Function> bodies;
};

} // namespace switchyard
#endif
