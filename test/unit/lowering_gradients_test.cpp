// The vector-Jacobian product of every differentiable operation of the dialect, compiled, against central
// differences of a plain loop in double precision. An operation that the dialect registers and the table
// lacks is a failure.
#include "dialect/Dialect.h"
#include "test/unit/gradient_case.h"
#include "test/unit/lowering_fixture.h"

#include "compiler/lowering/Passes.h"
#include "mlir/IR/MLIRContext.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <set>

using namespace switchyard::test;

namespace {

int64_t countOf(const Shape &shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

std::string joined(const std::vector<std::string> &words) {
  std::string text;
  for (const std::string &word : words)
    text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// y, and for each input the gradient of sum(w * y).
std::string programOf(const Case &one) {
  std::vector<std::string> arguments, names, types, gradients;
  for (size_t i = 0; i < one.inputs.size(); ++i) {
    names.push_back("%x" + std::to_string(i));
    types.push_back(typeOf(one.inputs[i]));
    arguments.push_back(names.back() + ": " + types.back());
    gradients.push_back(one.inputs.size() == 1 ? "%g" : "%g#" + std::to_string(i));
  }
  std::string y = typeOf(one.result),
              count = one.inputs.size() == 1 ? "" : ":" + std::to_string(one.inputs.size());
  arguments.push_back("%w: " + y);
  if (!one.integers.empty())
    arguments.push_back("%n: tensor<" + std::to_string(one.integers.size()) + "xi32>");
  return "func.func @f(" + joined(arguments) + ") -> (" + y + ", " + joined(types) +
         ") attributes {swy.entry} {\n  " + one.line + "\n  %p = swy.mul %y, %w : (" + y + ", " + y +
         ") -> " + y + "\n  %e = swy.reduce_sum %p keep 0 : " + y + " -> tensor<f32>\n  %g" + count +
         " = swy.gradient of %e at " + joined(names) + " : tensor<f32>, " + joined(types) + " -> " +
         joined(types) + "\n  return %y, " + joined(gradients) + " : " + y + ", " + joined(types) + "\n}\n";
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

Case unary(const std::string &operation, double (*function)(double), double low = -1, double high = 1) {
  Shape shape{3, 4};
  return {operation,
          operation,
          {shape},
          shape,
          "%y = swy." + operation + " %x0 : (" + typeOf(shape) + ") -> " + typeOf(shape),
          [=](const std::vector<Values> &x, const Values &, Values &y) {
            for (size_t i = 0; i < y.size(); ++i)
              y[i] = function(x[0][i]);
          },
          low,
          high};
}

/// Operands of the given shapes, the shorter one repeated over the trailing dimension of 4.
Case binary(const std::string &name, const std::string &operation, double (*function)(double, double),
            const Shape &lhs, const Shape &rhs, double low = -1, double high = 1) {
  Shape shape{3, 4};
  return {name,
          operation,
          {lhs, rhs},
          shape,
          "%y = swy." + operation + " %x0, %x1 : (" + typeOf(lhs) + ", " + typeOf(rhs) + ") -> " +
              typeOf(shape),
          [=](const std::vector<Values> &x, const Values &, Values &y) {
            for (size_t i = 0; i < y.size(); ++i)
              y[i] = function(x[0][lhs.size() == 2 ? i : i / 4], x[1][rhs.size() == 2 ? i : i / 4]);
          },
          low,
          high};
}

void addElementwise(std::vector<Case> &table) {
  table.push_back(unary("neg", [](double x) { return -x; }));
  table.push_back(unary("abs", [](double x) { return std::abs(x); }));
  table.push_back(unary("sign", [](double x) { return double((x > 0) - (x < 0)); }));
  table.push_back(unary("exp", [](double x) { return std::exp(x); }, -3, 3));
  table.push_back(unary("log", [](double x) { return std::log(x); }, 0.1, 4));
  table.push_back(unary("sqrt", [](double x) { return std::sqrt(x); }, 0.1, 4));
  table.push_back(unary("tanh", [](double x) { return std::tanh(x); }, -3, 3));
  table.push_back(unary("erf", [](double x) { return std::erf(x); }, -3, 3));
  table.push_back(unary("model_input", [](double x) { return x; }));
  table.push_back(unary("compared", [](double x) { return x; }));
  table.push_back(unary("given", [](double x) { return x; }));
  table.back().line = "%y = swy.given %x0 low -1.0 high 1.0 : (" + typeOf({3, 4}) + ") -> " + typeOf({3, 4});
  table.push_back(unary("floor", [](double x) { return std::floor(x); }, -3, 3));
  table.push_back(unary("variable", [](double x) { return x; }));
  table.push_back(unary("relu", [](double x) { return std::max(x, 0.0); }));
  struct Two {
    const char *operation;
    double (*function)(double, double);
    double low;
  };
  const Two twos[] = {{"add", [](double a, double b) { return a + b; }, -1},
                      {"sub", [](double a, double b) { return a - b; }, -1},
                      {"mul", [](double a, double b) { return a * b; }, -1},
                      {"div", [](double a, double b) { return a / b; }, 0.2},
                      {"pow", [](double a, double b) { return std::pow(a, b); }, 0.2},
                      {"max", [](double a, double b) { return std::max(a, b); }, -1},
                      {"min", [](double a, double b) { return std::min(a, b); }, -1}};
  for (const Two &two : twos) {
    std::string name = two.operation;
    table.push_back(binary(name, name, two.function, {3, 4}, {3, 4}, two.low));
    table.push_back(binary(name + "_repeats_the_second", name, two.function, {3, 4}, {3}, two.low));
    table.push_back(binary(name + "_repeats_the_first", name, two.function, {3}, {3, 4}, two.low));
  }
  table.push_back(binary("confined", "confined", [](double a, double) { return a; }, {3, 4}, {3}));
  table.push_back(
      {"select",
       "select",
       {{3, 4}, {3}},
       {3, 4},
       "%z = arith.constant dense<0.0> : tensor<f32>\n"
       "  %c = swy.compare gt %w, %z : (tensor<3x4xf32>, tensor<f32>) -> tensor<3x4xi1>\n"
       "  %y = swy.select %c, %x0, %x1 : (tensor<3x4xi1>, tensor<3x4xf32>, tensor<3xf32>) -> tensor<3x4xf32>",
       [](const std::vector<Values> &x, const Values &w, Values &y) {
         for (size_t i = 0; i < y.size(); ++i)
           y[i] = w[i] > 0 ? x[0][i] : x[1][i / 4];
       }});
}

void addShapesAndClasses(std::vector<Case> &table) {
  auto same = [](const std::vector<Values> &x, const Values &, Values &y) { y = x[0]; };
  table.push_back({"stop_gradient",
                   "stop_gradient",
                   {{3, 4}},
                   {3, 4},
                   "%y = swy.stop_gradient %x0 : tensor<3x4xf32>",
                   same,
                   -1,
                   1,
                   {},
                   /*isConstant=*/true});
  table.push_back({"reshape",
                   "reshape",
                   {{3, 4}},
                   {2, 6},
                   "%y = swy.reshape %x0 : tensor<3x4xf32> to tensor<2x6xf32>",
                   same});
  table.push_back({"broadcast",
                   "broadcast",
                   {{3}},
                   {3, 4},
                   "%y = swy.broadcast %x0 : tensor<3xf32> to tensor<3x4xf32>",
                   [](const std::vector<Values> &x, const Values &, Values &y) {
                     for (size_t i = 0; i < y.size(); ++i)
                       y[i] = x[0][i / 4];
                   }});
  table.push_back({"reduce_sum",
                   "reduce_sum",
                   {{3, 4}},
                   {3},
                   "%y = swy.reduce_sum %x0 keep 1 : tensor<3x4xf32> -> tensor<3xf32>",
                   [](const std::vector<Values> &x, const Values &, Values &y) {
                     for (size_t i = 0; i < x[0].size(); ++i)
                       y[i / 4] += x[0][i];
                   }});
  table.push_back({"norm",
                   "norm",
                   {{3, 4}},
                   {3},
                   "%y = swy.norm %x0 keep 1 : tensor<3x4xf32> -> tensor<3xf32>",
                   [](const std::vector<Values> &x, const Values &, Values &y) {
                     for (size_t i = 0; i < x[0].size(); ++i)
                       y[i / 4] += x[0][i] * x[0][i];
                     for (double &sum : y)
                       sum = std::sqrt(sum);
                   }});
  table.push_back(
      {"l1_threshold",
       "l1_threshold",
       {{3, 4}, {3, 4}, {3}},
       {3},
       "%y = swy.l1_threshold %x0, %x1 within %x2 keep 1 : tensor<3x4xf32>, tensor<3xf32> -> tensor<3xf32>",
       [](const std::vector<Values> &x, const Values &, Values &y) {
         for (size_t example = 0; example < y.size(); ++example) {
           double low = 0, high = 2;
           for (int turn = 0; turn < 60; ++turn) {
             const double middle = (low + high) / 2;
             double sum = 0;
             for (size_t i = 4 * example; i < 4 * example + 4; ++i)
               sum += std::clamp(x[0][i] - middle, 0.0, x[1][i]);
             (sum > x[2][example] ? low : high) = middle;
           }
           y[example] = high;
         }
       },
       0.2,
       1});
  table.push_back({"log_sum_exp",
                   "log_sum_exp",
                   {{3, 4}},
                   {3},
                   "%y = swy.log_sum_exp %x0 : tensor<3x4xf32> -> tensor<3xf32>",
                   [](const std::vector<Values> &x, const Values &, Values &y) {
                     for (size_t i = 0; i < x[0].size(); ++i)
                       y[i / 4] += std::exp(x[0][i]);
                     for (double &sum : y)
                       sum = std::log(sum);
                   },
                   -3,
                   3});
  table.push_back({"take",
                   "take",
                   {{3, 4}},
                   {3},
                   "%y = swy.take %x0, %n : tensor<3x4xf32>, tensor<3xi32> -> tensor<3xf32>",
                   [](const std::vector<Values> &x, const Values &, Values &y) {
                     const int at[] = {2, 0, 3};
                     for (int i = 0; i < 3; ++i)
                       y[i] = x[0][4 * i + at[i]];
                   },
                   -1,
                   1,
                   {2, 0, 3}});
}

/// Examples of the channels 1, 0, 2, 1: those of channel 0 come first, then both of channel 1, then that
/// of 2.
const int64_t sorted[] = {1, 0, 3, 2};

void addRows(std::vector<Case> &table) {
  std::string type = " %x0 by %n below 3 : tensor<4x2xf32>, tensor<4xi32>";
  table.push_back({"group",
                   "group",
                   {{4, 2}},
                   {4, 2},
                   "%y = swy.group" + type,
                   [](const std::vector<Values> &x, const Values &, Values &y) {
                     for (size_t i = 0; i < y.size(); ++i)
                       y[i] = x[0][size_t(2 * sorted[i / 2]) + i % 2];
                   },
                   -1,
                   1,
                   {1, 0, 2, 1}});
  table.push_back({"ungroup",
                   "ungroup",
                   {{4, 2}},
                   {4, 2},
                   "%y = swy.ungroup" + type,
                   [](const std::vector<Values> &x, const Values &, Values &y) {
                     for (size_t i = 0; i < y.size(); ++i)
                       y[size_t(2 * sorted[i / 2]) + i % 2] = x[0][i];
                   },
                   -1,
                   1,
                   {1, 0, 2, 1}});
}

/// `pixels` of an example beside one another: 1 for dense layers, the image's for a convolution by 1x1.
Reference affine(int64_t inputs, int64_t outputs, int64_t pixels) {
  return [=](const std::vector<Values> &x, const Values &, Values &y) {
    for (size_t at = 0; at < y.size(); ++at) {
      int64_t row = int64_t(at) / (outputs * pixels), o = int64_t(at) / pixels % outputs,
              p = int64_t(at) % pixels;
      y[at] = x[2][size_t(o)];
      for (int64_t i = 0; i < inputs; ++i)
        y[at] += x[0][size_t((row * inputs + i) * pixels + p)] * x[1][size_t(o * inputs + i)];
    }
  };
}

Reference positive(const Reference &before) {
  return [=](const std::vector<Values> &x, const Values &w, Values &y) {
    before(x, w, y);
    for (double &value : y)
      value = std::max(value, 0.0);
  };
}

void addLayers(std::vector<Case> &table) {
  std::string dense = " : tensor<2x5xf32>, tensor<3x5xf32>, tensor<3xf32> -> tensor<2x3xf32>";
  table.push_back({"dense",
                   "dense",
                   {{2, 5}, {3, 5}, {3}},
                   {2, 3},
                   "%y = swy.dense %x0, %x1, %x2" + dense,
                   affine(5, 3, 1)});
  table.push_back({"dense_relu",
                   "dense",
                   {{2, 5}, {3, 5}, {3}},
                   {2, 3},
                   "%y = swy.dense %x0, %x1, %x2 relu" + dense,
                   positive(affine(5, 3, 1))});
  std::string conv = " : tensor<2x3x2x2xf32>, tensor<4x3x1x1xf32>, tensor<4xf32> -> tensor<2x4x2x2xf32>";
  std::vector<Shape> inputs{{2, 3, 2, 2}, {4, 3, 1, 1}, {4}};
  table.push_back({"conv2d",
                   "conv2d",
                   inputs,
                   {2, 4, 2, 2},
                   "%y = swy.conv2d %x0, %x1, %x2 stride 1 padding 0" + conv,
                   affine(3, 4, 4)});
  table.push_back({"conv2d_relu",
                   "conv2d",
                   inputs,
                   {2, 4, 2, 2},
                   "%y = swy.conv2d %x0, %x1, %x2 stride 1 padding 0 relu" + conv,
                   positive(affine(3, 4, 4))});
  table.push_back(
      {"max_pool",
       "max_pool",
       {{2, 1, 4, 5}},
       {2, 1, 2, 2},
       "%y, %i = swy.max_pool %x0 size 2 : tensor<2x1x4x5xf32> -> tensor<2x1x2x2xf32>, tensor<2x1x2x2xi8>",
       [](const std::vector<Values> &x, const Values &, Values &y) {
         for (size_t at = 0; at < y.size(); ++at) {
           size_t first = at / 4 * 20 + at / 2 % 2 * 10 + at % 2 * 2;
           y[at] =
               std::max(std::max(x[0][first], x[0][first + 1]), std::max(x[0][first + 5], x[0][first + 6]));
         }
       }});
}

void addMeans(std::vector<Case> &table) {
  table.push_back({"avg_pool",
                   "avg_pool",
                   {{2, 1, 4, 5}},
                   {2, 1, 2, 2},
                   "%y = swy.avg_pool %x0 size 2 : tensor<2x1x4x5xf32> -> tensor<2x1x2x2xf32>",
                   [](const std::vector<Values> &x, const Values &, Values &y) {
                     for (size_t at = 0; at < y.size(); ++at) {
                       size_t first = at / 4 * 20 + at / 2 % 2 * 10 + at % 2 * 2;
                       y[at] = (x[0][first] + x[0][first + 1] + x[0][first + 5] + x[0][first + 6]) / 4;
                     }
                   }});
  table.push_back(
      {"conv2d_without_bias",
       "conv2d",
       {{2, 3, 2, 2}, {4, 3, 1, 1}},
       {2, 4, 2, 2},
       "%y = swy.conv2d %x0, %x1 stride 1 padding 0 : tensor<2x3x2x2xf32>, tensor<4x3x1x1xf32> -> "
       "tensor<2x4x2x2xf32>",
       [](const std::vector<Values> &x, const Values &w, Values &y) {
         affine(3, 4, 4)({x[0], x[1], Values(4, 0)}, w, y);
       }});
  table.push_back({"for_examples",
                   "for_examples",
                   {{3}},
                   {2, 3},
                   "%y = swy.for_examples %x0 : tensor<3xf32> to tensor<2x3xf32>",
                   [](const std::vector<Values> &x, const Values &, Values &y) {
                     for (size_t at = 0; at < y.size(); ++at)
                       y[at] = x[0][at % 3];
                   }});
  table.push_back({"sum_examples",
                   "sum_examples",
                   {{2, 3}},
                   {3},
                   "%y = swy.sum_examples %x0 : tensor<2x3xf32> to tensor<3xf32>",
                   [](const std::vector<Values> &x, const Values &, Values &y) {
                     for (size_t at = 0; at < y.size(); ++at)
                       y[at] = x[0][at] + x[0][at + 3];
                   }});
}

std::vector<Case> table() {
  std::vector<Case> all;
  addElementwise(all);
  addShapesAndClasses(all);
  addSampling(all);
  addRows(all);
  addLayers(all);
  addMeans(all);
  addWindows(all);
  addNeighbours(all);
  return all;
}

//===----------------------------------------------------------------------===//
// The comparison
//===----------------------------------------------------------------------===//

class VectorJacobianProduct : public ::testing::TestWithParam<Case> {
protected:
  const Case &one = GetParam();
  std::vector<Values> x;
  Values w;

  Values valueOf(const std::vector<Values> &inputs) const {
    Values y(w.size(), 0);
    one.reference(inputs, w, y);
    return y;
  }

  double weighted(const std::vector<Values> &inputs) const {
    Values y = valueOf(inputs);
    double sum = 0;
    for (size_t i = 0; i < y.size(); ++i)
      sum += w[i] * y[i];
    return sum;
  }

  /// The derivative of sum(w * y) by element `at` of input `input`.
  double derivative(size_t input, size_t at) const {
    if (one.isConstant)
      return 0;
    constexpr double step = 1e-6;
    std::vector<Values> above = x, below = x;
    above[input][at] += step;
    below[input][at] -= step;
    return (weighted(above) - weighted(below)) / (2 * step);
  }
};

TEST_P(VectorJacobianProduct, IsTheDerivativeOfEveryElement) {
  std::vector<Buffer<float>> inputs, gradients;
  for (size_t i = 0; i < one.inputs.size(); ++i) {
    size_t count = size_t(countOf(one.inputs[i]));
    inputs.emplace_back(count);
    gradients.emplace_back(count);
    fill(inputs.back(), uint32_t(17 * i + 3));
    for (size_t k = 0; k < count; ++k)
      inputs.back()[k] = float(one.low + (one.high - one.low) * (inputs.back()[k] + 1) / 2);
    x.emplace_back(inputs.back().data(), inputs.back().data() + count);
  }
  Buffer<float> cotangent(size_t(countOf(one.result))), result(cotangent.size());
  fill(cotangent, 101);
  w.assign(cotangent.data(), cotangent.data() + cotangent.size());
  std::vector<int32_t> integers = one.integers;
  std::vector<void *> buffers;
  for (auto &input : inputs)
    buffers.push_back(input.data());
  buffers.push_back(cotangent.data());
  if (!integers.empty())
    buffers.push_back(integers.data());
  buffers.push_back(result.data());
  for (auto &gradient : gradients)
    buffers.push_back(gradient.data());
  Compiled program(programOf(one));
  program(buffers);
  Values exact = valueOf(x);
  for (size_t i = 0; i < exact.size(); ++i)
    EXPECT_NEAR(result[i], exact[i], 1e-5 * (1 + std::abs(exact[i]))) << "value " << i;
  for (size_t input = 0; input < gradients.size(); ++input)
    for (size_t at = 0; at < gradients[input].size(); ++at) {
      double wanted = derivative(input, at);
      EXPECT_NEAR(gradients[input][at], wanted, 2e-5 * (1 + std::abs(wanted)))
          << "input " << input << ", element " << at;
    }
}

INSTANTIATE_TEST_SUITE_P(Operations, VectorJacobianProduct, ::testing::ValuesIn(table()),
                         [](const auto &info) { return info.param.name; });

TEST(VectorJacobianProducts, EveryDifferentiableOperationIsInTheTable) {
  mlir::DialectRegistry registry;
  switchyard::registerLoweringDialects(registry);
  mlir::MLIRContext context(registry);
  context.loadAllAvailableDialects();
  std::set<std::string> tested;
  for (const Case &one : table())
    tested.insert("swy." + one.operation);
  size_t found = 0;
  for (mlir::RegisteredOperationName name : context.getRegisteredOperations()) {
    if (!name.hasInterface<switchyard::swy::DifferentiableOpInterface>())
      continue;
    ++found;
    EXPECT_EQ(tested.count(name.getStringRef().str()), 1u)
        << name.getStringRef().str() << " has no row in the table";
  }
  EXPECT_EQ(found, tested.size());
}

} // namespace
