// Lowers a function written as program-level swy to a shared object and calls it, with plain loops standing
// in for the runtime's library (this process has no LibTorch).
#ifndef SWITCHYARD_TEST_UNIT_LOWERING_FIXTURE_H
#define SWITCHYARD_TEST_UNIT_LOWERING_FIXTURE_H

#include "compiler/lowering/Signatures.h"
#include "runtime/contract/abi.h"

#include <memory>
#include <string>
#include <vector>

namespace switchyard::test {

/// A loaded artifact with one function.
class Compiled {
public:
  /// Differentiates and lowers `text` (one entry function) without the optimizations named in `disabled`;
  /// throws on failure.
  explicit Compiled(const std::string &text, const std::vector<std::string> &disabled = {});
  ~Compiled();

  /// Calls the function with buffers in the order of its signature; the arena is added.
  void operator()(std::vector<void *> buffers) const;

  const FunctionSignature &signature() const { return entry; }

private:
  void *library = nullptr;
  swy_compiled_function function = nullptr;
  FunctionSignature entry;
};

/// A 64-byte aligned array of a buffer's elements, zeroed.
template <typename Element> class Buffer {
public:
  explicit Buffer(size_t count) : count(count) {
    storage.reset(static_cast<Element *>(std::aligned_alloc(64, (count * sizeof(Element) + 63) / 64 * 64)));
    std::fill_n(storage.get(), count, Element(0));
  }
  Element &operator[](size_t i) { return storage.get()[i]; }
  Element *data() { return storage.get(); }
  size_t size() const { return count; }

private:
  struct Free {
    void operator()(void *pointer) const { std::free(pointer); }
  };
  size_t count;
  std::unique_ptr<Element, Free> storage;
};

/// Fills with values in [-1, 1) that look random but are always the same.
inline void fill(Buffer<float> &buffer, uint32_t seed) {
  for (size_t i = 0; i < buffer.size(); ++i) {
    seed = seed * 1664525u + 1013904223u;
    buffer[i] = static_cast<float>(seed >> 8) * 0x1p-23f - 1.0f;
  }
}

} // namespace switchyard::test
#endif
