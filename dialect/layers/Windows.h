// Square windows over an image, of convolutions and poolings.
#ifndef SWITCHYARD_DIALECT_LAYERS_WINDOWS_H
#define SWITCHYARD_DIALECT_LAYERS_WINDOWS_H

#include <cstdint>

namespace switchyard {

/// Of `size` x `size` elements, `stride` apart, over the image with `padding` more at each of its four sides.
struct Windows {
  int64_t size, stride, padding;

  /// How many fit along so many rows or columns; a rest at the end belongs to none.
  int64_t along(int64_t extent) const {
    int64_t room = extent + 2 * padding - size;
    return room < 0 ? 0 : room / stride + 1;
  }
};

} // namespace switchyard

#endif
