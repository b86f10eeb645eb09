// Ticks are counted, not added up: a step that is lost in rounding would never arrive.
#include "runtime/report/Scale.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace switchyard::rt {

void Scale::add(double value) {
  if (ofLogarithms)
    value = std::log10(value);
  if (!std::isfinite(value))
    return;
  low = empty ? value : std::min<long double>(low, value);
  high = empty ? value : std::max<long double>(high, value);
  empty = false;
}

void Scale::close(double margin, double least) {
  constexpr long double rounding = 1e-12L;
  long double largest = std::max(std::abs(low), std::abs(high)), range = high - low;
  if (range <= rounding * std::max<long double>(largest, least))
    margin = 0.5, range = std::max(largest, 1.0L);
  low -= margin * range;
  high += margin * range;
}

double Scale::at(double value) const {
  if (std::isnan(value))
    return 0.5;
  if (ofLogarithms)
    value = value > 0 ? std::log10(value) : -INFINITY;
  long double inside = std::min(std::max<long double>(value, low), high);
  return static_cast<double>((inside - low) / (high - low));
}

static long double tickStep(long double range) {
  long double raw = range / 9, power = std::pow(10.0L, std::floor(std::log10(raw)));
  for (long double factor : {1.0L, 2.0L, 5.0L})
    if (raw <= factor * power)
      return factor * power;
  return 10 * power;
}

std::vector<Tick> Scale::logarithmicTicks(double unit) const {
  std::vector<Tick> some, powers;
  for (int64_t power = std::llround(std::floor(low)); power <= std::llround(std::ceil(high)); ++power)
    for (int factor : {1, 2, 5}) {
      const double value = factor * std::pow(10.0, double(power));
      if (std::log10(value) < double(low) - 1e-9 || std::log10(value) > double(high) + 1e-9)
        continue;
      std::ostringstream text;
      text.precision(4);
      text << value * unit;
      some.push_back({value, text.str()});
      if (factor == 1)
        powers.push_back(some.back());
    }
  constexpr size_t few = 3, many = 10;
  if (some.size() > many) {
    std::vector<Tick> kept; // powers far apart, where there are many
    for (size_t i = 0; i < powers.size(); i += 1 + powers.size() / many)
      kept.push_back(powers[i]);
    return kept;
  }
  if (some.size() >= few)
    return some;
  return Scale(std::pow(10.0, double(low)), std::pow(10.0, double(high))).ticks(unit);
}

std::vector<Tick> Scale::ticks(double unit) const {
  if (ofLogarithms)
    return logarithmicTicks(unit);
  constexpr long double rounding = 1e-9L;
  long double step = tickStep(high - low), first = std::ceil(low / step - rounding),
              last = std::floor(high / step + rounding);
  // As many digits as tell neighbours apart.
  long double steps = std::max({std::abs(first), std::abs(last), 1.0L});
  int digits = std::max(4, static_cast<int>(std::ceil(std::log10(steps))) + 1);
  std::vector<Tick> ticks;
  for (int64_t i = 0, count = std::llround(last - first); i <= count; ++i) {
    long double value = (first + static_cast<long double>(i)) * step;
    std::ostringstream text;
    text.precision(digits);
    text << value * unit;
    ticks.push_back({static_cast<double>(value), text.str()});
  }
  return ticks;
}

} // namespace switchyard::rt
