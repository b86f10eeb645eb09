// Training through torch::optim, attacks through autograd on the input.
#include "test/bench/Eager.h"

#include <torch/torch.h>

namespace switchyard::bench {

static at::Tensor laidOut(const at::Tensor &tensor, Peer peer) {
  bool last = peer == Peer::Tuned && tensor.dim() == 4;
  return tensor.clone(last ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
}

static test::Parameters laidOut(const test::Parameters &parameters, Peer peer, bool differentiable) {
  test::Parameters own;
  for (const auto &[name, value] : parameters)
    own[name] = laidOut(value, peer).requires_grad_(differentiable);
  return own;
}

static at::Tensor randomImages(const Subject &subject, int64_t batch) {
  return at::rand({batch, subject.input[0], subject.input[1], subject.input[2]});
}

static std::string peerName(Peer peer) {
  return peer == Peer::Default ? "eager LibTorch, default" : "eager LibTorch, tuned";
}

Contestant eagerTraining(const Subject &subject, Peer peer, int64_t batch) {
  struct State {
    test::Network network;
    test::Parameters parameters;
    at::Tensor images, labels;
    std::unique_ptr<torch::optim::SGD> optimizer;
  };
  auto state = std::make_shared<State>();
  state->network = subject.training;
  state->parameters = laidOut(subject.parameters, peer, true);
  state->images = laidOut(randomImages(subject, batch), peer);
  state->labels = at::randint(10, {batch}, at::kLong);
  std::vector<at::Tensor> leaves;
  for (const auto &[name, value] : state->parameters)
    leaves.push_back(value);
  state->optimizer = std::make_unique<torch::optim::SGD>(
      leaves, torch::optim::SGDOptions(0.01).momentum(0.9).nesterov(true));
  return {peerName(peer), [state] {
            state->optimizer->zero_grad();
            at::Tensor logits = state->network.logits(state->images, state->parameters, nullptr);
            at::cross_entropy_loss(logits, state->labels).backward();
            state->optimizer->step();
          }};
}

Contestant eagerAttack(const Subject &subject, Peer peer, int64_t batch, int64_t steps) {
  auto parameters = laidOut(subject.parameters, peer, peer == Peer::Default);
  at::Tensor clean = laidOut(randomImages(subject, batch), peer);
  at::Tensor classes = at::randint(10, {batch}, at::kLong);
  return {peerName(peer), [network = subject.attacked, parameters, clean, classes, steps] {
            test::AttackSetting setting{network, parameters};
            setting.classes = classes;
            setting.eps = 0.03;
            pgdFrom(setting, clean, clean, steps, 0.003);
          }};
}

} // namespace switchyard::bench
