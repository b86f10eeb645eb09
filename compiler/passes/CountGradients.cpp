// An attack whose gradients are zero stands still, and its low success says nothing of the defense (S2.2);
// one that does so inside a training trains on clean images. So each attack keeps a tally of its gradients,
// threaded through its loops. Every turn of a loop begins one of
// its own and joins it to the loop's, so that turns that need nothing of each other still need nothing of
// each other.
#include "compiler/passes/Passes.h"

#include "dialect/Places.h"
#include "dialect/Remarks.h"
#include "dialect/Roles.h"
#include "runtime/contract/Tally.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace switchyard;
using namespace switchyard::swy;

namespace switchyard {
#define GEN_PASS_DEF_COUNTGRADIENTS
#include "compiler/passes/Passes.h.inc"
} // namespace switchyard

namespace {

/// "file:line:column" of what the user wrote.
std::string placeOf(Location loc) {
  FileLineColRange place = firstPlace(loc);
  return place ? (place.getFilename().getValue() + ":" + Twine(place.getStartLine()) + ":" +
                  Twine(place.getStartColumn()))
                     .str()
               : "";
}

class Counting {
public:
  explicit Counting(func::FuncOp function) : function(function), rewriter(function.getContext()) {
    function.walk([&](GradientOp gradient) {
      if (isOfExamples(gradient))
        numbers.try_emplace(gradient, numbers.size());
    });
  }

  /// How many gradients the function's tally has.
  int64_t run(Value rows) {
    if (numbers.empty())
      return 0;
    Builder b(function.getContext());
    SmallVector<Attribute> places(numbers.size());
    for (auto [gradient, number] : numbers)
      places[number] = b.getStringAttr(placeOf(gradient->getLoc()));
    this->rows = rows;
    type = RankedTensorType::get({static_cast<int64_t>(numbers.size()), rt::tally::columns}, b.getI32Type());
    Block &body = function.getBody().front();
    Value tally = countIn(body);
    Operation *exit = body.getTerminator();
    unsigned place = exit->getNumOperands();
    exit->insertOperands(place, tally);
    (void)function.insertResult(
        place, type,
        b.getDictionaryAttr(b.getNamedAttr(roleAttribute, roleAttr(b, rt::Role::GradientTally))));
    function->setAttr(gradientsAttribute, b.getArrayAttr(places));
    return static_cast<int64_t>(numbers.size());
  }

private:
  /// Whether each example has a gradient of its own: one at what a batch shares (a parameter) is their sum.
  bool isOfExamples(GradientOp gradient) {
    return llvm::none_of(gradient.getAt(), [&](Value at) {
      auto argument = dyn_cast<BlockArgument>(at);
      if (!argument || argument.getOwner() != &function.getBody().front())
        return false;
      std::optional<rt::Role> role = roleOf(argument, function);
      return role && !rt::ruleOf(*role).isOfExamples();
    });
  }

  /// The tally of the block's gradients, made at its end: what is done with a gradient comes first, so that
  /// it may be done where the gradient is computed.
  Value countIn(Block &block) {
    SmallVector<std::pair<GradientOp, Value>> turns; // a gradient, or the tally of a loop
    for (Operation &op : llvm::make_early_inc_range(block))
      if (auto gradient = dyn_cast<GradientOp>(op); gradient && numbers.contains(gradient))
        turns.emplace_back(gradient, Value());
      else if (auto loop = dyn_cast<scf::ForOp>(op); loop && hasGradient(loop))
        turns.emplace_back(GradientOp(), countTurns(loop));
    rewriter.setInsertionPoint(block.getTerminator());
    Value tally = EmptyTallyOp::create(rewriter, function.getLoc(), type, rows);
    for (auto [gradient, turn] : turns)
      tally = gradient ? add(tally, gradient)
                       : JoinTalliesOp::create(rewriter, turn.getLoc(), tally, turn).getResult();
    return tally;
  }

  bool hasGradient(Operation *op) const {
    return llvm::any_of(numbers, [&](const auto &entry) { return op->isProperAncestor(entry.first); });
  }

  Value add(Value tally, GradientOp gradient) {
    for (Value at : gradient.getResults())
      tally = TallyGradientOp::create(rewriter, gradient.getLoc(), type, tally, at, gradient.getWhere(),
                                      numbers.lookup(gradient));
    return tally;
  }

  /// The loop with a tally of its own, which joins those of its turns.
  Value countTurns(scf::ForOp loop) {
    rewriter.setInsertionPoint(loop);
    Value start = EmptyTallyOp::create(rewriter, loop.getLoc(), type, rows);
    auto attributes = llvm::to_vector(loop->getDiscardableAttrs());
    FailureOr<LoopLikeOpInterface> counting = loop.replaceWithAdditionalYields(
        rewriter, start, /*replaceInitOperandUsesInLoop=*/false,
        [&](OpBuilder &, Location loc, ArrayRef<BlockArgument> carried) -> SmallVector<Value> {
          Value turn = countIn(*loop.getBody());
          return {JoinTalliesOp::create(rewriter, loc, carried.front(), turn).getResult()};
        });
    assert(succeeded(counting) && "a loop takes one more value");
    for (NamedAttribute attribute : attributes)
      (*counting)->setDiscardableAttr(attribute.getName(), attribute.getValue());
    return (*counting)->getResults().back();
  }

  func::FuncOp function;
  IRRewriter rewriter;
  llvm::MapVector<Operation *, int64_t> numbers;
  Value rows;
  RankedTensorType type;
};

struct CountGradientsPass : switchyard::impl::CountGradientsBase<CountGradientsPass> {
  void runOnOperation() override {
    int64_t counted = 0;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (Value rows = rowsToCount(function))
        counted += Counting(function).run(rows);
      function.walk([](GradientOp gradient) { gradient.getWhereMutable().clear(); });
    }
    remarkCounts(getOperation(), "count-gradients", {{"gradients of attacks counted", counted}});
  }

  /// Null where the function is neither an attack that a job runs nor a step of training, which may hold one.
  static Value rowsToCount(func::FuncOp function) {
    if (gives(function, rt::Role::Adversarial) || gives(function, rt::Role::Loss))
      for (BlockArgument argument : function.getArguments())
        if (roleOf(argument, function) == rt::Role::Rows)
          return argument;
    return {};
  }
};

} // namespace
