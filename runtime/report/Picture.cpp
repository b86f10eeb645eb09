// The font is stb_easy_font's, which gives letters as small rectangles; libpng writes.
#include "runtime/report/Picture.h"

#include <algorithm>
#include <cstring>
#include <png.h>
#include <stb/stb_easy_font.h>
#include <stdexcept>

namespace switchyard::rt {
namespace {

constexpr int enlarged = 2; // the font's own letters are seven pixels high

/// What the font has of a text in UTF-8.
std::string inAscii(const std::string &words) {
  std::string plain;
  for (unsigned char c : words)
    if (c >= 32 && c < 127)
      plain += char(c);
    else if (c < 128 || c >= 192) // the first byte of a letter
      plain += '?';
  return plain;
}

/// A vertex of the font's rectangles.
struct Corner {
  float x, y, z;
  unsigned char colour[4];
};

/// The rectangles of a text, two opposite corners of each.
std::vector<std::pair<Corner, Corner>> rectanglesOf(std::string words) {
  constexpr size_t ofLetter = 24; // rectangles at most; no letter has as many
  std::vector<Corner> corners(4 * ofLetter * (words.size() + 1));
  const auto count = size_t(
      stb_easy_font_print(0, 0, words.data(), nullptr, corners.data(), int(corners.size() * sizeof(Corner))));
  std::vector<std::pair<Corner, Corner>> rectangles;
  for (size_t i = 0; i < count; ++i)
    rectangles.push_back({corners[4 * i], corners[4 * i + 2]});
  return rectangles;
}

} // namespace

void Picture::fill(int x, int y, int width, int height, Colour colour) {
  const int right = std::min(x + width, wide), bottom = std::min(y + height, tall);
  for (int row = std::max(y, 0); row < bottom; ++row)
    for (int column = std::max(x, 0); column < right; ++column) {
      uint8_t *at = bytes.data() + 3 * (size_t(row) * size_t(wide) + size_t(column));
      at[0] = colour.red;
      at[1] = colour.green;
      at[2] = colour.blue;
    }
}

void Picture::text(int x, int y, const std::string &words, Colour colour) {
  for (const auto &[from, to] : rectanglesOf(inAscii(words)))
    fill(x + enlarged * int(from.x), y + enlarged * int(from.y), enlarged * int(to.x - from.x),
         enlarged * int(to.y - from.y), colour);
}

int Picture::widthOf(const std::string &words) {
  std::string plain = inAscii(words);
  return enlarged * stb_easy_font_width(plain.data());
}

std::string Picture::png() const {
  png_image image;
  std::memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  image.width = png_uint_32(wide);
  image.height = png_uint_32(tall);
  image.format = PNG_FORMAT_RGB;
  image.flags = PNG_IMAGE_FLAG_FAST; // rows are alike, or letters: filters would gain nothing
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string file(size, '\0');
  if (!png_image_write_to_memory(&image, file.data(), &size, 0, bytes.data(), 0, nullptr))
    throw std::runtime_error(std::string("a picture cannot be made: ") + image.message);
  file.resize(size);
  return file;
}

std::vector<std::string> wrapped(const std::string &text, int width) {
  std::vector<std::string> lines{""};
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (!lines.back().empty() && Picture::widthOf(lines.back() + " " + word) > width)
      lines.emplace_back();
    lines.back() += (lines.back().empty() ? "" : " ") + word;
    while (Picture::widthOf(lines.back()) > width &&
           lines.back().size() > 1) { // a word that is longer than a line
      size_t fits = 1;
      while (Picture::widthOf(lines.back().substr(0, fits + 1)) <= width)
        ++fits;
      const std::string rest = lines.back().substr(fits);
      lines.back().resize(fits);
      lines.push_back(rest);
    }
    at = end + 1;
  }
  return lines;
}

} // namespace switchyard::rt
