// Files that are there whole or not at all, also after a power cut: written beside their place under a name
// that no other process on any machine uses, flushed, renamed, and the folder flushed. Every file that the
// two programs leave behind is written here.
#ifndef SWITCHYARD_RUNTIME_FILES_WHOLEFILE_H
#define SWITCHYARD_RUNTIME_FILES_WHOLEFILE_H

#include <optional>
#include <string>
#include <string_view>

namespace switchyard {

/// A file in the making. All functions throw std::runtime_error that names the file and the system's reason.
class NewFile {
public:
  /// Makes an empty file beside `target`, and the folders above them where need be. A link stays a link: what
  /// it points to is replaced.
  explicit NewFile(const std::string &target);
  /// Removes what was not finished.
  ~NewFile();
  NewFile(const NewFile &) = delete;
  NewFile &operator=(const NewFile &) = delete;

  /// Where the content goes until the end; another program (a linker) may write there, too, and may put
  /// another file in this place.
  const std::string &path() const { return temporary; }
  void append(std::string_view bytes);
  /// Puts the file in its place, over the one that was there.
  void finish();

private:
  std::string target, temporary;
  int descriptor = -1;
};

/// The file in one go. What is no regular file (a pipe, /dev/null) is written to as it is.
void writeWhole(const std::string &path, std::string_view content);

/// The file's content; none where there is no such file, and only there. Throws std::runtime_error, naming
/// file and reason, where it cannot be read or is no regular file (a pipe, a device).
std::optional<std::string> readWhole(const std::string &path);

/// Removes what writers that were killed left in this folder: unfinished files that nobody has written to for
/// a day of the file system's own clock, so that machines whose clocks differ do not disturb each other.
void removeAbandonedFiles(const std::string &folder);

/// Letters, digits and '-': this machine's name, this process and 64 random bits. Differs at each call.
std::string uniqueWord();

} // namespace switchyard

#endif
