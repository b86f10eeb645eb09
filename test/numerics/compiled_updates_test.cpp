// Steps of optimizers against torch::optim's on the same gradients, which the compiled step of an optimizer
// that keeps them shows: every element of every weight, over a whole training of a few steps.
#include "runtime/kernels/Context.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>
#include <torch/nn/utils/clip_grad.h>
#include <torch/optim.h>

#include <functional>

using namespace switchyard::test;
using switchyard::rt::Context;

namespace {

constexpr int steps = 8;

/// Gradients, and the norm of all, by the weights' names.
struct Seen {
  Parameters gradients;
  double norm = 0;
};

/// What an optimizer does: `step` makes the next weights, `iteration` being from 0.
using Update = std::function<void(Parameters &weights, const Seen &seen, int iteration)>;

struct Case {
  std::string experiment;
  std::function<Update()> reference;
};

double progressOf(int iteration) {
  return double(iteration) / steps;
}

/// One of torch::optim; `rate` as the schedule has it. `clip`: as clip_grad_norm_ does it; 0: not.
template <typename Optimizer, typename Options>
std::function<Update()> torchs(Options options, std::function<double(int)> rate, double clip = 0) {
  return [=]() -> Update {
    auto own = std::make_shared<Parameters>();
    auto optimizer = std::make_shared<std::unique_ptr<Optimizer>>();
    return [=](Parameters &weights, const Seen &seen, int iteration) {
      if (own->empty()) {
        std::vector<at::Tensor> list;
        for (auto &[name, value] : weights)
          list.push_back((*own)[name] = value.clone().set_requires_grad(true));
        *optimizer = std::make_unique<Optimizer>(list, options);
      }
      std::vector<at::Tensor> list;
      for (auto &[name, value] : *own) {
        value.mutable_grad() = seen.gradients.at(name).to(at::kDouble).clone();
        list.push_back(value);
      }
      if (clip > 0)
        torch::nn::utils::clip_grad_norm_(list, clip);
      for (auto &group : (*optimizer)->param_groups())
        static_cast<Options &>(group.options()).lr(rate(iteration));
      (*optimizer)->step();
      for (auto &[name, value] : *own)
        weights[name] = value.detach().clone();
    };
  };
}

/// One that torch has not, of what a weight keeps (zeros at first).
std::function<Update()>
ownRule(std::function<at::Tensor(const at::Tensor &w, const at::Tensor &g, at::Tensor &kept, int iteration)>
            rule) {
  return [=]() -> Update {
    auto kept = std::make_shared<Parameters>();
    return [=](Parameters &weights, const Seen &seen, int iteration) {
      for (auto &[name, value] : weights) {
        auto [state, isNew] = kept->try_emplace(name, at::zeros_like(value));
        value = rule(value, seen.gradients.at(name).to(at::kDouble), state->second, iteration);
      }
    };
  };
}

at::Tensor lars(const at::Tensor &w, const at::Tensor &g, at::Tensor &v, int iteration) {
  at::Tensor length = 0.01 * w.norm() / (g.norm() + 1e-4 * w.norm() + 1e-9);
  double local = w.norm().item<double>() > 0.5 ? length.item<double>() : 1;
  v = 0.9 * v + local * (g + 1e-4 * w);
  return w - std::pow(0.01, progressOf(iteration)) * v;
}

at::Tensor maskedLion(const at::Tensor &w, const at::Tensor &g, at::Tensor &m, int iteration) {
  double rate = 0.01 + (0.002 - 0.01) * progressOf(iteration);
  at::Tensor large = g.abs() > g.abs().mean(), direction = (0.9 * m + 0.1 * g).sign();
  m = 0.99 * m + 0.01 * g;
  if (iteration > 0)
    return w - rate * at::where(large, direction, at::zeros_like(w));
  return w - rate * g;
}

double cosine(double start, double end, double progress) {
  return end + (start - end) * (1 + std::cos(M_PI * progress)) / 2;
}

/// Warm-up over half of the training, on steps at 0.3 and 0.75.
double warmSteps(int iteration) {
  double at = progressOf(iteration), step = at < 0.3 ? 0.01 : at < 0.75 ? 0.001 : 0.0001;
  return std::min(1.0, at / 0.5) * step;
}

double oneCycle(int iteration) {
  double at = progressOf(iteration), low = 0.01 / 25;
  return at < 0.3 ? cosine(low, 0.01, at / 0.3) : cosine(0.01, low / 10000, (at - 0.3) / 0.7);
}

const Case cases[] = {
    {"sgd",
     torchs<torch::optim::SGD>(torch::optim::SGDOptions(1).momentum(0.9).nesterov(true).weight_decay(0.01),
                               [](int) { return 0.05; })},
    {"clipped", torchs<torch::optim::SGD>(
                    torch::optim::SGDOptions(1).momentum(0.5),
                    [](int iteration) { return 0.1 * (1 - progressOf(iteration)); }, 0.25)},
    {"adam",
     torchs<torch::optim::Adam>(torch::optim::AdamOptions().weight_decay(0.01).eps(1e-4),
                                [](int iteration) { return cosine(0.01, 0.001, progressOf(iteration)); })},
    {"adamw", torchs<torch::optim::AdamW>(
                  torch::optim::AdamWOptions().betas({0.9, 0.99}).weight_decay(0.1).eps(1e-4), warmSteps)},
    {"rmsprop", torchs<torch::optim::RMSprop>(
                    torch::optim::RMSpropOptions().alpha(0.9).momentum(0.8).weight_decay(0.01).eps(1e-3),
                    [](int) { return 0.001; })},
    {"rmsprop_alone", torchs<torch::optim::RMSprop>(torch::optim::RMSpropOptions().eps(1e-3), oneCycle)},
    {"lars", ownRule(lars)},
    {"masked_lion", ownRule(maskedLion)},
};

struct Asked {
  Case one;
  std::string variant;
};

void PrintTo(const Asked &asked, std::ostream *out) {
  *out << asked.one.experiment << " " << asked.variant;
}

class Updates : public ::testing::TestWithParam<Asked> {
protected:
  CompiledModel model(const std::string &experiment) const {
    return CompiledModel(program("updates", GetParam().variant), experiment, "none");
  }

