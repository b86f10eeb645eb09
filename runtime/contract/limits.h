// How large things may be: what the plan's fields and the words of the counters of draws hold. The language
// says so at the place of the number that is too large, the runtime holds a plan against the same limits.

#ifndef SWITCHYARD_RUNTIME_CONTRACT_LIMITS_H
#define SWITCHYARD_RUNTIME_CONTRACT_LIMITS_H

#include <cstdint>

namespace switchyard::limits {

constexpr int64_t count = 2147483647; ///< of images, examples in a batch, epochs: a 32-bit word
constexpr int64_t draws = 65535;      ///< of one estimator or judge: 16 bits of the counter
constexpr int64_t votes = 255;        ///< of a majority
constexpr int64_t classes = 65534;    ///< 65535 stands for "no target" in the counter
constexpr int64_t passes = 1 << 24;   ///< iterations of an attack's loops together: 24 bits of the counter
constexpr int64_t paths = 4096;       ///< that are gone through one by one; draws take the place of more
constexpr int64_t repetitions = 1000; ///< of a training or an attack
constexpr int64_t poolSide = 11;      ///< of a pooling window: its argmax is one byte
constexpr int64_t syntheticImages = 10000000; ///< of each split of the synthetic digits: 31 GB of pixels
/// How far from 1 chances of what is chosen from may add up to, as decimals do; the language makes it 1.
constexpr double chancesOff = 1e-6;
constexpr float largestReal = 3.40282347e+38f;
constexpr float smallestReal = 1.17549435e-38f; ///< above 0

} // namespace switchyard::limits

#endif
