// Balls in l1 and l0: projections against the definition of the nearest point, by sorting and in 64 bits, and
// the attacks in them against their published algorithms on LibTorch's autograd and the same draws.
#include "runtime/kernels/Philox.h"
#include "test/numerics/Programs.h"

#include <gtest/gtest.h>

using namespace switchyard::test;
using switchyard::rt::passWord;

namespace {

at::Tensor wide(const at::Tensor &each) {
  return each.view({-1, 1, 1, 1});
}

/// The nearest point of the l1 ball and the box around one image: changes shrink by the threshold at which
/// their sum, cut off at the box, is the radius. That sum falls in straight lines between sizes and what is
/// beyond the box of them.
at::Tensor nearestInL1(const at::Tensor &point, const at::Tensor &image, double radius, double low,
                       double high) {
  at::Tensor x0 = image.to(at::kDouble).flatten(), offset = point.to(at::kDouble).flatten() - x0;
  at::Tensor size = offset.abs(), most = at::where(offset >= 0, high - x0, x0 - low);
  auto sum = [&](double t) { return at::minimum((size - t).clamp_min(0), most).sum().item<double>(); };
  double threshold = 0;
  if (sum(0) > radius) {
    at::Tensor corners =
        std::get<0>(at::cat({size, (size - most).clamp_min(0), at::zeros({1}, size.options())}).sort());
    int64_t first = 0, last = corners.numel() - 1; // the sum is above the radius, and not
    while (last - first > 1)
      (sum(corners[(first + last) / 2].item<double>()) > radius ? first : last) = (first + last) / 2;
    double from = corners[first].item<double>(), to = corners[last].item<double>();
    threshold = from + (to - from) * (sum(from) - radius) / (sum(from) - sum(to));
  }
  at::Tensor change = offset.sign() * at::minimum((size - threshold).clamp_min(0), most);
  return (x0 + change).view_as(image).to(at::kFloat);
}

at::Tensor projectL1(const at::Tensor &points, const at::Tensor &images, double radius, double low = 0,
                     double high = 1) {
  std::vector<at::Tensor> result;
  for (int64_t i = 0; i < images.size(0); ++i)
    result.push_back(nearestInL1(points[i], images[i], radius, low, high));
  return at::stack(result);
}

/// 1 for the so many largest of each example; of equal ones for the first.
at::Tensor amongLargest(const at::Tensor &values, int64_t count) {
  at::Tensor flat = values.flatten(1);
  at::Tensor order =
      std::get<1>(flat.sort(/*stable=*/true, /*dim=*/1, /*descending=*/true)).slice(1, 0, count);
  return at::zeros_like(flat).scatter(1, order, 1).view_as(values);
}

/// The pixels change that bring it nearest.
at::Tensor projectL0(const at::Tensor &points, const at::Tensor &images, int64_t pixels) {
  at::Tensor kept = points.clamp(0, 1);
  at::Tensor gain = ((points - images).square() - (points - kept).square()).sum(/*dim=*/1, /*keepdim=*/true);
  return at::where(amongLargest(gain, pixels) > 0, kept, images);
}

class SparseAttacks : public ::testing::TestWithParam<std::string> {
protected:
  CompiledModel model{program("stronger", GetParam()), "toward", "none"};
  Network network = oracleNetwork("odd", "none", /*training=*/false);
  CompiledFunction predict = model.predict();
  Parameters parameters = someParameters(predict, "weight");
  Examples examples = someExamples(std::min<int64_t>(predict.batch(), 60)); // a device takes more

  at::Tensor attacked(const std::string &text) {
    CompiledFunction function = model.attack(text, "one_draw");
    giveParameters(function, "weight", parameters);
    return runInBatches(function, examples, "adversarial");
  }

  at::Tensor draw(at::Tensor (*make)(const Draws &, const std::string &, at::IntArrayRef)) const {
    return make(examples.draws.at(0), "attack/draw#0", examples.images.sizes().slice(1));
  }

  /// Objective and gradient.
  std::pair<at::Tensor, at::Tensor> at(const at::Tensor &x, uint32_t pass) const {
    at::Tensor leaf = x.detach().requires_grad_();
    Draws draws = examples.draws.at(pass);
    at::Tensor values = losses(Objective::CrossEntropy, /*away=*/false,
                               network.logits(leaf, parameters, &draws), examples.goals);
    return {values.detach(), torch::autograd::grad({values.sum()}, {leaf})[0]};
  }

