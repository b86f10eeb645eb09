// How an attack asks a random network under an estimator (S4.1), as a job's attack and one inside a training
// do.
#ifndef SWITCHYARD_COMPILER_PASSES_SAMPLING_H
#define SWITCHYARD_COMPILER_PASSES_SAMPLING_H

#include "compiler/passes/NetworkProgram.h"

namespace switchyard {

struct Sampling {
  swy::Estimator by = swy::Estimator::OneDraw;
  int64_t draws = 1;          // of what is random besides the paths
  mlir::ArrayAttr asIdentity; // kinds of layers whose derivative is taken for the identity; null: none

  Sampling(swy::Estimator by, int64_t draws, mlir::ArrayAttr asIdentity = {})
      : by(by), draws(std::max<int64_t>(1, draws)), asIdentity(asIdentity) {}
  explicit Sampling(swy::SampleSetAttr set) {
    if (set)
      *this = Sampling(set.getBy(), set.getDraws());
  }

  /// Whether gradients are means, which `swy-expand-expectation` makes.
  bool isMean() const { return draws > 1 || by == swy::Estimator::AllPaths; }
  swy::Instantiation::Mode mode() const {
    return by == swy::Estimator::RandomnessOff ? swy::Instantiation::Mode::RandomnessOff
                                               : swy::Instantiation::Mode::Inference;
  }
  /// Whether every pass meets the same draws.
  bool isFrozen() const { return by == swy::Estimator::FrozenDraw; }
  /// The way that is taken at a fork; none: it is drawn.
  std::optional<Channel> way(mlir::OpBuilder &builder, const Fork &fork) const;
};

/// Marks what a network decides by itself, such as a layer's `if x > 0`: the attack never sees it, and its
/// mean would be another network's (S4.2). A mask of draws alone says so already.
class OfModel : public mlir::OpBuilder::Listener {
public:
  /// Marks what `builder` makes as long as this lives, where there is a mean.
  OfModel(mlir::OpBuilder &builder, bool isMean) : builder(builder) {
    builder.setListener(isMean ? this : nullptr);
  }
  ~OfModel() override { builder.setListener(nullptr); }
  OfModel(const OfModel &) = delete;
  OfModel &operator=(const OfModel &) = delete;

  void notifyOperationInserted(mlir::Operation *op, mlir::OpBuilder::InsertPoint) override;

private:
  mlir::OpBuilder &builder;
};

/// Whether an operation draws for the model; an attack's own draws are in no estimator's sample set.
bool drawsForModel(mlir::Operation *op);

/// Says of what stands in `block` behind `before` (null: of all) that its draws and its means are of the
/// sample set of that number. Whether any of it draws.
bool markSampleSet(mlir::Block &block, mlir::Operation *before, int64_t number);

} // namespace switchyard

#endif
