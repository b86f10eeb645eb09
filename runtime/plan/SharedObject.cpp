// Reads the tables of an ELF file: they say where every segment and every section ends.
#include "runtime/plan/SharedObject.h"

#include <cerrno>
#include <cstring>
#include <elf.h>
#include <filesystem>
#include <fstream>

namespace switchyard::rt {

static const char notCompiled[] = "it is no compiled program; `switchyard compile` makes one";

namespace {

class File {
public:
  explicit File(const std::string &path)
      : size(std::filesystem::file_size(path)), stream(path, std::ios::binary) {}

  template <typename Part> bool read(uint64_t offset, Part &part) {
    return holds(offset, sizeof part) && stream.seekg(std::streamoff(offset)) &&
           stream.read(reinterpret_cast<char *>(&part), sizeof part);
  }
  bool holds(uint64_t offset, uint64_t bytes) const { return offset <= size && bytes <= size - offset; }

  const uint64_t size;

private:
  std::ifstream stream;
};

/// Whether all entries of a table, and what they describe, lie in the file.
template <typename Entry, typename Extent>
bool holdsTable(File &file, uint64_t offset, uint64_t count, Extent extent) {
  for (uint64_t i = 0; i < count; ++i) {
    Entry entry;
    if (!file.read(offset + i * sizeof entry, entry))
      return false;
    auto [begin, bytes] = extent(entry);
    if (!file.holds(begin, bytes))
      return false;
  }
  return true;
}

} // namespace

static bool isWhole(File &file, const Elf64_Ehdr &header) {
  auto segment = [](const Elf64_Phdr &entry) { return std::pair(entry.p_offset, entry.p_filesz); };
  auto section = [](const Elf64_Shdr &entry) {
    return std::pair(entry.sh_offset, entry.sh_type == SHT_NOBITS ? 0 : entry.sh_size);
  };
  return holdsTable<Elf64_Phdr>(file, header.e_phoff, header.e_phnum, segment) &&
         holdsTable<Elf64_Shdr>(file, header.e_shoff, header.e_shnum, section);
}

std::string damageOf(const std::string &path) try {
  File file(path);
  Elf64_Ehdr header;
  if (file.size == 0)
    return "it is empty; compile the program again";
  if (!file.read(0, header))
    return notCompiled;
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
      header.e_type != ET_DYN || header.e_phentsize != sizeof(Elf64_Phdr) ||
      (header.e_shnum > 0 && header.e_shentsize != sizeof(Elf64_Shdr)))
    return notCompiled;
  if (!isWhole(file, header))
    return "it is cut short (" + std::to_string(file.size) + " bytes are there); compile the program again";
  return "";
} catch (const std::filesystem::filesystem_error &error) {
  return error.code().message();
}

} // namespace switchyard::rt
