// What a pass says of what it did and why it did not: nothing unless somebody listens (`switchyard compile
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
inline void remarkOn(mlir::Operation *op, llvm::StringRef pass, bool applied, const llvm::Twine &text) {
  if (!wantsRemarks(op))
    return;
  auto function = llvm::dyn_cast<mlir::FunctionOpInterface>(op);
  if (!function)
    function = op->getParentOfType<mlir::FunctionOpInterface>();
  auto options =
      mlir::remark::RemarkOpts::name(pass).category(pass).function(function ? function.getName() : "");
  std::string message = text.str();
  if (applied)
    mlir::remark::passed(op->getLoc(), options) << llvm::StringRef(message);
  else
    mlir::remark::missed(op->getLoc(), options) << llvm::StringRef(message);
}

inline void remarkApplied(mlir::Operation *op, llvm::StringRef pass, const llvm::Twine &text) {
  remarkOn(op, pass, true, text);
}
inline void remarkMissed(mlir::Operation *op, llvm::StringRef pass, const llvm::Twine &text) {
  remarkOn(op, pass, false, text);
}

} // namespace switchyard

#endif
