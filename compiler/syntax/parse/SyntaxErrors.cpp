// The expected tokens of an LL(*) parser are a set of up to sixty words; this turns them into one sentence.

#include "compiler/syntax/parse/SyntaxErrors.h"

#include <algorithm>

namespace switchyard {
namespace {

constexpr int maxErrors = 4; // a declaration; what follows is mostly noise

bool closingOrSeparating(size_t type) {
  return type == Lexer::RBRACE || type == Lexer::RPAREN || type == Lexer::RBRACK || type == Lexer::COMMA ||
         type == Lexer::ASSIGN || type == Lexer::COLON;
}

/// Words that open a clause where an experiment's clause can stand.
bool opensClause(const antlr4::Token &token) {
  const std::vector<std::string> &words = ast::clauseWords();
  return std::find(words.begin(), words.end(), token.getText()) != words.end();
}

std::string quoted(antlr4::Parser *parser, size_t type) {
  std::string literal = parser->getVocabulary().getLiteralName(type); // 'word'
  return literal.size() > 2 ? "`" + literal.substr(1, literal.size() - 2) + "`" : "";
}

std::string got(const antlr4::Token &token) {
  return token.getType() == antlr4::Token::EOF ? "the end of the declaration" : "`" + token.getText() + "`";
}

std::string orList(const std::vector<std::string> &words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  return text;
}

/// ", did you mean `measure`?" for a misspelt word of the language.
std::string meant(antlr4::Parser *parser, const antlr4::misc::IntervalSet &expected,
                  const std::string &text) {
  std::vector<std::string> words;
  for (ssize_t type : expected.toList())
    if (type > 0 && static_cast<size_t>(type) < Lexer::IDENT) {
      std::string literal = parser->getVocabulary().getLiteralName(static_cast<size_t>(type));
      if (literal.size() > 2)
        words.push_back(literal.substr(1, literal.size() - 2));
    }
  if (expected.contains(static_cast<size_t>(Lexer::SETTING)))
    words.insert(words.end(), ast::settingWords().begin(), ast::settingWords().end());
  return didYouMean(text, words);
}

} // namespace

std::string SyntaxErrors::expectation(antlr4::Parser *parser,
                                      const antlr4::misc::IntervalSet &expected) const {
  bool anyName = expected.contains(static_cast<size_t>(Lexer::IDENT));
  bool number = expected.contains(static_cast<size_t>(Lexer::REAL));
  if (!anyName && expected.contains(static_cast<size_t>(Lexer::MEASURE)))
    return "a clause such as `measure`";
  std::vector<std::string> words;
  if (number)
    words.push_back("a value");
  else if (anyName)
    words.push_back("a name");
  for (ssize_t one : expected.toList()) {
    size_t type = static_cast<size_t>(one);
    if (one < 0 || quoted(parser, type).empty())
      continue;
    bool sign = type >= Lexer::LBRACE;
    if (anyName ? !(sign && closingOrSeparating(type)) : (number && type == Lexer::LPAREN))
      continue; // a value may start with many words and signs; the name says it
    words.push_back(quoted(parser, type));
  }
  return orList(words);
}

bool SyntaxErrors::reportSwallowedWord(size_t offending) {
  // `measure accuracy,` and a clause on the next line: the comma took the clause's word for a name.
  size_t word = tokens.previous(offending);
  for (int steps = 0; steps < 2 && word < tokens.size() && word > segment.begin;
       ++steps, word = tokens.previous(word)) {
    size_t comma = tokens.previous(word);
    if (comma < tokens.size() && tokens[comma].getType() == Lexer::COMMA && tokens.startsLine(word) &&
        opensClause(tokens[word])) {
      diagnostics.error(Id::NothingFollows, tokens.location(comma), "nothing follows this comma")
          .note(tokens.location(word), "`" + tokens[word].getText() + "` starts a clause");
      return true;
    }
  }
  return false;
}

bool SyntaxErrors::reportMissingBrace(size_t offending) {
  if (offending < segment.end)
    return false;
  std::vector<size_t> open;
  for (size_t i = segment.begin; i < segment.end; ++i) {
    size_t type = tokens[i].getType();
    if (type == Lexer::LBRACE || type == Lexer::LPAREN || type == Lexer::LBRACK)
      open.push_back(i);
    else if ((type == Lexer::RBRACE || type == Lexer::RPAREN || type == Lexer::RBRACK) && !open.empty())
      open.pop_back();
  }
  if (open.empty())
    return false;
  static const std::string closers = "}{)(][";
  std::string opener = tokens[open.back()].getText();
  size_t last = tokens.previous(segment.end);
  diagnostics
      .error(Id::Expected, tokens.after(last),
             std::string("expected `") + closers[closers.find(opener[0]) - 1] + "`")
      .note(tokens.location(open.back()), "this `" + opener + "` is never closed");
  return true;
}

bool SyntaxErrors::reportLateWith(size_t offending) {
  if (offending >= segment.end || tokens[offending].getType() != Lexer::WITH)
    return false;
  // Back to the item's start: a `for` between says that the composition is over.
  for (size_t i = offending; i-- > segment.begin;) {
    size_t type = tokens[i].getType();
    if (type == Lexer::LBRACE || type == Lexer::RBRACE)
      return false;
    if (type != Lexer::FOR)
      continue;
    diagnostics.error(Id::LateWith, tokens.location(offending),
                      "`with` comes before `for`: `A with B for x in L`");
    return true;
  }
  return false;
}

bool SyntaxErrors::isBroken() const {
  auto first = tokens.broken.lower_bound(tokens[segment.begin].getLine());
  return first != tokens.broken.end() && *first <= tokens[segment.end - 1].getLine();
}

void SyntaxErrors::report(antlr4::Parser *parser, antlr4::Token *offending,
                          const antlr4::misc::IntervalSet &expected) {
  metError = true;
  if (isBroken())
    return;
  size_t index =
      offending->getType() == antlr4::Token::EOF ? segment.end : segment.begin + offending->getTokenIndex();
  if (reported >= maxErrors || (reported > 0 && tokens[index].getLine() <= lastLine + 1))
    return;
  ++reported;
  lastLine = tokens[index].getLine();
  if (reportSwallowedWord(index) || reportMissingBrace(index) || reportLateWith(index) ||
      reportSlip(index, expected))
    return;
  std::string wanted = expectation(parser, expected);
  std::string advice =
      offending->getType() == Lexer::IDENT ? meant(parser, expected, offending->getText()) : "";
  size_t before = tokens.previous(index);
  bool hasBefore = before < tokens.size() && before >= segment.begin;
  bool onlyClosers = !wanted.empty() && wanted.find("a ") != 0 && wanted.size() <= 24;
  bool newLine = hasBefore && tokens[before].getLine() != tokens[index].getLine();
  // What is missing at the end of a line is missing there, not at the next line's first word.
  if (hasBefore && advice.empty() && !wanted.empty() && (onlyClosers || newLine))
    diagnostics.error(Id::Expected, tokens.after(before),
                      "expected " + wanted + " before " + got(*offending));
  else
    diagnostics.error(Id::Expected, tokens.location(index),
                      wanted.empty() ? got(*offending) + " cannot stand here"
                                     : "expected " + wanted + ", got " + got(*offending) + advice);
}

void SyntaxErrors::reportNoViableAlternative(antlr4::Parser *parser, const antlr4::NoViableAltException &e) {
  report(parser, e.getOffendingToken(), parser->getExpectedTokens());
}

void SyntaxErrors::reportInputMismatch(antlr4::Parser *parser, const antlr4::InputMismatchException &e) {
  report(parser, e.getOffendingToken(), e.getExpectedTokens());
}

void SyntaxErrors::reportUnwantedToken(antlr4::Parser *parser) {
  if (inErrorRecoveryMode(parser))
    return;
  beginErrorCondition(parser);
  report(parser, parser->getCurrentToken(), getExpectedTokens(parser));
}

void SyntaxErrors::reportMissingToken(antlr4::Parser *parser) {
  if (inErrorRecoveryMode(parser))
    return;
  beginErrorCondition(parser);
  report(parser, parser->getCurrentToken(), getExpectedTokens(parser));
}

} // namespace switchyard
