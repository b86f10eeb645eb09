// Choices among chains (Inputs/choices.swy) against LibTorch on the same draws: answers, slopes at every
// pixel under one draw, several, and all paths with their chances; stages of exact judging; steps of a
// training with every weight, and statistics of the examples that drew a member.
#include "runtime/kernels/Context.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>

using namespace switchyard::test;
using switchyard::rt::Context;

namespace {

using Rows = std::vector<int64_t>;

/// A fork as the oracle knows it: its name, and the members' chances.
struct Fork {
  std::string site;
  std::vector<double> chances;
  bool isEqual = false;
};

Fork equalFork(const std::string &site, size_t members) {
  return {site, std::vector<double>(members, 1.0 / double(members)), true};
}

/// What each row draws.
Rows drawnAt(const Draws &draws, const Fork &fork) {
  return drawMembers(draws, fork.site, int64_t(fork.chances.size()),
                     fork.isEqual ? std::vector<double>() : fork.chances);
}

/// Which way each row goes at each fork, by site.
using Ways = std::map<std::string, Rows>;

Ways ofRows(const Ways &ways, const Rows &rows) {
  Ways some;
  for (const auto &[site, all] : ways)
    for (int64_t row : rows)
      some[site].push_back(all[size_t(row)]);
  return some;
}

/// Everything that an answer is made with; in training, layers change the statistics of what passes.
struct Pass {
  const Parameters &parameters;
  Parameters *statistics = nullptr;
  const at::Tensor &operator()(const std::string &name) const { return parameters.at(name); }
};

using Chain = std::function<at::Tensor(const at::Tensor &, const Ways &)>;

/// Each member on the rows that drew it, the others unseen.
at::Tensor chosen(const at::Tensor &x, const Ways &ways, const std::string &site,
                  const std::vector<Chain> &members) {
  std::vector<at::Tensor> results;
  Rows order;
  for (size_t member = 0; member < members.size(); ++member) {
    Rows rows;
    for (int64_t row = 0; row < x.size(0); ++row)
      if (ways.at(site)[size_t(row)] == int64_t(member))
        rows.push_back(row);
    if (rows.empty())
      continue;
    results.push_back(members[member](x.index_select(0, at::tensor(rows)), ofRows(ways, rows)));
    order.insert(order.end(), rows.begin(), rows.end());
  }
  return at::cat(results).index_select(0, at::argsort(at::tensor(order)));
}

at::Tensor conv(const at::Tensor &x, const Pass &p, const std::string &path, int64_t stride,
                int64_t padding = 0) {
  auto bias = p.parameters.find(path + "/bias");
  return at::conv2d(x, p(path + "/weights"), bias == p.parameters.end() ? at::Tensor() : bias->second, stride,
                    padding);
}

at::Tensor dense(const at::Tensor &x, const Pass &p, const std::string &path) {
  return at::linear(x, p(path + "/weights"), p(path + "/bias"));
}

at::Tensor batchNorm(const at::Tensor &x, const Pass &p, const std::string &path) {
  const Parameters &kept = p.statistics ? *p.statistics : p.parameters;
  if (p.statistics && x.numel() == x.size(1)) { // of one element LibTorch's is no number, ours 0 (S6.4)
    kept.at(path + "/mean").mul_(0.9).add_(0.1 * x.detach()[0]);
    kept.at(path + "/variance").mul_(0.9);
    return p(path + "/shift") + 0 * x;
  }
  return at::batch_norm(x, p(path + "/scale"), p(path + "/shift"), kept.at(path + "/mean"),
                        kept.at(path + "/variance"), p.statistics != nullptr, 0.1, 1e-5, false);
}

at::Tensor layerNorm(const at::Tensor &x, const Pass &p, const std::string &path) {
  at::Tensor scale = p(path + "/scale"), shift = p(path + "/shift");
  at::Tensor normal = at::layer_norm(x, x.sizes().slice(1));
  std::vector<int64_t> each{-1};
  each.resize(size_t(x.dim() - 1), 1);
  return scale.dim() + 1 == x.dim() ? normal * scale + shift : normal * scale.view(each) + shift.view(each);
}

const std::string norm = "features/choose/member", pool = "features/choose.2/member",
                  inner = "features/choose.2/1/choose/member", head = "head/choose/member";

at::Tensor members(const at::Tensor &images, const Pass &p, const Ways &ways) {
  auto itself = [](const at::Tensor &x, const Ways &) { return x; };
  auto tanh = [](const at::Tensor &x, const Ways &) { return x.tanh(); };
  at::Tensor y = chosen(
      conv(images, p, "features/0", 2), ways, norm,
      {[&](const at::Tensor &x, const Ways &) { return batchNorm(x, p, "features/choose/0/0"); },
       [&](const at::Tensor &x, const Ways &) {
         return at::instance_norm(x, {}, {}, {}, {}, true, 0.1, 1e-5, false);
       },
       [&](const at::Tensor &x, const Ways &) { return conv(x.tanh(), p, "features/choose/2/1", 1, 1); }});
  y = chosen(y.tanh(), ways, pool,
             {[&](const at::Tensor &x, const Ways &) { return at::avg_pool2d(x, 2); },
              [&](const at::Tensor &x, const Ways &some) {
                return chosen(conv(x, p, "features/choose.2/1/0", 2), some, inner, {tanh, itself});
              },
              [&](const at::Tensor &x, const Ways &) {
                const std::string path = "features/choose.2/2/0";
                return localConv(x, p(path + "/weights"), p(path + "/bias"), 2, 0);
              }});
  return chosen(y.flatten(1), ways, head,
                {[&](const at::Tensor &x, const Ways &) { return dense(x, p, "head/choose/0/0"); },
                 [&](const at::Tensor &x, const Ways &) {
                   return dense(dense(x, p, "head/choose/1/0").tanh(), p, "head/choose/1/2");
                 }});
}

const std::string first = "features/1+random_normalization.choose/member",
                  second = "head/2+random_normalization.choose/member";

at::Tensor normalized(const at::Tensor &images, const Pass &p, const Ways &ways) {
  auto norms = [&](const std::string &place) -> std::vector<Chain> {
    return {[&, place](const at::Tensor &x, const Ways &) { return batchNorm(x, p, place + "batch_norm"); },
            [&, place](const at::Tensor &x, const Ways &) { return layerNorm(x, p, place + "layer_norm"); }};
  };
  at::Tensor y =
      chosen(conv(images, p, "features/0", 2), ways, first, norms("features/1+random_normalization."));
  y = dense(y.tanh().flatten(1), p, "head/1");
  return dense(chosen(y, ways, second, norms("head/2+random_normalization.")).tanh(), p, "head/4");
}

struct Case {
  std::string experiment, defense;
  at::Tensor (*answer)(const at::Tensor &, const Pass &, const Ways &);
  std::vector<Fork> forks; // in the order of the network
};

void PrintTo(const Case &one, std::ostream *out) {
  *out << one.experiment;
}

std::vector<Case> cases() {
  return {{"members",
           "none",
           members,
           {equalFork(norm, 3), {pool, {0.5, 0.3, 0.2}}, equalFork(inner, 2), equalFork(head, 2)}},
          {"normalized", "random_normalization", normalized, {{first, {0.6, 0.4}}, {second, {0.6, 0.4}}}}};
}

Ways drawn(const Case &one, const Draws &draws) {
  Ways ways;
  for (const Fork &fork : one.forks)
    ways[fork.site] = drawnAt(draws, fork);
  return ways;
}

/// Every path with its chance, the last fork's member changing first; of all rows one.
std::vector<std::pair<Ways, double>> allPaths(const Case &one, int64_t rows) {
  std::vector<std::pair<Ways, double>> paths{{{}, 1}};
  for (const Fork &fork : one.forks) {
    std::vector<std::pair<Ways, double>> longer;
    for (const auto &[ways, chance] : paths)
      for (size_t member = 0; member < fork.chances.size(); ++member) {
        longer.push_back({ways, chance * fork.chances[member]});
        longer.back().first[fork.site] = Rows(size_t(rows), int64_t(member));
      }
    paths = std::move(longer);
  }
  return paths;
}

class Choices : public ::testing::TestWithParam<std::tuple<Case, std::string>> {
protected:
  const Case &one = std::get<0>(GetParam());
  CompiledModel model{program("choices", std::get<1>(GetParam())), one.experiment, one.defense};
  Examples examples = someExamples(24);
  at::Tensor images = examples.images.to(at::kDouble);

