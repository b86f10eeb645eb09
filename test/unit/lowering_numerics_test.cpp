// Lowered programs against straightforward loops, and against themselves without optimizations (S6.2).
#include "test/unit/lowering_fixture.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

using namespace switchyard::test;

namespace {

TEST(Losses, match_loops_in_double) {
  Compiled function(R"(func.func @f(%z: tensor<7x10xf32>, %t: tensor<7xi32>)
      -> (tensor<7xf32>, tensor<7x10xf32>, tensor<7xi32>, tensor<7xi32>, tensor<7xf32>) attributes {swy.entry} {
    %l = swy.log_sum_exp %z : tensor<7x10xf32> -> tensor<7xf32>
    %p = swy.softmax %z : tensor<7x10xf32>
    %h = swy.one_hot %t : tensor<7xi32> to tensor<7x10xf32>
    %d = swy.sub %p, %h : (tensor<7x10xf32>, tensor<7x10xf32>) -> tensor<7x10xf32>
    %a = swy.argmax %z : tensor<7x10xf32> -> tensor<7xi32>
    %e = swy.argmax %z except %a : tensor<7x10xf32>, tensor<7xi32> -> tensor<7xi32>
    %v = swy.take %z, %t : tensor<7x10xf32>, tensor<7xi32> -> tensor<7xf32>
    return %l, %d, %a, %e, %v : tensor<7xf32>, tensor<7x10xf32>, tensor<7xi32>, tensor<7xi32>, tensor<7xf32>
  })");
  Buffer<float> z(70), logSumExp(7), difference(70), taken(7);
  Buffer<int32_t> target(7), first(7), second(7);
  fill(z, 1);
  for (int i = 0; i < 10; ++i)
    z[i] = 90 * z[i]; // far beyond what exp can hold when summed carelessly
  z[23] = z[27] = 5;  // a tie: the first one wins
  for (int b = 0; b < 7; ++b)
    target[b] = b == 6 ? 10 : b; // the last is outside: 0 is taken, no class is hot
  function({z.data(), target.data(), logSumExp.data(), difference.data(), first.data(), second.data(),
            taken.data()});
  for (int b = 0; b < 7; ++b) {
    const float *row = &z[10 * b];
    int best = std::max_element(row, row + 10) - row, next = best == 0 ? 1 : 0;
    for (int i = 0; i < 10; ++i)
      next = i != best && row[i] > row[next] ? i : next;
    double sum = 0;
    for (int i = 0; i < 10; ++i)
      sum += std::exp(double(row[i]) - row[best]);
    EXPECT_EQ(first[b], best);
    EXPECT_EQ(second[b], next);
    EXPECT_EQ(taken[b], b == 6 ? 0 : row[b]);
    EXPECT_NEAR(logSumExp[b], row[best] + std::log(sum), 1e-5);
    for (int i = 0; i < 10; ++i)
      EXPECT_NEAR(difference[10 * b + i], std::exp(double(row[i]) - row[best]) / sum - (i == target[b]),
                  1e-6);
  }
}

TEST(Losses, ranks_are_those_of_a_stable_sort) {
  std::string text = "func.func @f(%z: tensor<7x5xf32>) -> (";
  std::string body, results, types;
  for (int k = 1; k <= 5; ++k) {
    std::string name = "%i" + std::to_string(k);
    body += "  " + name + " = swy.arg_largest %z rank " + std::to_string(k) +
            " : tensor<7x5xf32> -> tensor<7xi32>\n";
    results += (k > 1 ? ", " : "") + name;
    types += k > 1 ? ", tensor<7xi32>" : "tensor<7xi32>";
  }
  Compiled function(text + types + ") attributes {swy.entry} {\n" + body + "  return " + results + " : " +
                    types + "\n}");
  Buffer<float> z(35);
  fill(z, 5);
  z[1] = z[3] = z[0];     // ties: the first one first
  z[7] = NAN, z[9] = NAN; // above all, also in order
  z[12] = INFINITY, z[13] = -INFINITY;
  std::vector<Buffer<int32_t>> found;
  std::vector<void *> buffers{z.data()};
  for (int k = 0; k < 5; ++k)
    found.emplace_back(7);
  for (auto &one : found)
    buffers.push_back(one.data());
  function(buffers);
  for (int b = 0; b < 7; ++b) {
    const float *row = &z[5 * b];
    std::vector<int32_t> order{0, 1, 2, 3, 4};
    std::stable_sort(order.begin(), order.end(), [&](int i, int j) {
      return std::isnan(row[i]) ? !std::isnan(row[j]) : row[i] > row[j];
    });
    for (int k = 0; k < 5; ++k)
      EXPECT_EQ(found[k][b], order[k]) << "row " << b << ", rank " << k + 1;
  }
}

TEST(Groups, NaN_comes_first_and_cotangents_go_to_the_first_of_equal_elements) {
  Compiled function(R"(func.func @f(%x: tensor<2x6xf32>, %d: tensor<2x6xf32>)
      -> (tensor<2x6xf32>, tensor<2x6xf32>, tensor<2x6xf32>, tensor<2x6xf32>) attributes {swy.entry} {
    %y = swy.sort_groups %x along 1 size 3 : tensor<2x6xf32>
    %z = swy.sort_groups %x along 1 size 3 rank 1 : tensor<2x6xf32>
    %dy = swy.sort_groups_backward %d, %x along 1 size 3 : tensor<2x6xf32>
    %dz = swy.sort_groups_backward %d, %x along 1 size 3 rank 1 : tensor<2x6xf32>
    return %y, %z, %dy, %dz : tensor<2x6xf32>, tensor<2x6xf32>, tensor<2x6xf32>, tensor<2x6xf32>
  })");
  Buffer<float> x(12), d(12), y(12), z(12), dy(12), dz(12);
  const float given[] = {1, 2, 2, 5, NAN, NAN, 3, 3, 3, -INFINITY, INFINITY, 0};
  for (int i = 0; i < 12; ++i)
    x[i] = given[i], d[i] = float(1 << i);
  function({x.data(), d.data(), y.data(), z.data(), dy.data(), dz.data()});
  const int order[] = {1, 2, 0, 4, 5, 3, 6, 7, 8, 10, 11, 9}; // what becomes each place
  for (int i = 0; i < 12; ++i) {
    int first = i / 3 * 3;
    EXPECT_TRUE(std::isnan(y[i]) ? std::isnan(x[order[i]]) : y[i] == x[order[i]]) << "place " << i;
    EXPECT_TRUE(std::isnan(z[i]) ? std::isnan(x[order[first]]) : z[i] == x[order[first]]) << "place " << i;
    EXPECT_EQ(dy[order[i]], d[i]) << "place " << i;
    EXPECT_EQ(dz[order[i]], i == first ? 7 * d[first] : 0) << "place " << i;
  }
}

TEST(Optimizer, updates_weights_and_momentum_in_place) {
  Compiled function(R"(func.func @step(%w: tensor<40x9xf32>, %v: tensor<40x9xf32>, %g: tensor<40x9xf32>,
      %rate: tensor<f32>, %momentum: tensor<f32>)
      -> (tensor<40x9xf32> {swy.into = 0 : i64}, tensor<40x9xf32> {swy.into = 1 : i64}) attributes {swy.entry} {
    %mv = swy.mul %momentum, %v : (tensor<f32>, tensor<40x9xf32>) -> tensor<40x9xf32>
    %v2 = swy.add %mv, %g : (tensor<40x9xf32>, tensor<40x9xf32>) -> tensor<40x9xf32>
    %mv2 = swy.mul %momentum, %v2 : (tensor<f32>, tensor<40x9xf32>) -> tensor<40x9xf32>
    %d = swy.add %g, %mv2 : (tensor<40x9xf32>, tensor<40x9xf32>) -> tensor<40x9xf32>
    %u = swy.mul %rate, %d : (tensor<f32>, tensor<40x9xf32>) -> tensor<40x9xf32>
    %w2 = swy.sub %w, %u : (tensor<40x9xf32>, tensor<40x9xf32>) -> tensor<40x9xf32>
    return %w2, %v2 : tensor<40x9xf32>, tensor<40x9xf32>
  })");
  EXPECT_EQ(function.signature().arguments[0].access, "inout");
  EXPECT_EQ(function.signature().arguments.size(), 6u);
  Buffer<float> w(360), v(360), g(360), rate(1), momentum(1), oldW(360), oldV(360);
  fill(w, 1), fill(v, 2), fill(g, 3), fill(oldW, 1), fill(oldV, 2);
  rate[0] = 0.1f, momentum[0] = 0.9f;
  function({w.data(), v.data(), g.data(), rate.data(), momentum.data()});
  for (int i = 0; i < 360; ++i) {
    float newV = 0.9f * oldV[i] + g[i];
    EXPECT_FLOAT_EQ(v[i], newV);
    EXPECT_NEAR(w[i], oldW[i] - 0.1f * (g[i] + 0.9f * newV), 1e-6);
  }
}

