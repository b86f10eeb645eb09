// Builders and verifiers of the tensor operations: what their declarations cannot say. (Cn) as in
// TensorOps.td.
#include "dialect/Dialect.h"

using namespace mlir;
using namespace switchyard::swy;

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// The type of `value` without its last dimension, of another element type if given.
static RankedTensorType dropLast(Value value, Type element = {}) {
  auto type = cast<RankedTensorType>(value.getType());
  return RankedTensorType::get(type.getShape().drop_back(), element ? element : type.getElementType());
}

/// Fails unless `value` has the shape of `input` without its last dimension.
static LogicalResult verifyDropsLast(Operation *op, Value input, Value value, StringRef what) {
  if (shapeOf(input).empty())
    return op->emitOpError("needs an input with at least one dimension");
  if (shapeOf(value) != shapeOf(input).drop_back())
    return op->emitOpError() << what << " must have the input's shape without the last dimension, got "
                             << value.getType() << " for " << input.getType();
  return success();
}

LogicalResult BroadcastOp::verify() {
  if (isOpen(getResult().getType()) && (isOpen(getInput().getType()) || shapeOf(getInput()).empty()))
    return success();
  if (isOpen(getInput().getType()) || isOpen(getResult().getType()))
    return emitOpError("cannot repeat ") << getInput().getType() << " over " << getResult().getType();
  if (!isPrefix(shapeOf(getInput()), shapeOf(getResult()))) // (C1)
    return emitOpError("cannot repeat ") << getInput().getType() << " over " << getResult().getType();
  return success();
}

LogicalResult SizeOp::verify() {
  if (isOpen(getInput().getType()) || getAlong().value_or(0) < shapeOf(getInput()).size() || !getAlong())
    return success();
  return emitOpError("along dimension ") << *getAlong() << " of " << getInput().getType(); // (C1)
}

LogicalResult IotaOp::verify() {
  if (isOpen(getResult().getType()))
    return success();
  int64_t rank = shapeOf(getResult()).size(), along = getAlong();
  if (along < 0 || along >= rank) // (C1)
    return emitOpError("along dimension ") << along << " of " << getResult().getType();
  return success();
}

void IotaOp::batchResults(int64_t batch) {
  setAlong(getAlong() + 1);
  getResult().setType(cast<RankedTensorType>(batchedType(getResult().getType(), batch)));
}

/// The leading dimensions that a reduction keeps; of a layer's input none.
static Type reducedType(Value input, int64_t keep) {
  auto type = cast<TensorType>(input.getType());
  ArrayRef<int64_t> kept = isOpen(type) ? ArrayRef<int64_t>() : type.getShape().take_front(keep);
  return RankedTensorType::get(kept, type.getElementType());
}

void ReduceSumOp::build(OpBuilder &builder, OperationState &state, Value input, int64_t keep) {
  build(builder, state, reducedType(input, keep), input, keep);
}

/// The result of a reduction has the leading dimensions that it keeps.
template <typename ReductionOp> static LogicalResult verifyKeeps(ReductionOp op) {
  if (isOpen(op.getInput().getType()) || isOpen(op.getResult().getType())) {
    if (op.getKeep() == 0 && op.getResult().getType() == reducedType(op.getInput(), 0))
      return success();
    return op.emitOpError("of a layer's whole input is one number, got ") << op.getResult().getType();
  }
  int64_t rank = shapeOf(op.getInput()).size(), keep = op.getKeep();
  if (keep < 0 || keep > rank || shapeOf(op.getInput()).take_front(keep) != shapeOf(op.getResult()))
    return op.emitOpError("keeps ") << keep << " leading dimensions of " << op.getInput().getType()
                                    << ", which is not " << op.getResult().getType();
  return success();
}

LogicalResult ReduceSumOp::verify() {
  return verifyKeeps(*this); // (C1)
}

void ReduceSumOp::batchResults(int64_t batch) {
  setKeep(getKeep() + 1);
  getResult().setType(cast<RankedTensorType>(batchedType(getResult().getType(), batch)));
}

void NormOp::build(OpBuilder &builder, OperationState &state, Value input, int64_t keep) {
  build(builder, state, reducedType(input, keep), input, keep);
}

LogicalResult NormOp::verify() {
  return verifyKeeps(*this); // (C1)
}

void NormOp::batchResults(int64_t batch) {
  setKeep(getKeep() + 1);
  getResult().setType(cast<RankedTensorType>(batchedType(getResult().getType(), batch)));
}

