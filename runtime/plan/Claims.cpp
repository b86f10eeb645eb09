// Files made with O_EXCL, which is atomic on every file system that Linux shares between machines.
#include "runtime/plan/Claims.h"
#include "runtime/files/WholeFile.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace switchyard::rt {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

/// How often a claim is touched within its lease.
constexpr int touches = 6;

/// A claim of ours. The open file stays that one, whatever others put in its place.
struct Claims::Held {
  int descriptor;
  explicit Held(int descriptor) : descriptor(descriptor) {}
  ~Held() { ::close(descriptor); }
  bool isAt(const std::string &file) const {
    struct stat ours, there;
    return ::fstat(descriptor, &ours) == 0 && ::stat(file.c_str(), &there) == 0 &&
           ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
  }
};

static std::string claimFile(const std::string &path) {
  return path + ".claim";
}

[[noreturn]] static void fail(const std::string &file, int reason) {
  throw std::runtime_error("cannot write " + file + ": " + std::strerror(reason));
}

/// What tells one boot of one machine, and one set of process numbers on it, from others.
static std::string bootAndNamespace() {
  std::string boot = readWhole("/proc/sys/kernel/random/boot_id").value_or("");
  std::error_code error;
  return boot.substr(0, boot.find('\n')) + " " + fs::read_symlink("/proc/self/ns/pid", error).string();
}

/// When a process began, so that another one with its number later is not taken for it; empty where it has
/// ended.
static std::string beginOf(int64_t process) {
  std::string stat;
  try {
    stat = readWhole("/proc/" + std::to_string(process) + "/stat").value_or("");
  } catch (const std::exception &) { // it ended while it was read
  }
  size_t at = stat.rfind(')'); // the name may hold anything
  if (at == std::string::npos || stat.find_first_of("ZX", at) == at + 2)
    return ""; // ended, though nobody has asked for its status yet
  for (int field = 0; field < 20 && at != std::string::npos; ++field)
    at = stat.find(' ', at + 1);
  return at == std::string::npos ? "" : stat.substr(at + 1, stat.find(' ', at + 1) - at - 1);
}

static std::string claimText(std::chrono::milliseconds lease) {
  char host[HOST_NAME_MAX + 1] = "";
  ::gethostname(host, sizeof host - 1);
  Json claim = {{"host", host},
                {"process", int64_t(::getpid())},
                {"began", beginOf(::getpid())},
                {"boot", bootAndNamespace()},
                {"random", uniqueWord()},
                {"lease_seconds", double(lease.count()) / 1000}};
  return claim.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

namespace {

/// What a claim's file says; defaults where it was cut off.
struct ClaimText {
  std::string host = "another machine", began, boot, random = "unreadable";
  int64_t process = 0;
  std::optional<double> lease;

  explicit ClaimText(const std::string &content) {
    try {
      Json claim = Json::parse(content);
      host = claim.at("host");
      process = claim.at("process");
      began = claim.at("began");
      boot = claim.at("boot");
      random = claim.at("random");
      lease = claim.at("lease_seconds").get<double>();
    } catch (const Json::exception &) {
    }
  }

  /// Whether its process is known to have ended: only this boot of this machine can tell.
  bool ownerEnded() const { return process > 0 && boot == bootAndNamespace() && beginOf(process) != began; }
};

} // namespace

Claims::~Claims() {
  {
    std::lock_guard<std::mutex> lock(mutex);
    end = true;
  }
  ending.notify_all();
  if (keeper.joinable())
    keeper.join();
  for (auto &[path, claim] : held)
    if (claim->isAt(claimFile(path)))
      ::unlink(claimFile(path).c_str());
}

void Claims::keepAlive() {
  std::unique_lock<std::mutex> lock(mutex);
  while (!ending.wait_for(lock, lease / touches, [this] { return end; }))
    for (auto &[path, claim] : held)
      ::futimens(claim->descriptor, nullptr); // the file system's own time
}

bool Claims::make(const std::string &path) {
  const std::string file = claimFile(path), text = claimText(lease);
  std::error_code error;
  fs::create_directories(fs::path(file).parent_path(), error);
  int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0 && errno == EEXIST)
    return false;
  if (descriptor < 0)
    fail(file, errno);
  auto claim = std::make_shared<Held>(descriptor);
  if (::write(descriptor, text.data(), text.size()) != ssize_t(text.size())) {
    int reason = errno;
    ::unlink(file.c_str());
    fail(file, reason);
  }
  std::lock_guard<std::mutex> lock(mutex);
  held[path] = std::move(claim);
  if (!keeper.joinable())
    keeper = std::thread([this] { keepAlive(); });
  return true;
}

bool Claims::take(const std::string &path) {
  bool ours = make(path);
  if (!ours)
    if (std::optional<std::string> dead = deadClaim(path))
      ours = takeOver(path, *dead);
  if (ours)
    others.erase(path);
  return ours;
}

std::optional<std::string> Claims::deadClaim(const std::string &path) {
  int descriptor = ::open(claimFile(path).c_str(),
                          O_RDONLY | O_CLOEXEC | O_NONBLOCK); // opening asks a server for the newest
  if (descriptor < 0)
    return std::nullopt; // given back just now
  Held opened(descriptor);
  struct stat file;
  char buffer[1024];
  ssize_t size = ::fstat(descriptor, &file) == 0 ? ::read(descriptor, buffer, sizeof buffer) : -1;
  if (size < 0)
    return std::nullopt;
  std::string content(buffer, size_t(size));
  ClaimText claim(content);
  if (claim.ownerEnded())
    return content;
  const int64_t touched = int64_t(file.st_mtim.tv_sec) * 1000000000 + file.st_mtim.tv_nsec;
  bool isOver = unchangedFor(path, content, touched) > claim.lease.value_or(double(lease.count()) / 1000);
  return isOver ? std::optional<std::string>(content) : std::nullopt;
}

double Claims::unchangedFor(const std::string &path, const std::string &content, int64_t touched) {
  auto [found, isNew] = others.try_emplace(path);
  Seen &seen = found->second;
  if (isNew || seen.content != content || seen.touched != touched)
    seen = {content, touched, Clock::now()};
  return std::chrono::duration<double>(Clock::now() - seen.since).count();
}

/// The mark that only one process can make stands until the new claim is in the place of the dead one; who
/// makes it later finds another claim there and leaves it alone.
bool Claims::takeOver(const std::string &path, const std::string &dead) {
  const std::string file = claimFile(path);
  const std::string mark = file + "." + ClaimText(dead).random;
  int descriptor = ::open(mark.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    if (unchangedFor(mark, "", 0) > double(lease.count()) / 1000) { // who made it was killed just then
      ::unlink(mark.c_str());
      others.erase(mark);
    }
    return false;
  }
  ::close(descriptor);
  bool ours = false;
  if (readWhole(file) == dead) {
    ::unlink(file.c_str());
    ours = make(path);
  }
  ::unlink(mark.c_str());
  return ours;
}

void Claims::giveBack(const std::string &path) {
  std::shared_ptr<Held> claim;
  {
    std::lock_guard<std::mutex> lock(mutex);
    auto found = held.find(path);
    if (found == held.end())
      return;
    claim = std::move(found->second);
    held.erase(found);
  }
  if (claim->isAt(claimFile(path)))
    ::unlink(claimFile(path).c_str());
}

std::string Claims::holder(const std::string &path) const {
  std::optional<std::string> content = readWhole(claimFile(path));
  if (!content)
    return "";
  ClaimText claim(*content);
  return "process " + std::to_string(claim.process) + " on " + claim.host;
}

} // namespace switchyard::rt
