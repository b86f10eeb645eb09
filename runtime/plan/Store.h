// The store of finished work: one file for each entry, named by the job's key (S6.1).
//
// A reader sees a whole entry or none (files/WholeFile.h), so any number of processes on any number of
// machines may share a store, and neither a kill nor a power cut leaves half an entry. The first two digits
// of a key name the folder of its file. Every reading verifies a SHA-256 over all that follows it; an entry
// that fails is reported and counts as absent; one that cannot be read is an error. Layout of a file:
//
//   "switchyard store 1\n" · 64 hex digits of the SHA-256 of the rest · "\n" ·
//   header length (u64, little endian) · header (JSON: key, kind, what, made_with, algorithms, tensors) ·
//   payload (tensors, 64-aligned)
#ifndef SWITCHYARD_RUNTIME_PLAN_STORE_H
#define SWITCHYARD_RUNTIME_PLAN_STORE_H

#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace switchyard::rt {

struct StoredTensor {
  std::string name, type; // type: "f32", "f64", "i32", "i64"; "u8" of a text
  std::vector<int64_t> shape;
  std::vector<char> bytes;
};

template <typename T> const char *storedType();
template <> inline const char *storedType<float>() {
  return "f32";
}
template <> inline const char *storedType<double>() {
  return "f64";
}
template <> inline const char *storedType<int32_t>() {
  return "i32";
}
template <> inline const char *storedType<int64_t>() {
  return "i64";
}

struct StoreEntry {
  std::string key;  // hex, also the file's name
  std::string kind; // "train", "accuracy", "attack", "examples", "checkpoint", "data set"
  std::string what; // the job's label, for people who look into the store
  std::vector<StoredTensor> tensors;
  /// What made it, for those who ask later why two results differ: versions by name, and what the library ran
  /// for each of the layers' calls (S6.2).
  std::map<std::string, std::string> madeWith = {}, algorithms = {};

  void add(const std::string &name, const std::string &type, const std::vector<int64_t> &shape,
           const void *data, size_t bytes);
  template <typename T> void add(const std::string &name, const std::vector<T> &values) {
    add(name, storedType<T>(), {int64_t(values.size())}, values.data(), values.size() * sizeof(T));
  }
  void addText(const std::string &name, const std::string &text) {
    add(name, "u8", {int64_t(text.size())}, text.data(), text.size());
  }
  std::string text(const std::string &name) const {
    const StoredTensor &stored = tensor(name);
    return {stored.bytes.begin(), stored.bytes.end()};
  }
  /// Throws std::runtime_error where the entry has no such tensor.
  const StoredTensor &tensor(const std::string &name) const;
  bool has(const std::string &name) const;
  template <typename T> std::vector<T> values(const std::string &name) const {
    const StoredTensor &stored = tensor(name);
    if (stored.type != storedType<T>())
      throw std::runtime_error("tensor \"" + name + "\" of the store entry has type " + stored.type);
    std::vector<T> values(stored.bytes.size() / sizeof(T));
    if (!values.empty())
      std::memcpy(values.data(), stored.bytes.data(), stored.bytes.size());
    return values;
  }
};

/// The store cannot be written (disk full, no permission): no work can be kept, so that none should go on.
struct StoreError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Store {
public:
  /// Opens `directory`, making it and its parents; throws std::runtime_error where that fails.
  explicit Store(std::string directory);

  /// The entry with this key, or none. A damaged entry counts as none and is described in `problem`. Throws
  /// std::runtime_error, naming the file, where there is one that cannot be read.
  std::optional<StoreEntry> read(const std::string &key, std::string &problem) const;
  /// Writes or replaces an entry; how many bytes it takes. Throws StoreError.
  size_t write(const StoreEntry &entry) const;
  void remove(const std::string &key) const;

  std::string pathOf(const std::string &key) const;

private:
  std::string directory;
};

} // namespace switchyard::rt

#endif
