// The slow, obvious implementation that defines the answer: networks, losses, train steps and attacks in
// plain LibTorch autograd, on the same Philox draws as compiled code. Works in f32 and f64, by the type of
// its inputs.
#ifndef SWITCHYARD_TEST_NUMERICS_ORACLE_H
#define SWITCHYARD_TEST_NUMERICS_ORACLE_H

#include <torch/torch.h>

#include <array>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace switchyard::test {

/// Tensors by the names of the plan, such as `features/0/weights`.
using Parameters = std::map<std::string, at::Tensor>;

/// What the draws of one call belong to (docs/artifact.md).
struct Draws {
  uint64_t stream = 0;
  std::vector<std::array<uint32_t, 2>> rows; // one for each example: image, target | draw << 16
  uint32_t pass = 0;

  Draws at(uint32_t otherPass) const { return {stream, rows, otherPass}; }
};

/// f32 draws of a site, shape [rows, sizes...]; elements count in row-major order of an example.
at::Tensor drawUniform(const Draws &draws, const std::string &site, at::IntArrayRef sizes);
at::Tensor drawNormal(const Draws &draws, const std::string &site, at::IntArrayRef sizes);

/// Of weights [out, in, height, width, rows, columns]: a convolution whose weights, and bias, differ at each
/// place.
at::Tensor localConv(const at::Tensor &x, const at::Tensor &weights, const at::Tensor &bias, int64_t stride,
                     int64_t padding);

struct Layer {
  enum class Kind { Conv, Relu, Tanh, MaxPool, Flatten, Dense, Dropout, DropPath, GaussianNoise, Residual };
  Kind kind;
  std::string path;  // parameters are path/weights and path/bias; the site of a random layer
  double number = 0; // MaxPool: size; Dropout, DropPath: rate; GaussianNoise: deviation
  int64_t stride = 1, padding = 0;
  std::vector<Layer> main = {}, shortcut = {}; // Residual: its result is the sum of both
};

/// A list of layers. Without draws, random layers use LibTorch's own generator (for timing only).
struct Network {
  std::vector<Layer> layers;

  /// Logits [batch, classes] of images [batch, channels, height, width].
  at::Tensor logits(const at::Tensor &images, const Parameters &parameters, const Draws *draws) const;
};

/// The channel below `count` that each row draws for the switching block `name`.
std::vector<int64_t> drawChannels(const Draws &draws, const std::string &name, int64_t count);

/// The member that each row draws at a choice's site: of equal ones, or by chances.
std::vector<int64_t> drawMembers(const Draws &draws, const std::string &site, int64_t count,
                                 const std::vector<double> &chances = {});

/// Blocks of which each may have several channels. Parameters of a switching block are stacked, [channels,
/// ...].
struct SwitchingNetwork {
  struct Block {
    std::string name;
    int64_t channels;
    Network network;
  };
  /// For each example the channel of each block; -1 where the block's parameters are not stacked.
  using Paths = std::vector<std::vector<int64_t>>;

  std::vector<Block> blocks;

  /// Logits of one example after another, each by the layers of its own path.
  at::Tensor logits(const at::Tensor &images, const Parameters &parameters, const Draws *draws,
                    const Paths &paths) const;
  /// Each row's own draws.
  Paths drawn(const Draws &draws) const;
  /// Every path, the last block's channel changing first.
  std::vector<std::vector<int64_t>> allPaths() const;
};

/// Objectives of stdlib, descended: toward a class, or away from the label.
enum class Objective { CrossEntropy, Margin, Dlr };

/// Loss of each example, [batch].
at::Tensor losses(Objective objective, bool away, const at::Tensor &logits, const at::Tensor &classes);

struct Gradients {
  at::Tensor losses, input;
  Parameters parameters;
};

/// Gradients of sum_i weight_i loss_i; `exampleWeights` undefined means all ones, as in an attack.
Gradients gradients(const Network &network, const at::Tensor &images, const Parameters &parameters,
                    const Draws *draws, const std::function<at::Tensor(const at::Tensor &)> &lossesOfLogits,
                    const at::Tensor &exampleWeights = {});

/// SGD with momentum in PyTorch's form.
struct Sgd {
  double rate, momentum = 0, decay = 0;
  bool nesterov = true;
  double weightDecay = 0;
};

/// One step on cross-entropy with labels; parameters and velocities (same names, zero at first) are updated
/// in place. Returns the losses before the step, unweighted.
at::Tensor trainStep(const Network &network, Parameters &parameters, Parameters &velocities, const Sgd &sgd,
                     int64_t iteration, const at::Tensor &images, const at::Tensor &labels,
                     const at::Tensor &exampleWeights, const Draws *draws);

/// Likewise of anything that gives logits of images by parameters.
using LogitsOf = std::function<at::Tensor(const at::Tensor &, const Parameters &)>;
at::Tensor trainStep(const LogitsOf &logits, Parameters &parameters, Parameters &velocities, const Sgd &sgd,
                     int64_t iteration, const at::Tensor &images, const at::Tensor &labels,
                     const at::Tensor &exampleWeights);

/// One step on any losses of the examples, of parameters that gradients are taken at.
using LossesOf = std::function<at::Tensor(const Parameters &)>;
at::Tensor descend(const LossesOf &losses, Parameters &parameters, Parameters &velocities, const Sgd &sgd,
                   int64_t iteration, const at::Tensor &exampleWeights);

/// Everything an attack within an l-infinity ball needs beside its own numbers.
struct AttackSetting {
  const Network &network;
  const Parameters &parameters;
  Objective objective = Objective::CrossEntropy;
  bool away = false;
  at::Tensor classes = {}; // goals [batch], or labels where away
  double eps = 0, low = 0, high = 1;
  const Draws *draws = nullptr;
};

/// The nearest point within eps of `clean` and within [low, high].
at::Tensor projectLinf(const AttackSetting &setting, const at::Tensor &x, const at::Tensor &clean);

/// The gradient of each example's loss with respect to the example; no weight gradients are made.
at::Tensor inputGradient(const AttackSetting &setting, const at::Tensor &x, const Draws *draws);

at::Tensor fgsm(const AttackSetting &setting, const at::Tensor &clean);

/// Steps of -step * sign(gradient) from `start`; step i draws with pass `modelCall` << 24 | i.
at::Tensor pgdFrom(const AttackSetting &setting, const at::Tensor &clean, const at::Tensor &start,
                   int64_t steps, double step, uint32_t modelCall = 0);

/// pgdFrom a uniform draw in the ball, of site `startSite` in pass `startPass`.
at::Tensor pgd(const AttackSetting &setting, const at::Tensor &clean, int64_t steps, double step,
               const std::string &startSite, uint32_t startPass = 0, uint32_t modelCall = 0);

} // namespace switchyard::test

#endif
