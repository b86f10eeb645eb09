// Exact fractions in 64 bits; 128-bit intermediates tell when they no longer fit, and then a double takes
// over.

#include "compiler/syntax/Number.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <regex>

namespace switchyard {
namespace {

using Wide = __int128;

Wide greatestCommonDivisor(Wide a, Wide b) {
  a = a < 0 ? -a : a;
  while (b != 0) {
    Wide rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

bool fits(Wide value) {
  return value <= std::numeric_limits<int64_t>::max() && value >= -std::numeric_limits<int64_t>::max();
}

/// numerator / denominator in lowest terms; a double where it does not fit.
Number reduced(Wide numerator, Wide denominator) {
  if (denominator < 0) {
    numerator = -numerator;
    denominator = -denominator;
  }
  Wide divisor = greatestCommonDivisor(numerator, denominator);
  if (divisor > 1) {
    numerator /= divisor;
    denominator /= divisor;
  }
  if (!fits(numerator) || !fits(denominator))
    return Number::inexact(static_cast<double>(numerator) / static_cast<double>(denominator));
  return Number::fraction(static_cast<int64_t>(numerator), static_cast<int64_t>(denominator));
}

/// The shortest decimal that reads back as `value`.
std::string shortest(double value) {
  if (std::isinf(value))
    return value < 0 ? "-infinity" : "infinity";
  char text[40];
  for (int digits = 1; digits <= 17; ++digits) {
    std::snprintf(text, sizeof text, "%.*g", digits, value);
    if (std::strtod(text, nullptr) == value)
      break;
  }
  std::string result = text; // the language wants 1e20, not 1e+20
  size_t plus = result.find('+');
  if (plus != std::string::npos)
    result.erase(plus, 1);
  return result;
}

} // namespace

Number::Number(int64_t whole) : numerator(whole) {}

Number Number::inexact(double value) {
  Number result;
  result.isExact = false;
  result.approximate = value;
  return result;
}

Number Number::fraction(int64_t numerator, int64_t denominator) {
  if (denominator == 0)
    return inexact(numerator == 0 ? std::nan("") : numerator < 0 ? -INFINITY : INFINITY);
  Wide divisor = greatestCommonDivisor(numerator, denominator);
  Number result;
  result.numerator = static_cast<int64_t>(numerator / divisor);
  result.denominator = static_cast<int64_t>(denominator / divisor);
  if (result.denominator < 0) {
    result.numerator = -result.numerator;
    result.denominator = -result.denominator;
  }
  return result;
}

Number Number::parse(const std::string &literal) {
  Number fallback = inexact(std::strtod(literal.c_str(), nullptr));
  Wide digits = 0, scale = 1;
  size_t i = 0;
  bool behindPoint = false;
  for (; i < literal.size() && literal[i] != 'e' && literal[i] != 'E'; ++i) {
    if (literal[i] == '.') {
      behindPoint = true;
      continue;
    }
    digits = digits * 10 + (literal[i] - '0');
    scale = behindPoint ? scale * 10 : scale;
    if (!fits(digits) || !fits(scale))
      return fallback.withText(literal);
  }
  if (digits == 0) // whatever its exponent
    return Number(0).withText(literal);
  long exponent = i < literal.size() ? std::strtol(literal.c_str() + i + 1, nullptr, 10) : 0;
  for (long k = std::labs(exponent); k > 0; --k) {
    (exponent > 0 ? digits : scale) *= 10;
    if (!fits(digits) || !fits(scale))
      return fallback.withText(literal);
  }
  return reduced(digits, scale).withText(literal);
}

std::optional<Number> Number::read(const std::string &text) {
  static const std::regex literal("[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?");
  return std::regex_match(text, literal) ? std::optional<Number>(parse(text)) : std::nullopt;
}

double Number::value() const {
  return isExact ? static_cast<double>(numerator) / static_cast<double>(denominator) : approximate;
}

bool Number::isInteger() const {
  return isExact ? denominator == 1 : std::isfinite(approximate) && approximate == std::floor(approximate);
}

int64_t Number::asCount() const {
  double rounded = std::floor(value() + 0.5);
  if (!(rounded >= 1))
    return 1;
  return rounded > 9e18 ? std::numeric_limits<int64_t>::max() : static_cast<int64_t>(rounded);
}

std::string Number::text() const {
  if (!written.empty())
    return written;
  if (!isExact)
    return shortest(approximate);
  int64_t rest = denominator;
  while (rest % 2 == 0)
    rest /= 2;
  while (rest % 5 == 0)
    rest /= 5;
  std::string decimal = shortest(value());
  bool terminates = rest == 1 && decimal.size() <= 12;
  return terminates || denominator == 1 ? (denominator == 1 ? std::to_string(numerator) : decimal)
                                        : std::to_string(numerator) + "/" + std::to_string(denominator);
}

Number Number::withText(std::string text) const {
  Number result = *this;
  result.written = std::move(text);
  return result;
}

Number operator+(const Number &a, const Number &b) {
  if (!a.isExact || !b.isExact)
    return Number::inexact(a.value() + b.value());
  // Over the least common denominator, so that the sum of two 64-bit fractions stays below 128 bits.
  Wide divisor = greatestCommonDivisor(a.denominator, b.denominator);
  Wide left = Wide(a.numerator) * (b.denominator / divisor),
       right = Wide(b.numerator) * (a.denominator / divisor);
  return reduced(left + right, Wide(a.denominator) * (b.denominator / divisor));
}

Number operator-(const Number &a) {
  Number result = a;
  result.numerator = -a.numerator;
  result.approximate = -a.approximate;
  result.written = a.written.empty() || a.written[0] == '-' ? "" : "-" + a.written;
  return result;
}

Number operator-(const Number &a, const Number &b) {
  return a + -b;
}

Number operator*(const Number &a, const Number &b) {
  if (!a.isExact || !b.isExact)
    return Number::inexact(a.value() * b.value());
  return reduced(Wide(a.numerator) * b.numerator, Wide(a.denominator) * b.denominator);
}

Number operator/(const Number &a, const Number &b) {
  if (!a.isExact || !b.isExact || b.numerator == 0)
    return Number::inexact(a.value() / b.value());
  Number result = reduced(Wide(a.numerator) * b.denominator, Wide(a.denominator) * b.numerator);
  bool asWritten = a.denominator == 1 && b.denominator == 1 && !result.isInteger() && b.numerator > 0;
  // 4/8 stays so; a decimal such as 1/10 reads better as written, too.
  return asWritten ? result.withText(std::to_string(a.numerator) + "/" + std::to_string(b.numerator))
                   : result;
}

bool operator<(const Number &a, const Number &b) {
  if (!a.isExact || !b.isExact)
    return a.value() < b.value();
  return Wide(a.numerator) * b.denominator < Wide(b.numerator) * a.denominator;
}

bool operator==(const Number &a, const Number &b) {
  if (!a.isExact || !b.isExact)
    return a.value() == b.value();
  return a.numerator == b.numerator && a.denominator == b.denominator;
}

Number power(const Number &base, const Number &exponent) {
  Number rounded = Number::inexact(std::pow(base.value(), exponent.value()));
  if (!base.exact() || !exponent.exact() || !exponent.isInteger())
    return rounded;
  // By squares, as long as 64 bits hold them; what they do not hold is rounded once, at the end.
  Number result(1), square = base;
  for (uint64_t rest = static_cast<uint64_t>(std::fabs(exponent.value())); rest > 0; rest /= 2) {
    if (rest % 2 == 1)
      result = result * square;
    if (rest > 1)
      square = square * square;
    if (!result.exact() || !square.exact())
      return rounded;
  }
  return exponent.value() < 0 ? Number(1) / result : result;
}

} // namespace switchyard
