// Neighbours in groups, sorted, and locally connected layers, for the table of lowering_gradients_test:
// vectors and images, one and batches, weights of all examples and of each.
#include "test/unit/gradient_case.h"

#include <algorithm>
#include <functional>

using namespace switchyard::test;

namespace {

std::string textOf(const Shape &shape) {
  std::string text;
  for (int64_t size : shape)
    text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

/// Groups of `size` along a dimension of `shape`; rank 0: in order.
void addGroups(std::vector<Case> &table, const Shape &shape, size_t along, size_t size, size_t rank) {
  size_t behind = 1;
  for (size_t i = along + 1; i < shape.size(); ++i)
    behind *= size_t(shape[i]);
  auto sorted = [=](const std::vector<Values> &x, const Values &, Values &y) {
    for (size_t first = 0; first < y.size(); ++first) {
      if (first / behind % size != 0)
        continue;
      Values group;
      for (size_t i = 0; i < size; ++i)
        group.push_back(x[0][first + i * behind]);
      std::sort(group.begin(), group.end(), std::greater<>());
      for (size_t i = 0; i < size; ++i)
        y[first + i * behind] = group[rank ? rank - 1 : i];
    }
  };
  std::string with = " along " + std::to_string(along) + " size " + std::to_string(size) +
                     (rank ? " rank " + std::to_string(rank) : "");
  table.push_back({"sort_groups_" + textOf(shape) + "_of_" + std::to_string(size) + "_" +
                       (rank ? std::to_string(rank) : "in_order"),
                   "sort_groups",
                   {shape},
                   shape,
                   "%y = swy.sort_groups %x0" + with + " : " + typeOf(shape),
                   sorted});
}

/// A locally connected layer on images of 5 x 4.
struct Local {
  int64_t examples, inputs, outputs, kernel, stride, padding;
  bool ownWeights = false;

  int64_t rows() const { return (5 + 2 * padding - kernel) / stride + 1; }
  int64_t columns() const { return (4 + 2 * padding - kernel) / stride + 1; }
  Shape image() const { return {examples, inputs, 5, 4}; }
  Shape made() const { return {examples, outputs, rows(), columns()}; }
  Shape weights() const {
    Shape shape{outputs, inputs, kernel, kernel, rows(), columns()};
    if (ownWeights)
      shape.insert(shape.begin(), examples);
    return shape;
  }

  void operator()(const std::vector<Values> &x, const Values &, Values &y) const {
    for (size_t at = 0; at < y.size(); ++at) {
      int64_t q = int64_t(at) % columns(), p = int64_t(at) / columns() % rows(),
              o = int64_t(at) / columns() / rows() % outputs, b = int64_t(at) / columns() / rows() / outputs;
      for (int64_t part = 0; part < inputs * kernel * kernel; ++part) {
        int64_t i = part / kernel / kernel, u = part / kernel % kernel, v = part % kernel;
        int64_t row = p * stride + u - padding, column = q * stride + v - padding;
        if (row < 0 || row >= 5 || column < 0 || column >= 4)
          continue;
        int64_t weight = (ownWeights ? b * outputs + o : o) * inputs * kernel * kernel + part;
        y[at] += x[1][size_t((weight * rows() + p) * columns() + q)] *
                 x[0][size_t(((b * inputs + i) * 5 + row) * 4 + column)];
      }
    }
  }
};

void addLocal(std::vector<Case> &table, const Local &local) {
  Shape image = local.image(), made = local.made();
  std::string name = "local_conv_" + textOf(image) + "_" +
                     textOf({local.outputs, local.kernel, local.stride, local.padding}) +
                     (local.ownWeights ? "_own" : "");
  if (local.examples == 1) { // no batch
    image.erase(image.begin());
    made.erase(made.begin());
  }
  table.push_back({name,
                   "local_conv",
                   {image, local.weights()},
                   made,
                   "%y = swy.local_conv %x0, %x1 stride " + std::to_string(local.stride) + " padding " +
                       std::to_string(local.padding) + " : " + typeOf(image) + ", " +
                       typeOf(local.weights()) + " -> " + typeOf(made),
                   local});
}

} // namespace

void switchyard::test::addNeighbours(std::vector<Case> &table) {
  for (size_t rank : {0, 1, 2, 3}) {
    addGroups(table, {6}, 0, 3, rank);
    addGroups(table, {6, 2, 3}, 0, 3, rank);
    addGroups(table, {2, 6}, 1, 3, rank);
    addGroups(table, {2, 6, 2, 3}, 1, 3, rank);
  }
  addGroups(table, {2, 8}, 1, 8, 5);
  addGroups(table, {2, 4, 3}, 1, 1, 0);
  for (const Local &local : std::vector<Local>{{1, 1, 2, 3, 1, 0},
                                               {2, 2, 3, 2, 1, 0},
                                               {2, 2, 3, 3, 2, 1},
                                               {2, 1, 1, 2, 3, 2},
                                               {2, 3, 2, 1, 1, 0},
                                               {2, 2, 3, 2, 1, 1, true}})
    addLocal(table, local);
}
