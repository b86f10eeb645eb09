// Links with the first linker found: cc, which every machine that can build programs has, else lld or ld. All
// are told the same three things, since an artifact needs no start-up files: shared, from, to.
#include "compiler/codegen/Artifact.h"

#include "compiler/codegen/Failure.h"
#include "runtime/contract/Seal.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"

#include <vector>

using namespace llvm;

namespace switchyard {
namespace {

constexpr StringLiteral linkers[] = {"cc", "gcc", "clang", "ld.lld-22", "ld.lld", "ld"};

/// A file that disappears with this object.
class TemporaryFile {
public:
  static Expected<TemporaryFile> create(StringRef suffix) {
    TemporaryFile file;
    if (std::error_code code = sys::fs::createTemporaryFile("switchyard", suffix, file.path))
      return failure("cannot create a temporary file: " + code.message());
    return file;
  }
  TemporaryFile(TemporaryFile &&other) : path(std::move(other.path)) { other.path.clear(); }
  ~TemporaryFile() {
    if (!path.empty())
      sys::fs::remove(path);
  }

  SmallString<128> path;

private:
  TemporaryFile() = default;
};

Error writeFile(StringRef path, StringRef bytes) {
  std::error_code code;
  raw_fd_ostream stream(path, code);
  if (!code) {
    stream << bytes;
    stream.close();
    code = stream.error();
  }
  if (!code)
    return Error::success();
  stream.clear_error();
  return failure("cannot write '" + path + "': " + code.message());
}

Expected<std::string> findLinker() {
  for (StringRef name : linkers)
    if (ErrorOr<std::string> found = sys::findProgramByName(name))
      return *found;
  return failure("no linker found (looked for cc, gcc, clang, ld.lld and ld); install one, "
                 "for example: apt-get install gcc");
}

Error runLinker(StringRef linker, ArrayRef<StringRef> objects, StringRef path) {
  auto words = TemporaryFile::create("log");
  if (!words)
    return words.takeError();
  // cc passes by its start-up files: the artifact's only needs are the runtime's and libm's, open at load
  // time.
  StringRef stem = linker.substr(linker.rfind('/') + 1);
  SmallVector<StringRef> arguments{linker, "-shared", "-o", path};
  llvm::append_range(arguments, objects);
  if (!stem.starts_with("ld"))
    arguments.push_back("-nostartfiles");
  std::optional<StringRef> redirects[] = {StringRef(""), StringRef(words->path), StringRef(words->path)};
  std::string message;
  if (sys::ExecuteAndWait(linker, arguments, std::nullopt, redirects, 0, 0, &message) == 0)
    return Error::success();
  if (auto said = MemoryBuffer::getFile(words->path); said && message.empty())
    message = (*said)->getBuffer().trim().str();
  return failure("linking '" + path + "' with " + linker + " failed: " + message);
}

} // namespace

Error linkArtifact(ArrayRef<StringRef> objects, StringRef path) {
  auto linker = findLinker();
  if (!linker)
    return linker.takeError();
  std::vector<TemporaryFile> files;
  SmallVector<StringRef> paths;
  files.reserve(objects.size());
  for (StringRef object : objects) {
    auto file = TemporaryFile::create("o");
    if (!file)
      return file.takeError();
    if (Error error = writeFile(file->path, object))
      return error;
    files.push_back(std::move(*file));
    paths.push_back(files.back().path);
  }
  return runLinker(*linker, paths, path);
}

Error sealArtifact(StringRef path) {
  auto file = MemoryBuffer::getFile(path, false, /*RequiresNullTerminator=*/false);
  if (!file)
    return failure("cannot read '" + path + "': " + file.getError().message());
  SHA256 hash;
  hash.update((*file)->getBuffer());
  int descriptor = -1;
  if (std::error_code code =
          sys::fs::openFileForWrite(path, descriptor, sys::fs::CD_OpenExisting, sys::fs::OF_Append))
    return failure("cannot write '" + path + "': " + code.message());
  raw_fd_ostream stream(descriptor, /*shouldClose=*/true);
  stream << sealOf(toHex(hash.final(), /*LowerCase=*/true));
  stream.close();
  if (!stream.has_error())
    return Error::success();
  std::error_code reason = stream.error();
  stream.clear_error();
  return failure("cannot write '" + path + "': " + reason.message());
}

} // namespace switchyard