  using Answer = std::function<at::Tensor(const at::Tensor &, const Pass &)>;

  void expectSlope(const std::string &gradients, const Answer &answer) const {
    CompiledFunction attack = model.attack("slope", gradients);
    Parameters parameters = normalizedParameters(attack, "weight", 0.1), exact = inDouble(parameters);
    giveParameters(attack, "weight", parameters);
    at::Tensor leaf = images.clone().requires_grad_();
    at::Tensor slope = torch::autograd::grad({answer(leaf, {exact}).sum()}, {leaf})[0];
    expectEveryElement(runInBatches(attack, examples, "adversarial"), slope, gradients, 2e-5);
  }
};

TEST_P(Choices, AnswersAreOfTheMembersDrawn) {
  CompiledFunction predict = model.predict();
  Parameters parameters = normalizedParameters(predict, "weight", 0.1), exact = inDouble(parameters);
  giveParameters(predict, "weight", parameters);
  Ways ways = drawn(one, examples.draws);
  for (const Fork &fork : one.forks) // each member serves an example
    EXPECT_EQ(std::set<int64_t>(ways[fork.site].begin(), ways[fork.site].end()).size(), fork.chances.size());
  expectEveryElement(runInBatches(predict, examples, "logits"), one.answer(images, {exact}, ways), "logits",
                     1e-5);
}

TEST_P(Choices, SlopesAreAutograds) {
  expectSlope("one_draw", [&](const at::Tensor &x, const Pass &p) {
    return one.answer(x, p, drawn(one, examples.draws));
  });
  expectSlope("eot(3)", [&](const at::Tensor &x, const Pass &p) {
    at::Tensor sum = at::zeros({x.size(0), 10}, x.options());
    for (uint32_t draw = 0; draw < 3; ++draw) {
      Draws draws = examples.draws;
      for (auto &row : draws.rows)
        row[1] += draw << 16;
      sum = sum + one.answer(x, p, drawn(one, draws));
    }
    return sum / 3;
  });
}

TEST_P(Choices, AllPathsAreWeighedByTheirChances) {
  expectSlope("all_paths", [&](const at::Tensor &x, const Pass &p) {
    at::Tensor sum = at::zeros({x.size(0), 10}, x.options());
    for (const auto &[ways, chance] : allPaths(one, x.size(0)))
      sum = sum + chance * one.answer(x, p, ways);
    return sum;
  });
}

TEST_P(Choices, WithoutRandomnessAreTheFirstMembers) {
  expectSlope("randomness_off", [&](const at::Tensor &x, const Pass &p) {
    return one.answer(x, p, allPaths(one, x.size(0)).front().first);
  });
}

/// A stage goes through the paths of its block's forks, the last one fastest.
TEST_P(Choices, StagesGoThroughEveryWay) {
  std::vector<CompiledFunction> stages = model.stages();
  ASSERT_EQ(stages.size(), 2u);
  examples = someExamples(stages[0].batch());
  Parameters all;
  for (CompiledFunction &stage : stages) {
    Parameters own = normalizedParameters(stage, "weight", 0.1);
    giveParameters(stage, "weight", own);
    all.insert(own.begin(), own.end());
  }
  all = inDouble(all);
  giveExamples(stages[0], examples);
  Context context(1);
  auto paths = allPaths(one, examples.count());
  paths.erase(std::remove_if(paths.begin(), paths.end(),
                             [](auto &path) { // the fork inside is come by in one member alone
                               auto &ways = path.first;
                               return ways.count(inner) && ways.at(pool)[0] != 1 && ways.at(inner)[0] != 0;
                             }),
              paths.end());
  size_t ofHead = 1;
  for (const Fork &fork : one.forks)
    ofHead *= fork.site.rfind("head", 0) == 0 ? fork.chances.size() : 1;
  for (size_t path = 0; path < paths.size(); ++path) {
    stages[0].set("channel", "", double(path / ofHead));
    stages[0].run(context.get());
    stages[1].set("channel", "", double(path % ofHead));
    stages[1].set("activation", "", stages[0].argument("next_activation"));
    stages[1].run(context.get());
    at::Tensor exact = one.answer(examples.images.to(at::kDouble), {all}, paths[path].first);
    expectEveryElement(stages[1].argument("logits"), exact, "path " + std::to_string(path), 1e-5);
  }
}

/// On a batch whose last rows are padding. The third step has few examples, and members that none of them
/// draws: their statistics stay.
TEST_P(Choices, ThreeStepsAreTheOracles) {
  CompiledFunction step = model.step();
  Parameters parameters = normalizedParameters(step, "parameter", 0.1), before, statistics, velocities;
  giveParameters(step, "parameter", parameters);
  for (const auto &[name, value] : parameters) {
    before[name] = value.clone();
    if (isStatistic(name))
      statistics[name] = value.to(at::kDouble);
  }
  zeroStates(step);
  Parameters trained = inDouble(parameters);
  for (const auto &[name, value] : statistics)
    trained.erase(name);
  Examples examples = someExamples(step.batch());
  Context context(1);
  for (int iteration = 0; iteration < 3; ++iteration) {
    const int64_t valid = iteration == 2 ? 3 : 17;
    at::Tensor weights = at::cat({at::full({valid}, 1.0 / double(valid)), at::zeros({step.batch() - valid})});
    runStep(step, examples, weights, iteration, context.get());
    Examples real = examples.part(0, valid);
    LogitsOf logits = [&](const at::Tensor &x, const Parameters &used) {
      at::Tensor unused = at::zeros({}, x.options()); // by members that no example drew: of slope 0
      for (const auto &[name, value] : used)
        unused = unused + 0 * value.sum();
      return one.answer(x, {used, &statistics}, drawn(one, real.draws)) + unused;
    };
    at::Tensor losses = trainStep(logits, trained, velocities, {0.05, 0.9, 0, false}, iteration,
                                  real.images.to(at::kDouble), real.labels, weights.slice(0, 0, valid));
    expectEveryElement(step.argument("loss").slice(0, 0, valid), losses, "losses");
    for (const auto &[name, value] : trained)
      if (value.sub(before.at(name)).abs().max().item<double>() > 1e-6) // a bias before a mean is no change
        expectEveryElement(step.argument("parameter", name), value, name, 1e-3, before.at(name));
      else
        EXPECT_LE(step.argument("parameter", name).sub(before.at(name)).abs().max().item<double>(), 1e-5)
            << name;
    for (const auto &[name, value] : statistics)
      expectEveryElement(step.argument("parameter", name), value, name, 1e-4, before.at(name));
  }
}

/// What `chance` counts is weighed, too: how much of the paths the goal's class does not lead.
TEST_P(Choices, ChancesOfConditionsAreWeighed) {
  if (one.experiment != "members")
    return;
  CompiledFunction attack = model.attack("lead", "all_paths");
  Parameters parameters = normalizedParameters(attack, "weight", 0.1), exact = inDouble(parameters);
  giveParameters(attack, "weight", parameters);
  at::Tensor share = at::zeros({images.size(0)}, at::kDouble);
  at::Tensor goals = examples.goals.to(at::kLong).unsqueeze(1);
  for (const auto &[ways, chance] : allPaths(one, images.size(0))) {
    at::Tensor logits = one.answer(images, {exact}, ways), others = logits.clone();
    others.scatter_(1, goals, -1e9);
    share += chance * (logits.gather(1, goals).squeeze(1) < std::get<0>(others.max(1))).to(at::kDouble);
  }
  EXPECT_GT(share.std().item<double>(), 0.02);
  expectEveryElement(runInBatches(attack, examples, "adversarial"),
                     share.view({-1, 1, 1, 1}).expand_as(images), "chance", 1e-6);
}

/// `members` under hrs([2, 3]): stacks of channels, of which each example takes its own, and members beside.
class SwitchedChoices : public ::testing::TestWithParam<std::string> {
protected:
  const Case one = cases().front();
  CompiledModel model{program("choices", GetParam()), one.experiment, "hrs"};
  Examples examples = someExamples(24);
  at::Tensor images = examples.images.to(at::kDouble);

