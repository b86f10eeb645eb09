// Digits drawn by the program, for experiments that need no download: pen strokes under random affine
// changes, thickness, wobble, contrast and noise. Image i of a split is a pure function of (seed, split, i).
#ifndef SWITCHYARD_RUNTIME_DATA_SYNTHETICDIGITS_H
#define SWITCHYARD_RUNTIME_DATA_SYNTHETICDIGITS_H

#include "runtime/data/Dataset.h"

namespace switchyard::rt {

/// `train` and `test` images of 1x28x28 in multiples of 1/255 of the range; ten classes, equally likely.
/// Equal bit for bit on every machine. Arguments: train, test (counts, at least 1), seed. Throws DataError.
Dataset drawSyntheticDigits(const DatasetSpec &spec);

} // namespace switchyard::rt

#endif
