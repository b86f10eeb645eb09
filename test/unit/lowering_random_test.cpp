// Generated draws against runtime/kernels/Philox.h, bit for bit (S3.2), for several batches and both layouts.
#include "runtime/kernels/Philox.h"
#include "test/unit/lowering_fixture.h"

#include <gtest/gtest.h>

using namespace switchyard;
using namespace switchyard::test;

namespace {

constexpr int64_t stream = 0x1234567890abcdef;
constexpr int32_t pass = 3 << 24 | 5;

std::string shaped(int64_t batch, const std::string &shape) {
  return "tensor<" + std::to_string(batch) + "x" + shape + ">";
}

/// Calls a function whose arguments are stream, rows and pass and whose result has `elements` for each row.
Buffer<float> draw(const Compiled &function, int64_t batch, int64_t elements, std::vector<void *> more = {}) {
  Buffer<int64_t> key(1);
  Buffer<int32_t> rows(batch * 2), passes(1);
  key[0] = stream;
  passes[0] = pass;
  for (int32_t b = 0; b < batch; ++b) {
    rows[2 * b] = 100 + b;
    rows[2 * b + 1] = static_cast<int32_t>(rt::targetAndDraw(b % 10, 40000)); // the sign bit is set
  }
  Buffer<float> result(batch * elements);
  std::vector<void *> buffers{key.data(), rows.data(), passes.data()};
  buffers.insert(buffers.end(), more.begin(), more.end());
  buffers.push_back(result.data());
  function(buffers);
  return result;
}

void expectDraws(Buffer<float> &got, int64_t batch, int64_t elements, const std::string &site,
                 float (*transform)(uint32_t)) {
  uint64_t key = rt::philoxKey(stream, site);
  for (int64_t b = 0; b < batch; ++b)
    for (int64_t e = 0; e < elements; ++e) {
      uint32_t word = rt::philoxWord(key, e, 100 + b, pass, rt::targetAndDraw(b % 10, 40000));
      ASSERT_EQ(got[b * elements + e], transform(word)) << "row " << b << ", element " << e;
    }
}

std::string plainProgram(int64_t batch, const std::string &op, const std::string &shape) {
  std::string rows = shaped(batch, "2xi32"), result = shaped(batch, shape);
  return "func.func @draw(%s: tensor<i64>, %r: " + rows + ", %p: tensor<i32>) -> (" + result +
         ") attributes {swy.entry} {\n  %n = swy." + op +
         " %s, %r, %p site <model, \"features/0+noise\"> : tensor<i64>, " + rows + ", tensor<i32> -> " +
         result + "\n  return %n : " + result + "\n}\n";
}

class Draws : public testing::TestWithParam<int64_t> {};

TEST_P(Draws, plain_uniforms_are_the_runtimes) {
  for (auto [shape, elements] : {std::pair("3x4x5xf32", 60), {"3x3x3xf32", 27}, {"10xf32", 10}}) {
    Buffer<float> got =
        draw(Compiled(plainProgram(GetParam(), "random_uniform", shape)), GetParam(), elements);
    expectDraws(got, GetParam(), elements, "features/0+noise", [](uint32_t w) { return rt::uniform(w); });
  }
}

TEST_P(Draws, plain_normals_are_the_runtimes) {
  for (auto [shape, elements] : {std::pair("8x16x16xf32", 2048), {"5xf32", 5}}) {
    Buffer<float> got =
        draw(Compiled(plainProgram(GetParam(), "random_normal", shape)), GetParam(), elements);
    expectDraws(got, GetParam(), elements, "features/0+noise", rt::normal);
  }
}

/// Noise added to a convolution that gives zeros: the noise is drawn in the convolution's layout.
std::string blockedProgram(int64_t batch, const std::string &pixels) {
  std::string rows = shaped(batch, "2xi32"), image = shaped(batch, "1x" + pixels),
              result = shaped(batch, "32x" + pixels);
  return "func.func @draw(%s: tensor<i64>, %r: " + rows + ", %p: tensor<i32>, %x: " + image +
         ", %w: tensor<32x1x1x1xf32>, %b: tensor<32xf32>) -> (" + result + ") attributes {swy.entry} {\n" +
         "  %n = swy.random_normal %s, %r, %p site <model, \"a\"> : tensor<i64>, " + rows +
         ", tensor<i32> -> " + result + "\n  %c = swy.conv2d %x, %w, %b stride 1 padding 0 : " + image +
         ", tensor<32x1x1x1xf32>, tensor<32xf32> -> " + result + "\n  %y = swy.add %c, %n : (" + result +
         ", " + result + ") -> " + result + "\n  return %y : " + result + "\n}\n";
}

TEST_P(Draws, layout_does_not_change_a_draw) {
  for (auto [pixels, count] : {std::pair("4x6xf32", 24), {"3x3xf32", 9}}) {
    Buffer<float> image(GetParam() * count), weights(32), bias(32);
    Buffer<float> got = draw(Compiled(blockedProgram(GetParam(), pixels)), GetParam(), 32 * count,
                             {image.data(), weights.data(), bias.data()});
    expectDraws(got, GetParam(), 32 * count, "a", rt::normal);
  }
}

/// Elements of [3, h, w] that share a draw, and the first of those that element e is among.
struct Sharing {
  std::string shared;
  int64_t (*first)(int64_t e, int64_t h, int64_t w);
};

const Sharing sharings[] = {
    {"[0]", [](int64_t e, int64_t h, int64_t w) { return e % (h * w); }},
    {"[1]", [](int64_t e, int64_t h, int64_t w) { return e / (h * w) * h * w + e % w; }},
    {"[2]", [](int64_t e, int64_t, int64_t w) { return e / w * w; }},
    {"[1, 2]", [](int64_t e, int64_t h, int64_t w) { return e / (h * w) * h * w; }},
    {"[0, 1, 2]", [](int64_t, int64_t, int64_t) { return int64_t(0); }},
};

TEST_P(Draws, shared_draws_are_those_of_the_first_element) {
  for (const Sharing &one : sharings)
    for (auto [h, w] : {std::pair<int64_t, int64_t>(4, 8), {3, 5}}) {
      std::string shape = "3x" + std::to_string(h) + "x" + std::to_string(w) + "xf32";
      std::string text = plainProgram(GetParam(), "random_uniform", shape);
      text.insert(text.find(" : tensor<i64>"), " shared " + one.shared);
      Buffer<float> got = draw(Compiled(text), GetParam(), 3 * h * w);
      uint64_t key = rt::philoxKey(stream, "features/0+noise");
      for (int64_t b = 0; b < GetParam(); ++b)
        for (int64_t e = 0; e < 3 * h * w; ++e) {
          uint32_t word =
              rt::philoxWord(key, one.first(e, h, w), 100 + b, pass, rt::targetAndDraw(b % 10, 40000));
          ASSERT_EQ(got[b * 3 * h * w + e], rt::uniform(word))
              << one.shared << ", row " << b << ", element " << e;
        }
    }
}

/// The same beside a convolution's layout.
TEST_P(Draws, layout_does_not_change_a_shared_draw) {
  std::string text = blockedProgram(GetParam(), "4x6xf32");
  text.insert(text.find(" : tensor<i64>"), " shared [1, 2]");
  Buffer<float> image(GetParam() * 24), weights(32), bias(32);
  Buffer<float> got = draw(Compiled(text), GetParam(), 32 * 24, {image.data(), weights.data(), bias.data()});
  uint64_t key = rt::philoxKey(stream, "a");
  for (int64_t b = 0; b < GetParam(); ++b)
    for (int64_t e = 0; e < 32 * 24; ++e) {
      uint32_t word = rt::philoxWord(key, e / 24 * 24, 100 + b, pass, rt::targetAndDraw(b % 10, 40000));
      ASSERT_EQ(got[b * 32 * 24 + e], rt::normal(word)) << "row " << b << ", element " << e;
    }
}

INSTANTIATE_TEST_SUITE_P(Batches, Draws, testing::Values(1, 7, 64));

} // namespace