TEST(LoopCarried, values_that_read_each_other_do_not_clash) {
  Compiled function(R"(func.func @swap(%a: tensor<8xf32>, %b: tensor<8xf32>, %n: tensor<i32>)
      -> (tensor<8xf32>, tensor<8xf32>) attributes {swy.entry} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %t = tensor.extract %n[] : tensor<i32>
    %m = arith.index_cast %t : i32 to index
    %x, %y = scf.for %i = %c0 to %m step %c1 iter_args(%p = %a, %q = %b) -> (tensor<8xf32>, tensor<8xf32>) {
      %s = swy.add %p, %q : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
      scf.yield %s, %p : tensor<8xf32>, tensor<8xf32>
    }
    return %x, %y : tensor<8xf32>, tensor<8xf32>
  })");
  Buffer<float> a(8), b(8), x(8), y(8);
  Buffer<int32_t> n(1);
  a[3] = 1, n[0] = 6; // Fibonacci
  function({a.data(), b.data(), n.data(), x.data(), y.data()});
  EXPECT_EQ(x[3], 13);
  EXPECT_EQ(y[3], 8);
  EXPECT_EQ(a[3], 1) << "an argument of access `in` was written";
}

TEST(Activations, keep_nan_and_take_the_first_of_equals) {
  Compiled function(R"(func.func @f(%x: tensor<1x1x2x4xf32>, %z: tensor<f32>)
      -> (tensor<1x1x2x4xf32>, tensor<1x1x1x2xf32>, tensor<1x1x2x4xf32>, tensor<1x1x2x4xf32>)
      attributes {swy.entry} {
    %r = swy.relu %x : (tensor<1x1x2x4xf32>) -> tensor<1x1x2x4xf32>
    %p, %i = swy.max_pool %x size 2 : tensor<1x1x2x4xf32> -> tensor<1x1x1x2xf32>, tensor<1x1x1x2xi8>
    %g = swy.max_pool_backward %p, %i size 2 : tensor<1x1x1x2xf32>, tensor<1x1x1x2xi8> -> tensor<1x1x2x4xf32>
    %m = swy.max %x, %z : (tensor<1x1x2x4xf32>, tensor<f32>) -> tensor<1x1x2x4xf32>
    return %r, %p, %g, %m
      : tensor<1x1x2x4xf32>, tensor<1x1x1x2xf32>, tensor<1x1x2x4xf32>, tensor<1x1x2x4xf32>
  })");
  Buffer<float> x(8), zero(1), relu(8), pooled(2), scattered(8), larger(8);
  const float values[] = {-1, 5, 2, 1, 5, 5, NAN, 9};
  std::copy(std::begin(values), std::end(values), x.data());
  function({x.data(), zero.data(), relu.data(), pooled.data(), scattered.data(), larger.data()});
  EXPECT_EQ(relu[0], 0);
  EXPECT_TRUE(std::isnan(relu[6]));
  EXPECT_TRUE(std::isnan(larger[6]));
  EXPECT_EQ(pooled[0], 5);
  EXPECT_TRUE(std::isnan(pooled[1]));
  EXPECT_EQ(scattered[1], 5); // not 4 or 5, which hold the same value
  EXPECT_EQ(scattered[4], 0);
  EXPECT_EQ(scattered[7], 0);
}

