// LibTorch autograd does the work; only the draws are ours.
#include "test/numerics/Oracle.h"

#include "runtime/kernels/Philox.h"

#include <stdexcept>

namespace switchyard::test {

//===----------------------------------------------------------------------===//
// Draws
//===----------------------------------------------------------------------===//

static at::Tensor draw(const Draws &draws, const std::string &site, at::IntArrayRef sizes,
                       float (*make)(uint32_t)) {
  const uint64_t key = rt::philoxKey(draws.stream, site);
  std::vector<int64_t> shape{int64_t(draws.rows.size())};
  shape.insert(shape.end(), sizes.begin(), sizes.end());
  at::Tensor values = at::empty(shape);
  int64_t elements = draws.rows.empty() ? 0 : values.numel() / shape[0];
  float *value = values.data_ptr<float>();
  for (const auto &[image, target] : draws.rows)
    for (int64_t element = 0; element < elements; ++element)
      *value++ = make(rt::philoxWord(key, uint32_t(element), image, draws.pass, target));
  return values;
}

at::Tensor drawUniform(const Draws &draws, const std::string &site, at::IntArrayRef sizes) {
  return draw(draws, site, sizes, rt::uniform);
}

at::Tensor drawNormal(const Draws &draws, const std::string &site, at::IntArrayRef sizes) {
  return draw(draws, site, sizes, rt::normal);
}

std::vector<int64_t> drawChannels(const Draws &draws, const std::string &name, int64_t count) {
  return drawMembers(draws, name + "/channel", count);
}

std::vector<int64_t> drawMembers(const Draws &draws, const std::string &site, int64_t count,
                                 const std::vector<double> &chances) {
  const uint64_t key = rt::philoxKey(draws.stream, site);
  std::vector<int64_t> members;
  for (const auto &[image, target] : draws.rows) {
    uint32_t word = rt::philoxWord(key, 0, image, draws.pass, target);
    double sum = 0;
    int64_t reached = 0;
    for (size_t i = 0; i + 1 < chances.size(); ++i)
      reached += rt::uniform(word) >= float(sum += chances[i]);
    members.push_back(chances.empty() ? rt::integerBelow(word, uint32_t(count)) : reached);
  }
  return members;
}

//===----------------------------------------------------------------------===//
// Networks and losses
//===----------------------------------------------------------------------===//

at::Tensor localConv(const at::Tensor &x, const at::Tensor &weights, const at::Tensor &bias, int64_t stride,
                     int64_t padding) {
  int64_t outputs = weights.size(0), kernel = weights.size(2);
  at::Tensor windows = at::im2col(x, {kernel, kernel}, {1, 1}, {padding, padding}, {stride, stride});
  at::Tensor y = at::einsum("bkp,okp->bop", {windows, weights.flatten(4).flatten(1, 3)});
  y = y.reshape({x.size(0), outputs, weights.size(4), weights.size(5)});
  return bias.defined() ? y + bias : y;
}

static at::Tensor parameter(const Parameters &parameters, const std::string &name) {
  auto found = parameters.find(name);
  if (found == parameters.end())
    throw std::runtime_error("the oracle's network has no parameter \"" + name + "\"");
  return found->second;
}

static at::Tensor dropout(const at::Tensor &x, const Layer &layer, const Draws *draws) {
  if (!draws)
    return at::dropout(x, layer.number, /*train=*/true);
  at::Tensor keep = drawUniform(*draws, layer.path, x.sizes().slice(1)) >= float(layer.number);
  return x * (keep.to(x.scalar_type()) / (1 - layer.number));
}

/// One draw for all of an example.
static at::Tensor dropPath(const at::Tensor &x, const Layer &layer, const Draws *draws) {
  at::Tensor drawn = draws ? drawUniform(*draws, layer.path, {1}) : at::rand({x.size(0), 1});
  std::vector<int64_t> each(size_t(x.dim()), 1);
  each[0] = x.size(0);
  return x * (drawn >= float(layer.number)).to(x.scalar_type()).view(each);
}

static at::Tensor gaussianNoise(const at::Tensor &x, const Layer &layer, const Draws *draws) {
  at::Tensor noise = draws ? drawNormal(*draws, layer.path, x.sizes().slice(1)) : at::randn_like(x);
  return x + layer.number * noise.to(x.scalar_type());
}

static at::Tensor applyAll(const std::vector<Layer> &layers, at::Tensor x, const Parameters &parameters,
                           const Draws *draws);

static at::Tensor apply(const Layer &layer, const at::Tensor &x, const Parameters &parameters,
                        const Draws *draws) {
  auto own = [&](const char *name) { return parameter(parameters, layer.path + name); };
  switch (layer.kind) {
  case Layer::Kind::Conv:
    return at::conv2d(x, own("/weights"), own("/bias"), layer.stride, layer.padding);
  case Layer::Kind::Relu:
    return at::relu(x);
  case Layer::Kind::Tanh:
    return at::tanh(x);
  case Layer::Kind::MaxPool:
    return at::max_pool2d(x, int64_t(layer.number));
  case Layer::Kind::Flatten:
    return at::flatten(x, 1);
  case Layer::Kind::Dense:
    return at::linear(x, own("/weights"), own("/bias"));
  case Layer::Kind::Dropout:
    return dropout(x, layer, draws);
  case Layer::Kind::DropPath:
    return dropPath(x, layer, draws);
  case Layer::Kind::GaussianNoise:
    return gaussianNoise(x, layer, draws);
  case Layer::Kind::Residual:
    return applyAll(layer.main, x, parameters, draws) + applyAll(layer.shortcut, x, parameters, draws);
  }
  throw std::logic_error("unknown kind of layer");
}

static at::Tensor applyAll(const std::vector<Layer> &layers, at::Tensor x, const Parameters &parameters,
                           const Draws *draws) {
  for (const Layer &layer : layers)
    x = apply(layer, x, parameters, draws);
  return x;
}

at::Tensor Network::logits(const at::Tensor &images, const Parameters &parameters, const Draws *draws) const {
  return applyAll(layers, images, parameters, draws);
}

/// The parameters of one channel: those that `layers` have, taken out of their stacks.
static Parameters ofChannel(const std::vector<Layer> &layers, const Parameters &parameters, int64_t channel) {
  Parameters own;
  for (const Layer &layer : layers) {
    for (const char *name : {"/weights", "/bias"})
      if (auto found = parameters.find(layer.path + name); found != parameters.end())
        own[found->first] = channel < 0 ? found->second : found->second[channel];
    for (const std::vector<Layer> *inside : {&layer.main, &layer.shortcut})
      own.merge(ofChannel(*inside, parameters, channel));
  }
  return own;
}

at::Tensor SwitchingNetwork::logits(const at::Tensor &images, const Parameters &parameters,
                                    const Draws *draws, const Paths &paths) const {
  std::vector<at::Tensor> rows;
  for (int64_t row = 0; row < images.size(0); ++row) {
    at::Tensor x = images.slice(0, row, row + 1);
    Draws own = draws ? Draws{draws->stream, {draws->rows[size_t(row)]}, draws->pass} : Draws{};
    for (size_t i = 0; i < blocks.size(); ++i)
      x = blocks[i].network.logits(x, ofChannel(blocks[i].network.layers, parameters, paths[size_t(row)][i]),
                                   &own);
    rows.push_back(x);
  }
  return at::cat(rows);
}

SwitchingNetwork::Paths SwitchingNetwork::drawn(const Draws &draws) const {
  Paths paths(draws.rows.size());
  for (const Block &block : blocks) {
    std::vector<int64_t> channels = drawChannels(draws, block.name, block.channels);
    for (size_t row = 0; row < paths.size(); ++row)
      paths[row].push_back(channels[row]);
  }
  return paths;
}

std::vector<std::vector<int64_t>> SwitchingNetwork::allPaths() const {
  std::vector<std::vector<int64_t>> paths{{}};
  for (const Block &block : blocks) {
    std::vector<std::vector<int64_t>> longer;
    for (const std::vector<int64_t> &path : paths)
      for (int64_t channel = 0; channel < block.channels; ++channel) {
        longer.push_back(path);
        longer.back().push_back(channel);
      }
    paths = longer;
  }
  return paths;
}

/// What the difference of logits ratio divides by: from the sorted logits.
static at::Tensor spreadOf(bool away, const at::Tensor &logits) {
  at::Tensor sorted = std::get<0>(logits.sort(/*dim=*/1, /*descending=*/true));
  at::Tensor first = sorted.select(1, 0), third = sorted.select(1, 2);
  return away ? first - third : first - (third + sorted.select(1, 3)) / 2;
}

at::Tensor losses(Objective objective, bool away, const at::Tensor &logits, const at::Tensor &classes) {
  at::Tensor index = classes.to(at::kLong).unsqueeze(1);
  at::Tensor own = logits.gather(1, index).squeeze(1);
  at::Tensor against =
      objective == Objective::CrossEntropy
          ? logits.logsumexp(1)
          : std::get<0>(logits.scatter(1, index, -std::numeric_limits<double>::infinity()).max(1));
  at::Tensor difference = away ? own - against : against - own;
  return objective == Objective::Dlr ? difference / spreadOf(away, logits) : difference;
}

Gradients gradients(const Network &network, const at::Tensor &images, const Parameters &parameters,
                    const Draws *draws, const std::function<at::Tensor(const at::Tensor &)> &lossesOfLogits,
                    const at::Tensor &exampleWeights) {
  Parameters leaves;
  std::vector<at::Tensor> sources{images.detach().requires_grad_()};
  for (const auto &[name, value] : parameters)
    sources.push_back(leaves[name] = value.detach().requires_grad_());
  Gradients result;
  result.losses = lossesOfLogits(network.logits(sources[0], leaves, draws));
  at::Tensor weights = exampleWeights.defined() ? exampleWeights : at::ones_like(result.losses);
  auto found = torch::autograd::grad({result.losses}, sources, {weights.to(result.losses.scalar_type())});
  result.losses = result.losses.detach();
  result.input = found[0];
  size_t next = 1;
  for (const auto &[name, value] : parameters)
    result.parameters[name] = found[next++];
  return result;
}

//===----------------------------------------------------------------------===//
// Training
//===----------------------------------------------------------------------===//

at::Tensor trainStep(const Network &network, Parameters &parameters, Parameters &velocities, const Sgd &sgd,
                     int64_t iteration, const at::Tensor &images, const at::Tensor &labels,
                     const at::Tensor &exampleWeights, const Draws *draws) {
  auto logits = [&](const at::Tensor &x, const Parameters &used) { return network.logits(x, used, draws); };
  return trainStep(logits, parameters, velocities, sgd, iteration, images, labels, exampleWeights);
}

at::Tensor trainStep(const LogitsOf &logits, Parameters &parameters, Parameters &velocities, const Sgd &sgd,
                     int64_t iteration, const at::Tensor &images, const at::Tensor &labels,
                     const at::Tensor &exampleWeights) {
  auto loss = [&](const Parameters &used) {
    return losses(Objective::CrossEntropy, false, logits(images.detach(), used), labels);
  };
  return descend(loss, parameters, velocities, sgd, iteration, exampleWeights);
}

at::Tensor descend(const LossesOf &losses, Parameters &parameters, Parameters &velocities, const Sgd &sgd,
                   int64_t iteration, const at::Tensor &exampleWeights) {
  std::vector<at::Tensor> leaves;
  Parameters used;
  for (const auto &[name, value] : parameters)
    leaves.push_back(used[name] = value.detach().requires_grad_());
  at::Tensor loss = losses(used);
  auto found = torch::autograd::grad({loss}, leaves, {exampleWeights.to(loss.scalar_type())});
  const double rate = sgd.rate / (1 + sgd.decay * double(iteration));
  size_t next = 0;
  for (auto &[name, value] : parameters) {
    const at::Tensor gradient = found[next++] + sgd.weightDecay * value;
    at::Tensor &velocity = velocities[name];
    if (!velocity.defined())
      velocity = at::zeros_like(value);
    velocity.mul_(sgd.momentum).add_(gradient);
    if (sgd.nesterov)
      value.sub_(gradient.add(velocity, sgd.momentum), rate);
    else
      value.sub_(velocity, rate);
  }
  return loss.detach();
}

//===----------------------------------------------------------------------===//
// Attacks
//===----------------------------------------------------------------------===//

at::Tensor projectLinf(const AttackSetting &setting, const at::Tensor &x, const at::Tensor &clean) {
  return at::min(at::max(x, clean - setting.eps), clean + setting.eps).clamp_(setting.low, setting.high);
}

at::Tensor inputGradient(const AttackSetting &setting, const at::Tensor &x, const Draws *draws) {
  at::Tensor leaf = x.detach().requires_grad_();
  at::Tensor each = losses(setting.objective, setting.away,
                           setting.network.logits(leaf, setting.parameters, draws), setting.classes);
  return torch::autograd::grad({each}, {leaf}, {at::ones_like(each)})[0];
}

at::Tensor fgsm(const AttackSetting &setting, const at::Tensor &clean) {
  at::Tensor gradient = inputGradient(setting, clean, setting.draws);
  return projectLinf(setting, clean - setting.eps * gradient.sign(), clean);
}

at::Tensor pgdFrom(const AttackSetting &setting, const at::Tensor &clean, const at::Tensor &start,
                   int64_t steps, double step, uint32_t modelCall) {
  at::Tensor x = start;
  for (int64_t i = 0; i < steps; ++i) {
    Draws here = setting.draws ? setting.draws->at(rt::passWord(modelCall, uint32_t(i))) : Draws{};
    at::Tensor gradient = inputGradient(setting, x, setting.draws ? &here : nullptr);
    x = projectLinf(setting, x - step * gradient.sign(), clean);
  }
  return x;
}

at::Tensor pgd(const AttackSetting &setting, const at::Tensor &clean, int64_t steps, double step,
               const std::string &startSite, uint32_t startPass, uint32_t modelCall) {
  if (!setting.draws)
    throw std::runtime_error("the oracle's pgd draws its start, so it needs draws; use pgdFrom without");
  at::Tensor unit = drawUniform(setting.draws->at(startPass), startSite, clean.sizes().slice(1));
  at::Tensor start = clean + (unit.to(clean.scalar_type()) * (2 * setting.eps) - setting.eps);
  return pgdFrom(setting, clean, projectLinf(setting, start, clean), steps, step, modelCall);
}

} // namespace switchyard::test
