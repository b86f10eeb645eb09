// Inputs/layers.swy against LibTorch: what each layer makes of an image, and autograd's slope at each pixel,
// on the same draws.
#include "runtime/kernels/Context.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

#include <functional>

using namespace switchyard;
using namespace switchyard::test;

namespace {

/// Images and the draws of the pass to what stands before the dense layer, flat or not.
using LayerOf = std::function<at::Tensor(const at::Tensor &, const Draws &)>;

struct Case {
  std::string defense;
  LayerOf layer;
  /// What is left where randomness is off: of a layer that draws the identity.
  LayerOf withoutDraws = [](const at::Tensor &x, const Draws &) { return x; };
};

at::Tensor spread(const at::Tensor &x) {
  return 20 * (x - 0.5);
}

at::Tensor each(const at::Tensor &one) {
  return one.view({-1, 1, 1, 1});
}

at::Tensor deviation(const at::Tensor &x) {
  return each(x.flatten(1).var(1, /*unbiased=*/false).sqrt());
}

at::Tensor polynomial(const at::Tensor &x, int terms) {
  at::Tensor y = x, power = x;
  for (int i = 1; i < terms; ++i) {
    power = power * x / 2;
    y = y + power;
  }
  return y;
}

/// A draw for each of a dimension: the one of index 0 in those that are shared.
at::Tensor uniform(const Draws &draws, const std::string &site, const at::Tensor &like) {
  return drawUniform(draws, site, like.sizes().slice(1)).to(like.scalar_type());
}
at::Tensor normal(const Draws &draws, const std::string &site, const at::Tensor &like) {
  return drawNormal(draws, site, like.sizes().slice(1)).to(like.scalar_type());
}
at::Tensor ofRows(const at::Tensor &drawn) {
  return drawn.slice(3, 0, 1).expand_as(drawn);
}

/// One number for each example, as the draw with this number of the layer at a site.
at::Tensor number(const Draws &draws, const std::string &site, int which = 0) {
  return each(drawUniform(draws, site + (which ? "/draw#" + std::to_string(which) : ""), {1}));
}

at::Tensor rowNumbers() {
  return at::arange(28, at::kFloat).view({28, 1});
}
at::Tensor columnNumbers() {
  return at::arange(28, at::kFloat);
}

/// Bilinear, 0 outside. Places are floats, as compiled code has them: which pixels are read must not differ.
at::Tensor sampled(const at::Tensor &x, const at::Tensor &rows, const at::Tensor &columns) {
  auto scaled = [&](const at::Tensor &place) {
    return (2 * place.expand_as(x).squeeze(1).to(x.scalar_type()) / 27 - 1);
  };
  at::Tensor grid = at::stack({scaled(columns), scaled(rows)}, -1);
  return at::grid_sampler(x, grid, /*bilinear=*/0, /*zeros=*/0, /*align_corners=*/true);
}

at::Tensor cropped(const at::Tensor &x, const Draws &d, const std::string &site, int padding) {
  at::Tensor down = (float(2 * padding + 1) * number(d, site)).floor() - padding,
             right = (float(2 * padding + 1) * number(d, site, 1)).floor() - padding;
  return sampled(x, rowNumbers() + down, columnNumbers() + right);
}

at::Tensor flipped(const at::Tensor &x, const Draws &d, const std::string &site) {
  return at::where(number(d, site) < 0.5, x.flip({3}), x);
}

at::Tensor hidden(const at::Tensor &x, const Draws &d, const std::string &site, int size) {
  at::Tensor rows = rowNumbers() - ((28 * number(d, site)).floor() - size / 2),
             columns = columnNumbers() - ((28 * number(d, site, 1)).floor() - size / 2);
  return at::where((rows >= 0) & (rows < size) & (columns >= 0) & (columns < size), at::zeros_like(x), x);
}

at::Tensor resized(const at::Tensor &x, const Draws &d, const std::string &site, float smallest) {
  at::Tensor scale = smallest + (1 - smallest) * number(d, site), room = 28 * (1 - scale);
  return sampled(x, (rowNumbers() - room * number(d, site, 1)) / scale,
                 (columnNumbers() - room * number(d, site, 2)) / scale);
}

at::Tensor rotated(const at::Tensor &x, const Draws &d, const std::string &site, float degrees) {
  at::Tensor angle = (2 * degrees * number(d, site) - degrees) * float(M_PI) / 180;
  at::Tensor rows = rowNumbers() - 13.5, columns = columnNumbers() - 13.5;
  return sampled(x, 13.5 + angle.cos() * rows - angle.sin() * columns,
                 13.5 + angle.sin() * rows + angle.cos() * columns);
}

/// Units in groups, the largest first, and which they are.
std::tuple<at::Tensor, at::Tensor> inGroups(const at::Tensor &x, int64_t size) {
  return x.reshape({x.size(0), -1, size}).sort(/*stable=*/true, 2, /*descending=*/true);
}

const std::string before = "all/0+", after = before;

std::vector<Case> cases() {
  return {
      {"none", [](const at::Tensor &x, const Draws &) { return x; }},
      {"gelu_first", [](const at::Tensor &x, const Draws &) { return at::gelu(spread(x)); }},
      {"silu_first", [](const at::Tensor &x, const Draws &) { return at::silu(spread(x)); }},
      {"sigmoid_first", [](const at::Tensor &x, const Draws &) { return at::sigmoid(spread(x)); }},
      {"softplus_first", [](const at::Tensor &x, const Draws &) { return at::softplus(spread(x)); }},
      {"elu_first", [](const at::Tensor &x, const Draws &) { return at::elu(spread(x), 0.5); }},
      {"leaky_first", [](const at::Tensor &x, const Draws &) { return at::leaky_relu(spread(x), 0.1); }},
      {"noise_first", [](const at::Tensor &x,
                         const Draws &d) { return x + 0.2 * normal(d, before + "noise_first.noise", x); }},
      {"scaled_noise_first",
       [](const at::Tensor &x, const Draws &d) {
         return x + 0.3 * deviation(x) * normal(d, before + "scaled_noise_first.scaled_noise", x);
       }},
      {"two_draws_first",
       [](const at::Tensor &x, const Draws &d) {
         std::string site = before + "two_draws_first.two_draws";
         at::Tensor one = drawUniform(d, site + "/draw#1", {1}).to(x.scalar_type());
         at::Tensor rows = ofRows(uniform(d, site + "/draw#2", x));
         return x * (0.5 + uniform(d, site, x)) + each(one) * (2 * rows - 1);
       }},
      {"rows_first",
       [](const at::Tensor &x, const Draws &d) {
         at::Tensor drawn = ofRows(uniform(d, before + "rows_first.dropped_rows", x));
         return at::where(drawn >= float(0.4), x / (1 - 0.4), at::zeros_like(x));
       }},
      {"standardized_last",
       [](const at::Tensor &x, const Draws &) {
         at::Tensor variance = each(x.flatten(1).var(1, /*unbiased=*/false));
         return (x - each(x.flatten(1).mean(1))) / (variance + 1e-5).sqrt();
       }},
      {"of_largest_last", [](const at::Tensor &x, const Draws &) { return x / each(x.flatten(1).amax(1)); }},
      {"places_first",
       [](const at::Tensor &x, const Draws &) {
         at::Tensor count = at::arange(28, x.options());
         return x * count.view({28, 1}) / 28 + count / 28;
       }},
      {"polynomial_last",
       [](const at::Tensor &x, const Draws &) { return 2 * polynomial(polynomial(x, 3), 2); }},
      {"quantized_first",
       [](const at::Tensor &x, const Draws &) { return x + 0.1 * (x * 15 + 0.5).floor().detach() / 15; }},
      {"rectified_first",
       [](const at::Tensor &x, const Draws &d) {
         at::Tensor slope =
             drawUniform(d, before + "rectified_first.random_rectifier", {1}).to(x.scalar_type());
         at::Tensor y = spread(x);
         return at::where(y > 0, y, each(0.1 + 0.2 * slope) * y);
       },
       [](const at::Tensor &x, const Draws &) { return spread(x); }},
      {"sorted_last",
       [](const at::Tensor &x, const Draws &) { return std::get<0>(inGroups(x, 7)).flatten(1); }},
      {"lead_last",
       [](const at::Tensor &x, const Draws &) {
         at::Tensor sorted = std::get<0>(inGroups(x, 4));
         at::Tensor lead = sorted.slice(2, 0, 1) - 2 * sorted.slice(2, 2, 3);
         return lead.expand({-1, -1, 4}).flatten(1);
       }},
      {"winner_last",
       [](const at::Tensor &x, const Draws &d) {
         at::Tensor y = spread(x).flatten(1);
         at::Tensor u = drawUniform(d, "all/0+winner_last.sampled_winner", {784});
         at::Tensor noisy = y.to(at::kFloat) - (-u.log()).log();
         at::Tensor winner = std::get<1>(inGroups(noisy, 4)).slice(2, 0, 1);
         at::Tensor passes = at::zeros({y.size(0), 196, 4}).scatter(2, winner, 1).flatten(1);
         return passes.to(y.scalar_type()) * y;
       },
       [](const at::Tensor &x, const Draws &) { return spread(x); }},
      {"noisy_leaky_first",
       [](const at::Tensor &x, const Draws &d) {
         at::Tensor y = spread(x) + 3 * normal(d, before + "noisy_leaky_first.noise", x);
         return at::where(y > 0, y, 0.1 * y);
       },
       [](const at::Tensor &x, const Draws &) {
         at::Tensor y = spread(x);
         return at::where(y > 0, y, 0.1 * y);
       }},
      {"warped_first",
       [](const at::Tensor &x, const Draws &) {
         at::Tensor y = x.to(at::kFloat);
         return sampled(x, rowNumbers() + 3 * y - 1, columnNumbers() * 0.875 + 2 * y);
       }},
      {"cropped_first",
       [](const at::Tensor &x, const Draws &d) {
         return cropped(x, d, before + "cropped_first.random_crop", 4);
       }},
      {"flipped_first", [](const at::Tensor &x,
                           const Draws &d) { return flipped(x, d, before + "flipped_first.random_flip"); }},
      {"hidden_first",
       [](const at::Tensor &x, const Draws &d) { return hidden(x, d, before + "hidden_first.cutout", 8); }},
      {"rotated_first",
       [](const at::Tensor &x, const Draws &d) {
         return rotated(x, d, before + "rotated_first.random_rotation", 20);
       }},
      {"resized_first",
       [](const at::Tensor &x, const Draws &d) {
         return resized(x, d, before + "resized_first.resize_and_pad", 0.5);
       }},
      {"halved_in_training", [](const at::Tensor &x, const Draws &) { return x; }},
      {"halved_at_inference", [](const at::Tensor &x, const Draws &) { return x / 2; }},
  };
}

void PrintTo(const Case &one, std::ostream *out) {
  *out << one.defense;
}

using Parameter = std::tuple<Case, std::string>;

class Layers : public ::testing::TestWithParam<Parameter> {
protected:
  const Case &one = std::get<0>(GetParam());
  CompiledModel model{program("layers", std::get<1>(GetParam())), "e", one.defense};
  Examples examples = someExamples(24);

