// Comments into a program's one format. Printing changes white space, brackets that say nothing and little
// else, so the tokens of both texts are laid side by side, and each comment goes where its neighbours went:
// behind the token that it stood behind, or on lines of its own before the token that followed. Where the
// format has both neighbours on one line, the line is broken there.

#include "compiler/syntax/Print.h"
#include "compiler/syntax/parse/Tree.h"

namespace switchyard {
namespace {

using Tokens = std::vector<const antlr4::Token *>;
constexpr size_t none = static_cast<size_t>(-1);

struct Comment {
  std::string text;
  bool behind; ///< a token on its line
  bool blankBefore, blankAfter;
};

bool isComment(const antlr4::Token &token) {
  return token.getChannel() != antlr4::Token::DEFAULT_CHANNEL;
}

bool isEnd(const antlr4::Token &token) {
  return token.getType() == antlr4::Token::EOF;
}

Tokens plainTokens(const TokenList &list) {
  Tokens result;
  for (auto &one : list.tokens)
    if (!isComment(*one) && !isEnd(*one))
      result.push_back(one.get());
  return result;
}

bool isBracket(const antlr4::Token &token) {
  return token.getType() == Lexer::LPAREN || token.getType() == Lexer::RPAREN;
}

/// Walks along both texts and gives each token as written its place in the printed text; what only one of
/// them has is passed over.
void walk(const Tokens &written, const std::vector<size_t> &from, const Tokens &printed,
          const std::vector<size_t> &to, std::vector<size_t> &places) {
  constexpr size_t reach = 200; // how far to look for where they go on alike
  auto same = [&](size_t i, size_t j) {
    return i < from.size() && j < to.size() && written[from[i]]->getText() == printed[to[j]]->getText();
  };
  for (size_t i = 0, j = 0; i < from.size() && j < to.size();) {
    if (same(i, j)) {
      places[from[i++]] = to[j++];
    } else if (isBracket(*written[from[i]]) || written[from[i]]->getType() == Lexer::SEMI) {
      ++i;
    } else if (isBracket(*printed[to[j]])) {
      ++j;
    } else {
      size_t ahead = 1;
      while (ahead < reach && !same(i, j + ahead) && !same(i + ahead, j))
        ++ahead;
      bool laterInPrinted = same(i, j + ahead), laterInWritten = same(i + ahead, j);
      j += laterInPrinted ? ahead : laterInWritten ? 0 : 1;
      i += laterInPrinted ? 0 : laterInWritten ? ahead : 1;
    }
  }
}

/// For each token as written its place in the printed text; none for brackets that vanished. What changed its
/// place (the parts of a network have an order) is what a walk leaves over on both sides.
std::vector<size_t> align(const Tokens &written, const Tokens &printed) {
  std::vector<size_t> places(written.size(), none);
  size_t rest = none;
  for (;;) {
    std::vector<size_t> from, to;
    std::vector<bool> taken(printed.size());
    for (size_t i = 0; i < written.size(); ++i)
      if (places[i] == none)
        from.push_back(i);
      else
        taken[places[i]] = true;
    for (size_t j = 0; j < printed.size(); ++j)
      if (!taken[j])
        to.push_back(j);
    if (to.empty() || from.size() == rest)
      return places;
    rest = from.size();
    walk(written, from, printed, to, places);
  }
}

class Weaver {
public:
  Weaver(const TokenList &written, const TokenList &printedList, const SourceFile &text)
      : printed(plainTokens(printedList)), text(text), gaps(printed.size() + 1) {
    collect(written);
  }

  std::string weave() {
    for (size_t gap = 0; gap <= printed.size(); ++gap) {
      if (gaps[gap].empty())
        plainGap(gap);
      else
        commentedGap(gap);
      if (gap < printed.size())
        out += printed[gap]->getText();
    }
    return out;
  }

private:
  /// Sorts the comments into the gaps before the printed tokens.
  void collect(const TokenList &written) {
    Tokens plain = plainTokens(written);
    std::vector<size_t> places = align(plain, printed);
    size_t next = 0; // the plain token that follows
    for (size_t t = 0; t < written.size(); ++t) {
      const antlr4::Token &token = written[t];
      if (isEnd(token))
        break;
      if (!isComment(token)) {
        ++next;
        continue;
      }
      bool behind = next > 0 && plain[next - 1]->getLine() == token.getLine();
      bool blankBefore = t > 0 && written[t - 1].getLine() + 1 < token.getLine();
      bool blankAfter = token.getLine() + 1 < written[t + 1].getLine();
      std::string shown = token.getText();
      shown.erase(shown.find_last_not_of(" \t\r") + 1);
      gaps[gapOf(places, next, behind)].push_back({shown, behind, blankBefore, blankAfter});
    }
  }

