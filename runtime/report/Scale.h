// One direction of a plot: from values to places, and where its ticks stand. Whatever the values are, there
// is a range with a few ticks.
#ifndef SWITCHYARD_RUNTIME_REPORT_SCALE_H
#define SWITCHYARD_RUNTIME_REPORT_SCALE_H

#include <string>
#include <vector>

namespace switchyard::rt {

struct Tick {
  double value = 0;
  std::string text;
};

class Scale {
public:
  Scale() = default;
  Scale(double low, double high) : low(low), high(high), empty(false) {}
  /// Of logarithms: what is not above 0 has no place, and lies at the low end.
  static Scale logarithmic() {
    Scale scale;
    scale.ofLogarithms = true;
    return scale;
  }

  /// Takes a value in. One that is not finite has no place of its own.
  void add(double value);
  /// Once all are in: leaves a margin, a share of the range, and room around what is one value. Values that
  /// differ by less than 1e-12, of the largest or of `least` where that is more, are one but for rounding.
  void close(double margin, double least);
  /// From 0 to 1; what lies outside is at the end, what is no number in the middle.
  double at(double value) const;
  /// Three to ten, at multiples of 1, 2 or 5 times a power of ten; texts are of values times `unit`. Of
  /// logarithms at 1, 2 and 5 times powers of ten or at powers alone, where there are three in the range.
  std::vector<Tick> ticks(double unit) const;

private:
  std::vector<Tick> logarithmicTicks(double unit) const;

  bool ofLogarithms = false; // then the range is, too
  // The range of the largest doubles is none of theirs.
  long double low = 0, high = 1;
  bool empty = true;
};

} // namespace switchyard::rt

#endif
