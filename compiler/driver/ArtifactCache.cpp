// Names by SHA-256; wholeness by the artifact's own seal (runtime/contract/Seal.h).
#include "compiler/driver/ArtifactCache.h"

#include "compiler/codegen/Target.h"
#include "runtime/contract/Seal.h"
#include "runtime/contract/abi.h"
#include "runtime/files/Folders.h"
#include "runtime/files/WholeFile.h"

#include "llvm-c/Core.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SHA256.h"

namespace switchyard {
namespace {

/// Texts with their lengths, so that no two lists of texts are hashed alike.
class Name {
public:
  void add(llvm::StringRef text) {
    hash.update(std::to_string(text.size()) + ":");
    hash.update(text);
  }
  void add(uint64_t number) { add(std::to_string(number)); }
  void add(const std::vector<std::string> &texts) {
    add(texts.size());
    for (const std::string &text : texts)
      add(text);
  }
  std::string hex() { return llvm::toHex(hash.final(), /*LowerCase=*/true); }

private:
  llvm::SHA256 hash;
};

/// Every field: one that is new does not compile until it stands here.
void addOptions(Name &name, const CompilerOptions &options) {
  const auto &[cpu, disabled, file, seed, kernels, gpus, batch, remarks] = options;
  name.add(describeCpu(cpu));
  name.add(disabled);
  name.add(file);
  name.add(seed);
  name.add(static_cast<uint64_t>(kernels));
  name.add(gpus);
  name.add(static_cast<uint64_t>(batch));
  (void)remarks; // changes no artifact
}

/// The program and the libraries that it finds when it starts.
void addCompiler(Name &name, const std::string &compilerFile) {
  auto self = llvm::MemoryBuffer::getFile(compilerFile);
  name.add(self ? (*self)->getBuffer() : llvm::StringRef("unreadable"));
  unsigned major = 0, minor = 0, patch = 0;
  LLVMGetVersion(&major, &minor, &patch);
  for (unsigned part : {major, minor, patch, unsigned(SWY_ABI_VERSION)})
    name.add(part);
}

} // namespace

std::string artifactName(const Sources &sources, const Options &options, const CompilerOptions &compiler,
                         const std::string &compilerFile) {
  Name name;
  name.add(static_cast<uint64_t>(sources.count()));
  for (int file = 0; file < sources.count(); ++file)
    name.add(sources[file].text);
  name.add(options.sets);
  // A data set's files are beside the program and stand in the artifact with their whole path.
  llvm::SmallString<256> path(options.file);
  (void)llvm::sys::fs::make_absolute(path);
  name.add(path.str());
  addOptions(name, compiler);
  addCompiler(name, compilerFile);
  return name.hex();
}

ArtifactCache::ArtifactCache(const std::string &store) {
  if (!store.empty() && open(store))
    return;
  std::string first = reason;
  try {
    open(cacheFolder());
  } catch (const std::exception &error) {
    reason = error.what();
  }
  if (!reason.empty() && !first.empty())
    reason = first;
}

bool ArtifactCache::open(const std::string &base) {
  folder = base + "/artifacts";
  reason.clear();
  if (std::error_code error = llvm::sys::fs::create_directories(folder, true, llvm::sys::fs::owner_all))
    reason = "cannot make the folder " + folder + ": " + error.message();
  else if (std::string who = whoElseMayWrite(folder); !who.empty())
    reason = "compiled programs cannot be kept in " + folder + ": " + who +
             "; take that right away (chmod go-w), or choose another folder with --store";
  return reason.empty();
}

ArtifactCache::State ArtifactCache::look(const std::string &name) const {
  std::optional<std::string> bytes;
  try {
    bytes = readWhole(pathOf(name));
  } catch (const std::exception &) { // there, but not to be read
    return State::Damaged;
  }
  if (!bytes)
    return State::Missing;
  auto sealed = splitSeal(*bytes);
  if (!sealed)
    return State::Damaged;
  llvm::SHA256 hash;
  hash.update(llvm::StringRef(sealed->content.data(), sealed->content.size()));
  return llvm::toHex(hash.final(), true) == sealed->digest ? State::Whole : State::Damaged;
}

} // namespace switchyard
