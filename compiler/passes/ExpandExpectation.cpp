// An estimator's sample set (S4): what depends on a draw of the model, or on the path through its switching
// blocks, becomes a mean over the set where it is used. A gradient is the mean of the gradients of the whole
// expression; `chance` the mean of its condition; and a value that is compared, kept across iterations or
// returned the mean of that value. The expression is computed anew inside loops, one over the draws and one
// over the channels of each block or the members of each choice; what they add up is divided by the size of
// the set, or weighed by the chances.
#include "compiler/passes/Dependence.h"
#include "compiler/passes/Expectation.h"
#include "compiler/passes/Passes.h"
#include "compiler/passes/SampleSet.h"
#include "dialect/Remarks.h"
#include "dialect/Roles.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Iterators.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include <map>

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_EXPANDEXPECTATION
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

/// One value that is a mean over the sample set: what it is made of, and where it goes.
class Expectation {
public:
  /// `root` is computed in front of `use`, in its block or those around; dependence begins at the values
  /// `at`.
  Expectation(const SampleSet &set, Operation *use, Value root, ValueRange at = {})
      : set(set), use(use), root(root), at(at), builder(use), loc(use->getLoc()) {
    findExpression();
  }

  bool isRandom() const {
    return llvm::any_of(expression, [&](Operation *op) { return set.hasDraw(op); });
  }

  /// What makes the terms of a mean, weighed where there are chances: null, each is as likely as the others.
  using Terms = function_ref<SmallVector<Value>(IRMapping &, Value weight)>;

  /// The means of what `terms` makes of the root under each member of the set; `like` gives their types.
  SmallVector<Value> mean(ValueRange like, Terms terms) {
    size = 1;
    SmallVector<Loop> loops;
    if (set.draws > 1)
      loops.push_back({std::nullopt, set.draws, {}});
    std::map<int64_t, Loop> forks;
    for (Operation *op : expression)
      if (auto path = dyn_cast<PathChannelOp>(op)) {
        auto number = static_cast<int64_t>(path.getBlock());
        forks[number] = {number, static_cast<int64_t>(path.getBelow()), path.getChancesAttr()};
      }
    for (const auto &[number, loop] : forks)
      loops.push_back(loop);
    IRMapping values;
    SmallVector<Value> sums = nest(loops, values, like, terms, {});
    Value n = realConstant(builder, loc, static_cast<double>(size));
    return llvm::map_to_vector(sums, [&](Value sum) -> Value { return DivOp::create(builder, loc, sum, n); });
  }

  /// Drops what nothing uses any more.
  void clean() {
    for (Operation *op : llvm::reverse(expression))
      if (op->use_empty())
        op->erase();
  }

private:
  /// Over the channels of a block, the members of a choice, or the draws.
  struct Loop {
    std::optional<int64_t> block; // none: draws
    int64_t count;
    DenseF64ArrayAttr chances; // null: equal ones
  };

  /// The operations that the root is computed by and that depend on `at` or on a draw of the model, in order.
  /// Of those that stand in blocks around only what depends on `at`, with what that is made of: another value
  /// that a loop reads is its mean (S4.2).
  void findExpression() {
    SmallVector<Value> ends(at);
    llvm::append_range(ends, set.cotangents);
    Slice slice(root, ends);
    Dependence active(at), dependent(at);
    llvm::DenseSet<Operation *> around;
    for (Operation *op : slice.operations) {
      if (set.hasDraw(op) || set.makesRows(op))
        llvm::for_each(op->getResults(), [&](Value v) { dependent.add(v); });
      if (op->getBlock() != use->getBlock() && active.containsAnyOf(op->getResults()))
        around.insert_range(Slice(op->getResult(0), ends).operations);
    }
    for (Operation *op : slice.operations)
      if (dependent.containsAnyOf(op->getResults()) &&
          (op->getBlock() == use->getBlock() || around.contains(op)))
        expression.push_back(op);
  }

  /// Loop in loop, each from zero, so that `swy-hoist-expectation` can work on one after the other.
  SmallVector<Value> nest(ArrayRef<Loop> loops, IRMapping &values, ValueRange like, Terms terms,
                          Value weight) {
    if (loops.empty()) {
      copyExpression(values);
      return terms(values, weight);
    }
    const auto &[block, count, chances] = loops.front();
    size *= chances ? 1 : count;
    Value low = arith::ConstantIndexOp::create(builder, loc, 0),
          step = arith::ConstantIndexOp::create(builder, loc, 1);
    Value high = arith::ConstantIndexOp::create(builder, loc, count);
    scf::ForOp loop = makeSumLoop(builder, loc, low, high, step, like);
    {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(loop.getBody());
      Value number = enter(block, loop.getInductionVar(), values);
      Value here = chances ? weighed(chances, number, weight) : weight;
      SmallVector<Value> next;
      for (auto [sum, term] :
           llvm::zip(loop.getRegionIterArgs(), nest(loops.drop_front(), values, like, terms, here)))
        next.push_back(AddOp::create(builder, loc, sum, term));
      scf::YieldOp::create(builder, loc, next);
    }
    return SmallVector<Value>(loop.getResults());
  }

