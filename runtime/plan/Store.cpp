// Files of the store: verified reading; writing is the durable writer's.
#include "runtime/plan/Store.h"
#include "runtime/files/WholeFile.h"
#include "runtime/plan/StoreFormat.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <unistd.h>

namespace switchyard::rt {

namespace fs = std::filesystem;

void StoreEntry::add(const std::string &name, const std::string &type, const std::vector<int64_t> &shape,
                     const void *data, size_t bytes) {
  const char *first = static_cast<const char *>(data);
  tensors.push_back({name, type, shape, {first, first + bytes}});
}

bool StoreEntry::has(const std::string &name) const {
  return std::any_of(tensors.begin(), tensors.end(),
                     [&](const StoredTensor &one) { return one.name == name; });
}

const StoredTensor &StoreEntry::tensor(const std::string &name) const {
  for (const StoredTensor &candidate : tensors)
    if (candidate.name == name)
      return candidate;
  throw std::runtime_error("the store entry has no tensor \"" + name + "\"");
}

Store::Store(std::string directory) : directory(std::move(directory)) {
  std::error_code error;
  fs::create_directories(this->directory, error);
  if (error || !fs::is_directory(this->directory))
    throw std::runtime_error("cannot make the store's directory " + this->directory +
                             (error ? ": " + error.message() : "") + "; choose another with --store");
  removeAbandonedFiles(this->directory);
  for (const fs::directory_entry &folder : fs::directory_iterator(this->directory, error))
    if (folder.path().filename().string().size() == 2)
      removeAbandonedFiles(folder.path().string());
}

/// Thousands of entries lie in 256 folders: many file systems are slow with one large one.
std::string Store::pathOf(const std::string &key) const {
  return directory + "/" + key.substr(0, 2) + "/" + key;
}

std::optional<StoreEntry> Store::read(const std::string &key, std::string &problem) const {
  std::optional<std::string> content = readWhole(pathOf(key));
  if (!content)
    return std::nullopt;
  try {
    StoreEntry entry = decodeEntry(*content);
    if (entry.key != key)
      throw std::runtime_error("it belongs to " + entry.key);
    return entry;
  } catch (const std::exception &error) {
    problem = "store entry " + pathOf(key) + " is damaged (" + error.what() + ")";
    return std::nullopt;
  }
}

size_t Store::write(const StoreEntry &entry) const {
  try {
    const std::string content = encodeEntry(entry);
    writeWhole(pathOf(entry.key), content);
    return content.size();
  } catch (const std::exception &error) {
    throw StoreError(error.what());
  }
}

void Store::remove(const std::string &key) const {
  if (::unlink(pathOf(key).c_str()) != 0 && errno != ENOENT)
    throw StoreError("cannot remove store entry " + pathOf(key) + ": " + std::strerror(errno));
}

} // namespace switchyard::rt
