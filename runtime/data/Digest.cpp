// SHA-256 through OpenSSL's EVP interface. hex() finishes a copy, so that a digest can be read midway.
#include "runtime/data/Digest.h"

#include <openssl/evp.h>

#include <stdexcept>

namespace switchyard::rt {

struct Digest::State {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  ~State() { EVP_MD_CTX_free(context); }
};

static void require(bool succeeded) {
  if (!succeeded)
    throw std::runtime_error("SHA-256 is not available from OpenSSL, or memory is exhausted");
}

Digest::Digest() : state(std::make_unique<State>()) {
  require(state->context && EVP_DigestInit_ex(state->context, EVP_sha256(), nullptr) == 1);
}
Digest::~Digest() = default;
Digest::Digest(Digest &&) noexcept = default;
Digest &Digest::operator=(Digest &&) noexcept = default;

void Digest::add(const void *bytes, size_t size) {
  require(EVP_DigestUpdate(state->context, bytes, size) == 1);
}

std::string Digest::hex() const {
  State copy;
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  require(copy.context && EVP_MD_CTX_copy_ex(copy.context, state->context) == 1 &&
          EVP_DigestFinal_ex(copy.context, bytes, &size) == 1);
  static const char digits[] = "0123456789abcdef";
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

std::string sha256Hex(std::string_view text) {
  Digest digest;
  digest.add(text);
  return digest.hex();
}

} // namespace switchyard::rt
