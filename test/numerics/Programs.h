// The programs of Inputs/ from both sides: their networks as the oracle sees them, and their compiled
// functions, found in the artifact's plan by experiment, defense and attack.
#ifndef SWITCHYARD_TEST_NUMERICS_PROGRAMS_H
#define SWITCHYARD_TEST_NUMERICS_PROGRAMS_H

#include "test/numerics/Artifact.h"
#include "test/numerics/Oracle.h"

#include <string>
#include <vector>

namespace switchyard::test {

/// What $SWITCHYARD_TEST_VARIANT says: "cuda" runs the suite on this machine's GPU, "emulated" on the
/// stand-in for one; else "", the CPU.
std::string chosenVariant();

/// The chosen variant alone; on the CPU the stand-in for a GPU as well.
std::vector<std::string> variantsToRun();

/// Inputs/NAME.swy compiled as `variant` says, "" for the CPU with the compiler's defaults; CMakeLists.txt
/// lists them. Opened once, in $SWITCHYARD_TEST_ARTIFACTS where that is set. Throws std::runtime_error where
/// it is not there.
const CompiledArtifact &program(const std::string &name, const std::string &variant = chosenVariant());

/// One defense of one experiment. Functions come with the scalars of their job filled in.
class CompiledModel {
public:
  /// `defense` is a name such as "gaussian". Throws std::runtime_error where the plan has no such thing.
  CompiledModel(const CompiledArtifact &artifact, const std::string &experiment, const std::string &defense);

  /// Of the training that made the first parameter; in a switching block, of that which made a channel of
  /// one.
  CompiledFunction init() const;
  CompiledFunction step() const;
  CompiledFunction step(const std::string &parameter, size_t channel) const;
  CompiledFunction predict() const;
  /// Of the training that made a channel of the parameter, which holds images out.
  CompiledFunction validation(const std::string &parameter, size_t channel) const;
  /// Of an exactly judged model: one function for each block.
  std::vector<CompiledFunction> stages() const;
  /// `text` is the cell's, such as "fgsm(eps = 0.1)"; `gradients` too, any where empty.
  CompiledFunction attack(const std::string &text, const std::string &gradients = "") const;

private:
  const nlohmann::json &job(int64_t id) const;
  const nlohmann::json &training(const std::string &parameter, size_t channel) const;
  /// The model that answers.
  const nlohmann::json &parameters() const;
  CompiledFunction called(const nlohmann::json &call) const;

  const CompiledArtifact &artifact;
  const nlohmann::json *experiment = nullptr;
  int64_t defense = -1;
};

/// What a program's network is under a defense ("none", "defensive_dropout", "gaussian").
Network oracleNetwork(const std::string &program, const std::string &defense, bool training);

/// The same for the defenses of Inputs/switching.swy, by experiment: "two", "shared", "three", "noisy",
/// "composed".
SwitchingNetwork switchingNetwork(const std::string &experiment, bool training);

/// Images with what a call says of each. 10 classes, 1x28x28, no two neighbouring pixels alike.
struct Examples {
  at::Tensor images, labels, goals; // goals are never the labels
  Draws draws;

  int64_t count() const { return images.size(0); }
  Examples part(int64_t begin, int64_t end) const;
};
Examples someExamples(int64_t count);

/// Weights of the variance that training starts from, and biases that are not zero; alike in stacks.
Parameters someParameters(const CompiledFunction &function, const std::string &role);

bool endsIn(const std::string &text, const std::string &end);
/// Whether a parameter of a normalization is of those that means over examples set, no gradient.
bool isStatistic(const std::string &name);
/// Parameters of a network with normalizations: variances above 0, weights of `scale`, which keeps answers of
/// a size, all else around 0.5.
Parameters normalizedParameters(const CompiledFunction &function, const std::string &role, double scale);

void giveParameters(CompiledFunction &function, const std::string &role, const Parameters &parameters);
/// Fills the inputs that a function has from as many examples as its batch; weights are 1 / batch.
void giveExamples(CompiledFunction &function, const Examples &examples);
/// One step of a training on examples with draws of their own, each time the next stream's; weights are of
/// the loss.
void runStep(CompiledFunction &step, Examples &examples, const at::Tensor &weights, int iteration,
             swy_context *context);
/// The state of a weight that std's sgd calls v.
inline std::string momentumOf(const std::string &weight) {
  return weight + "#v";
}
/// As before the first step.
void zeroStates(CompiledFunction &step);
Parameters takeParameters(const CompiledFunction &function, const std::string &role);
Parameters inDouble(const Parameters &parameters);

/// Names of the functions that have an output of this role.
std::vector<std::string> functionsWith(const CompiledArtifact &artifact, const std::string &role);
/// A function by name with its job's scalars and some parameters.
CompiledFunction ready(const CompiledArtifact &artifact, const std::string &name);

/// Runs over any number of examples, the last batch padded; the rows of an output, one after another.
/// `exactOrder`: as the precision of that name (S6.2). 0 threads: all cores. Where restarts can be rows, each
/// example has two, also where it has but one restart.
at::Tensor runInBatches(CompiledFunction function, const Examples &examples, const std::string &output,
                        bool exactOrder = false, int threads = 0);

/// S6.2: median over the elements of |found - expected| / |expected|; elements below a millionth of the
/// greatest count as that.
double medianRelativeError(const at::Tensor &found, const at::Tensor &expected);
/// What half of the elements cannot tell: no element is off by more than `worst` of the greatest |expected|,
/// or of the greatest change from `before` where that is given (parameters after a step); and S6.2's median
/// of 1e-5.
void expectEveryElement(const at::Tensor &found, const at::Tensor &expected, const std::string &what,
                        double worst = 1e-4, const at::Tensor &before = {});
/// S6.2: fraction of images whose pixels all agree to 1e-4.
double equalImages(const at::Tensor &found, const at::Tensor &expected);

} // namespace switchyard::test

#endif
