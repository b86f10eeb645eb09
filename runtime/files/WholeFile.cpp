// POSIX calls only: the standard's streams can neither flush to disk nor refuse a name that is taken.
#include "runtime/files/WholeFile.h"

#include <cctype>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace switchyard {

namespace fs = std::filesystem;

static const char partialSuffix[] = ".partial";
/// Leaves room for the unique word in the 255 bytes that a name may have.
constexpr size_t longestBegin = 120;

namespace {

/// Closes the descriptor on every way out.
struct OpenFile {
  int descriptor;
  ~OpenFile() {
    if (descriptor >= 0)
      ::close(descriptor);
  }
};

} // namespace

[[noreturn]] static void fail(const char *verb, const std::string &path, int reason) {
  throw std::runtime_error("cannot " + std::string(verb) + " " + path + ": " + std::strerror(reason));
}

static void writeAll(int descriptor, std::string_view bytes, const std::string &path) {
  while (!bytes.empty()) {
    ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      fail("write", path, errno);
    bytes.remove_prefix(size_t(written));
  }
}

/// Some file systems cannot flush a folder and say so with EINVAL; some folders may be written but not read.
static void flushFolder(const fs::path &folder, const std::string &path) {
  OpenFile opened{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (opened.descriptor < 0 && errno == EACCES)
    return;
  if (opened.descriptor < 0 || (::fsync(opened.descriptor) != 0 && errno != EINVAL && errno != EROFS))
    fail("write", path, errno);
}

/// Makes the folders above a file, and has those that are new written down in the ones that hold them.
static void makeFoldersAbove(const std::string &path) {
  fs::path above = fs::path(path).parent_path();
  std::error_code error;
  std::vector<fs::path> made;
  for (fs::path folder = above; !folder.empty() && !fs::exists(folder, error); folder = folder.parent_path())
    made.push_back(folder);
  if (made.empty())
    return;
  fs::create_directories(above, error);
  if (error)
    fail("write", path, error.value());
  for (const fs::path &folder : made)
    flushFolder(folder.parent_path(), path);
}

std::string uniqueWord() {
  char host[HOST_NAME_MAX + 1] = "";
  ::gethostname(host, sizeof host - 1);
  std::string word;
  for (const char *c = host; *c && word.size() < 32; ++c)
    word += std::isalnum(static_cast<unsigned char>(*c)) ? *c : '-';
  std::random_device device;
  char rest[64];
  std::snprintf(rest, sizeof rest, "-%ld-%08x%08x", long(::getpid()), device(), device());
  return word + rest;
}

/// Where a link leads; what is none is as it was.
static std::string throughLinks(const std::string &path) {
  std::error_code error;
  if (!fs::is_symlink(path, error))
    return path;
  fs::path real = fs::weakly_canonical(path, error);
  return error ? path : real.string();
}

NewFile::NewFile(const std::string &asked) : target(throughLinks(asked)) {
  makeFoldersAbove(target);
  const fs::path place(target);
  const std::string begin = place.filename().string().substr(0, longestBegin);
  do {
    temporary = (place.parent_path() / (begin + "." + uniqueWord() + partialSuffix)).string();
    descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (descriptor < 0 && errno == EEXIST);
  if (descriptor < 0)
    fail("write", target, errno);
}

NewFile::~NewFile() {
  if (descriptor < 0)
    return;
  ::close(descriptor);
  ::unlink(temporary.c_str());
}

void NewFile::append(std::string_view bytes) {
  writeAll(descriptor, bytes, target);
}

void NewFile::finish() {
  {
    OpenFile written{::open(temporary.c_str(), O_RDONLY | O_CLOEXEC)}; // perhaps another's by now
    if (written.descriptor < 0 || ::fsync(written.descriptor) != 0)
      fail("write", target, errno);
  }
  if (::rename(temporary.c_str(), target.c_str()) != 0)
    fail("write", target, errno);
  ::close(descriptor);
  descriptor = -1;
  flushFolder(fs::path(target).parent_path(), target);
}

void writeWhole(const std::string &path, std::string_view content) {
  std::error_code error;
  fs::file_status there = fs::status(path, error);
  if (fs::exists(there) && !fs::is_regular_file(there) && !fs::is_directory(there)) {
    OpenFile file{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
    if (file.descriptor < 0)
      fail("write", path, errno);
    writeAll(file.descriptor, content, path);
    return;
  }
  NewFile file(path);
  file.append(content);
  file.finish();
}

/// Opening a pipe would wait for somebody to write to it, unless told not to.
std::optional<std::string> readWhole(const std::string &path) {
  OpenFile file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.descriptor < 0 && errno == ENOENT)
    return std::nullopt;
  struct stat known;
  if (file.descriptor < 0 || ::fstat(file.descriptor, &known) != 0)
    fail("read", path, errno);
  if (!S_ISREG(known.st_mode) && !S_ISDIR(known.st_mode)) // a folder's own reason comes at the first read
    throw std::runtime_error("cannot read " + path + ": it is no regular file");
  std::string content(size_t(std::max<off_t>(known.st_size, 0)) + 1,
                      '\0'); // one more, so that the end is seen
  for (size_t size = 0;;) {
    ssize_t got = ::read(file.descriptor, content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      fail("read", path, errno);
    size += size_t(got);
    if (got == 0) {
      content.resize(size);
      return content;
    }
    if (size == content.size())
      content.resize(2 * size);
  }
}

void removeAbandonedFiles(const std::string &folder) {
  std::error_code error;
  std::vector<fs::path> unfinished;
  for (const fs::directory_entry &file : fs::directory_iterator(folder, error))
    if (file.path().extension() == partialSuffix)
      unfinished.push_back(file.path());
  if (unfinished.empty())
    return;
  try {
    NewFile probe(folder + "/clock");
    auto yesterday = fs::last_write_time(probe.path()) - std::chrono::hours(24);
    for (const fs::path &file : unfinished) {
      auto written = fs::last_write_time(file, error);
      if (!error && written < yesterday)
        fs::remove(file, error);
    }
  } catch (const std::exception &) { // a folder that cannot be written to needs no sweeping
  }
}

} // namespace switchyard
