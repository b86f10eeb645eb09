// Layers that normalize: by the statistics of a batch, of one example, or by given numbers.
#include "dialect/Experiment.h"
#include "dialect/Vjp.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace switchyard::swy;

static RankedTensorType typeOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

Value switchyard::swy::meanOver(OpBuilder &builder, Location loc, Value input, int64_t keep) {
  if (typeOf(input).getRank() == keep)
    return input;
  Value sum = ReduceSumOp::create(builder, loc, input, keep);
  double count =
      static_cast<double>(typeOf(input).getNumElements()) / static_cast<double>(typeOf(sum).getNumElements());
  return MulOp::create(builder, loc, sum, realConstant(builder, loc, 1 / count));
}

namespace {

/// Arithmetic of one layer.
struct Calculation {
  OpBuilder &builder;
  Location loc;

  Value real(double value) { return realConstant(builder, loc, value); }
  Value plus(Value x, Value y) { return AddOp::create(builder, loc, x, y); }
  Value minus(Value x, Value y) { return SubOp::create(builder, loc, x, y); }
  Value times(Value x, Value y) { return MulOp::create(builder, loc, x, y); }
  Value over(Value x, Value y) { return DivOp::create(builder, loc, x, y); }
  Value squared(Value x) { return times(x, x); }
  Value mean(Value x, int64_t keep) { return meanOver(builder, loc, x, keep); }

  /// 1 / sqrt(variance + epsilon)
  Value inverseDeviation(Value variance, Value epsilon) {
    return over(real(1), SqrtOp::create(builder, loc, plus(variance, epsilon)));
  }

  /// The sum over the batch.
  Value sumOfBatch(Value x) { return SumExamplesOp::create(builder, loc, x.getType(), x); }

  /// Mean 0 and variance 1 over all but the leading dimensions.
  Value standardized(Value x, int64_t keep, Value epsilon) {
    Value centered = minus(x, mean(x, keep));
    return times(centered, inverseDeviation(mean(squared(centered), keep), epsilon));
  }

  Value reshaped(Value x, ArrayRef<int64_t> shape) {
    return ReshapeOp::create(builder, loc, RankedTensorType::get(shape, builder.getF32Type()), x);
  }

  /// One number for each channel, or one for all.
  Value perChannel(ArrayRef<double> numbers) {
    Value result = real(numbers.back());
    if (numbers.size() == 1)
      return result;
    auto type = RankedTensorType::get({static_cast<int64_t>(numbers.size())}, builder.getF32Type());
    Value channel = IotaOp::create(builder, loc, type, 0);
    for (size_t i = numbers.size() - 1; i-- > 0;) {
      Value upTo = buildCompare(builder, loc, Comparison::LessEqual, channel, real(static_cast<double>(i)));
      result = SelectOp::create(builder, loc, type, upTo, real(numbers[i]), result);
    }
    return result;
  }
};

/// Batch normalization in a step that trains it.
class TrainedBatchNorm {
public:
  TrainedBatchNorm(OpBuilder &builder, BatchNormLayerOp layer, const Instantiation &how)
      : c{builder, layer.getLoc()}, layer(layer), how(how), path(layer.getPath().str()) {}

  Value build(Value x) {
    int64_t elements = typeOf(x).getNumElements() / typeOf(x).getDimSize(0);
    Value mean = overBatch(c.mean(x, 1)), centered = c.minus(x, mean);
    Value variance = overBatch(c.mean(c.squared(centered), 1));
    follow("/mean", mean);
    follow("/variance", c.times(variance, unbiased(elements)));
    Value normalized = c.times(centered, c.inverseDeviation(variance, layer.getEpsilon()));
    return c.plus(c.times(normalized, how.parameter(path + "/scale")), how.parameter(path + "/shift"));
  }

private:
  /// The mean of the examples that count.
  Value overBatch(Value own) { return c.sumOfBatch(c.times(own, how.weight)); }

  /// n / (n - 1) of n elements in all examples that count; 1 of one element.
  Value unbiased(int64_t elements) {
    Value counts = buildCompare(c.builder, c.loc, Comparison::Greater, how.weight, c.real(0));
    Value one = SelectOp::create(c.builder, c.loc, how.weight.getType(), counts, c.real(1), c.real(0));
    Value n = c.times(c.sumOfBatch(one), c.real(static_cast<double>(elements)));
    return c.over(n, MaxOp::create(c.builder, c.loc, c.minus(n, c.real(1)), c.real(1)));
  }

  void follow(const char *statistic, Value batch) {
    Value before = how.parameter(path + statistic);
    how.update(path + statistic, c.plus(before, c.times(layer.getMomentum(), c.minus(batch, before))));
  }

  Calculation c;
  BatchNormLayerOp layer;
  const Instantiation &how;
  std::string path;
};

} // namespace

Value BatchNormLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &how) {
  std::string path = getPath().str();
  if (how.mode == Instantiation::Mode::Training && how.trains && how.trains(path + "/mean"))
    return TrainedBatchNorm(builder, *this, how).build(input);
  auto own = [&](const char *name) { return how.own(builder, getLoc(), path + name); };
  Calculation c{builder, getLoc()};
  Value slope = c.times(own("/scale"), c.inverseDeviation(own("/variance"), getEpsilon()));
  Value offset = c.minus(own("/shift"), c.times(own("/mean"), slope));
  return c.plus(c.times(input, slope), offset);
}

Value GroupNormLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &how) {
  std::string path = getPath().str();
  Calculation c{builder, getLoc()};
  ArrayRef<int64_t> shape = typeOf(input).getShape();
  auto groups = static_cast<int64_t>(getGroups());
  Value grouped = c.reshaped(input, {groups, typeOf(input).getNumElements() / groups});
  Value normalized = c.reshaped(c.standardized(grouped, 1, getEpsilon()), shape);
  return c.plus(c.times(normalized, how.own(builder, getLoc(), path + "/scale")),
                how.own(builder, getLoc(), path + "/shift"));
}

Value LayerNormLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &how) {
  std::string path = getPath().str();
  Calculation c{builder, getLoc()};
  Value normalized = c.standardized(input, 0, getEpsilon());
  return c.plus(c.times(normalized, how.own(builder, getLoc(), path + "/scale")),
                how.own(builder, getLoc(), path + "/shift"));
}

Value InstanceNormLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &) {
  return Calculation{builder, getLoc()}.standardized(input, 1, getEpsilon());
}

Value NormalizeLayerOp::instantiate(OpBuilder &builder, Value input, const Instantiation &) {
  Calculation c{builder, getLoc()};
  return c.over(c.minus(input, c.perChannel(getMean())), c.perChannel(getDeviation()));
}
