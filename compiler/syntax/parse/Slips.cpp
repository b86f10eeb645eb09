// Slips of who knows another notation, or an older one: where the next word shows what was meant, the message
// says how it is written here.

#include "compiler/syntax/parse/SyntaxErrors.h"

namespace switchyard {

namespace {

bool opens(size_t type) {
  return type == Lexer::LBRACE || type == Lexer::LPAREN || type == Lexer::LBRACK;
}

bool closes(size_t type) {
  return type == Lexer::RBRACE || type == Lexer::RPAREN || type == Lexer::RBRACK;
}

} // namespace

const char *aboutOrder(bool ofClasses) {
  return ofClasses ? "classes come in the order of their numbers"
                   : "paths come in the order of their numbers, or `by descending chance`";
}

bool SyntaxErrors::isAt(size_t i, size_t type, const char *text) const {
  return i >= segment.begin && i < segment.end && tokens[i].getType() == type &&
         (!text || tokens[i].getText() == text);
}

size_t SyntaxErrors::bracketAround(size_t i) const {
  int closed = 0;
  while (i-- > segment.begin) {
    const size_t type = tokens[i].getType();
    if (closes(type))
      ++closed;
    else if (opens(type) && closed-- == 0)
      return i;
  }
  return tokens.size();
}

std::string SyntaxErrors::callAt(size_t i) const {
  auto spaced = [](size_t type) { return type == Lexer::WITH || type == Lexer::ASSIGN; };
  std::string text;
  int open = 0;
  for (size_t last = 0; i < segment.end; last = tokens[i].getType(), i = tokens.next(i)) {
    const size_t type = tokens[i].getType();
    const bool goesOn = type == Lexer::DOT || type == Lexer::LPAREN || type == Lexer::WITH ||
                        last == Lexer::DOT || last == Lexer::WITH;
    if (open == 0 && !text.empty() && !goesOn)
      break;
    text += !text.empty() && (spaced(type) || spaced(last) || last == Lexer::COMMA) ? " " : "";
    text += tokens[i].getText();
    open += opens(type) ? 1 : closes(type) ? -1 : 0;
  }
  return text;
}

std::string SyntaxErrors::callNamed(const std::string &quoted) const {
  for (size_t i = segment.begin; i < segment.end; ++i)
    if (isAt(i, Lexer::STRING, quoted.c_str()) && isAt(tokens.next(i), Lexer::COLON))
      return callAt(tokens.next(tokens.next(i)));
  return "";
}

/// `{ fgsm(eps), pgd(eps) }`. Where statements stand, a `;` is expected, too.
bool SyntaxErrors::reportComma(size_t offending, const antlr4::misc::IntervalSet &expected) {
  if (!isAt(offending, Lexer::COMMA) || !isAt(bracketAround(offending), Lexer::LBRACE) ||
      !expected.contains(static_cast<size_t>(Lexer::RBRACE)) ||
      expected.contains(static_cast<size_t>(Lexer::SEMI)))
    return false;
  diagnostics.error(Id::CommaInBraces, tokens.location(offending),
                    "what stands in these braces stands one behind the other: leave this comma out");
  return true;
}

/// `attack with { worst of { ... } }`
bool SyntaxErrors::reportUnnamedSet(size_t offending) {
  const size_t word = tokens.previous(offending);
  if (!isAt(offending, Lexer::OF) || !isAt(word, Lexer::IDENT, "worst"))
    return false;
  diagnostics
      .error(Id::UnnamedSet, tokens.location(word),
             "a set of attacks has a name, which its rows of the results have")
      .note("declare `attack NAME(eps: real) = worst of { ... }` outside, and write `NAME(eps)` here");
  return true;
}

/// `worst of { pgd(eps, steps = m) for m in [5, 10] }`
bool SyntaxErrors::reportForInSet(size_t offending) {
  const size_t of = tokens.previous(bracketAround(offending));
  if (!isAt(offending, Lexer::FOR) || !isAt(of, Lexer::OF) ||
      !isAt(tokens.previous(of), Lexer::IDENT, "worst"))
    return false;
  diagnostics
      .error(
          Id::ForInSet, tokens.location(offending),
          "the members of a set are written one by one, each with its values: there is no `for` among them")
      .note(
          "`for` stands behind attacks of an experiment, also behind a set: `attack with { NAME(eps) for eps "
          "in [8, 16]/255 }`");
  return true;
}

/// `compare "HRS" with none`, `transfer from "HRS"`
bool SyntaxErrors::reportTitleAsDefense(size_t offending) {
  const size_t before = tokens.previous(offending);
  const size_t word = tokens.previous(before);
  const bool isSource = isAt(before, Lexer::FROM) && isAt(word, Lexer::TRANSFER);
  const bool isCompared =
      isAt(before, Lexer::COMPARE) ||
      (isAt(before, Lexer::WITH) && !isAt(word, Lexer::DEFEND) && !isAt(word, Lexer::ATTACK));
  if (!isAt(offending, Lexer::STRING) || !(isSource || isCompared))
    return false;
  std::string call = callNamed(tokens[offending].getText());
  if (isCompared && call.find(" with ") != std::string::npos)
    call = "(" + call + ")";
  diagnostics.error(Id::TitleAsDefense, tokens.location(offending),
                    tokens[offending].getText() +
                        " is a name for tables; a defense is called by its own here" +
                        (call.empty() ? ", such as `hrs([5, 5])`" : ": `" + call + "`"));
  return true;
}

/// `hrs([5, 5]) as "HRS"`, `hrs([5, 5]) "HRS"`
bool SyntaxErrors::reportTitleBehind(size_t offending, const antlr4::misc::IntervalSet &expected) {
  const size_t title = tokens.previous(offending);
  if (!isAt(title, Lexer::STRING) || expected.size() != 1 ||
      !expected.contains(static_cast<size_t>(Lexer::COLON)))
    return false;
  diagnostics.error(Id::TitleBehind, tokens.location(title),
                    "a name for tables stands before what it names, and a colon behind it: `" +
                        tokens[title].getText() + ": hrs([5, 5])`");
  return true;
}

/// `one_draw with levels(4) as identity`
bool SyntaxErrors::reportIdentityArguments(size_t offending) {
  const size_t layer = tokens.previous(offending);
  if (!isAt(offending, Lexer::LPAREN) || !isAt(tokens.previous(layer), Lexer::WITH))
    return false;
  size_t end = offending;
  for (int open = 0; end < segment.end; end = tokens.next(end)) {
    open += opens(tokens[end].getType()) ? 1 : closes(tokens[end].getType()) ? -1 : 0;
    if (open == 0)
      break;
  }
  if (end >= segment.end || !isAt(tokens.next(end), Lexer::AS))
    return false;
  diagnostics.error(Id::IdentityArguments, tokens.location(offending),
                    "`as identity` is said of a kind of layers, whatever their arguments: write `with " +
                        tokens[layer].getText() + " as identity`");
  return true;
}

/// `for each path p by chance { ... }`
bool SyntaxErrors::reportOrder(size_t offending) {
  const size_t word = tokens.previous(offending), by = tokens.previous(word);
  const size_t what = tokens.previous(tokens.previous(by));
  if (!isAt(offending, Lexer::LBRACE) || !isAt(word, Lexer::IDENT) || !isAt(by, Lexer::BY) ||
      !isAt(tokens.previous(what), Lexer::EACH))
    return false;
  diagnostics.error(Id::ForEachOrder, tokens.location(word), aboutOrder(tokens[what].getText() == "class"));
  return true;
}

/// `training "short": sgd(0.1, epochs = 5)`
bool SyntaxErrors::reportTitleOutside(size_t offending) {
  const size_t word = tokens.previous(offending), colon = tokens.next(offending);
  if (!isAt(offending, Lexer::STRING) || !isAt(colon, Lexer::COLON) ||
      !(isAt(word, Lexer::TRAINING) || isAt(word, Lexer::NETWORK) || isAt(word, Lexer::DATASET)))
    return false;
  diagnostics.error(Id::TitleOutside, tokens.location(offending),
                    "a name for tables stands in braces, where there may be several: `" +
                        tokens[word].getText() + " { " + tokens[offending].getText() + ": " +
                        callAt(tokens.next(colon)) + " }`");
  return true;
}

bool SyntaxErrors::reportSlip(size_t offending, const antlr4::misc::IntervalSet &expected) {
  return reportComma(offending, expected) || reportUnnamedSet(offending) || reportForInSet(offending) ||
         reportTitleAsDefense(offending) || reportTitleBehind(offending, expected) ||
         reportIdentityArguments(offending) || reportOrder(offending) || reportTitleOutside(offending);
}

} // namespace switchyard
