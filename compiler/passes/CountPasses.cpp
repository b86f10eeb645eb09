// Every call of the model counts its turns; a gradient those of the calls that its expression is made of and
// that see the variable.
#include "compiler/passes/CountPasses.h"
#include "compiler/passes/Dependence.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {
namespace {

class PassCounter {
public:
  PassCounter(AttackOp attack, const PassSetting &setting) : attack(attack), setting(setting) {}

  std::optional<NetworkPasses> count() {
    attack.walk([&](ModelOp model) { add(passes.forward, answers(model), model); });
    attack.walk([&](GradientOp gradient) {
      Dependence onVariable(gradient.getAt());
      for (Operation *op : Slice(gradient.getOf()).operations)
        op->walk([&](ModelOp model) {
          if (onVariable.contains(model.getInput()))
            add(passes.backward, inTurns(answers(model), model, op), gradient);
        });
    });
    return known ? std::optional(passes) : std::nullopt;
  }

private:
  int64_t answers(ModelOp model) const { return model.getPath() ? setting.onPath : setting.sampled; }

  /// Of what stands in `outer` so often as it is computed there.
  int64_t inTurns(int64_t passes, Operation *inner, Operation *outer) {
    for (; inner != outer; inner = inner->getParentOp())
      if (auto loop = dyn_cast<scf::ForOp>(inner->getParentOp()))
        times(passes, turns(loop));
    return passes;
  }

  void add(int64_t &sum, int64_t passes, Operation *op) {
    for (auto loop = op->getParentOfType<scf::ForOp>(); loop; loop = loop->getParentOfType<scf::ForOp>())
      times(passes, turns(loop));
    known &= !llvm::AddOverflow(sum, passes, sum);
  }

  void times(int64_t &passes, std::optional<int64_t> turns) {
    known &= turns && !llvm::MulOverflow(passes, *turns, passes);
  }

  /// From 0 by 1, as attacks' loops are.
  std::optional<int64_t> turns(scf::ForOp loop) {
    auto high = loop.getUpperBound().getDefiningOp<arith::IndexCastOp>();
    if (!high)
      return std::nullopt;
    APInt constant;
    if (matchPattern(high.getIn(), m_ConstantInt(&constant)))
      return constant.getSExtValue();
    auto extract = high.getIn().getDefiningOp<tensor::ExtractOp>();
    if (!extract)
      return std::nullopt;
    if (extract.getTensor().getDefiningOp<PathCountOp>())
      return setting.paths;
    auto argument = dyn_cast<BlockArgument>(extract.getTensor());
    return argument && argument.getOwner() == &attack.getBody().front() ? scalar(argument) : std::nullopt;
  }

  /// The scalars stand behind the arguments that every attack has.
  std::optional<int64_t> scalar(BlockArgument argument) {
    const unsigned scalars = attack.getScalars().size(), first = attack.getBody().getNumArguments() - scalars;
    if (argument.getArgNumber() < first)
      return std::nullopt;
    auto name = cast<StringAttr>(attack.getScalars()[argument.getArgNumber() - first]);
    auto value = dyn_cast_if_present<IntegerAttr>(setting.scalars.get(name));
    return value ? std::optional(value.getInt()) : std::nullopt;
  }

  AttackOp attack;
  const PassSetting &setting;
  NetworkPasses passes;
  bool known = true;
};

} // namespace

std::optional<NetworkPasses> passesOf(AttackOp attack, const PassSetting &setting) {
  return PassCounter(attack, setting).count();
}

} // namespace switchyard
