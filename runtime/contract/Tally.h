// A tally of gradients (S2.2) as both sides see it: for each example and each gradient so many numbers.
#ifndef SWITCHYARD_RUNTIME_CONTRACT_TALLY_H
#define SWITCHYARD_RUNTIME_CONTRACT_TALLY_H

#include <cstdint>

namespace switchyard::rt::tally {

/// In the order of the tally's last dimension: how often the gradient was computed, was not finite, was zero
/// everywhere, and how many of the last ones, one after the other, were zero.
enum Column { Evaluations, NotFinite, Zero, ZeroAtEnd };
constexpr int64_t columns = 4;

/// The numbers of an end of an attack inside a training, each not finite where it fails: the example is a
/// number; the image that a loss made it of lies in the input's range (not counted where the training gives
/// it); the example lies in its ball and the range.
enum OfEnd { EndFinite, EndGiven, EndInside };
constexpr int64_t ofEnd = 3;

} // namespace switchyard::rt::tally

#endif
