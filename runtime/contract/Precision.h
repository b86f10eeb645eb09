// How convolutions and dense layers compute: the precision of a job (docs/semantics.md, S6.2).
#ifndef SWITCHYARD_RUNTIME_CONTRACT_PRECISION_H
#define SWITCHYARD_RUNTIME_CONTRACT_PRECISION_H

#include <cstdint>
#include <string>
#include <vector>

namespace switchyard::rt {

/// Float32: in full, by whichever algorithm is fast. Tf32: a GPU may round the factors of products to 10
/// bits. ExactOrder: by direct algorithms, whose order of summation does not depend on threads.
enum class Precision : int64_t { Float32, Tf32, ExactOrder };

/// As the language writes them, in the order of Precision.
inline const std::vector<std::string> &precisionNames() {
  static const std::vector<std::string> names = {"float32", "tf32", "exact_order"};
  return names;
}

inline const std::string &precisionName(Precision precision) {
  return precisionNames()[size_t(precision)];
}

} // namespace switchyard::rt

#endif