  /// The chance of the way taken so far.
  Value weighed(DenseF64ArrayAttr chances, Value number, Value before) {
    SmallVector<float> values(chances.asArrayRef().begin(), chances.asArrayRef().end());
    auto type = RankedTensorType::get({chances.size()}, builder.getF32Type());
    Value all =
        arith::ConstantOp::create(builder, loc, DenseElementsAttr::get(type, ArrayRef<float>(values)));
    Value own = TakeOp::create(builder, loc, all, number);
    return before ? Value(MulOp::create(builder, loc, before, own)) : own;
  }

  /// Makes the loop's number the draw's, or the channel of `block`; gives it as a tensor.
  Value enter(std::optional<int64_t> block, Value number, IRMapping &values) {
    Value index = arith::IndexCastOp::create(builder, loc, builder.getI32Type(), number);
    Value scalar =
        tensor::FromElementsOp::create(builder, loc, RankedTensorType::get({}, builder.getI32Type()), index);
    if (!block)
      drawAnew(scalar, values);
    for (Operation *op : expression)
      if (auto path = dyn_cast<PathChannelOp>(op); path && static_cast<int64_t>(path.getBlock()) == block)
        values.map(path.getResult(), scalar);
    return scalar;
  }

  /// Makes it the draw's number in the rows, and in what else the model draws by.
  void drawAnew(Value number, IRMapping &values) {
    llvm::SetVector<Value> rows;
    rows.insert(set.rows);
    for (Operation *op : expression)
      if (Value own = set.hasDraw(op) ? cast<DrawOpInterface>(op).getDrawnBy() : Value();
          own && !llvm::is_contained(expression, own.getDefiningOp())) // those come anew with the rest
        rows.insert(own);
    for (Value one : rows)
      values.map(one, WithDrawOp::create(builder, loc, one.getType(), one, number).getResult());
  }

  void copyExpression(IRMapping &values) {
    Value drawn = values.lookupOrDefault(set.rows);
    for (Operation *op : expression) {
      if (isa<PathChannelOp>(op))
        continue;
      Operation *copy = builder.clone(*op, values);
      if (drawsForAttack(copy)) // the attack's own draw is the same under all members
        copy->replaceUsesOfWith(drawn, set.rows);
    }
  }

  const SampleSet &set;
  Operation *use;
  Value root;
  ValueRange at;
  OpBuilder builder;
  Location loc;
  SmallVector<Operation *> expression;
  int64_t size = 1;
};

/// One function under its estimator, or what an attack in it does under its own.
class Averaging {
public:
  Averaging(func::FuncOp function, SampleSet set) : function(function), set(set) {}

  LogicalResult run() {
    splitAtExpected(function, set);
    // In the program's order: what a mean is made of is a mean already where it is one.
    SmallVector<Operation *> means;
    function.walk([&](Operation *op) {
      if (isa<ExpectedOp, GradientOp>(op) && set.has(op))
        means.push_back(op);
    });
    for (Operation *op : means)
      if (auto gradient = dyn_cast<GradientOp>(op)) {
        if (failed(checkPoints(gradient)))
          return failure();
        expandGradient(gradient);
      } else
        expandExpected(cast<ExpectedOp>(op));
    SmallVector<ChanceOp> chances;
    function.walk([&](ChanceOp chance) {
      if (set.has(chance))
        chances.push_back(chance);
    });
    for (ChanceOp chance : chances) {
      if (isOfLoops(chance.getCondition()))
        averageLoopsBefore(chance);
      expandChance(chance);
    }
    averageEscapes(function.getBody().front());
    return checkNoneLeft();
  }

private:
  /// A mean over draws is taken at one point.
  LogicalResult checkPoints(GradientOp gradient) {
    for (Value at : gradient.getAt())
      if (Expectation(set, gradient, at).isRandom())
        return gradient.emitError()
               << "this gradient is taken at a value that differs from draw to draw of the model: take it at "
                  "what the model is asked with, or at `expected(...)` of the value";
    return success();
  }

  void expandExpected(ExpectedOp expected) {
    Expectation expectation(set, expected, expected.getInput());
    Value result = expected.getInput();
    if (expectation.isRandom())
      result = meanOf(expectation, result, result, [](OpBuilder &, Value copy) { return copy; });
    expected.replaceAllUsesWith(result);
    expected.erase();
    expectation.clean();
  }