TEST(Activations, take_the_first_of_equals_in_each_window) {
  Compiled function(R"(func.func @f(%x: tensor<1x1x1x4xf32>) -> tensor<1x1x1x4xf32> attributes {swy.entry} {
    %p, %i = swy.max_pool %x size 3 stride 1 padding 1 : tensor<1x1x1x4xf32> -> tensor<1x1x1x4xf32>, tensor<1x1x1x4xi8>
    %g = swy.max_pool_backward %p, %i size 3 stride 1 padding 1
      : tensor<1x1x1x4xf32>, tensor<1x1x1x4xi8> -> tensor<1x1x1x4xf32>
    return %g : tensor<1x1x1x4xf32>
  })");
  Buffer<float> x(4), g(4);
  const float values[] = {-2, -1, -1, -1}; // the windows' largest: 1, 1, 1, 2
  std::copy(std::begin(values), std::end(values), x.data());
  function({x.data(), g.data()});
  EXPECT_EQ(std::vector<float>(g.data(), g.data() + 4), (std::vector<float>{0, -3, -1, 0}));
}

/// A small attack with everything in it: convolution, noise, relu, pooling with a rest at the border, a loop.
std::string attack(int64_t batch) {
  std::string text = R"(func.func @attack(%x0: tensor<@x1x5x5xf32>, %s: tensor<i64>, %r: tensor<@x2xi32>,
      %steps: tensor<i32>, %w: tensor<16x1x1x1xf32>, %b: tensor<16xf32>, %u: tensor<10x64xf32>, %d: tensor<10xf32>,
      %t: tensor<@xi32>) -> (tensor<@x1x5x5xf32>, tensor<@xf32>) attributes {swy.entry} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %step = arith.constant dense<0.01> : tensor<f32>
    %n = tensor.extract %steps[] : tensor<i32>
    %m = arith.index_cast %n : i32 to index
    %h = swy.one_hot %t : tensor<@xi32> to tensor<@x10xf32>
    %x = scf.for %i = %c0 to %m step %c1 iter_args(%a = %x0) -> (tensor<@x1x5x5xf32>) {
      %j = arith.index_cast %i : index to i32
      %p = tensor.from_elements %j : tensor<i32>
      %c = swy.conv2d %a, %w, %b stride 1 padding 0 :
        tensor<@x1x5x5xf32>, tensor<16x1x1x1xf32>, tensor<16xf32> -> tensor<@x16x5x5xf32>
      %e = swy.random_normal %s, %r, %p site <model, "n"> : tensor<i64>, tensor<@x2xi32>, tensor<i32> -> tensor<@x16x5x5xf32>
      %y = swy.add %c, %e : (tensor<@x16x5x5xf32>, tensor<@x16x5x5xf32>) -> tensor<@x16x5x5xf32>
      %v = swy.relu %y : (tensor<@x16x5x5xf32>) -> tensor<@x16x5x5xf32>
      %q, %which = swy.max_pool %v size 2 : tensor<@x16x5x5xf32> -> tensor<@x16x2x2xf32>, tensor<@x16x2x2xi8>
      %f = swy.reshape %q : tensor<@x16x2x2xf32> to tensor<@x64xf32>
      %z = swy.dense %f, %u, %d : tensor<@x64xf32>, tensor<10x64xf32>, tensor<10xf32> -> tensor<@x10xf32>
      %o = swy.softmax %z : tensor<@x10xf32>
      %dz = swy.sub %o, %h : (tensor<@x10xf32>, tensor<@x10xf32>) -> tensor<@x10xf32>
      %df = swy.dense_backward_input %dz, %u : tensor<@x10xf32>, tensor<10x64xf32> -> tensor<@x64xf32>
      %dq = swy.reshape %df : tensor<@x64xf32> to tensor<@x16x2x2xf32>
      %dv = swy.max_pool_backward %dq, %which size 2 : tensor<@x16x2x2xf32>, tensor<@x16x2x2xi8> -> tensor<@x16x5x5xf32>
      %dy = swy.relu_backward %dv, %v : tensor<@x16x5x5xf32>
      %g = swy.conv2d_backward_input %dy, %w stride 1 padding 0 :
        tensor<@x16x5x5xf32>, tensor<16x1x1x1xf32> -> tensor<@x1x5x5xf32>
      %k = swy.mul %step, %g : (tensor<f32>, tensor<@x1x5x5xf32>) -> tensor<@x1x5x5xf32>
      %x2 = swy.sub %a, %k : (tensor<@x1x5x5xf32>, tensor<@x1x5x5xf32>) -> tensor<@x1x5x5xf32>
      scf.yield %x2 : tensor<@x1x5x5xf32>
    }
    %moved = swy.sub %x, %x0 : (tensor<@x1x5x5xf32>, tensor<@x1x5x5xf32>) -> tensor<@x1x5x5xf32>
    %sq = swy.mul %moved, %moved : (tensor<@x1x5x5xf32>, tensor<@x1x5x5xf32>) -> tensor<@x1x5x5xf32>
    %norm = swy.reduce_sum %sq keep 1 : tensor<@x1x5x5xf32> -> tensor<@xf32>
    return %x, %norm : tensor<@x1x5x5xf32>, tensor<@xf32>
  })";
  for (size_t at; (at = text.find('@', 12)) != std::string::npos;)
    text.replace(at, 1, std::to_string(batch));
  return text;
}

