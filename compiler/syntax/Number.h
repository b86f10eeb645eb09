// Numbers of the language: exact fractions as long as 64 bits hold them (S1.5), doubles beyond. Each
// remembers how it was written, so that 8/255 prints back as 8/255 and not as 0.0313725.

#ifndef SWITCHYARD_COMPILER_SYNTAX_NUMBER_H
#define SWITCHYARD_COMPILER_SYNTAX_NUMBER_H

#include <cstdint>
#include <optional>
#include <string>

namespace switchyard {

class Number {
public:
  Number() = default;
  Number(int64_t whole);
  static Number inexact(double value); ///< infinity, or what an overflow left
  static Number fraction(int64_t numerator, int64_t denominator);
  /// Reads `40`, `0.05`, `1e-6`; falls back to a double where 64 bits do not hold it.
  static Number parse(const std::string &literal);
  /// As parse(), of a text that may be anything: none if it is not a literal from end to end.
  static std::optional<Number> read(const std::string &text);

  double value() const;
  bool exact() const { return isExact; }
  bool isInteger() const;
  bool isZero() const { return value() == 0; }
  /// The count it stands for: halves round up, at least 1 (S1.5).
  int64_t asCount() const;
  /// As written (`8/255`), else the shortest decimal that is exact, else a fraction.
  std::string text() const;
  Number withText(std::string text) const;

  friend Number operator+(const Number &a, const Number &b);
  friend Number operator-(const Number &a, const Number &b);
  friend Number operator*(const Number &a, const Number &b);
  /// Two whole numbers keep their quotient's form: 16/255 is not reduced.
  friend Number operator/(const Number &a, const Number &b);
  friend Number operator-(const Number &a);
  /// Exact comparison where both are exact.
  friend bool operator<(const Number &a, const Number &b);
  friend bool operator==(const Number &a, const Number &b);

private:
  bool isExact = true;
  int64_t numerator = 0, denominator = 1; ///< denominator > 0; lowest terms
  double approximate = 0;
  std::string written;
};

/// Exact where the result is: whole exponents by multiplication. Whether there is a real value: compute().
Number power(const Number &base, const Number &exponent);

} // namespace switchyard

#endif
