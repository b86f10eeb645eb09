// A picture of coloured pixels to draw on: areas, small text, images whose pixels are enlarged so that each
// is seen.
#ifndef SWITCHYARD_RUNTIME_REPORT_PICTURE_H
#define SWITCHYARD_RUNTIME_REPORT_PICTURE_H

#include <cstdint>
#include <string>
#include <vector>

namespace switchyard::rt {

struct Colour {
  uint8_t red = 0, green = 0, blue = 0;
};

class Picture {
public:
  static constexpr int lineHeight = 24;

  /// White all over.
  Picture(int width, int height)
      : wide(width), tall(height), bytes(size_t(width) * size_t(height) * 3, 255) {}

  int width() const { return wide; }
  int height() const { return tall; }

  /// What lies outside is left out.
  void fill(int x, int y, int width, int height, Colour colour);
  /// A line of text below `y`. The font has ASCII; what it has not is a question mark.
  void text(int x, int y, const std::string &words, Colour colour = {});
  static int widthOf(const std::string &words);

  /// As a PNG file with 8 bits for each of red, green and blue. Throws std::runtime_error.
  std::string png() const;

private:
  int wide, tall;
  std::vector<uint8_t> bytes; // rows from the top
};

/// The text in lines of at most so many pixels, cut between words where it can be.
std::vector<std::string> wrapped(const std::string &text, int width);

} // namespace switchyard::rt

#endif