/// The finished examples of 5 steps; row b is the same example in every batch.
Buffer<float> runAttack(int64_t batch, const std::vector<std::string> &disabled = {}) {
  Buffer<float> x(batch * 25), w(16), b(16), u(640), d(10), result(batch * 25), norm(batch);
  Buffer<int64_t> stream(1);
  Buffer<int32_t> rows(batch * 2), steps(1), target(batch);
  fill(x, 1), fill(w, 2), fill(b, 3), fill(u, 4);
  steps[0] = 5, stream[0] = 77;
  for (int32_t i = 0; i < batch; ++i)
    rows[2 * i] = i, target[i] = i % 10;
  Compiled(attack(batch), disabled)({x.data(), stream.data(), rows.data(), steps.data(), w.data(), b.data(),
                                     u.data(), d.data(), target.data(), result.data(), norm.data()});
  EXPECT_GT(norm[0], 1e-6f) << "the attack did not move";
  return result;
}

TEST(Attack, no_optimization_changes_the_result) {
  Buffer<float> plain = runAttack(7, {"fuse-activations", "assign-layouts", "pack-weights", "fuse"});
  for (const char *name : {"", "fuse-activations", "assign-layouts", "pack-weights", "fuse"}) {
    Buffer<float> other = runAttack(7, {name});
    for (size_t i = 0; i < plain.size(); ++i)
      EXPECT_NEAR(other[i], plain[i], 1e-5) << "without " << name;
  }
}

TEST(Attack, an_example_does_not_depend_on_its_batch) {
  Buffer<float> large = runAttack(64);
  for (int64_t batch : {1, 7}) {
    Buffer<float> small = runAttack(batch);
    for (size_t i = 0; i < small.size(); ++i)
      EXPECT_NEAR(small[i], large[i], 1e-6);
  }
}

} // namespace
