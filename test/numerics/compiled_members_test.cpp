// Attacks that go through members and classes, and means inside of expressions (Inputs/members.swy), against
// LibTorch on the same draws: gradients at every pixel; ARC, DeepFool, FAB and the boundary attack as their
// papers have them.
#include "runtime/kernels/Philox.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

using namespace switchyard::test;
using switchyard::rt::passWord;

namespace {

at::Tensor wide(const at::Tensor &each) {
  return each.view({-1, 1, 1, 1});
}
at::Tensor sumOf(const at::Tensor &images) {
  return images.flatten(1).sum(1);
}
at::Tensor normOf(const at::Tensor &images) {
  return images.flatten(1).norm(2, 1);
}
at::Tensor farthest(const at::Tensor &images) {
  return std::get<0>(images.abs().flatten(1).max(1));
}

/// One way through the model and one draw, with what it weighs.
struct Sample {
  int64_t channel = 0, second = 0, member = 0;
  uint32_t draw = 0;
  double weight = 1;
};

/// A network of Inputs/members.swy in double.
class Model {
public:
  Model(std::string kind, std::string defense, Parameters given, Draws draws, at::Tensor labels)
      : kind(std::move(kind)), switches(defense == "hrs"), given(inDouble(given)), draws(std::move(draws)),
        labels(std::move(labels)) {}

  /// Of an estimator, by the text of its column.
  std::vector<Sample> samples(const std::string &gradients) const {
    if (gradients == "all_paths")
      return paths();
    std::vector<Sample> all;
    uint32_t count = gradients == "eot(3)" ? 3 : 1;
    for (uint32_t draw = 0; draw < count; ++draw)
      all.push_back({-1, -1, -1, draw, 1.0 / count});
    return all;
  }

  /// In the order of their numbers.
  std::vector<Sample> paths() const {
    std::vector<Sample> all;
    if (kind == "choosing")
      for (int64_t member = 0; member < 3; ++member)
        all.push_back({0, 0, member, 0, chances[size_t(member)]});
    else
      for (int64_t i = 0; i < (switches ? 6 : 1); ++i)
        all.push_back({i / 2, i % 2, 0, 0, switches ? 1.0 / 6 : 1});
    return all;
  }

  at::Tensor answer(const at::Tensor &x, const Sample &how, uint32_t pass) const {
    Draws own = draws.at(pass);
    for (auto &row : own.rows)
      row[1] += how.draw << 16;
    std::vector<at::Tensor> rows;
    std::vector<int64_t> first(size_t(x.size(0)), how.channel), second(size_t(x.size(0)), how.second);
    if (switches && how.channel < 0) {
      first = drawChannels(own, "features", 3);
      second = drawChannels(own, "head", 2);
    }
    at::Tensor y;
    if (!switches) {
      y = activated(at::conv2d(x, given.at("features/0/weights"), given.at("features/0/bias"), 2), how.member)
              .flatten(1);
      if (kind == "noisy")
        y = y + 0.3 * drawNormal(own, "features/3", y.sizes().slice(1)).to(at::kDouble);
      return at::linear(y, given.at("head/0/weights"), given.at("head/0/bias"));
    }
    for (int64_t row = 0; row < x.size(0); ++row) {
      int64_t i = first[size_t(row)], j = second[size_t(row)];
      y = at::conv2d(x.slice(0, row, row + 1), given.at("features/0/weights")[i],
                     given.at("features/0/bias")[i], 2);
      rows.push_back(
          at::linear(y.tanh().flatten(1), given.at("head/0/weights")[j], given.at("head/0/bias")[j]));
    }
    return at::cat(rows);
  }

  template <typename F>
  at::Tensor mean(const std::vector<Sample> &set, const at::Tensor &x, uint32_t pass, F of) const {
    at::Tensor sum;
    for (const Sample &one : set) {
      at::Tensor term = one.weight * of(answer(x, one, pass));
      sum = sum.defined() ? sum + term : term;
    }
    return sum;
  }

  at::Tensor margin(const at::Tensor &z) const { return losses(Objective::Margin, true, z, labels); }
  at::Tensor descended(const at::Tensor &z) const { return losses(Objective::CrossEntropy, true, z, labels); }
  /// How often an answer is the label.
  at::Tensor right(const std::vector<Sample> &set, const at::Tensor &x, uint32_t pass) const {
    return mean(set, x, pass, [&](const at::Tensor &z) { return (margin(z) > 0).to(at::kDouble); });
  }

  std::string kind;
  bool switches;
  Parameters given;
  Draws draws;
  at::Tensor labels;

private:
  const std::vector<double> chances = {0.2, 0.5, 0.3};

