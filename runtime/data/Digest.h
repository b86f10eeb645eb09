// SHA-256, fed piece by piece: names data sets and, mixed with job hashes, finished work (S6.1).
#ifndef SWITCHYARD_RUNTIME_DATA_DIGEST_H
#define SWITCHYARD_RUNTIME_DATA_DIGEST_H

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace switchyard::rt {

/// One running digest. Throws std::runtime_error where the library refuses (out of memory, SHA-256 disabled).
class Digest {
public:
  Digest();
  ~Digest();
  Digest(Digest &&) noexcept;
  Digest &operator=(Digest &&) noexcept;

  void add(const void *bytes, size_t size);
  void add(std::string_view text) { add(text.data(), text.size()); }

  /// 64 lower-case hexadecimal digits of everything added so far; more may be added afterwards.
  std::string hex() const;

private:
  struct State;
  std::unique_ptr<State> state;
};

std::string sha256Hex(std::string_view text);

} // namespace switchyard::rt

#endif