  static at::Tensor dense(const at::Tensor &x, const Parameters &parameters) {
    at::Tensor weights = parameters.at("all/1/weights").to(x.scalar_type());
    return x.flatten(1).matmul(weights.t()) + parameters.at("all/1/bias").to(x.scalar_type());
  }

  at::Tensor slope(const LayerOf &layer, const Parameters &parameters) const {
    at::Tensor leaf = examples.images.to(at::kDouble).requires_grad_();
    at::Tensor answer = dense(layer(leaf, examples.draws), parameters);
    return torch::autograd::grad({answer.sum()}, {leaf})[0];
  }

  at::Tensor compiledSlope(const std::string &gradients, Parameters &parameters) const {
    CompiledFunction function = model.attack("slope", gradients);
    parameters = someParameters(function, "weight");
    giveParameters(function, "weight", parameters);
    return runInBatches(function, examples, "adversarial");
  }
};

TEST_P(Layers, AnswersAreLibTorchs) {
  CompiledFunction predict = model.predict();
  Parameters parameters = someParameters(predict, "weight");
  giveParameters(predict, "weight", parameters);
  at::Tensor expected = dense(one.layer(examples.images.to(at::kDouble), examples.draws), parameters);
  expectEveryElement(runInBatches(predict, examples, "logits"), expected, one.defense, 1e-5);
}

TEST_P(Layers, SlopesAreAutograds) {
  Parameters parameters;
  at::Tensor found = compiledSlope("one_draw", parameters);
  expectEveryElement(found, slope(one.layer, parameters), one.defense, 2e-5);
}

TEST_P(Layers, SlopesUnderEotAreMeansOverDraws) {
  Parameters parameters;
  at::Tensor found = compiledSlope("eot(3)", parameters), mean = at::zeros_like(found, at::kDouble);
  for (uint32_t draw = 0; draw < 3; ++draw) {
    mean += slope(one.layer, parameters) / 3;
    for (auto &row : examples.draws.rows)
      row[1] += 1u << 16;
  }
  expectEveryElement(found, mean, one.defense, 2e-5);
}

/// Each pixel says the margin of the mean answer (S4.2), whatever a layer decides by its draws.
TEST_P(Layers, DecisionsUnderEotAreByMeansOverDraws) {
  CompiledFunction function = model.attack("lead", "eot(3)");
  Parameters parameters = someParameters(function, "weight");
  giveParameters(function, "weight", parameters);
  at::Tensor found = runInBatches(function, examples, "adversarial"), mean = at::zeros({24, 10}, at::kDouble);
  for (int draw = 0; draw < 3; ++draw) {
    mean += dense(one.layer(examples.images.to(at::kDouble), examples.draws), parameters) / 3;
    for (auto &row : examples.draws.rows)
      row[1] += 1u << 16;
  }
  at::Tensor margins = losses(Objective::Margin, /*away=*/true, mean, examples.goals);
  expectEveryElement(found, each(margins).expand_as(found), one.defense, 2e-5);
}

TEST_P(Layers, ALayerThatDrawsIsLeftOutWhereRandomnessIsOff) {
  at::Tensor drawn = one.layer(examples.images, examples.draws),
             others = one.layer(examples.images, examples.draws.at(1));
  if (drawn.equal(others))
    return; // draws nothing
  Parameters parameters;
  at::Tensor found = compiledSlope("randomness_off", parameters);
  expectEveryElement(found, slope(one.withoutDraws, parameters), one.defense, 2e-5);
}

INSTANTIATE_TEST_SUITE_P(Programs, Layers,
                         ::testing::Combine(::testing::ValuesIn(cases()),
                                            ::testing::ValuesIn(variantsToRun())),
                         [](const auto &info) {
                           const std::string &variant = std::get<1>(info.param);
                           return std::get<0>(info.param).defense + "_" + (variant.empty() ? "cpu" : variant);
                         });

// The dense layer learns through the layer that acts in training, and not through the other.
TEST(LayersInTraining, ActWhereTheySay) {
  for (auto &[defense, factor] :
       {std::pair<std::string, double>{"halved_in_training", 0.5}, {"halved_at_inference", 1.0}}) {
    for (const std::string &variant : variantsToRun()) {
      SCOPED_TRACE(defense + " " + variant);
      CompiledModel model(program("layers", variant), "e", defense);
      CompiledFunction step = model.step();
      Examples examples = someExamples(step.batch());
      Parameters parameters = someParameters(step, "parameter"), updated = parameters, velocities;
      for (auto &[name, value] : parameters) {
        velocities[name] = at::zeros_like(value);
        updated[name] = value.clone();
      }
      giveParameters(step, "parameter", parameters);
      zeroStates(step);
      giveExamples(step, examples);
      rt::Context context(1);
      step.run(context.get());
      double scale = factor;
      LogitsOf logits = [scale](const at::Tensor &images, const Parameters &used) {
        return (scale * images).flatten(1).matmul(used.at("all/1/weights").t()) + used.at("all/1/bias");
      };
      at::Tensor weights = at::full({examples.count()}, 1.0 / double(examples.count()));
      trainStep(logits, updated, velocities, {0.05}, 0, examples.images, examples.labels, weights);
      for (auto &[name, value] : updated)
        expectEveryElement(step.argument("parameter", name), value, name, 1e-4, parameters.at(name));
    }
  }
}

} // namespace