  at::Tensor activated(const at::Tensor &y, int64_t member) const {
    if (kind != "choosing")
      return y.tanh();
    return member == 0 ? y.tanh() : member == 1 ? y.relu() : y.tanh().tanh();
  }
};

/// Of each example's number, at each example.
at::Tensor slope(const at::Tensor &x, const std::function<at::Tensor(const at::Tensor &)> &of) {
  at::Tensor leaf = x.detach().clone().requires_grad_();
  return torch::autograd::grad({of(leaf).sum()}, {leaf})[0];
}

at::Tensor ofClass(const at::Tensor &z, const at::Tensor &classes) {
  return z.gather(1, classes.view({-1, 1}).to(at::kLong)).squeeze(1);
}

/// The nearest boundary of another class than `from` (each example's), linearized: distance by `size` of the
/// slope.
struct Boundary {
  at::Tensor distance, slope, gap;
};
Boundary nearest(const at::Tensor &x, const std::function<at::Tensor(const at::Tensor &)> &answer,
                 const at::Tensor &from, const std::function<at::Tensor(const at::Tensor &)> &size) {
  Boundary best{at::full({x.size(0)}, INFINITY, at::kDouble), at::zeros_like(x),
                at::zeros({x.size(0)}, at::kDouble)};
  for (int64_t k = 0; k < 10; ++k) {
    auto gapAt = [&](const at::Tensor &here) {
      at::Tensor z = answer(here);
      return z.select(1, k) - ofClass(z, from);
    };
    at::Tensor w = slope(x, gapAt), gap = gapAt(x.detach()).detach(), distance = gap.abs() / size(w);
    at::Tensor closer = (distance < best.distance).logical_and(from != k);
    best.distance = at::where(closer, distance, best.distance);
    best.slope = at::where(wide(closer), w, best.slope);
    best.gap = at::where(closer, gap, best.gap);
  }
  return best;
}

struct Case {
  std::string experiment, defense, gradients, variant = chosenVariant();
};
void PrintTo(const Case &one, std::ostream *out) {
  *out << one.experiment << ", " << one.defense << ", " << one.gradients << ", " << one.variant;
}

class Members : public ::testing::TestWithParam<Case> {
protected:
  CompiledModel compiled{program("members", GetParam().variant), GetParam().experiment, GetParam().defense};
  CompiledFunction predict = compiled.predict();
  Parameters parameters = someParameters(predict, "weight");
  Examples examples = someExamples(std::min<int64_t>(predict.batch(), 32));
  at::Tensor clean = examples.images.to(at::kDouble);

  void SetUp() override { examples.goals = examples.labels; }

  Model model() const {
    return {GetParam().experiment, GetParam().defense, parameters, examples.draws, examples.labels};
  }
  std::vector<Sample> samples() const { return model().samples(GetParam().gradients); }

