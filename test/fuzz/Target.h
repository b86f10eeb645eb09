// What the targets share. A target returns for every input, good or bad; what ends the process otherwise is a
// finding.
#ifndef SWITCHYARD_TEST_FUZZ_TARGET_H
#define SWITCHYARD_TEST_FUZZ_TARGET_H

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/// A file in memory with `content`, for readers that take a path.
class FileInMemory {
public:
  explicit FileInMemory(const std::string &content) : descriptor(memfd_create("input", 0)) {
    if (descriptor < 0 || write(descriptor, content.data(), content.size()) != ssize_t(content.size()))
      std::abort();
    path = "/proc/self/fd/" + std::to_string(descriptor);
  }
  ~FileInMemory() { close(descriptor); }
  FileInMemory(const FileInMemory &) = delete;

  std::string path;

private:
  int descriptor;
};

inline std::string textOf(const uint8_t *data, size_t size) {
  return std::string(reinterpret_cast<const char *>(data), size);
}

#endif
