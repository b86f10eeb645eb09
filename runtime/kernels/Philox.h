// Counter-based random draws: Philox 4x32-10 and what Switchyard makes of its words (S3.1, S3.2).
// A draw is a pure function of what it is for, so it depends on no batch, order, thread count or device.
// Generated code repeats these steps, docs/randomness.md says them one by one. Users are compiled with
// -ffp-contract=off: every fused multiply-add is written, and no other may appear.
#ifndef SWITCHYARD_RUNTIME_KERNELS_PHILOX_H
#define SWITCHYARD_RUNTIME_KERNELS_PHILOX_H

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace switchyard::rt {

/// What a stream of draws is for. Part of the key, so that no two uses share a draw.
constexpr uint64_t purposeInitialization = 1, purposeShuffling = 2, purposeTraining = 3, purposeAttack = 4,
                   purposeJudging = 5, purposeAccuracy = 6, purposeGoals = 7, purposeData = 8,
                   purposeValidation = 9, purposeCertificate = 10;

/// The target in the counter's last word where a draw belongs to no target.
constexpr uint32_t noTarget = 65535;

using PhiloxBlock = std::array<uint32_t, 4>;

/// Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011). The key's low word is
/// the first of the paper's two.
constexpr PhiloxBlock philox(uint64_t key, PhiloxBlock counter) {
  uint32_t key0 = uint32_t(key), key1 = uint32_t(key >> 32);
  for (int round = 0; round < 10; ++round) {
    uint64_t product0 = uint64_t(0xD2511F53u) * counter[0], product1 = uint64_t(0xCD9E8D57u) * counter[2];
    counter = {uint32_t(product1 >> 32) ^ counter[1] ^ key0, uint32_t(product1),
               uint32_t(product0 >> 32) ^ counter[3] ^ key1, uint32_t(product0)};
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return counter;
}

/// The finalizer of splitmix64: a bijection of 64 bits whose every output bit depends on every input bit.
constexpr uint64_t philoxMix(uint64_t z) {
  z += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

/// The stream of one call of a compiled function; restart is below 2^32.
constexpr uint64_t philoxStream(uint64_t seed, uint64_t purpose, uint64_t epoch = 0, uint64_t restart = 0) {
  return philoxMix(philoxMix(philoxMix(seed) + purpose) + (epoch << 32 | restart));
}

/// FNV-1a, 64 bits, of a site's path in UTF-8.
constexpr uint64_t siteHash(std::string_view path) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (char byte : path)
    hash = (hash ^ uint8_t(byte)) * 0x100000001b3u;
  return hash;
}

/// The key of the draws that one site makes within a stream.
constexpr uint64_t philoxKey(uint64_t stream, std::string_view site) {
  return philoxMix(stream + siteHash(site));
}

/// The second counter word of a row: target in the low half, number of the draw in the high half.
constexpr uint32_t targetAndDraw(uint32_t target, uint32_t draw) {
  return target | draw << 16;
}

/// The third counter word: the number of the static call site and the flattened index of the loops around it
/// (below 2^24).
constexpr uint32_t passWord(uint32_t callSite, uint32_t loopIndex) {
  return callSite << 24 | loopIndex;
}

/// The word of one element; `target` is targetAndDraw's.
constexpr uint32_t philoxWord(uint64_t key, uint32_t element, uint32_t image, uint32_t pass,
                              uint32_t target) {
  return philox(key, {element >> 2, image, pass, target})[element & 3];
}

/// In [0, 1), a multiple of 2^-24: exact.
constexpr float uniform(uint32_t word) {
  return float(word >> 8) * 0x1p-24f;
}

/// An integer below n, each value with probability 1/n up to n / 2^32.
constexpr uint32_t integerBelow(uint32_t word, uint32_t n) {
  return uint32_t(uint64_t(word) * n >> 32);
}

/// Natural logarithm of a positive normal number, error below 1 ulp, in a fixed order of f32 operations.
/// t = 2^e (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)); log(1 + f) = f - f^2/2 + f^3 P(f), P interpolated at
/// Chebyshev nodes.
inline float fixedOrderLog(float t) {
  uint32_t bits = 0;
  std::memcpy(&bits, &t, 4);
  int32_t exponent = int32_t(bits - 0x3f3504f3u) >> 23; // 0x3f3504f3 is sqrt(1/2); the shift is arithmetic
  uint32_t mantissa = bits - (uint32_t(exponent) << 23);
  float f = 0.0f;
  std::memcpy(&f, &mantissa, 4);
  f = f - 1.0f;
  float e = float(exponent);
  float square = f * f;
  float p = 0x1.1d8ea6p-4f;
  p = std::fma(p, f, -0x1.d635bcp-4f);
  p = std::fma(p, f, 0x1.dea282p-4f);
  p = std::fma(p, f, -0x1.fcf4c6p-4f);
  p = std::fma(p, f, 0x1.23d21ap-3f);
  p = std::fma(p, f, -0x1.555b4ap-3f);
  p = std::fma(p, f, 0x1.999d5ap-3f);
  p = std::fma(p, f, -0x1.fffffcp-3f);
  p = std::fma(p, f, 0x1.555554p-2f);
  float y = (square * f) * p;
  y = std::fma(e, 0x1.0bfbe8p-15f, y); // ln 2, low part
  y = std::fma(square, -0.5f, y);
  y = f + y;
  return std::fma(e, 0x1.62ep-1f, y); // ln 2, high part: few enough bits that e times it is exact
}

/// Horner's rule, highest coefficient first, each step one fused multiply-add.
template <size_t N> inline float horner(const float (&coefficients)[N], float x) {
  float value = coefficients[0];
  for (size_t i = 1; i < N; ++i)
    value = std::fma(value, x, coefficients[i]);
  return value;
}

/// The standard normal draw of a word: the inverse normal distribution function of ((word >> 8) + 1/2) /
/// 2^24, as sqrt(2) erfinv(x) with Giles' two polynomials ("Approximating the erfinv function", 2010). Error
/// below 3e-7 relative; the largest magnitude is 5.42.
inline float normal(uint32_t word) {
  // x = 2u - 1 is an odd multiple of 2^-24, made from integers because u itself needs 25 bits: exact.
  float x = float(int32_t(word >> 8) * 2 - 16777215) * 0x1p-24f;
  float w = -fixedOrderLog(std::fma(-x, x, 1.0f));
  float root = std::sqrt(w);
  constexpr float middle[] = {2.81022636e-08f,  3.43273939e-07f, -3.5233877e-06f,
                              -4.39150654e-06f, 0.00021858087f,  -0.00125372503f,
                              -0.00417768164f,  0.246640727f,    1.50140941f};
  constexpr float tail[] = {-0.000200214257f, 0.000100950558f, 0.00134934322f,
                            -0.00367342844f,  0.00573950773f,  -0.0076224613f,
                            0.00943887047f,   1.00167406f,     2.83297682f};
  float inMiddle = horner(middle, w - 2.5f), inTail = horner(tail, root - 3.0f);
  float p = w < 5.0f ? inMiddle : inTail;
  return (p * x) * 0x1.6a09e6p+0f; // sqrt(2)
}

} // namespace switchyard::rt

#endif
