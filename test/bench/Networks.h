// The two networks of the paper's experiments, as the oracle's lists of layers.
#ifndef SWITCHYARD_TEST_BENCH_NETWORKS_H
#define SWITCHYARD_TEST_BENCH_NETWORKS_H

#include "test/numerics/Oracle.h"

namespace switchyard::bench {

struct Subject {
  std::string name;
  test::Network training, attacked; // with dropout after the first dense layer, and without
  test::Parameters parameters;      // Glorot uniform weights, zero biases
  std::vector<int64_t> input;       // channels, height, width
};

Subject mnistCnn(); // 32-32-pool-64-64-pool-200-200-10, 312,202 parameters
Subject cifarCnn(); // 64-64-pool-128-128-pool-256-256-10, 1,147,978 parameters

} // namespace switchyard::bench

#endif
