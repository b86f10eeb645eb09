// Tallies of gradients: verifiers, and what joining them comes to. (Cn) as in TallyOps.td. Adding gradients
// to a tally is appending to a list, of which the tally keeps four numbers: so joining is associative, and a
// turn's gradients may as well be added to what came before.
#include "dialect/Dialect.h"

#include "runtime/contract/Tally.h"

#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace switchyard::swy;

/// (C1)
static LogicalResult verifyTally(Operation *op, Value value) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(value.getType()).getShape();
  if ((shape.size() != 2 && shape.size() != 3) || shape.back() != switchyard::rt::tally::columns)
    return op->emitOpError("a tally has four numbers for each gradient, got ") << value.getType();
  return success();
}

/// The shape of as many examples as the tally has.
static ArrayRef<int64_t> examplesOf(Value tally) {
  return cast<RankedTensorType>(tally.getType()).getShape().drop_back(2);
}

LogicalResult EmptyTallyOp::verify() {
  if (failed(verifyTally(*this, getResult())))
    return failure();
  if (examplesOf(getResult()) != getRows().getType().getShape().drop_back(1))
    return emitOpError("of rows ") << getRows().getType() << " cannot be " << getResult().getType();
  return success();
}

LogicalResult TallyGradientOp::verify() {
  if (failed(verifyTally(*this, getTally())))
    return failure();
  ArrayRef<int64_t> examples = examplesOf(getTally());
  if (!isPrefix(examples, getGradient().getType().getShape())) // (C2)
    return emitOpError("of ") << getTally().getType() << " takes a gradient of as many examples, got "
                              << getGradient().getType();
  if (getWhere() && getWhere().getType().getShape() != examples) // (C2)
    return emitOpError("of ") << getTally().getType() << " takes one truth value for each example, got "
                              << getWhere().getType();
  int64_t gradients = getTally().getType().getShape().take_back(2).front(), number = getNumber();
  if (number < 0 || number >= gradients) // (C3)
    return emitOpError("number ") << number << " of " << gradients << " gradients";
  return success();
}

LogicalResult JoinTalliesOp::verify() {
  return verifyTally(*this, getResult());
}

OpFoldResult JoinTalliesOp::fold(FoldAdaptor) {
  if (getTurn().getDefiningOp<EmptyTallyOp>())
    return getBefore();
  if (getBefore().getDefiningOp<EmptyTallyOp>())
    return getTurn();
  return {};
}

/// join(before, turn and a gradient) ==> join(before, turn) and the gradient
LogicalResult JoinTalliesOp::canonicalize(JoinTalliesOp join, PatternRewriter &rewriter) {
  auto last = join.getTurn().getDefiningOp<TallyGradientOp>();
  if (!last || !last->hasOneUse() || last->getBlock() != join->getBlock())
    return rewriter.notifyMatchFailure(join, "the turn does not end with a gradient of this block");
  Value before = JoinTalliesOp::create(rewriter, join.getLoc(), join.getBefore(), last.getTally());
  rewriter.replaceOpWithNewOp<TallyGradientOp>(join, before, last.getGradient(), last.getWhere(),
                                               last.getNumber());
  return success();
}
