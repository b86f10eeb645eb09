// swy.sample for the table of lowering_gradients_test: planes of pixels, alone and in a batch, read at places
// in them and outside of them.
#include "test/unit/gradient_case.h"

#include <cmath>

using namespace switchyard::test;

namespace {

/// Of a plane of 3 x 4 pixels, 0 outside.
double pixelOf(const Values &image, size_t plane, int row, int column) {
  bool isPixel = row >= 0 && row < 3 && column >= 0 && column < 4;
  return isPixel ? image[12 * plane + size_t(4 * row + column)] : 0;
}

/// Planes of 3 x 4 pixels, read at 6 places each.
void bilinear(const std::vector<Values> &x, const Values &, Values &y) {
  for (size_t i = 0; i < y.size(); ++i) {
    double row = std::floor(x[1][i]), column = std::floor(x[2][i]);
    double down = x[1][i] - row, right = x[2][i] - column;
    for (int a : {0, 1})
      for (int b : {0, 1})
        y[i] += (a ? down : 1 - down) * (b ? right : 1 - right) *
                pixelOf(x[0], i / 6, int(row) + a, int(column) + b);
  }
}

} // namespace

/// Places from outside on one side to outside on the other.
void switchyard::test::addSampling(std::vector<Case> &table) {
  for (const std::string planes : {"2x", "2x2x"}) {
    std::string image = "tensor<" + planes + "3x4xf32>", place = "tensor<" + planes + "2x3xf32>";
    Shape leading(planes.size() / 2, 2), pixels = leading, places = leading;
    pixels.insert(pixels.end(), {3, 4});
    places.insert(places.end(), {2, 3});
    table.push_back(
        {"sample_of_" + planes,
         "sample",
         {pixels, places, places},
         places,
         "%y = swy.sample %x0 at %x1, %x2 : " + image + ", " + place + ", " + place + " -> " + place,
         bilinear,
         -1.5,
         4.5});
  }
}