LogicalResult ReshapeOp::verify() {
  if (isOpen(getInput().getType())) {
    Type flat = RankedTensorType::get({ShapedType::kDynamic}, getInput().getType().getElementType());
    if (getResult().getType() != flat)
      return emitOpError("of a layer's input is flat, got ") << getResult().getType();
    return success();
  }
  auto from = cast<RankedTensorType>(getInput().getType()),
       to = cast<RankedTensorType>(getResult().getType());
  if (from.getNumElements() != to.getNumElements()) // (C1)
    return emitOpError("from ") << from.getNumElements() << " elements to " << to.getNumElements();
  return success();
}

void LogSumExpOp::build(OpBuilder &builder, OperationState &state, Value logits) {
  build(builder, state, dropLast(logits), logits);
}
/// (C1): an image or a batch of them, and as many planes of places, which the last type has, too.
static LogicalResult verifySampling(Operation *op, Type image, ArrayRef<Type> places) {
  if (isOpen(image) && llvm::all_of(places, isOpen))
    return success();
  auto planes = [](Type type) {
    return isOpen(type) ? ArrayRef<int64_t>() : cast<RankedTensorType>(type).getShape().drop_back(2);
  };
  bool isImage = !isOpen(image) && llvm::is_contained({3, 4}, cast<RankedTensorType>(image).getRank());
  if (!isImage || !llvm::all_equal(places) || isOpen(places.front()) ||
      cast<RankedTensorType>(places.front()).getRank() != cast<RankedTensorType>(image).getRank() ||
      planes(places.front()) != planes(image))
    return op->emitOpError("needs images and places for each of their channels, got ")
           << image << " and " << places;
  return success();
}
LogicalResult SampleOp::verify() {
  return verifySampling(*this, getImage().getType(),
                        {getRows().getType(), getColumns().getType(), getResult().getType()});
}
LogicalResult SampleSlopeOp::verify() {
  return verifySampling(*this, getImage().getType(),
                        {getRows().getType(), getColumns().getType(), getResult().getType()});
}
LogicalResult SampleBackwardOp::verify() {
  return verifySampling(*this, getResult().getType(),
                        {getRows().getType(), getColumns().getType(), getCotangent().getType()});
}

// What would be another index, place or pixel for each example where only some of the operands are.
bool SampleOp::sharesOperand(unsigned) {
  return false;
}
bool SampleSlopeOp::sharesOperand(unsigned) {
  return false;
}
bool SampleBackwardOp::sharesOperand(unsigned) {
  return false;
}
bool ArgmaxOp::sharesOperand(unsigned) {
  return false;
}
bool TakeOp::sharesOperand(unsigned) {
  return false;
}
bool TallyGradientOp::sharesOperand(unsigned) {
  return false;
}
bool TallyNumberOp::sharesOperand(unsigned) {
  return false;
}

/// (C1) and (C2).
template <typename GroupsOp> static LogicalResult verifyGroups(GroupsOp op) {
  int64_t size = op.getSize(), along = op.getAlong();
  if (static_cast<int64_t>(op.getRank().value_or(1)) > size)
    return op.emitOpError("rank ") << *op.getRank() << " in groups of " << size;
  if (isOpen(op.getInput().getType()))
    return success();
  ArrayRef<int64_t> shape = shapeOf(op.getInput());
  if (along >= static_cast<int64_t>(shape.size()) || shape[along] % size != 0)
    return op.emitOpError("makes no groups of ")
           << size << " along dimension " << along << " of " << op.getInput().getType();
  return success();
}
LogicalResult SortGroupsOp::verify() {
  return verifyGroups(*this);
}
LogicalResult SortGroupsBackwardOp::verify() {
  return verifyGroups(*this);
}

void SortGroupsOp::batchResults(int64_t batch) {
  setAlong(getAlong() + 1);
  getResult().setType(cast<RankedTensorType>(batchedType(getResult().getType(), batch)));
}

LogicalResult LogSumExpOp::verify() {
  return verifyDropsLast(*this, getLogits(), getResult(), "result");
}

LogicalResult SoftmaxOp::verify() {
  if (shapeOf(getLogits()).empty()) // (C1)
    return emitOpError("needs logits with at least one dimension");
  return success();
}

void ArgmaxOp::build(OpBuilder &builder, OperationState &state, Value input, Value except) {
  build(builder, state, dropLast(input, builder.getI32Type()), input, except);
}
LogicalResult ArgmaxOp::verify() {
  if (getExcept() && failed(verifyDropsLast(*this, getInput(), getExcept(), "except")))
    return failure();
  return verifyDropsLast(*this, getInput(), getResult(), "result");
}

