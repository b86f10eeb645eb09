// The synthetic digits: equal everywhere, each image its own, and too hard for a linear classifier.
#include "runtime/data/SyntheticDigits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>

using namespace switchyard::rt;

namespace {

DatasetSpec digits(double train, double test) {
  DatasetSpec spec;
  spec.name = "digits";
  spec.source = "synthetic_digits";
  spec.arguments = {{"train", train}, {"test", test}};
  spec.input = {1, 28, 28};
  spec.classes = 10;
  return spec;
}

std::vector<float> image(const Split &split, int64_t i) {
  return {split.images.begin() + i * 784, split.images.begin() + (i + 1) * 784};
}

TEST(SyntheticDigits, known_answer) {
  Dataset dataset = loadDataset(digits(200, 50), "");
  EXPECT_EQ(dataset.digest, "c8e9debce1d2f5a4ce5e6b0f414cc7a1163a963d997cd89c5a764b07aaef678c");
}

TEST(SyntheticDigits, an_image_does_not_depend_on_the_counts) {
  Dataset small = drawSyntheticDigits(digits(5, 3)), large = drawSyntheticDigits(digits(20, 10));
  EXPECT_EQ(image(small.train, 4), image(large.train, 4));
  EXPECT_EQ(image(small.test, 2), image(large.test, 2));
  EXPECT_EQ(small.test.labels[2], large.test.labels[2]);
}

TEST(SyntheticDigits, no_image_repeats_and_the_seed_matters) {
  DatasetSpec spec = digits(300, 300);
  Dataset dataset = drawSyntheticDigits(spec);
  spec.arguments["seed"] = 7;
  Dataset other = drawSyntheticDigits(spec);
  std::set<std::vector<float>> seen;
  for (const Split *split : {&dataset.train, &dataset.test, &other.train, &other.test})
    for (int64_t i = 0; i < split->count; ++i)
      seen.insert(image(*split, i));
  EXPECT_EQ(seen.size(), 1200u);
}

TEST(SyntheticDigits, pixels_are_bytes_and_classes_balanced) {
  Dataset dataset = drawSyntheticDigits(digits(5000, 1));
  for (float pixel : dataset.train.images) {
    ASSERT_GE(pixel, 0.0f);
    ASSERT_LE(pixel, 1.0f);
    ASSERT_EQ(pixel, std::round(pixel * 255) / 255);
  }
  for (int digit = 0; digit < 10; ++digit)
    EXPECT_NEAR(std::count(dataset.train.labels.begin(), dataset.train.labels.end(), digit), 500, 100);
}

TEST(SyntheticDigits, range_of_the_program) {
  DatasetSpec spec = digits(3, 1);
  Dataset unit = drawSyntheticDigits(spec);
  spec.low = -1;
  Dataset centred = drawSyntheticDigits(spec);
  for (size_t i = 0; i < unit.train.images.size(); ++i)
    EXPECT_FLOAT_EQ(centred.train.images[i], 2 * unit.train.images[i] - 1);
}

TEST(SyntheticDigits, other_inputs_are_refused) {
  DatasetSpec spec = digits(3, 1);
  spec.input = {3, 32, 32};
  EXPECT_THROW(drawSyntheticDigits(spec), DataError);
  spec = digits(0, 1);
  EXPECT_THROW(drawSyntheticDigits(spec), DataError);
  spec = digits(3, 1);
  spec.arguments["sigma"] = 1;
  EXPECT_THROW(drawSyntheticDigits(spec), DataError);
}

/// Multinomial logistic regression by SGD with momentum; rows of weights end with the bias.
class LinearClassifier {
public:
  void train(const Split &split, int epochs, float rate) {
    for (int epoch = 0; epoch < epochs; ++epoch)
      for (int64_t i = 0; i < split.count; ++i)
        step(&split.images[i * 784], split.labels[i], rate * (1 - float(epoch) / epochs));
  }

  double accuracy(const Split &split) const {
    int64_t correct = 0;
    for (int64_t i = 0; i < split.count; ++i) {
      std::array<float, 10> z = logits(&split.images[i * 784]);
      correct += std::max_element(z.begin(), z.end()) - z.begin() == split.labels[i];
    }
    return double(correct) / split.count;
  }

private:
  std::array<float, 10> logits(const float *x) const {
    std::array<float, 10> z;
    for (int k = 0; k < 10; ++k)
      z[k] = std::inner_product(x, x + 784, weights[k].begin(), weights[k][784]);
    return z;
  }

  void step(const float *x, int32_t label, float rate) {
    std::array<float, 10> p = logits(x);
    float largest = *std::max_element(p.begin(), p.end()), sum = 0;
    for (float &v : p)
      sum += v = std::exp(v - largest);
    for (int k = 0; k < 10; ++k) {
      float scale = rate * (p[k] / sum - (k == label));
      for (int i = 0; i < 784; ++i)
        weights[k][i] -= scale * x[i];
      weights[k][784] -= scale;
    }
  }

  std::array<std::array<float, 785>, 10> weights{};
};

TEST(SyntheticDigits, a_linear_classifier_stays_below_95_percent) {
  Dataset dataset = drawSyntheticDigits(digits(8000, 1000));
  LinearClassifier classifier;
  classifier.train(dataset.train, 12, 0.02f);
  double accuracy = classifier.accuracy(dataset.test);
  RecordProperty("percent", std::to_string(100 * accuracy));
  EXPECT_GT(accuracy, 0.80); // it has learnt, so that the bound means something
  EXPECT_LT(accuracy, 0.95);
}

} // namespace