  void expandGradient(GradientOp gradient) {
    Expectation expectation(set, gradient, gradient.getOf(), gradient.getAt());
    if (!expectation.isRandom())
      return; // nothing random between the expression and the value
    SmallVector<Value> means = expectation.mean(gradient.getAt(), [&](IRMapping &values, Value weight) {
      OpBuilder inner(gradient);
      Value of = values.lookup(gradient.getOf());
      inner.setInsertionPointAfterValue(of);
      if (weight) // a gradient is linear in what it is of
        values.map(gradient.getOf(), MulOp::create(inner, gradient.getLoc(), of, weight).getResult());
      return SmallVector<Value>(cast<GradientOp>(inner.clone(*gradient, values)).getResults());
    });
    gradient.replaceAllUsesWith(means);
    gradient.erase();
    expectation.clean();
  }

  void expandChance(ChanceOp chance) {
    OpBuilder builder(chance);
    auto share = [&](OpBuilder &b, Value condition) -> Value {
      return ToRealOp::create(b, chance.getLoc(), chance.getType(), condition);
    };
    Expectation expectation(set, chance, chance.getCondition());
    Value result = expectation.isRandom()
                       ? meanOf(expectation, chance.getResult(), chance.getCondition(), share)
                       : share(builder, chance.getCondition());
    chance.getResult().replaceAllUsesWith(result);
    chance.erase();
    expectation.clean();
  }

  /// The mean of what `make` builds of `root`, of the type of `like`.
  static Value meanOf(Expectation &expectation, Value like, Value root,
                      function_ref<Value(OpBuilder &, Value)> make) {
    return expectation.mean(like, [&](IRMapping &values, Value weight) {
      Value copy = values.lookup(root);
      OpBuilder inner(copy.getContext());
      inner.setInsertionPointAfterValue(copy);
      Value made = make(inner, copy);
      return SmallVector<Value>{weight ? Value(MulOp::create(inner, copy.getLoc(), made, weight)) : made};
    })[0];
  }

  /// Whether a value that depends on a draw ends here: compared, kept, returned (S4.2), or taken into a loop.
  /// What the network decides by itself is no end: the attack never sees it. It is marked, or compares a
  /// draw.
  bool endsIn(Operation *op) const {
    auto isDraw = [&](Value v) { return v.getDefiningOp() && set.hasDraw(v.getDefiningOp()); };
    if (op->hasAttr(ofModelAttribute) || (isa<CompareOp>(op) && llvm::any_of(op->getOperands(), isDraw)))
      return false;
    return op->hasTrait<Decides>() || isa<scf::ForOp, ConfinedOp>(op) ||
           op->hasTrait<OpTrait::IsTerminator>();
  }

  /// A gradient is a mean already; so is what a loop over the set gives.
  void averageEscapes(Block &block) {
    Dependence dependent;
    for (Operation &op : llvm::make_early_inc_range(block)) {
      if (auto loop = dyn_cast<scf::ForOp>(op)) {
        averageOperands(op, loop, dependent);
        if (!loop->hasAttr(expectationAttribute))
          averageEscapes(*loop.getBody());
        continue;
      }
      if (endsIn(&op))
        averageOperands(op, nullptr, dependent);
      else if (set.hasDraw(&op) || dependent.isReadBy(&op))
        llvm::for_each(op.getResults(), [&](Value v) { dependent.addAlone(v); });
    }
  }

  /// Whether the value is made of what a loop gives in which the model draws.
  bool isOfLoops(Value value) const {
    return llvm::any_of(Slice(value).operations, [&](Operation *op) {
      auto draws = [&](Operation *inner) {
        return set.hasDraw(inner) ? WalkResult::interrupt() : WalkResult::advance();
      };
      return isa<scf::ForOp>(op) && !op->hasAttr(expectationAttribute) && op->walk(draws).wasInterrupted();
    });
  }

  /// Loops before `op`, in its block and those around it, hand on no draw (S4.2), so that what is made of
  /// them asks for no other mean. Their means are expanded already; what else is made of the values that they
  /// read keeps these.
  void averageLoopsBefore(Operation *op) {
    SmallVector<Operation *> ancestors{op};
    while (ancestors.back()->getBlock() != &function.getBody().front())
      ancestors.push_back(ancestors.back()->getParentOp());
    for (Operation *ancestor : llvm::reverse(ancestors)) {
      Dependence dependent;
      for (Operation &one : llvm::make_early_inc_range(*ancestor->getBlock())) {
        if (&one == ancestor)
          break;
        if (auto loop = dyn_cast<scf::ForOp>(one)) {
          averageOperands(one, loop, dependent, /*there=*/true);
          if (!loop->hasAttr(expectationAttribute))
            averageEscapes(*loop.getBody());
        } else if (set.hasDraw(&one) || dependent.isReadBy(&one)) {
          llvm::for_each(one.getResults(), [&](Value v) { dependent.addAlone(v); });
        }
      }
    }
  }