void ArgLargestOp::build(OpBuilder &builder, OperationState &state, Value input, int64_t rank) {
  build(builder, state, dropLast(input, builder.getI32Type()), input, rank);
}
LogicalResult ArgLargestOp::verify() {
  if (failed(verifyDropsLast(*this, getInput(), getResult(), "result"))) // (C2)
    return failure();
  int64_t rank = getRank(), elements = shapeOf(getInput()).back();
  if (rank < 1 || rank > elements) // (C1)
    return emitOpError("rank ") << rank << " among " << elements << " elements";
  return success();
}

void TakeOp::build(OpBuilder &builder, OperationState &state, Value input, Value index) {
  build(builder, state, dropLast(input), input, index);
}
LogicalResult TakeOp::verify() {
  if (failed(verifyDropsLast(*this, getInput(), getIndex(), "index")))
    return failure();
  return verifyDropsLast(*this, getInput(), getResult(), "result");
}

LogicalResult OneHotOp::verify() {
  return verifyDropsLast(*this, getResult(), getIndex(), "index");
}

/// (C1): two counter words for one example, or for each of as many as the result has.
static LogicalResult verifyRows(Operation *op, Value rows, Value result) {
  ArrayRef<int64_t> shape = shapeOf(rows);
  if (shape.empty() || shape.back() != 2 || shape.size() > 2)
    return op->emitOpError("rows must hold two words for each example, got ") << rows.getType();
  if (shape.size() == 2 && (shapeOf(result).empty() || shapeOf(result)[0] != shape[0]))
    return op->emitOpError("rows for ") << shape[0] << " examples, but a result of type " << result.getType();
  return success();
}

/// (C1) and (C2); in a layer's program, the dimensions of an image.
template <typename RandomOp> static LogicalResult verifyRandom(RandomOp op) {
  if (isOpen(op.getResult().getType())) {
    if (op.getShared() && !op.getShared()->empty() && op.getShared()->back() > 2)
      return op.emitOpError("shared must name dimensions of an image, got [") << *op.getShared() << "]";
    return success();
  }
  if (failed(verifyRows(op, op.getRows(), op.getResult())))
    return failure();
  int64_t rank = shapeOf(op.getResult()).size() - (shapeOf(op.getRows()).size() - 1), last = -1;
  for (int64_t dimension : op.getShared().value_or(ArrayRef<int64_t>())) {
    if (dimension <= last || dimension >= rank)
      return op.emitOpError("shared must name dimensions 0 to ")
             << rank - 1 << " in rising order, got [" << *op.getShared() << "]";
    last = dimension;
  }
  return success();
}
LogicalResult RandomUniformOp::verify() {
  return verifyRandom(*this);
}
LogicalResult RandomNormalOp::verify() {
  return verifyRandom(*this);
}

LogicalResult RandomChannelOp::verify() {
  ArrayRef<int64_t> rows = shapeOf(getRows());
  if (rows.empty() || rows.back() != 2 || rows.size() > 2 || shapeOf(getResult()) != rows.drop_back()) // (C1)
    return emitOpError("draws one channel for each two words of rows, got ")
           << getResult().getType() << " for " << getRows().getType();
  return verifyChances(*this, getChances(), static_cast<int64_t>(getBelow())); // (C2)
}

LogicalResult PathChannelOp::verify() {
  return verifyChances(*this, getChances(), static_cast<int64_t>(getBelow())); // (C1)
}

LogicalResult TakeChannelOp::verify() {
  SmallVector<int64_t> want(shapeOf(getChannel()));
  if (!shapeOf(getStack()).empty())
    llvm::append_range(want, shapeOf(getStack()).drop_front());
  if (shapeOf(getStack()).empty() || want.size() > shapeOf(getStack()).size() ||
      shapeOf(getResult()) != ArrayRef<int64_t>(want)) // (C1)
    return emitOpError("of ") << getStack().getType() << " does not give " << getResult().getType();
  return success();
}

/// (C1): one example's value, and that of a batch of them or the same.
static LogicalResult verifyExamples(Operation *op, Value one, Value many) {
  auto single = cast<RankedTensorType>(one.getType()), batch = cast<RankedTensorType>(many.getType());
  if (batch == single || (batch.getRank() > 0 && batch == batchedType(single, batch.getDimSize(0))))
    return success();
  return op->emitOpError() << many.getType() << " is no batch of " << one.getType();
}
LogicalResult ForExamplesOp::verify() {
  return verifyExamples(*this, getInput(), getResult());
}
LogicalResult SumExamplesOp::verify() {
  return verifyExamples(*this, getResult(), getInput());
}

