// Ticks are counted, not added up: a step that is lost in rounding would never arrive.
#include "runtime/report/Scale.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace switchyard::rt {

void Scale::add(double value) {
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

std::vector<Tick> Scale::ticks(double unit) const {
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