  at::Tensor attacked(const std::string &text) {
    CompiledFunction function = compiled.attack(text, GetParam().gradients);
    giveParameters(function, "weight", parameters);
    return runInBatches(function, examples, "adversarial").to(at::kDouble);
  }
  at::Tensor inBall(const at::Tensor &x, double eps) const {
    return at::clamp(at::min(at::max(x, clean - eps), clean + eps), 0, 1);
  }
  at::Tensor uniform(int site, uint32_t pass, double low, double high) const {
    at::Tensor unit =
        drawUniform(examples.draws.at(pass), "attack/draw#" + std::to_string(site), {1, 28, 28});
    return low + (high - low) * unit.to(at::kDouble);
  }
};

class Slopes : public Members {};

TEST_P(Slopes, OfTheLossOfTheMeanAnswer) {
  Model m = model();
  at::Tensor expected = slope(clean, [&](const at::Tensor &x) {
    return m.descended(m.mean(samples(), x, 0, [](const at::Tensor &z) { return z; }));
  });
  expectEveryElement(attacked("of_mean_answer"), expected, "mean answer");
}

TEST_P(Slopes, OfMeansInsideOfMeansAndBesideThem) {
  if (GetParam().experiment == "choosing")
    return;
  Model m = model();
  auto same = [](const at::Tensor &z) { return z; };
  auto total = [](const at::Tensor &z) { return at::logsumexp(z, 1); };
  at::Tensor expected = slope(clean, [&](const at::Tensor &x) {
    at::Tensor inner = m.margin(m.mean(samples(), x, passWord(0, 0), same));
    at::Tensor gap = inner * m.mean(samples(), x, passWord(1, 0), total);
    return gap * (x * x).flatten(1).mean(1) + m.mean(samples(), x, passWord(2, 0), total);
  });
  expectEveryElement(attacked("beside_a_mean"), expected, "beside a mean");
}

TEST_P(Slopes, OfASumOverPathsAndClasses) {
  if (GetParam().experiment == "noisy")
    return;
  Model m = model();
  at::Tensor expected = slope(clean, [&](const at::Tensor &x) {
    at::Tensor total = at::zeros({x.size(0)}, at::kDouble);
    for (const Sample &path : m.paths()) {
      at::Tensor z = m.answer(x, path, 0);
      total = total + path.weight * (z.square().sum(1) - ofClass(z, m.labels).square());
    }
    return total * (x * x).flatten(1).mean(1);
  });
  expectEveryElement(attacked("summed"), expected, "sum in loops");
}

/// What a loop hands on is a mean over the draws (S4.2), in each turn.
TEST_P(Slopes, OfWhatTurnsMakeOfEachOther) {
  if (GetParam().experiment == "choosing")
    return;
  Model m = model();
  at::Tensor expected = slope(clean, [&](const at::Tensor &x) {
    at::Tensor a = x.flatten(1).mean(1), b = at::ones_like(a), image = x;
    for (uint32_t turn = 0; turn < 3; ++turn) {
      at::Tensor nextA = at::zeros_like(a), nextB = at::zeros_like(b);
      for (const Sample &one : samples()) {
        at::Tensor own = a * b + at::logsumexp(m.answer(x, one, passWord(0, turn)), 1);
        nextA = nextA + one.weight * own;
        nextB = nextB + one.weight * (b / 2 + own * own / 100);
      }
      a = nextA;
      b = nextB;
      image = image * x;
    }
    return a * b + image.flatten(1).mean(1);
  });
  expectEveryElement(attacked("made_in_turns"), expected, "turns");
}

TEST_P(Slopes, OfAllPathsTheLikeliestFirst) {
  if (GetParam().experiment == "noisy")
    return;
  Model m = model();
  std::vector<Sample> paths = m.paths();
  std::stable_sort(paths.begin(), paths.end(),
                   [](const Sample &a, const Sample &b) { return a.weight > b.weight; });
  at::Tensor expected = at::zeros_like(clean);
  for (const Sample &path : paths)
    expected = expected / 2 + path.weight * slope(clean, [&](const at::Tensor &x) {
                                return m.descended(m.answer(x, path, 0));
                              });
  expectEveryElement(attacked("in_order"), expected, "in order");
}

TEST_P(Slopes, OfAllPathsAndAllClassesButTheAnswer) {
  if (GetParam().experiment == "noisy")
    return;
  Model m = model();
  at::Tensor expected = at::zeros_like(clean);
  for (const Sample &path : m.paths()) {
    at::Tensor answer = m.answer(clean, path, 0).argmax(1);
    for (int64_t i = 0; i < 9; ++i) {
      at::Tensor k = at::where(answer <= i, i + 1, i);
      expected = 0.9 * expected + slope(clean, [&](const at::Tensor &x) {
                   at::Tensor z = m.answer(x, path, 0);
                   return ofClass(z, k) - ofClass(z, examples.labels);
                 });
    }
  }
  expectEveryElement(attacked("by_number"), expected, "by number");
}

INSTANTIATE_TEST_SUITE_P(Programs, Slopes,
                         ::testing::Values(Case{"plain", "none", "one_draw"},
                                           Case{"plain", "hrs", "one_draw"},
                                           Case{"plain", "hrs", "all_paths"},
                                           Case{"choosing", "none", "all_paths"},
                                           Case{"noisy", "none", "one_draw"}, Case{"noisy", "none", "eot(3)"},
                                           Case{"plain", "hrs", "all_paths", "emulated"}));

class Algorithms : public Members {};

/// Dbouk and Shanbhag (2022), Algorithm 1, in the l-infinity ball.
TEST_P(Algorithms, ArcIsThePublished) {
  Model m = model();
  const double eps = 0.1, step = eps / 4;
  std::vector<Sample> set = samples(), paths = m.paths();
  std::stable_sort(paths.begin(), paths.end(),
                   [](const Sample &a, const Sample &b) { return a.weight > b.weight; });
  at::Tensor x = inBall(clean + uniform(0, 0, -eps, eps), eps), best = m.right(set, x, passWord(0, 0));
  for (uint32_t turn = 0; turn < 3; ++turn) {
    at::Tensor delta = at::zeros_like(clean), local = best;
    for (size_t i = 0; i < paths.size(); ++i) {
      auto number = uint32_t(turn * paths.size() + i);
      auto answer = [&](const at::Tensor &here) { return m.answer(here, paths[i], 0); };
      at::Tensor y = x + delta;
      Boundary to =
          nearest(y, answer, answer(y).argmax(1), [](const at::Tensor &w) { return sumOf(w.abs()) + 1e-10; });
      at::Tensor unit = to.slope / wide(sumOf(to.slope.abs()) + 1e-10); // toward the other class
      at::Tensor across =
          step / (step - to.distance + 1e-10) * (to.distance - sumOf(unit * delta)).abs() + 0.05 * eps;
      at::Tensor length = i == 0 ? at::full_like(across, step) : at::where(to.distance >= step, step, across);
      at::Tensor tried = delta + wide(length) * unit.sign();
      tried = step * tried / wide(farthest(tried) + 1e-10);
      at::Tensor now = m.right(set, inBall(x + tried, eps), passWord(2, number)), taken = now <= local;
      delta = at::where(wide(taken), tried, delta);
      local = at::where(taken, now, local);
    }
    at::Tensor moved = inBall(x + delta, eps), now = m.right(set, moved, passWord(3, turn)),
               taken = now <= best;
    x = at::where(wide(taken), moved, x);
    best = at::where(taken, now, best);
  }
  at::Tensor found = attacked("arc(eps = 0.1, steps = 3)");
  EXPECT_GE(equalImages(found, x), 0.9);
  EXPECT_NEAR(m.right(set, found, 0).mean().item<double>(), m.right(set, x, 0).mean().item<double>(), 0.02);
}

INSTANTIATE_TEST_SUITE_P(Programs, Algorithms,
                         ::testing::Values(Case{"plain", "none", "one_draw"},
                                           Case{"plain", "hrs", "all_paths"},
                                           Case{"choosing", "none", "all_paths"}));

/// What knows one answer.
class Deterministic : public Members {
protected:
  /// Of images that are right: what errs as it is has no boundary to be led over.
  void SetUp() override {
    examples.labels = answer(clean).argmax(1).to(at::kInt);
    examples.goals = examples.labels;
  }
  at::Tensor answer(const at::Tensor &x) const { return model().answer(x, {}, 0); }
  at::Tensor isWrong(const at::Tensor &x) const { return model().margin(answer(x)) < 0; }
  Boundary nearestTo(const at::Tensor &x, const std::function<at::Tensor(const at::Tensor &)> &size) const {
    return nearest(x, [&](const at::Tensor &here) { return answer(here); }, examples.labels, size);
  }
  void expectSame(const at::Tensor &found, const at::Tensor &expected) const {
    EXPECT_GE(equalImages(found, expected), 0.9);
    EXPECT_NEAR(normOf(found - clean).mean().item<double>(), normOf(expected - clean).mean().item<double>(),
                0.02 * normOf(expected - clean).mean().item<double>());
  }
};

/// Moosavi-Dezfooli et al. (2016), Algorithm 2.
TEST_P(Deterministic, DeepFoolIsThePublished) {
  at::Tensor moved = at::zeros_like(clean);
  for (int turn = 0; turn < 4; ++turn) {
    at::Tensor x = at::clamp(clean + 1.02 * moved, 0, 1);
    Boundary to = nearestTo(x, [](const at::Tensor &w) { return normOf(w).clamp_min(1e-12); });
    at::Tensor next = moved + wide((to.distance + 1e-4) / normOf(to.slope).clamp_min(1e-12)) * to.slope;
    moved = at::where(wide(model().margin(answer(x)) > 0), next, moved);
  }
  expectSame(attacked("deepfool(steps = 4)"), at::clamp(clean + 1.02 * moved, 0, 1));
}

/// The nearest point in l-infinity to `x` on the plane w . (y - x) = ahead within [0, 1]: sorted by the room
/// that pixels have, those with least of it first at their ends.
at::Tensor ontoPlane(const at::Tensor &x, const at::Tensor &w, const at::Tensor &ahead) {
  at::Tensor result = at::zeros_like(x);
  for (int64_t i = 0; i < x.size(0); ++i) {
    at::Tensor weights = w[i].flatten().abs(), sign = (w[i] * ahead[i]).sign();
    at::Tensor room = at::where(sign > 0, 1 - x[i], x[i]).flatten();
    auto [rooms, order] = room.sort();
    double rest = weights.sum().item<double>(), done = 0, wanted = std::abs(ahead[i].item<double>());
    double far = rooms[-1].item<double>();
    for (int64_t j = 0; j < rooms.size(0); ++j) {
      double here = rooms[j].item<double>(), own = weights[order[j].item<int64_t>()].item<double>();
      if (done + rest * here >= wanted) {
        far = rest > 0 ? (wanted - done) / rest : far;
        break;
      }
      done += own * here;
      rest -= own;
    }
    result[i] = sign * at::minimum(at::full_like(room, far), room).view_as(x[i]);
  }
  return result;
}

/// Croce and Hein (2020), Algorithm 1.
TEST_P(Deterministic, FabIsThePublished) {
  at::Tensor x = clean, best = clean, least = at::full({clean.size(0)}, INFINITY, at::kDouble);
  for (int turn = 0; turn < 6; ++turn) {
    Boundary to = nearestTo(x, [](const at::Tensor &w) { return sumOf(w.abs()) + 1e-12; });
    at::Tensor own = ontoPlane(x, to.slope, -to.gap);
    at::Tensor back = ontoPlane(clean, to.slope, -to.gap - sumOf(to.slope * (clean - x)));
    at::Tensor a = farthest(own).clamp_min(1e-8), b = farthest(back).clamp_min(1e-8);
    at::Tensor alpha = wide((a / (a + b)).clamp_max(0.1));
    x = at::clamp((1 - alpha) * (x + 1.05 * own) + alpha * (clean + 1.05 * back), 0, 1);
    at::Tensor wrong = isWrong(x), far = farthest(x - clean), better = wrong.logical_and(far < least);
    best = at::where(wide(better), x, best);
    least = at::where(better, far, least);
    x = at::where(wide(wrong), clean + 0.9 * (x - clean), x);
  }
  at::Tensor found = attacked("fab(steps = 6)");
  EXPECT_GE(equalImages(found, best), 0.9);
  EXPECT_NEAR(farthest(found - clean).mean().item<double>(), farthest(best - clean).mean().item<double>(),
              1e-3);
}

/// Brendel et al. (2018), Figure 2, with the sizes of steps that Foolbox has.
TEST_P(Deterministic, BoundaryIsThePublished) {
  at::Tensor start = clean, found = at::zeros({clean.size(0)}, at::kBool);
  for (uint32_t i = 0; i < 3; ++i) {
    at::Tensor noise = uniform(0, i, 0, 1), first = isWrong(noise).logical_and(found.logical_not());
    start = at::where(wide(first), noise, start);
    found = found.logical_or(first);
  }
  at::Tensor low = at::zeros({clean.size(0)}, at::kDouble), high = at::ones_like(low);
  for (int i = 0; i < 20; ++i) {
    at::Tensor half = (low + high) / 2, wrong = isWrong(clean + wide(half) * (start - clean));
    high = at::where(wrong, half, high);
    low = at::where(wrong, low, half);
  }
  at::Tensor x = at::where(wide(found), clean + wide(high) * (start - clean), clean);
  for (uint32_t i = 0; i < 60; ++i) { // too few for a size to change
    at::Tensor distance = normOf(clean - x).clamp_min(1e-12), home = (clean - x) / wide(distance);
    at::Tensor noise = drawNormal(examples.draws.at(i), "attack/draw#1", {1, 28, 28}).to(at::kDouble);
    noise = noise - wide(sumOf(noise * home)) * home;
    noise = noise * wide(0.1 * distance / normOf(noise).clamp_min(1e-12));
    at::Tensor turned = at::clamp(clean + (noise - (clean - x)) / std::sqrt(0.1 * 0.1 + 1), 0, 1);
    at::Tensor rest = normOf(clean - turned).clamp_min(1e-12);
    at::Tensor length = (0.1 * distance + rest - distance).clamp_min(0) / rest;
    at::Tensor moved = at::clamp(turned + wide(length) * (clean - turned), 0, 1);
    at::Tensor taken = found.logical_and(isWrong(moved)).logical_and(normOf(clean - moved) < distance);
    x = at::where(wide(taken), moved, x);
  }
  expectSame(attacked("boundary(steps = 60, across = 0.1, toward_image = 0.1, tries = 3)"), x);
}

TEST_P(Deterministic, NoiseKeepsTheLowestOfItsTries) {
  at::Tensor best = clean, least = at::full({clean.size(0)}, INFINITY, at::kDouble);
  for (uint32_t i = 0; i < 4; ++i) {
    at::Tensor x = inBall(clean + uniform(0, i, -0.1, 0.1), 0.1), value = model().margin(answer(x));
    best = at::where(wide(value < least), x, best);
    least = at::minimum(value, least);
  }
  EXPECT_EQ(equalImages(attacked("noise(eps = 0.1, tries = 4)"), best), 1);
}

INSTANTIATE_TEST_SUITE_P(Programs, Deterministic, ::testing::Values(Case{"plain", "none", "one_draw"}));

} // namespace
