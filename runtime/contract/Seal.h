// The last line of an artifact says the SHA-256 of all bytes before it, so that a file that was cut or
// damaged is noticed before the machine jumps into it. A loader of shared objects does not look behind their
// sections. Each side brings its own SHA-256.
#ifndef SWITCHYARD_RUNTIME_CONTRACT_SEAL_H
#define SWITCHYARD_RUNTIME_CONTRACT_SEAL_H

#include <optional>
#include <string>
#include <string_view>

namespace switchyard {

constexpr std::string_view sealHead = "\nswitchyard artifact, sha256 ";
constexpr size_t sealDigits = 64;

/// What is written behind the content; `digest` in hexadecimal.
inline std::string sealOf(std::string_view digest) {
  return std::string(sealHead) + std::string(digest) + "\n";
}

struct Sealed {
  std::string_view content, digest;
};

/// The parts of a sealed file; none where the seal is missing. Whether the digest fits is the caller's to
/// see.
inline std::optional<Sealed> splitSeal(std::string_view file) {
  constexpr size_t size = sealHead.size() + sealDigits + 1;
  if (file.size() < size || file.substr(file.size() - size, sealHead.size()) != sealHead)
    return std::nullopt;
  return Sealed{file.substr(0, file.size() - size), file.substr(file.size() - sealDigits - 1, sealDigits)};
}

} // namespace switchyard

#endif
