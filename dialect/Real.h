// A real number as a parameter of an attribute: compared and hashed by its bits.
#ifndef SWITCHYARD_DIALECT_REAL_H
#define SWITCHYARD_DIALECT_REAL_H

#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/bit.h"

#include <cmath>
#include <limits>

namespace switchyard::swy {

struct Real {
  double value;

  Real(double value = 0) : value(value) {}
  operator double() const { return value; }

  /// Where there is no number.
  static Real none() { return std::numeric_limits<double>::quiet_NaN(); }
  uint64_t bits() const { return llvm::bit_cast<uint64_t>(value); }
  bool operator==(const Real &other) const { return bits() == other.bits(); }
  bool isFinite() const { return std::isfinite(value); }
};

inline llvm::hash_code hash_value(const Real &real) {
  return llvm::hash_value(real.bits());
}

} // namespace switchyard::swy

#endif
