// What a training does to its images: a chain of layers as in a network, but for what makes no sense before
// one: layers that learn, that act at inference alone, or that give images of another shape.

#include "compiler/semantics/Chains.h"
#include "compiler/semantics/Clauses.h"
#include "compiler/syntax/Writer.h"

namespace switchyard {

using namespace ast;

namespace {

/// A block's name has no dot: these are the sites of no layer of a network.
constexpr const char *pathOfAugmentation = "training.augment";

class AugmentationChecker {
public:
  AugmentationChecker(Program &program, const resolved::Experiment &experiment, const Scope &scope)
      : program(program), shape(experiment.network.input), scope(scope) {}

  resolved::Chain check(const Augmentation &augmentation) {
    ExpandedChain expanded =
        expandChain(program, augmentation.layers, scope,
                    {pathOfAugmentation, shape, /*symbols=*/{}, "the training's `augment`"});
    if (!expanded.whole)
      return {};
    fit(expanded.chain, /*chosen=*/false);
    if (augmentation.layers.empty()) // an `if` may well leave nothing
      error(Id::AugmentEmpty, augmentation.location, "nothing is in this `augment`")
          .note("write the layers that change each training image: `augment { random_crop(4) random_flip }`");
    else if (expanded.shape != shape)
      error(Id::AugmentShape, augmentation.location,
            "the training's `augment` gives " + shapeText(expanded.shape) + ", the network's images are " +
                shapeText(shape));
    return std::move(expanded.chain);
  }

private:
  Diagnostic &error(Id id, Location where, const std::string &message) {
    return program.diagnostics.error(id, where, message);
  }

  /// `chosen`: the chain is a choice's member, or in one, which not every image passes.
  void fit(const resolved::Chain &chain, bool chosen) {
    for (const resolved::Element &one : chain) {
      if (one.layer())
        fits(*one.layer(), chosen);
      for (const resolved::Chain *inner : one.chains())
        fit(*inner, chosen || one.choice());
    }
  }

  void fits(const resolved::Layer &layer, bool chosen) {
    if (layer.learns())
      error(Id::AugmentLearns, layer.location,
            "layer `" + layer.kind + "` learns: its place is in the network, not in a training's `augment`");
    else if (layer.when == "inference" || (layer.draws(false) && !layer.draws(true)))
      error(Id::AugmentPhase, layer.location,
            "layer `" + layer.kind + "` would act at inference alone, where nothing is trained")
          .note("what a defense does to images then stands in it: `before first conv { ... }`");
    else if (!chosen && !layer.draws(true))
      program.diagnostics
          .warning(Id::AugmentFixed, layer.location,
                   "layer `" + layer.kind +
                       "` draws nothing: it changes every training image and no test image")
          .note("what both are to pass stands in the network, at its beginning");
  }

  Program &program;
  const LayerShape shape;
  const Scope &scope;
};

} // namespace

void resolveAugmentation(Program &program, const Point &training, resolved::Experiment &experiment) {
  const std::vector<Augmentation> &written = training.item->training.augment;
  for (const Augmentation &one : written)
    if (&one == &written.front())
      experiment.training.augmentation = AugmentationChecker(program, experiment, training.scope).check(one);
    else
      program.diagnostics.error(Id::AugmentTwice, one.location, "this training has two `augment`s")
          .note(written.front().location, "first here; one may have several layers");
}

} // namespace switchyard
