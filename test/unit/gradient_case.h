// A differentiable operation with a reference, for lowering_gradients_test.
#ifndef SWITCHYARD_TEST_UNIT_GRADIENT_CASE_H
#define SWITCHYARD_TEST_UNIT_GRADIENT_CASE_H

#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace switchyard::test {

using Values = std::vector<double>;
using Shape = std::vector<int64_t>;

/// y of the inputs x and of the cotangent w, which some cases use as a mask.
using Reference = std::function<void(const std::vector<Values> &x, const Values &w, Values &y)>;

struct Case {
  std::string name, operation;
  std::vector<Shape> inputs;
  Shape result;
  std::string line; // makes %y of %x0, %x1, ... and perhaps of the integers %n
  Reference reference;
  double low = -1, high = 1;          // of the inputs
  std::vector<int32_t> integers = {}; // %n : tensor<Nxi32>
  bool isConstant = false;            // to a gradient, whatever its value
};

inline std::string typeOf(const Shape &shape) {
  std::string text = "tensor<";
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + "f32>";
}

/// How gtest prints one.
inline void PrintTo(const Case &one, std::ostream *out) {
  *out << one.name;
}

/// Of swy.sample (gradient_cases_of_sampling.cpp).
void addSampling(std::vector<Case> &table);
/// Of neighbours in groups and locally connected layers (gradient_cases_of_neighbours.cpp).
void addNeighbours(std::vector<Case> &table);
/// Of poolings whose windows overlap, stand apart or are padded, and of images of other sizes
/// (gradient_cases_of_windows.cpp).
void addWindows(std::vector<Case> &table);

} // namespace switchyard::test

#endif
