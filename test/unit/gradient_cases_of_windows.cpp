// Poolings whose windows overlap, stand apart or are padded, and images of other sizes, for the table of
// lowering_gradients_test: one image and batches.
#include "test/unit/gradient_case.h"

#include <algorithm>
#include <cmath>

using namespace switchyard::test;

namespace {

struct Window {
  int64_t size, stride, padding;

  int64_t along(int64_t extent) const { return (extent + 2 * padding - size) / stride + 1; }
  std::string text() const {
    return " size " + std::to_string(size) + " stride " + std::to_string(stride) +
           (padding ? " padding " + std::to_string(padding) : "");
  }
  std::string name() const {
    return std::to_string(size) + "_" + std::to_string(stride) + "_" + std::to_string(padding);
  }
};

int64_t planesOf(const Shape &shape) {
  return shape.size() == 4 ? shape[0] * shape[1] : shape[0];
}

Shape withSize(Shape shape, int64_t height, int64_t width) {
  shape[shape.size() - 2] = height;
  shape[shape.size() - 1] = width;
  return shape;
}

/// Calls `each` with every element of the result and the image's elements in its window.
template <typename F> void eachWindow(const Shape &image, const Window &window, const Values &x, F each) {
  int64_t height = image[image.size() - 2], width = image.back();
  size_t at = 0;
  for (int64_t plane = 0; plane < planesOf(image); ++plane)
    for (int64_t row = 0; row < window.along(height); ++row)
      for (int64_t column = 0; column < window.along(width); ++column) {
        Values inside;
        for (int64_t i = row * window.stride - window.padding, end = i + window.size; i < end; ++i)
          for (int64_t j = column * window.stride - window.padding, last = j + window.size; j < last; ++j)
            if (i >= 0 && i < height && j >= 0 && j < width)
              inside.push_back(x[size_t((plane * height + i) * width + j)]);
        each(at++, inside);
      }
}

void addPoolings(std::vector<Case> &table, const Shape &image, const Window &window) {
  Shape pooled = withSize(image, window.along(image[image.size() - 2]), window.along(image.back()));
  std::string from = typeOf(image), to = typeOf(pooled), which = to;
  which.replace(which.find("f32"), 3, "i8");
  std::string name = "_" + std::to_string(image.size()) + "d_" + window.name();
  table.push_back({"max_pool" + name,
                   "max_pool",
                   {image},
                   pooled,
                   "%y, %i = swy.max_pool %x0" + window.text() + " : " + from + " -> " + to + ", " + which,
                   [=](const std::vector<Values> &x, const Values &, Values &y) {
                     eachWindow(image, window, x[0], [&](size_t at, const Values &inside) {
                       y[at] = *std::max_element(inside.begin(), inside.end());
                     });
                   }});
  table.push_back({"avg_pool" + name,
                   "avg_pool",
                   {image},
                   pooled,
                   "%y = swy.avg_pool %x0" + window.text() + " : " + from + " -> " + to,
                   [=](const std::vector<Values> &x, const Values &, Values &y) {
                     eachWindow(image, window, x[0], [&](size_t at, const Values &inside) {
                       for (double element : inside)
                         y[at] += element / double(window.size * window.size);
                     });
                   }});
}

/// Along a dimension of `from` elements, `behind` of which stand beside one another for each.
struct Along {
  int64_t planes, from, to, behind;

  /// y[j] = sum_i weight(j, i) x[i].
  template <typename F> Reference by(F weight) const {
    return [*this, weight](const std::vector<Values> &x, const Values &, Values &y) {
      for (int64_t plane = 0; plane < planes; ++plane)
        for (int64_t j = 0; j < to; ++j)
          for (int64_t i = 0; i < from; ++i)
            for (int64_t k = 0; k < behind; ++k)
              y[size_t((plane * to + j) * behind + k)] +=
                  weight(j, i) * x[0][size_t((plane * from + i) * behind + k)];
    };
  }
};

void addResizings(std::vector<Case> &table, const Shape &image, int64_t along, int64_t to) {
  Shape result = image;
  size_t dimension = image.size() - 2 + size_t(along);
  result[dimension] = to;
  int64_t from = image[dimension], planes = planesOf(image);
  Along resized =
      along ? Along{planes * image[image.size() - 2], from, to, 1} : Along{planes, from, to, image.back()};
  for (bool nearest : {false, true}) {
    auto weight = [=](int64_t j, int64_t i) -> double {
      if (nearest)
        return j * from / to == i;
      double place = std::clamp((double(j) + 0.5) * double(from) / double(to) - 0.5, 0.0, double(from - 1));
      return std::max(0.0, 1 - std::abs(place - double(i)));
    };
    table.push_back({"resize_" + std::to_string(image.size()) + "d_" + std::to_string(along) + "_" +
                         std::to_string(from) + "_to_" + std::to_string(to) + (nearest ? "_nearest" : ""),
                     "resize",
                     {image},
                     result,
                     "%y = swy.resize %x0 along " + std::to_string(along) + (nearest ? " nearest" : "") +
                         " : " + typeOf(image) + " -> " + typeOf(result),
                     resized.by(weight)});
  }
}

void addPadding(std::vector<Case> &table) {
  table.push_back({"pad",
                   "pad",
                   {{2, 3, 4}},
                   {2, 7, 8},
                   "%y = swy.pad %x0 by 2 : tensor<2x3x4xf32> -> tensor<2x7x8xf32>",
                   [](const std::vector<Values> &x, const Values &, Values &y) {
                     for (size_t at = 0; at < x[0].size(); ++at)
                       y[at / 12 * 56 + (at / 4 % 3 + 2) * 8 + at % 4 + 2] = x[0][at];
                   }});
}

} // namespace

void switchyard::test::addWindows(std::vector<Case> &table) {
  const std::vector<Window> windows = {{1, 1, 0}, {1, 2, 0}, {2, 1, 0}, {3, 2, 0}, {3, 2, 1},
                                       {3, 1, 1}, {2, 3, 0}, {2, 3, 1}, {4, 3, 2}};
  for (const Window &window : windows) {
    addPoolings(table, {2, 5, 6}, window);
    addPoolings(table, {2, 2, 5, 6}, window);
  }
  for (int64_t along : {0, 1})
    for (int64_t to : {1, 2, 3, 4, 7, 10, 13})
      addResizings(table, {2, 4, 5}, along, to);
  addResizings(table, {2, 2, 4, 5}, 0, 6);
  addResizings(table, {2, 1, 5}, 0, 3);
  addPadding(table);
}
