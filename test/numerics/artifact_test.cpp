// The way numerical tests call compiled code, on an artifact written by hand.
#include "runtime/kernels/Context.h"
#include "test/numerics/Artifact.h"

#include <gtest/gtest.h>

using namespace switchyard::test;

namespace {

std::string messageOf(const std::function<void()> &body) {
  try {
    body();
  } catch (const std::exception &error) {
    return error.what();
  }
  return "no error";
}

TEST(CompiledArtifact, BindsByRoleAndNameAndRuns) {
  switchyard::rt::Context context(1);
  CompiledFunction predict = CompiledArtifact(SAMPLE_ARTIFACT).function("predict_0");
  EXPECT_EQ(predict.batch(), 2);
  at::Tensor image = at::rand({2, 1, 2, 2}), weights = at::randn({3, 4}), bias = at::randn({3});
  predict.set("image", "", image);
  predict.set("weight", "a/0/weights", weights.to(at::kDouble)); // converted
  predict.set("weight", "a/0/bias", bias);
  predict.set("scalar", "scale", 2);
  predict.run(context.get());
  at::Tensor expected = 2 * (image.flatten(1).unsqueeze(1) * weights).sum(2) + 2 * bias;
  EXPECT_TRUE(at::allclose(predict.argument("logits"), expected, 1e-5, 1e-6));
}

TEST(CompiledArtifact, NamesWhatIsMissing) {
  CompiledArtifact artifact(SAMPLE_ARTIFACT);
  CompiledFunction predict = artifact.function("predict_0");
  EXPECT_EQ(messageOf([&] { predict.argument("label"); }),
            "function \"predict_0\" has no argument label \"\"; it has image, weight \"a/0/weights\", weight "
            "\"a/0/bias\", scalar \"scale\", logits");
  EXPECT_EQ(messageOf([&] { predict.set("image", "", at::zeros({1, 2})); }),
            "function \"predict_0\": argument image \"\" has the shape [2, 1, 2, 2], got [1, 2]");
  EXPECT_NE(messageOf([&] { artifact.function("train_0"); }).find("no function \"train_0\""),
            std::string::npos);
}

TEST(CompiledArtifact, PassesErrorsOn) {
  switchyard::rt::Context context(1);
  CompiledFunction broken = CompiledArtifact(SAMPLE_ARTIFACT).function("broken_0");
  EXPECT_EQ(messageOf([&] { broken.run(context.get()); }),
            "compiled function \"broken_0\": dense forward 0x4 to 3: sizes must be positive");
}

} // namespace
