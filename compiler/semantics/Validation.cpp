// `validate` of a training: what it holds out of its own images, and what becomes of the weights. Nothing is
// chosen by test images.

#include "compiler/semantics/Clauses.h"
#include "compiler/semantics/Loss.h"
#include "compiler/syntax/Print.h"
#include "runtime/contract/limits.h"

namespace switchyard {

using namespace ast;

namespace {

class ValidationResolver {
public:
  ValidationResolver(Program &program, const Validation &written, const resolved::Experiment &experiment,
                     const Scope &scope)
      : program(program), written(written), experiment(experiment), scope(scope) {}

  std::optional<resolved::Validation> resolve() {
    bool good = split();
    good = images() && good;
    good = best() && good;
    good = patience() && good;
    if (written.against)
      good = resolveTrainingAttack(program, *written.against, {scope, {}, experiment.network},
                                   result.against.emplace()) &&
             good;
    return good ? std::optional(std::move(result)) : std::nullopt;
  }

private:
  bool error(Id id, Location where, const std::string &message, const std::string &advice) {
    program.diagnostics.error(id, where, message).note(advice);
    return false;
  }

  bool split() {
    if (written.split == "test")
      return error(
          Id::ValidateOnTest, written.splitLocation,
          "a training that is watched by test images is chosen by them: what is measured on them is no "
          "test any more",
          "hold out some of its own: `validate on last " + format(*written.images) + " training images`");
    return written.split == "training" ||
           error(Id::ValidateSplit, written.splitLocation, "there are no `" + written.split + "` images",
                 "a training holds out `training images`");
  }

  /// Rounded, as counts are (S1.5).
  std::optional<int64_t> count(const Expr &e, Id id, const std::string &what) {
    auto value = evaluate(program, e, scope);
    if (value && value->isNumber() && value->real() > 0 && value->real() <= limits::count)
      return value->number().asCount();
    if (value)
      program.diagnostics.error(id, e.location, what + " is a number above 0, got " + value->text());
    return std::nullopt;
  }

  bool images() {
    auto number = count(*written.images, Id::ValidateImages, "how many images are held out");
    if (!number)
      return false;
    result.images = *number;
    const Value *train = find(experiment.dataset.arguments, "train");
    return !train || !train->isNumber() || result.images < train->integer() ||
           error(Id::ValidateImages, written.images->location,
                 "of " + train->text() + " training images " + std::to_string(result.images) +
                     " are held out: none is left to train on",
                 "hold out fewer");
  }

  bool best() {
    result.keepsBest = !written.best.empty();
    return !result.keepsBest || written.best == "accuracy" ||
           error(Id::ValidateBest, written.bestLocation, "a training keeps no best `" + written.best + "`",
                 "known is `keep best accuracy`: of the images that are held out, attacked where it says "
                 "`against`");
  }

  bool patience() {
    if (!written.patience)
      return true;
    auto epochs = count(*written.patience, Id::ValidatePatience, "how many epochs may go by");
    result.patience = epochs.value_or(0);
    return epochs && (written.unit == "epochs" || written.unit == "epoch" ||
                      error(Id::ValidatePatience, written.patience->location,
                            "a training stops after epochs, not after `" + written.unit + "`",
                            "write `stop after " + format(*written.patience) + " epochs`"));
  }

  Program &program;
  const Validation &written;
  const resolved::Experiment &experiment;
  const Scope &scope;
  resolved::Validation result;
};

} // namespace

void resolveValidation(Program &program, const Point &training, resolved::Experiment &experiment) {
  const std::vector<Validation> &written = training.item->training.validations;
  for (const Validation &one : written)
    if (&one == &written.front())
      experiment.training.validation = ValidationResolver(program, one, experiment, training.scope).resolve();
    else
      program.diagnostics.error(Id::ValidateAgain, one.location, "this training is validated twice")
          .note(written.front().location, "first here");
}

} // namespace switchyard