void SumExamplesOp::batchResults(int64_t) {} // of no example
bool SumExamplesOp::givesOneForAll() {
  return true;
}

bool RowsOfPassOp::givesOneForAll() {
  return true;
}
LogicalResult RowsOfPassOp::verify() {
  ArrayRef<int64_t> rows = shapeOf(getRows());
  if (rows.empty() || rows.back() != 2 || rows.size() > 2) // (C1)
    return emitOpError("rows must hold two words for each example, got ") << getRows().getType();
  SmallVector<int64_t> want{2};
  if (getChannels())
    want.insert(want.begin(), static_cast<int64_t>(*getChannels()));
  if (shapeOf(getResult()) != ArrayRef<int64_t>(want) || (getChannel() && getChannels())) // (C2)
    return emitOpError("gives a row, or one for each of its channels, got ") << getResult().getType();
  return success();
}

/// (C1): a channel for one example, or for each of a batch.
static LogicalResult verifyChannels(Operation *op, Value input, Value channel) {
  ArrayRef<int64_t> shape = shapeOf(channel);
  if (shape.empty() || (shape.size() == 1 && isPrefix(shape, shapeOf(input))))
    return success();
  return op->emitOpError() << "by one channel for each example, got " << channel.getType() << " for "
                           << input.getType();
}
LogicalResult GroupOp::verify() {
  return verifyChannels(*this, getInput(), getChannel());
}
LogicalResult UngroupOp::verify() {
  return verifyChannels(*this, getInput(), getChannel());
}

LogicalResult GroupOrderOp::verify() {
  ArrayRef<int64_t> channels = shapeOf(getChannel());
  if (channels.size() != 1 || shapeOf(getOrder()) != channels || shapeOf(getInverse()) != channels) // (C1)
    return emitOpError("order and inverse must have one element for each of ") << getChannel().getType();
  if (shapeOf(getOffsets()).size() != 1 || shapeOf(getOffsets())[0] < 2) // (C2)
    return emitOpError("offsets must have one element more than there are channels, got ")
           << getOffsets().getType();
  return success();
}

LogicalResult TakeRowsOp::verify() {
  ArrayRef<int64_t> in = shapeOf(getInput()), out = shapeOf(getResult()), order = shapeOf(getOrder());
  if (in.empty() || out.empty() || order != out.take_front(1)) // (C1)
    return emitOpError("order must name one example for each of the result's, got ")
           << getOrder().getType() << " for " << getResult().getType();
  auto input = cast<RankedTensorType>(getInput().getType()),
       result = cast<RankedTensorType>(getResult().getType());
  if (in.drop_front() != out.drop_front() || input.getElementType() != result.getElementType()) // (C2)
    return emitOpError("takes examples of ") << input << ", which makes no " << result;
  return success();
}

LogicalResult ChanceOp::verify() {
  if (shapeOf(getCondition()) != shapeOf(getResult())) // (C1)
    return emitOpError("of ") << getCondition().getType() << " has its shape, got " << getResult().getType();
  return success();
}

/// Into an order and back again is the value itself.
OpFoldResult GroupOp::fold(FoldAdaptor) {
  auto before = getInput().getDefiningOp<UngroupOp>();
  return before && before.getChannel() == getChannel() ? before.getInput() : Value();
}
OpFoldResult UngroupOp::fold(FoldAdaptor) {
  auto before = getInput().getDefiningOp<GroupOp>();
  return before && before.getChannel() == getChannel() ? before.getInput() : Value();
}

LogicalResult GradientOp::verify() {
  if (TypeRange(getAt()) != TypeRange(getResults())) // (C1)
    return emitOpError("results must have the types of the values it is taken at");
  if (shapeOf(getOf()).size() > 1) // (C2)
    return emitOpError("is of one scalar for each example, got ") << getOf().getType();
  if (getSeed() && !isPrefix(shapeOf(getSeed()), shapeOf(getOf())))
    return emitOpError("seed of type ") << getSeed().getType() << " for " << getOf().getType();
  if (getWhere() && shapeOf(getWhere()) != shapeOf(getOf()))
    return emitOpError("where of type ") << getWhere().getType() << " for " << getOf().getType();
  return success();
}