  double lengthOf(const at::Tensor &found) const {
    return (found - examples.images).abs().flatten(1).sum(1).max().item<double>();
  }
};

/// Their kernels run on the stand-in for a GPU, too.
class Projections : public SparseAttacks {};

TEST_P(Projections, AreTheNearestPointsOfTheBallWithinTheRange) {
  at::Tensor found = attacked("into_l1(eps = 12)"), point = examples.images + 2 * draw(drawNormal);
  EXPECT_TRUE(found.allclose(projectL1(point, examples.images, 12), 0, 2e-6));
  EXPECT_LE(lengthOf(found), 12 + 1e-4);
  EXPECT_GE(lengthOf(found), 12 - 1e-4);
  EXPECT_GT((found == 1).sum().item<int64_t>(), 0); // the range holds, too
}

TEST_P(SparseAttacks, ProjectsOntoTheBallAlone) {
  at::Tensor point = examples.images + 2 * draw(drawNormal);
  at::Tensor found = attacked("into_l1_alone(eps = 12)");
  EXPECT_TRUE(found.allclose(projectL1(point, examples.images, 12, -1e9, 1e9), 0, 2e-6));
  EXPECT_GT(found.max().item<double>(), 1.5);
}

TEST_P(Projections, ChangeSoManyPixels) {
  at::Tensor found = attacked("into_l0(pixels = 40)"), point = examples.images + 0.7 * draw(drawNormal);
  EXPECT_TRUE(found.allclose(projectL0(point, examples.images, 40), 0, 1e-6));
  EXPECT_EQ((found != examples.images).flatten(1).sum(1).max().item<int64_t>(), 40);
}

TEST_P(SparseAttacks, OfEqualElementsTheFirstAreAmongTheLargest) {
  at::Tensor found = attacked("largest_elements(count = 100.5)");
  EXPECT_TRUE(found.equal(amongLargest((6 * examples.images).floor(), 101))); // 100.5, rounded up
}

TEST_P(SparseAttacks, SparseDescentIsThePublishedAlgorithm) {
  at::Tensor x = examples.images;
  for (uint32_t i = 0; i < 9; ++i) {
    at::Tensor gradient = at(x, passWord(0, i)).second;
    gradient = at::where((gradient > 0) & (x <= 0) | (gradient < 0) & (x >= 1), 0, gradient);
    at::Tensor direction = gradient.sign() * amongLargest(gradient.abs(), 8); // a hundredth of 784
    x = projectL1(x - 3 * direction / wide(direction.abs().flatten(1).sum(1)), examples.images, 10);
  }
  at::Tensor found = attacked("pgd_l1(eps = 10, steps = 9, step = 3)");
  EXPECT_GE(equalImages(found, x), 0.95);
  EXPECT_LE(lengthOf(found), 10 + 1e-4);
  EXPECT_LT(at(found, 0).first.mean().item<double>(), at(examples.images, 0).first.mean().item<double>());
  // None stays far inside of the ball, its steps spent at the ends of the range.
  at::Tensor lengths =
      (attacked("pgd_l1(eps = 10, steps = 9, step = 3)") - examples.images).abs().flatten(1).sum(1);
  EXPECT_GT(lengths.min().item<double>(), 9.9);
}

TEST_P(SparseAttacks, DescentOfFewPixelsIsThePublishedAlgorithm) {
  at::Tensor x = projectL0(draw(drawUniform), examples.images, 30), best = x;
  at::Tensor least = at::full({x.size(0)}, INFINITY);
  for (uint32_t i = 0; i <= 6; ++i) {
    auto [value, gradient] = at(x, i < 6 ? passWord(0, i) : passWord(1, 0));
    best = at::where(wide(value < least), x, best);
    least = at::minimum(value, least);
    x = projectL0(x - 30000.0 / 255 * gradient / wide(gradient.abs().flatten(1).sum(1)), examples.images, 30);
  }
  at::Tensor found = attacked("pgd_l0(pixels = 30, steps = 6)");
  EXPECT_GE(equalImages(found, best), 0.95);
  EXPECT_LE((found != examples.images).flatten(1).sum(1).max().item<int64_t>(), 30);
  EXPECT_LT(at(found, 0).first.mean().item<double>(), at(examples.images, 0).first.mean().item<double>());
}

std::string nameOf(const ::testing::TestParamInfo<std::string> &info) {
  return info.param.empty() ? "cpu" : info.param;
}

INSTANTIATE_TEST_SUITE_P(Programs, SparseAttacks, ::testing::Values(chosenVariant()), nameOf);
INSTANTIATE_TEST_SUITE_P(Programs, Projections, ::testing::ValuesIn(variantsToRun()), nameOf);

} // namespace