  /// Replaces what depends on a draw, among the operands of `op` and what `loop`'s body reads, by its mean,
  /// from `op` on (S4.2): what is compared and then kept is averaged once. Or `there` alone.
  void averageOperands(Operation &op, scf::ForOp loop, const Dependence &dependent, bool there = false) {
    llvm::SetVector<Value> used;
    for (Value operand : op.getOperands())
      used.insert(operand);
    if (loop)
      loop.getBody()->walk([&](Operation *inner) { used.insert_range(inner->getOperands()); });
    for (Value value : used) {
      if (!dependent.contains(value) || !isa<RankedTensorType>(value.getType()))
        continue;
      Expectation expectation(set, &op, value);
      Value mean = meanOf(expectation, value, value, [](OpBuilder &, Value copy) { return copy; });
      bool isDifferentiated =
          llvm::any_of(value.getUsers(), [](Operation *user) { return isa<GradientOp>(user); });
      value.replaceUsesWithIf(mean, [&](OpOperand &use) {
        Operation *user = op.getBlock()->findAncestorOpInBlock(*use.getOwner());
        return user == &op || (user && !there && !isDifferentiated && op.isBeforeInBlock(user));
      });
      expectation.clean();
    }
  }

  /// Every draw is in a loop over the set now, or its value is used nowhere.
  LogicalResult checkNoneLeft() {
    function.walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
      if (isOpTriviallyDead(op))
        op->erase();
    });
    Operation *left = nullptr;
    function.walk([&](Operation *op) {
      auto loop = op->getParentOfType<scf::ForOp>();
      if (set.hasDraw(op) && !op->use_empty() && !(loop && loop->hasAttr(expectationAttribute)))
        left = left ? left : op;
    });
    if (!left)
      return success();
    return left->emitError()
           << "a value of the random model is used in a way that cannot be averaged over the "
              "estimator's draws";
  }

  func::FuncOp function;
  SampleSet set;
};

struct ExpandExpectationPass : switchyard::impl::ExpandExpectationBase<ExpandExpectationPass> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (failed(expand(function)))
        return signalPassFailure();
    int64_t loops = 0;
    getOperation().walk([&](scf::ForOp loop) { loops += loop->hasAttr(expectationAttribute); });
    remarkCounts(getOperation(), "expand-expectation", {{"loops over draws or channels", loops}});
  }

  /// The estimator's set first: what is made of answers is averaged over answers, and each of these is a mean
  /// of its own draws then.
  static LogicalResult expand(func::FuncOp function) {
    int64_t draws = 0; // of an answer
    function.walk([&](RowsOfAnswerOp op) { draws = static_cast<int64_t>(op.getDraws()); });
    if (failed(expandEstimator(function)))
      return failure();
    if (draws == 0)
      return success();
    return Averaging(function, {rowsOf(function), draws, {}, {}, /*ofAnswer=*/true}).run();
  }

  /// Functions without a sample set of their own have at most `chance` and `expected` to be resolved.
  static LogicalResult expandEstimator(func::FuncOp function) {
    auto draws = function->getAttrOfType<IntegerAttr>(drawsAttribute);
    SampleSet set{rowsOf(function), draws ? draws.getInt() : 1};
    bool hasPaths = function.walk([](PathChannelOp) { return WalkResult::interrupt(); }).wasInterrupted();
    if (auto sets = function->getAttrOfType<DenseI64ArrayAttr>(sampleSetsAttribute)) {
      for (auto [number, own] : llvm::enumerate(sets.asArrayRef()))
        if (failed(Averaging(function, {set.rows, own, static_cast<int64_t>(number)}).run()))
          return failure();
      function->removeAttr(sampleSetsAttribute);
    } else if (draws || hasPaths) {
      return Averaging(function, set).run();
    }
    resolveMeans(function);
    return success();
  }

  /// Of one draw: whether the condition holds, and the value itself.
  static void resolveMeans(func::FuncOp function) {
    SmallVector<ChanceOp> chances;
    SmallVector<ExpectedOp> means;
    function.walk([&](ChanceOp op) { chances.push_back(op); });
    function.walk([&](ExpectedOp op) {
      if (!op->hasAttr(ofAnswerAttribute))
        means.push_back(op);
    });
    for (ExpectedOp mean : means) {
      mean.replaceAllUsesWith(mean.getInput());
      mean.erase();
    }
    for (ChanceOp chance : chances) {
      OpBuilder builder(chance);
      chance.getResult().replaceAllUsesWith(
          ToRealOp::create(builder, chance.getLoc(), chance.getType(), chance.getCondition()));
      chance.erase();
    }
  }

  static Value rowsOf(func::FuncOp function) {
    for (BlockArgument argument : function.getArguments())
      if (roleOf(argument, function) == rt::Role::Rows)
        return argument;
    return {};
  }
};

} // namespace
