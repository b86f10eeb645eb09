// Text to tokens, and what can be said before parsing: strange signs, nesting that would exhaust the stack,
// and where each declaration begins, so that a slip in one does not spoil the next.

#include "compiler/syntax/parse/Tree.h"

#include <algorithm>
#include <set>

namespace switchyard {
namespace {

constexpr size_t maxNesting = 100;   // brackets in brackets
constexpr size_t maxOperators = 500; // operators in one chain: a visitor recurses once for each

/// Reports each run of characters that start no token, once.
class StrangeSigns : public antlr4::BaseErrorListener {
public:
  StrangeSigns(TokenList &list, Diagnostics &diagnostics) : list(list), diagnostics(diagnostics) {}

  void syntaxError(antlr4::Recognizer *recognizer, antlr4::Token *, size_t line, size_t column,
                   const std::string &, std::exception_ptr) override {
    int row = static_cast<int>(line), at = static_cast<int>(column) + 1;
    bool continues = row == lastLine && at == lastColumn + 1;
    bool inComment = row == hashLine;
    lastLine = row;
    lastColumn = at;
    if (continues || inComment)
      return;
    auto *lexer = static_cast<antlr4::Lexer *>(recognizer);
    auto index = static_cast<ssize_t>(lexer->tokenStartCharIndex);
    std::string sign = lexer->getInputStream()->getText({index, index});
    bool goesOn = sign == "#" && hashLine > 0 && row == hashLine + 1; // a comment of several lines
    hashLine = sign == "#" ? row : hashLine;
    list.broken.insert(line);
    if (!goesOn)
      diagnostics.error(Id::StrangeSign, {list.file, row, at, 1}, aboutSign(sign));
  }

