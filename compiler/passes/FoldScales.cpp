// What scales and shifts each output channel of a layer by numbers of its own, as batch normalization at
// inference does, becomes part of the layer's parameters. These are few and mostly the same in every step of
// an attack; the outputs are many, and each step would go over them once more forward and once more backward.
#include "compiler/passes/Dependence.h"
#include "compiler/passes/Passes.h"
#include "dialect/Remarks.h"

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_FOLDSCALES
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// Known wherever it is asked for.
bool isConstant(Value value) {
  return value.getDefiningOp<arith::ConstantOp>();
}

/// Whether `value` is each example's channel, the examples being in the order of these channels.
bool isOrderedChannel(Value value, Value channel) {
  auto ordered = value.getDefiningOp<GroupOp>();
  return ordered && ordered.getInput() == channel && ordered.getChannel() == channel;
}

/// Numbers that a batch has for each example and output, as a layer's parameters have them: for each output,
/// and for each channel where the layer's are stacked.
class AsParameter {
public:
  AsParameter(RankedTensorType type, Value channel) : type(type), channel(channel) {}

  /// Whether they can be had, a batch's being of rank 2; then `given` are the values to compute them by.
  bool find(Value value) {
    if (Value leaf = given(value)) {
      if (!isConstant(leaf))
        leaves.push_back(leaf);
      return true;
    }
    Operation *op = value.getDefiningOp();
    return op && op->hasTrait<PrefixBroadcast>() && typeOf(value).getRank() == 2 &&
           llvm::all_of(op->getOperands(), [&](Value operand) { return find(operand); });
  }

  Value build(OpBuilder &builder, Value value) {
    if (Value leaf = given(value))
      return isConstant(leaf) ? builder.clone(*leaf.getDefiningOp())->getResult(0) : leaf;
    SmallVector<Value> operands;
    for (Value operand : value.getDefiningOp()->getOperands())
      operands.push_back(build(builder, operand));
    return buildLike(builder, value.getDefiningOp(), operands);
  }

  /// The same arithmetic on parameters.
  Value buildLike(OpBuilder &builder, Operation *op, ArrayRef<Value> operands) {
    Operation *clone = builder.clone(*op);
    clone->setOperands(operands);
    ShapedType shape = type;
    for (Value operand : operands)
      if (typeOf(operand).getRank() > shape.getRank())
        shape = typeOf(operand);
    clone->getResult(0).setType(shape.clone(typeOf(op->getResult(0)).getElementType()));
    return clone->getResult(0);
  }

  RankedTensorType getType() const { return type; }

  SmallVector<Value> leaves;

private:
  /// A number for all, or a parameter that all examples share or take by their channel.
  Value given(Value value) const {
    if (typeOf(value).getRank() == 0)
      return value;
    if (auto shared = value.getDefiningOp<ForExamplesOp>())
      return !channel && fits(shared.getInput()) ? shared.getInput() : Value();
    auto taken = value.getDefiningOp<TakeChannelOp>();
    return taken && channel && taken.getStack().getType() == type &&
                   isOrderedChannel(taken.getChannel(), channel)
               ? taken.getStack()
               : Value();
  }

  bool fits(Value shared) const { return typeOf(shared).getRank() == 0 || shared.getType() == type; }

  RankedTensorType type; ///< of a bias
  Value channel;         ///< of each example, or null
};

bool scales(Operation *op) {
  return isa<MulOp, DivOp>(op);
}

/// One operation behind a layer, of the layer's output and of one number for each output channel.
class Folding {
public:
  explicit Folding(Operation *op) : op(op) {
    // A product and a sum may have the layer on either side.
    for (unsigned side = isa<MulOp, AddOp>(op) ? 2 : 1; side-- > 0;)
      if (auto candidate = op->getOperand(side).getDefiningOp<AffineOpInterface>();
          candidate && isAlone(candidate)) {
        layer = candidate;
        numbers = op->getOperand(1 - side);
      }
  }

  /// Whether it was folded. Gradients are asked for at values that `trained` holds, and at what these come
  /// to.
  bool run(const Dependence &trained) {
    if (!layer)
      return false;
    Value channel = cast<ChannelOpInterface>(layer.getOperation()).getChannel();
    RankedTensorType weights = typeOf(layer.getWeights());
    AsParameter parameter(weights.clone(weights.getShape().take_front(channel ? 2 : 1)), channel);
    if (!parameter.find(numbers))
      return false;
    SmallVector<Value> given = parameter.leaves;
    given.push_back(layer.getWeights());
    if (layer.getBias())
      given.push_back(layer.getBias());
    Operation *place = earliest(given);
    if (trained.containsAnyOf(given) || (place == op && scales(op) && weights.getNumElements() > outputs()))
      return false;
    fold(parameter, place);
    return true;
  }

private:
  /// Whether the layer's output is read by nothing but `op`, as it is.
  bool isAlone(AffineOpInterface candidate) const {
    auto activating = dyn_cast<ActivatingOpInterface>(candidate.getOperation());
    return candidate->hasOneUse() && candidate->getBlock() == op->getBlock() &&
           !(activating && activating.getRelu()) &&
           candidate->getResult(0).getType() == op->getResult(0).getType();
  }

  int64_t outputs() const { return typeOf(op->getResult(0)).getNumElements(); }

  /// In front of the loops in which all of `values` are the same in every turn.
  Operation *earliest(ArrayRef<Value> values) const {
    Operation *place = op;
    for (auto loop = dyn_cast<scf::ForOp>(place->getParentOp()); loop;
         loop = dyn_cast<scf::ForOp>(place->getParentOp())) {
      if (!llvm::all_of(values, [&](Value value) { return loop.isDefinedOutsideOfLoop(value); }))
        break;
      place = loop;
    }
    return place;
  }

  void fold(AsParameter &parameter, Operation *place) {
    OpBuilder builder(place);
    Value own = parameter.build(builder, numbers);
    Value weights =
        scales(op) ? parameter.buildLike(builder, op, {layer.getWeights(), own}) : layer.getWeights();
    Value bias = layer.getBias();
    if (!bias && !scales(op))
      bias = zeros(builder, parameter.getType());
    if (bias)
      bias = parameter.buildLike(builder, op, {bias, own});
    layer->moveBefore(op); // behind all that its parameters are made of
    layer.setParameters(weights, bias);
    op->getResult(0).replaceAllUsesWith(layer->getResult(0));
    op->erase();
  }

  Value zeros(OpBuilder &builder, RankedTensorType type) const {
    return arith::ConstantOp::create(builder, op->getLoc(), builder.getZeroAttr(type));
  }

  Operation *op;
  AffineOpInterface layer;
  Value numbers; ///< the other operand
};

struct FoldScalesPass : switchyard::impl::FoldScalesBase<FoldScalesPass> {
  void runOnOperation() override {
    Dependence trained;
    SmallVector<Operation *> behindLayers;
    getOperation().walk([&](Operation *op) {
      if (auto gradient = dyn_cast<GradientOp>(op))
        for (Value at : gradient.getAt())
          trained.add(at);
      if (isa<MulOp, DivOp, AddOp, SubOp>(op))
        behindLayers.push_back(op);
    });
    int64_t scaled = 0, shifted = 0;
    for (Operation *op : behindLayers) {
      int64_t &count = scales(op) ? scaled : shifted;
      count += Folding(op).run(trained);
    }
    if (scaled + shifted > 0)
      remarkCounts(getOperation(), "fold-scales", {{"scales folded", scaled}, {"offsets folded", shifted}});
  }
};

} // namespace
