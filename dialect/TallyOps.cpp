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

/// (C2) of `where`, and (C3).
template <typename TallyOp> static LogicalResult verifyEvaluation(TallyOp op) {
  if (op.getWhere() && op.getWhere().getType().getShape() != examplesOf(op.getTally()))
    return op.emitOpError("of ") << op.getTally().getType() << " takes one truth value for each example, got "
                                 << op.getWhere().getType();
  int64_t entries = op.getTally().getType().getShape().take_back(2).front(), number = op.getNumber();
  if (number < 0 || number >= entries)
    return op.emitOpError("number ") << number << " of " << entries << " gradients";
  return success();
}

LogicalResult TallyGradientOp::verify() {
  if (failed(verifyTally(*this, getTally())))
    return failure();
  if (!isPrefix(examplesOf(getTally()), getGradient().getType().getShape())) // (C2)
    return emitOpError("of ") << getTally().getType() << " takes a gradient of as many examples, got "
                              << getGradient().getType();
  return verifyEvaluation(*this);
}

LogicalResult TallyNumberOp::verify() {
  if (failed(verifyTally(*this, getTally())))
    return failure();
  if (getValue().getType().getShape() != examplesOf(getTally())) // (C2)
    return emitOpError("of ") << getTally().getType() << " takes one number for each example, got "
                              << getValue().getType();
  return verifyEvaluation(*this);
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

/// join(before, turn and one more) ==> join(before, turn) and one more
LogicalResult JoinTalliesOp::canonicalize(JoinTalliesOp join, PatternRewriter &rewriter) {
  Operation *last = join.getTurn().getDefiningOp();
  if (!isa_and_nonnull<TallyGradientOp, TallyNumberOp>(last) || !last->hasOneUse() ||
      last->getBlock() != join->getBlock())
    return rewriter.notifyMatchFailure(join, "the turn does not end with a gradient of this block");
  constexpr unsigned tally = 0; // the operand, of both
  Value before = JoinTalliesOp::create(rewriter, join.getLoc(), join.getBefore(), last->getOperand(tally));
  Operation *moved = rewriter.clone(*last);
  moved->setOperand(tally, before);
  rewriter.replaceOp(join, moved);
  return success();
}
