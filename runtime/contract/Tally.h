// A tally of gradients (S2.2) as both sides see it: for each example and each gradient so many numbers.
#ifndef SWITCHYARD_RUNTIME_CONTRACT_TALLY_H
#define SWITCHYARD_RUNTIME_CONTRACT_TALLY_H

#include <cstdint>

namespace switchyard::rt::tally {

/// In the order of the tally's last dimension: how often the gradient was computed, was not finite, was zero
/// everywhere, and how many of the last ones, one after the other, were zero.
enum Column { Evaluations, NotFinite, Zero, ZeroAtEnd };
constexpr int64_t columns = 4;

} // namespace switchyard::rt::tally

#endif