  /// The gradients at these weights, as the step of `seen` keeps them.
  Seen look(const Parameters &weights, Examples examples, const at::Tensor &share, int iteration) {
    CompiledFunction step = model("seen").step();
    zeroStates(step);
    giveParameters(step, "parameter", weights);
    run(step, examples, share, iteration);
    Seen seen;
    double squares = 0;
    for (const auto &[name, value] : weights) {
      seen.gradients[name] = step.argument("state", name + "#gradient").clone();
      squares += seen.gradients[name].to(at::kDouble).square().sum().item<double>();
      EXPECT_NEAR(step.argument("state", name + "#share").max().item<double>(), progressOf(iteration), 1e-6);
    }
    seen.norm = std::sqrt(squares);
    for (const auto &[name, value] : weights)
      EXPECT_NEAR(step.argument("state", name + "#all").min().item<double>(), seen.norm, 1e-5 * seen.norm);
    return seen;
  }

  void run(CompiledFunction &step, Examples &examples, const at::Tensor &share, int iteration) {
    if (step.has("progress"))
      step.set("progress", "", progressOf(iteration));
    runStep(step, examples, share, iteration, context.get());
  }

  Context context;
};

TEST_P(Updates, AreThoseOfTheReference) {
  CompiledFunction step = model(GetParam().one.experiment).step();
  zeroStates(step);
  Parameters weights = someParameters(step, "parameter");
  giveParameters(step, "parameter", weights);
  Update update = GetParam().one.reference();
  Parameters expected = inDouble(weights);
  Examples examples = someExamples(step.batch());
  at::Tensor share = at::full({step.batch()}, 1.0 / double(step.batch()));
  for (int iteration = 0; iteration < steps; ++iteration) {
    SCOPED_TRACE("step " + std::to_string(iteration + 1));
    Parameters before;
    for (const auto &[name, value] : takeParameters(step, "parameter"))
      before[name] = value.clone();
    Seen seen = look(before, examples, share, iteration);
    if (GetParam().one.experiment == "clipped")
      EXPECT_GT(seen.norm, 0.25); // so that clipping does something
    run(step, examples, share, iteration);
    Parameters last = expected;
    update(expected, seen, iteration);
    for (const auto &[name, value] : expected)
      if (at::equal(value, last.at(name))) // a warm-up begins at a rate of 0
        EXPECT_TRUE(iteration == 0 && at::equal(step.argument("parameter", name), before.at(name))) << name;
      else
        expectEveryElement(step.argument("parameter", name), value, name, 1e-3, last.at(name));
  }
}

std::vector<Asked> asked() {
  std::vector<Asked> list;
  for (const Case &one : cases)
    for (const char *variant : {"", "emulated"})
      list.push_back({one, variant});
  return list;
}

std::string nameOf(const ::testing::TestParamInfo<Asked> &info) {
  return info.param.one.experiment + (info.param.variant.empty() ? "" : "_" + info.param.variant);
}

INSTANTIATE_TEST_SUITE_P(Programs, Updates, ::testing::ValuesIn(asked()), nameOf);

} // namespace
