// The gradient of a network's first convolution with respect to the image, which every attack step needs.
// oneDNN pads the image's 1 to 4 channels to 16 and so does 4 to 16 times the work: measured 3 (3 channels)
// to 9 times (1 channel) slower than this.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CPU_NARROWCONV2D_H
#define SWITCHYARD_RUNTIME_KERNELS_CPU_NARROWCONV2D_H

#include "runtime/kernels/cpu/Conv2d.h"

namespace switchyard::rt {

/// Whether makeNarrowBackwardInput serves this geometry on this processor.
bool isNarrowBackwardInput(const Conv2dGeometry &geometry);

std::unique_ptr<PlainCall> makeNarrowBackwardInput(const Library &library, const Conv2dGeometry &geometry);

} // namespace switchyard::rt

#endif
