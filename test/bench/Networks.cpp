// Both networks have one form: two pairs of 3x3 convolutions, each pair pooled, then three dense layers.
#include "test/bench/Networks.h"

#include <cmath>

namespace switchyard::bench {

using test::Layer;
using Kind = Layer::Kind;

namespace {

/// Adds layers and their parameters, numbering a block's layers as the compiler does.
class Builder {
public:
  explicit Builder(Subject &subject) : subject(subject) {}

  void block(const std::string &name) {
    current = name;
    next = 0;
  }
  void plain(Kind kind, double number = 0) { add({kind, path(), number}); }
  void weighted(Kind kind, std::vector<int64_t> shape) {
    std::string name = path();
    at::Tensor weights = at::empty(shape);
    int64_t area = weights.numel() / (shape[0] * shape[1]);
    double bound = std::sqrt(6.0 / double((shape[0] + shape[1]) * area));
    subject.parameters[name + "/weights"] = weights.uniform_(-bound, bound);
    subject.parameters[name + "/bias"] = at::zeros({shape[0]});
    add({kind, name});
  }

private:
  std::string path() { return current + "/" + std::to_string(next++); }
  void add(const Layer &layer) {
    subject.training.layers.push_back(layer);
    if (layer.kind != Kind::Dropout)
      subject.attacked.layers.push_back(layer);
  }

  Subject &subject;
  std::string current;
  int next = 0;
};

Subject cnn(const std::string &name, std::vector<int64_t> input, int64_t narrow, int64_t wide, int64_t units,
            double dropout) {
  at::manual_seed(1);
  Subject subject{name, {}, {}, {}, input};
  Builder builder(subject);
  builder.block("features");
  int64_t channels = input[0], side = input[1];
  for (int64_t width : {narrow, wide}) {
    for (int i = 0; i < 2; ++i, side -= 2, channels = width) {
      builder.weighted(Kind::Conv, {width, channels, 3, 3});
      builder.plain(Kind::Relu);
    }
    builder.plain(Kind::MaxPool, 2);
    side /= 2;
  }
  builder.plain(Kind::Flatten);
  builder.weighted(Kind::Dense, {units, channels * side * side});
  builder.plain(Kind::Relu);
  builder.plain(Kind::Dropout, dropout);
  builder.block("classifier");
  builder.weighted(Kind::Dense, {units, units});
  builder.plain(Kind::Relu);
  builder.weighted(Kind::Dense, {10, units});
  return subject;
}

} // namespace

Subject mnistCnn() {
  return cnn("mnist_cnn", {1, 28, 28}, 32, 64, 200, 0.3);
}
Subject cifarCnn() {
  return cnn("cifar_cnn", {3, 32, 32}, 64, 128, 256, 0.7);
}

} // namespace switchyard::bench