  size_t gapOf(const std::vector<size_t> &places, size_t next, bool behind) const {
    if (behind) {
      while (next > 0 && places[next - 1] == none)
        --next;
      return next > 0 ? places[next - 1] + 1 : 0;
    }
    while (next < places.size() && places[next] == none)
      ++next;
    return next < places.size() ? places[next] : printed.size();
  }

  bool startsLine(size_t i) const { return i == 0 || printed[i]->getLine() != printed[i - 1]->getLine(); }
  size_t column(size_t i) const { return printed[i]->getCharPositionInLine(); }
  bool is(size_t i, size_t type) const { return i < printed.size() && printed[i]->getType() == type; }

  /// Whether the format has an empty line in the gap.
  bool blank(size_t gap) const {
    if (gap == 0 || gap == printed.size())
      return false;
    for (size_t line = printed[gap - 1]->getLine() + 1; line < printed[gap]->getLine(); ++line)
      if (text.line(static_cast<int>(line)).empty())
        return true;
    return false;
  }

  void plainGap(size_t gap) {
    if (gap == printed.size())
      out += gap > 0 ? "\n" : "";
    else if (startsLine(gap))
      out += (gap == 0 ? "" : blank(gap) ? "\n\n" : "\n") + std::string(column(gap), ' ');
    else
      out += std::string(column(gap) - column(gap - 1) - locationOf(*printed[gap - 1], 0).length, ' ');
  }

  /// Of what stands in a gap on lines of its own: as the token that follows, one deeper than what that
  /// closes.
  size_t commentIndent(size_t gap) const {
    if (gap == printed.size())
      return 0;
    size_t own = tokenIndent(gap);
    return is(gap, Lexer::RBRACE) ? own + 2 : own;
  }

  /// Of the token behind a gap with comments.
  size_t tokenIndent(size_t gap) const {
    if (startsLine(gap))
      return column(gap);
    size_t first = gap;
    while (!startsLine(first))
      --first;
    bool closes = is(gap, Lexer::RBRACE) || is(gap - 1, Lexer::RBRACE);
    return column(first) + (closes ? 0 : is(gap - 1, Lexer::LBRACE) ? 2 : 4);
  }

  void emptyLine() {
    if (!out.empty() && (out.size() < 2 || out.compare(out.size() - 2, 2, "\n\n") != 0))
      out += "\n";
  }

  void commentedGap(size_t gap) {
    const std::vector<Comment> &comments = gaps[gap];
    size_t indent = commentIndent(gap), at = 0;
    if (comments[0].behind && !out.empty())
      out += " " + comments[at++].text;
    out += out.empty() ? "" : "\n";
    if (blank(gap))
      emptyLine();
    for (; at < comments.size(); ++at) {
      if (comments[at].blankBefore && indent == 0)
        emptyLine();
      out += std::string(indent, ' ') + comments[at].text + "\n";
    }
    if (gap == printed.size())
      return;
    if (indent == 0 && !comments.back().behind && comments.back().blankAfter)
      emptyLine();
    out += std::string(tokenIndent(gap), ' ');
  }

  Tokens printed;
  const SourceFile &text;
  std::vector<std::vector<Comment>> gaps; ///< before each printed token, and behind the last
  std::string out;
};

} // namespace

std::string withComments(const std::string &formatted, const std::string &written) {
  Diagnostics none; // both texts have been parsed, or come from a tree
  TokenList before = tokenize(0, written, none), after = tokenize(0, formatted, none);
  return Weaver(before, after, SourceFile{"", formatted}).weave();
}

} // namespace switchyard
