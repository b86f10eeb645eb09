// The noise that a network adds to its input before anything else: what randomized smoothing certifies by
// (Cohen et al., 2019).
#ifndef SWITCHYARD_COMPILER_PASSES_INPUTNOISE_H
#define SWITCHYARD_COMPILER_PASSES_INPUTNOISE_H

#include "dialect/Experiment.h"

namespace switchyard {

/// Its standard deviation, in the unit of pixels, or why there is none that holds for the whole input.
struct InputNoise {
  double deviation = 0;
  std::string why;
};

/// Of a protected network with these values of its scalars. Whatever comes behind the noise, random or not,
/// is the base classifier; a layer before it, even a linear one, is none of the smoothing.
InputNoise inputNoise(swy::NetworkOp network, mlir::DictionaryAttr scalars);

} // namespace switchyard

#endif
