// What a pass says of what it did, how often, and why it did not: nothing unless somebody listens
// (`switchyard compile
// --remarks`). In the user's words, about the operation that the place belongs to.
#ifndef SWITCHYARD_DIALECT_REMARKS_H
#define SWITCHYARD_DIALECT_REMARKS_H

#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace switchyard {

inline bool wantsRemarks(mlir::Operation *op) {
  return op->getContext()->getRemarkEngine() != nullptr;
}

/// `pass` by the name that --disable knows.
inline mlir::remark::RemarkOpts remarkOptions(mlir::Operation *op, llvm::StringRef pass) {
  auto function = llvm::dyn_cast<mlir::FunctionOpInterface>(op);
  if (!function)
    function = op->getParentOfType<mlir::FunctionOpInterface>();
  return mlir::remark::RemarkOpts::name(pass).category(pass).function(function ? function.getName() : "");
}

inline void remarkOn(mlir::Operation *op, llvm::StringRef pass, bool applied, const llvm::Twine &text) {
  if (!wantsRemarks(op))
    return;
  mlir::remark::RemarkOpts options = remarkOptions(op, pass);
  std::string message = text.str();
  if (applied)
    mlir::remark::passed(op->getLoc(), options) << llvm::StringRef(message);
  else
    mlir::remark::missed(op->getLoc(), options) << llvm::StringRef(message);
}

/// What one run of a pass over `op` did, in numbers. (MLIR's statistics are not for this: they count nothing
/// where LLVM is built without assertions, as distributions build it.)
inline void remarkCounts(mlir::Operation *op, llvm::StringRef pass,
                         std::initializer_list<std::pair<llvm::StringRef, int64_t>> counts) {
  if (!wantsRemarks(op))
    return;
  auto remark = mlir::remark::analysis(op->getLoc(), remarkOptions(op, pass));
  for (auto [what, times] : counts)
    remark << mlir::remark::metric(what, times);
}

inline void remarkApplied(mlir::Operation *op, llvm::StringRef pass, const llvm::Twine &text) {
  remarkOn(op, pass, true, text);
}
inline void remarkMissed(mlir::Operation *op, llvm::StringRef pass, const llvm::Twine &text) {
  remarkOn(op, pass, false, text);
}

} // namespace switchyard

#endif
