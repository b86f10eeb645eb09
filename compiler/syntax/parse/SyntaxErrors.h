// Says what is wrong with a sentence in the user's words: what was expected, where it belongs (a missing
// bracket behind the token before), and no more than a few errors for each declaration.

#ifndef SWITCHYARD_COMPILER_SYNTAX_PARSE_SYNTAXERRORS_H
#define SWITCHYARD_COMPILER_SYNTAX_PARSE_SYNTAXERRORS_H

#include "compiler/syntax/parse/Tree.h"

namespace switchyard {

class SyntaxErrors : public antlr4::DefaultErrorStrategy {
public:
  SyntaxErrors(const TokenList &tokens, Segment segment, Diagnostics &diagnostics)
      : tokens(tokens), segment(segment), diagnostics(diagnostics) {}

  /// Whether there was an error, said or not.
  bool met() const { return metError; }

protected:
  void reportNoViableAlternative(antlr4::Parser *parser, const antlr4::NoViableAltException &e) override;
  void reportInputMismatch(antlr4::Parser *parser, const antlr4::InputMismatchException &e) override;
  void reportUnwantedToken(antlr4::Parser *parser) override;
  void reportMissingToken(antlr4::Parser *parser) override;

private:
  /// A sign that is no part of the language has been reported in this declaration; the rest follows from it.
  bool isBroken() const;
  void report(antlr4::Parser *parser, antlr4::Token *offending, const antlr4::misc::IntervalSet &expected);
  bool reportSwallowedWord(size_t offending);
  bool reportMissingBrace(size_t offending);
  /// A composition that goes on behind its `for`.
  bool reportLateWith(size_t offending);
  /// What was meant is known, and said as it is written (Slips.cpp).
  bool reportSlip(size_t offending, const antlr4::misc::IntervalSet &expected);
  bool reportComma(size_t offending, const antlr4::misc::IntervalSet &expected);
  bool reportUnnamedSet(size_t offending);
  bool reportForInSet(size_t offending);
  bool reportTitleAsDefense(size_t offending);
  bool reportTitleBehind(size_t offending, const antlr4::misc::IntervalSet &expected);
  bool reportIdentityArguments(size_t offending);
  bool reportOrder(size_t offending);
  bool reportTitleOutside(size_t offending);
  /// Whether the declaration has such a token there.
  bool isAt(size_t i, size_t type, const char *text = nullptr) const;
  /// The bracket that is open at a token; past the end where none is.
  size_t bracketAround(size_t i) const;
  /// The text of the call, or the composition, that begins there; of the one that has a name for tables.
  std::string callAt(size_t i) const;
  std::string callNamed(const std::string &quoted) const;
  /// What an item would have to be, as few words as can say it; empty: no help.
  std::string expectation(antlr4::Parser *parser, const antlr4::misc::IntervalSet &expected) const;

  const TokenList &tokens;
  Segment segment;
  Diagnostics &diagnostics;
  bool metError = false;
  int reported = 0;
  size_t lastLine = 0;
};

} // namespace switchyard

#endif