  using Channels = std::array<int64_t, 2>; // of features, of the head

  /// Row by row, by the channels of its own and the way that it goes through them.
  at::Tensor switched(const at::Tensor &x, const Parameters &stacks, const std::vector<Channels> &channels,
                      const Ways &ways) const {
    std::vector<at::Tensor> rows;
    for (int64_t row = 0; row < x.size(0); ++row)
      rows.push_back(one.answer(x.slice(0, row, row + 1), {ofChannels(stacks, channels[size_t(row)])},
                                ofRows(ways, {row})));
    return at::cat(rows);
  }

  static Parameters ofChannels(const Parameters &stacks, const Channels &channels) {
    Parameters own;
    for (const auto &[name, value] : stacks)
      own[name] = value[channels[name.rfind("head", 0) == 0]];
    return own;
  }

  at::Tensor switchedByDraws(const at::Tensor &x, const Parameters &stacks) const {
    Rows features = drawChannels(examples.draws, "features", 2),
         head = drawChannels(examples.draws, "head", 3);
    std::vector<Channels> channels;
    for (size_t row = 0; row < features.size(); ++row)
      channels.push_back({features[row], head[row]});
    return switched(x, stacks, channels, drawn(one, examples.draws));
  }

  template <typename F> void expectSlope(const std::string &gradients, F answer) const {
    CompiledFunction attack = model.attack("slope", gradients);
    Parameters stacks = normalizedParameters(attack, "weight", 0.1), exact = inDouble(stacks);
    giveParameters(attack, "weight", stacks);
    at::Tensor leaf = images.clone().requires_grad_();
    at::Tensor slope = torch::autograd::grad({answer(leaf, exact).sum()}, {leaf})[0];
    expectEveryElement(runInBatches(attack, examples, "adversarial"), slope, gradients, 2e-5);
  }
};

TEST_P(SwitchedChoices, AnswersAreOfEachRowsChannelsAndMembers) {
  CompiledFunction predict = model.predict();
  Parameters stacks = normalizedParameters(predict, "weight", 0.1);
  ASSERT_EQ(stacks.at("features/choose.2/2/0/weights").size(0), 2);
  ASSERT_EQ(stacks.at("head/choose/0/0/weights").size(0), 3);
  giveParameters(predict, "weight", stacks);
  expectEveryElement(runInBatches(predict, examples, "logits"), switchedByDraws(images, inDouble(stacks)),
                     "logits", 1e-5);
}

TEST_P(SwitchedChoices, SlopesAreAutograds) {
  expectSlope("one_draw",
              [&](const at::Tensor &x, const Parameters &stacks) { return switchedByDraws(x, stacks); });
}

TEST_P(SwitchedChoices, AllPathsGoThroughChannelsAndMembers) {
  expectSlope("all_paths", [&](const at::Tensor &x, const Parameters &stacks) {
    at::Tensor sum = at::zeros({x.size(0), 10}, x.options());
    for (int64_t features = 0; features < 2; ++features)
      for (int64_t head = 0; head < 3; ++head) {
        Parameters own = ofChannels(stacks, {features, head});
        for (const auto &[ways, chance] : allPaths(one, x.size(0)))
          sum = sum + chance / 6 * one.answer(x, {own}, ways);
      }
    return sum;
  });
}

INSTANTIATE_TEST_SUITE_P(
    Programs, Choices, ::testing::Combine(::testing::ValuesIn(cases()), ::testing::ValuesIn(variantsToRun())),
    [](const auto &info) {
      const std::string &variant = std::get<1>(info.param);
      return std::get<0>(info.param).experiment + "_" + (variant.empty() ? "cpu" : variant);
    });

INSTANTIATE_TEST_SUITE_P(Programs, SwitchedChoices, ::testing::ValuesIn(variantsToRun()),
                         [](const auto &info) { return info.param.empty() ? "cpu" : info.param; });

} // namespace