  /// Whether a token belongs to a comment of another language, begun on its line.
  bool inHashComment(const antlr4::Token &token) const {
    return hashLine > 0 && static_cast<int>(token.getLine()) == hashLine;
  }

private:
  TokenList &list;
  Diagnostics &diagnostics;
  int lastLine = 0, lastColumn = 0, hashLine = 0;
};

/// Takes out `/* ... */`, each reported once.
void dropBlockComments(TokenList &list, Diagnostics &diagnostics) {
  auto meet = [&](size_t i, size_t first, size_t second) {
    return i + 1 < list.size() && list[i].getType() == first && list[i + 1].getType() == second &&
           list[i].getStopIndex() + 1 == list[i + 1].getStartIndex();
  };
  for (size_t i = 0; i < list.size(); ++i) {
    if (!meet(i, Lexer::SLASH, Lexer::STAR))
      continue;
    Location place = list.location(i);
    place.length = 2;
    diagnostics.error(Id::BlockComment, place,
                      "comments start with `//` and end with their line; there is no `/*`");
    size_t end = i + 2;
    while (end + 1 < list.size() && !meet(end, Lexer::STAR, Lexer::SLASH))
      ++end;
    end = std::min(end + 2, list.size() - 1); // the end of the file stays
    for (size_t k = i; k < end; ++k)
      list.broken.insert(list[k].getLine());
    list.tokens.erase(list.tokens.begin() + i, list.tokens.begin() + end);
  }
}

void reportOpenTexts(TokenList &list, Diagnostics &diagnostics) {
  for (size_t i = 0; i < list.size(); ++i)
    if (list[i].getType() == Lexer::BAD_STRING) {
      list.broken.insert(list[i].getLine());
      diagnostics.error(Id::OpenText, list.location(i),
                        "this text never ends: its closing `\"` is missing on the line");
    }
}

/// Names that are words of settings.
void markSettings(TokenList &list) {
  const std::vector<std::string> &words = ast::settingWords();
  for (auto &token : list.tokens)
    if (token->getType() == Lexer::IDENT &&
        std::find(words.begin(), words.end(), token->getText()) != words.end())
      static_cast<antlr4::WritableToken *>(token.get())->setType(Lexer::SETTING);
}

bool isDeclarationWord(const antlr4::Token &token) {
  const auto &words = declarationWords();
  return std::find(words.begin(), words.end(), token.getText()) != words.end();
}

bool opens(size_t type) {
  return type == Lexer::LPAREN || type == Lexer::LBRACK || type == Lexer::LBRACE;
}
bool closes(size_t type) {
  return type == Lexer::RPAREN || type == Lexer::RBRACK || type == Lexer::RBRACE;
}

bool isOperator(size_t type) {
  switch (type) {
  case Lexer::PLUS:
  case Lexer::MINUS:
  case Lexer::STAR:
  case Lexer::SLASH:
  case Lexer::CARET:
  case Lexer::AND:
  case Lexer::OR:
  case Lexer::NOT:
  case Lexer::IF:
  case Lexer::LBRACK:
    return true;
  default:
    return false;
  }
}

bool separates(size_t type) {
  return type == Lexer::COMMA || type == Lexer::SEMI || type == Lexer::ASSIGN || type == Lexer::COLON;
}

} // namespace

const std::vector<std::string> &declarationWords() {
  static const std::vector<std::string> words = {"use",      "param", "dataset",    "network", "objective",
                                                 "attack",   "layer", "part",       "defense", "optimizer",
                                                 "schedule", "loss",  "experiment", "show"};
  return words;
}

Location locationOf(const antlr4::Token &token, int file) {
  int length = 1;
  if (token.getType() != antlr4::Token::EOF)
    length = std::max<int>(1, static_cast<int>(token.getStopIndex()) -
                                  static_cast<int>(token.getStartIndex()) + 1);
  return {file, static_cast<int>(token.getLine()), static_cast<int>(token.getCharPositionInLine()) + 1,
          length};
}

size_t TokenList::previous(size_t i) const {
  while (i > 0)
    if (tokens[--i]->getChannel() == antlr4::Token::DEFAULT_CHANNEL)
      return i;
  return size();
}

size_t TokenList::next(size_t i) const {
  while (++i < size())
    if (tokens[i]->getChannel() == antlr4::Token::DEFAULT_CHANNEL)
      return i;
  return size();
}

bool TokenList::startsLine(size_t i) const {
  return i == 0 || tokens[i - 1]->getLine() != tokens[i]->getLine();
}

Location TokenList::location(size_t i) const {
  return locationOf(*tokens[i], file);
}

Location TokenList::after(size_t i) const {
  Location place = location(i);
  place.column += place.length;
  place.length = 1;
  return place;
}

TokenList tokenize(int file, const std::string &text, Diagnostics &diagnostics) {
  TokenList list;
  list.file = file;
  list.input = std::make_unique<antlr4::ANTLRInputStream>(text);
  list.lexer = std::make_unique<Lexer>(list.input.get());
  StrangeSigns listener(list, diagnostics);
  list.lexer->removeErrorListeners();
  list.lexer->addErrorListener(&listener);
  bool end = false;
  while (!end) {
    auto token = list.lexer->nextToken();
    end = token->getType() == antlr4::Token::EOF;
    if (end || !listener.inHashComment(*token))
      list.tokens.push_back(std::move(token));
  }
  list.lexer->removeErrorListeners();
  dropBlockComments(list, diagnostics);
  reportOpenTexts(list, diagnostics);
  markSettings(list);
  return list;
}

bool withinLimits(const TokenList &tokens, Diagnostics &diagnostics) {
  std::vector<size_t> operators = {0};
  for (size_t i = 0; i < tokens.size(); ++i) {
    size_t type = tokens[i].getType();
    if (tokens[i].getChannel() != antlr4::Token::DEFAULT_CHANNEL)
      continue;
    if (isOperator(type) && ++operators.back() > maxOperators) {
      diagnostics.error(Id::TooManyOperators, tokens.location(i),
                        "this expression has more than " + std::to_string(maxOperators) +
                            " operators; name parts of it");
      return false;
    }
    if (separates(type))
      operators.back() = 0;
    if (opens(type)) {
      operators.push_back(0);
      if (operators.size() > maxNesting) {
        diagnostics.error(Id::NestedTooDeep, tokens.location(i),
                          "brackets are nested more than " + std::to_string(maxNesting) + " deep");
        return false;
      }
    }
    if (closes(type)) {
      if (operators.size() > 1)
        operators.pop_back();
      if (type == Lexer::RBRACE)
        operators.back() = 0;
    }
  }
  return true;
}

namespace {

/// `experimnt first {` at the margin: a declaration's word, misspelt.
bool isMisspeltDeclaration(const TokenList &tokens, size_t i) {
  size_t next = tokens.next(i);
  return tokens[i].getType() == Lexer::IDENT && tokens[i].getCharPositionInLine() == 0 &&
         next < tokens.size() && tokens[next].getType() == Lexer::IDENT &&
         !nearest(tokens[i].getText(), declarationWords()).empty();
}

/// `optimizer = adam(0.1)`: a statement, wherever it stands.
bool isAssigned(const TokenList &tokens, size_t i) {
  size_t next = tokens.next(i);
  return next < tokens.size() && tokens[next].getType() == Lexer::ASSIGN;
}

/// `show table of accuracy by defense,` and on the next line an axis whose name is a declaration's word.
bool continuesShow(const TokenList &tokens, const std::vector<Segment> &segments, size_t i) {
  static const std::set<size_t> open = {Lexer::COMMA, Lexer::BY, Lexer::EACH, Lexer::FROM, Lexer::AGAINST};
  size_t before = tokens.previous(i);
  return !segments.empty() && tokens[segments.back().begin].getType() == Lexer::SHOW &&
         before < tokens.size() && open.count(tokens[before].getType());
}

/// A new line behind a closed declaration.
bool startsBehindBrace(const TokenList &tokens, size_t i, size_t depth) {
  size_t before = tokens.previous(i);
  return depth == 0 && tokens.startsLine(i) && before < tokens.size() &&
         tokens[before].getType() == Lexer::RBRACE;
}

} // namespace

std::vector<Segment> findDeclarations(const TokenList &tokens, Diagnostics &diagnostics) {
  std::vector<Segment> segments;
  size_t depth = 0;
  bool lost = false; // between declarations, behind an error already reported
  for (size_t i = 0; i < tokens.size(); ++i) {
    const antlr4::Token &token = tokens[i];
    if (token.getChannel() != antlr4::Token::DEFAULT_CHANNEL || token.getType() == antlr4::Token::EOF)
      continue;
    // At depth 0 a new line decides; inside brackets only a word at the margin does: then a bracket is
    // missing, unless it is the word of a clause, too, that its experiment may have there.
    bool begins = isDeclarationWord(token) && tokens.startsLine(i) && !continuesShow(tokens, segments, i) &&
                  (depth == 0 || (token.getCharPositionInLine() == 0 && token.getType() != Lexer::SHOW &&
                                  !isAssigned(tokens, i)));
    if (begins) {
      if (!segments.empty() && segments.back().end == 0)
        segments.back().end = i;
      segments.push_back({i, 0});
      depth = 0;
      lost = false;
    } else if (!lost && (segments.empty() || isMisspeltDeclaration(tokens, i) ||
                         startsBehindBrace(tokens, i, depth))) {
      if (!segments.empty())
        segments.back().end = i;
      lost = true;
      depth = 0;
      diagnostics.error(Id::UnknownDeclarationWord, tokens.location(i),
                        "a declaration starts with a word such as `network`, not with `" + token.getText() +
                            "`" + didYouMean(token.getText(), declarationWords()));
    }
    if (opens(token.getType()))
      ++depth;
    if (closes(token.getType()) && depth > 0)
      --depth;
  }
  if (!segments.empty() && segments.back().end == 0)
    segments.back().end = tokens.size() - 1;
  return segments;
}

} // namespace switchyard
