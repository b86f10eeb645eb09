// Files of the store: atomic writing, verified reading.
#include "runtime/plan/Store.h"
#include "runtime/data/Digest.h"
#include "runtime/plan/StoreFormat.h"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace switchyard::rt {

namespace fs = std::filesystem;

static const char temporarySuffix[] = ".partial";

void StoreEntry::add(const std::string &name, const std::string &type, const std::vector<int64_t> &shape,
                     const void *data, size_t bytes) {
  const char *first = static_cast<const char *>(data);
  tensors.push_back({name, type, shape, {first, first + bytes}});
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
  removeAbandonedFiles();
}

/// A killed writer leaves its unfinished file behind. A day is longer than any write takes.
void Store::removeAbandonedFiles() const {
  std::error_code error;
  auto yesterday = fs::file_time_type::clock::now() - std::chrono::hours(24);
  for (const fs::directory_entry &file : fs::directory_iterator(directory, error)) {
    if (file.path().extension() != temporarySuffix)
      continue;
    auto written = file.last_write_time(error);
    if (!error && written < yesterday)
      fs::remove(file.path(), error);
  }
}

std::optional<StoreEntry> Store::read(const std::string &key, std::string &problem) const {
  std::ifstream file(pathOf(key), std::ios::binary);
  if (!file)
    return std::nullopt;
  std::ostringstream content;
  content << file.rdbuf();
  try {
    StoreEntry entry = decodeEntry(std::move(content).str());
    if (entry.key != key)
      throw std::runtime_error("it belongs to " + entry.key);
    return entry;
  } catch (const std::exception &error) {
    problem = "store entry " + pathOf(key) + " is damaged (" + error.what() + ")";
    return std::nullopt;
  }
}

/// Closes the descriptor on every way out.
struct OpenFile {
  int descriptor;
  ~OpenFile() {
    if (descriptor >= 0)
      ::close(descriptor);
  }
};

static void writeWhole(const std::string &path, const std::string &content) {
  auto fail = [&] { throw std::runtime_error("cannot write " + path + ": " + std::strerror(errno)); };
  OpenFile file{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
  if (file.descriptor < 0)
    fail();
  for (size_t done = 0; done < content.size();) {
    ssize_t written = ::write(file.descriptor, content.data() + done, content.size() - done);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      fail();
    done += size_t(written);
  }
  if (::fsync(file.descriptor) != 0)
    fail();
}

void Store::write(const StoreEntry &entry) const {
  // The name is this process's and this write's own; two writers of one key each rename a whole file.
  static std::atomic<int> writes{0};
  std::string temporary =
      pathOf(entry.key) + "." + std::to_string(::getpid()) + "-" + std::to_string(writes++) + temporarySuffix;
  try {
    writeWhole(temporary, encodeEntry(entry));
    if (::rename(temporary.c_str(), pathOf(entry.key).c_str()) != 0)
      throw std::runtime_error("cannot write " + pathOf(entry.key) + ": " + std::strerror(errno));
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

void Store::remove(const std::string &key) const {
  ::unlink(pathOf(key).c_str());
}

std::string defaultStoreDirectory() {
  const char *cache = std::getenv("XDG_CACHE_HOME"), *home = std::getenv("HOME");
  if (cache && *cache)
    return std::string(cache) + "/switchyard";
  if (home && *home)
    return std::string(home) + "/.cache/switchyard";
  throw std::runtime_error("cannot tell where finished work is kept: neither XDG_CACHE_HOME nor HOME is set; "
                           "give a directory with --store");
}

} // namespace switchyard::rt
