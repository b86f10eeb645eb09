// The door to ANTLR: what the files of this folder share, and nobody else includes.

#ifndef SWITCHYARD_COMPILER_SYNTAX_PARSE_TREE_H
#define SWITCHYARD_COMPILER_SYNTAX_PARSE_TREE_H

#include "SwitchyardLexer.h"
#include "SwitchyardParser.h"
#include "antlr4-runtime.h"

#include "compiler/syntax/Ast.h"
#include "compiler/syntax/Diagnostics.h"

#include <set>

namespace switchyard {

using Lexer = grammar::SwitchyardLexer;
using Parser = grammar::SwitchyardParser;

/// A file's tokens, comments included, in order; the end of the file is the last.
struct TokenList {
  int file = -1;
  std::unique_ptr<antlr4::ANTLRInputStream> input; ///< the tokens refer to it
  std::unique_ptr<Lexer> lexer;                    ///< and to this
  std::vector<std::unique_ptr<antlr4::Token>> tokens;
  std::set<size_t> broken; ///< lines with a sign that is no part of the language: what follows there is noise

  const antlr4::Token &operator[](size_t i) const { return *tokens[i]; }
  size_t size() const { return tokens.size(); }
  /// The token before or after `i` that is no comment; size() if there is none.
  size_t previous(size_t i) const;
  size_t next(size_t i) const;
  bool startsLine(size_t i) const;
  Location location(size_t i) const;
  Location after(size_t i) const; ///< just behind the token
};

Location locationOf(const antlr4::Token &token, int file);

/// A declaration's tokens: [begin, end).
struct Segment {
  size_t begin, end;
};

/// What to say of a sign that starts no token.
std::string aboutSign(const std::string &text);
/// Splits the text into tokens; reports signs that belong to no token, comments of other languages, texts
/// without an end.
TokenList tokenize(int file, const std::string &text, Diagnostics &diagnostics);
/// Reports brackets nested too deep and endless chains of operators, which would exhaust the stack.
bool withinLimits(const TokenList &tokens, Diagnostics &diagnostics);
/// Cuts the program into declarations; reports what stands between them.
std::vector<Segment> findDeclarations(const TokenList &tokens, Diagnostics &diagnostics);

/// Turns a declaration's tree into its AST node. The tree has no syntax errors.
ast::DeclPtr buildDeclaration(Parser::DeclarationContext *tree, const TokenList &tokens, Segment segment,
                              Diagnostics &diagnostics);

/// In which order `for each` goes.
const char *aboutOrder(bool ofClasses);

/// Words that can start a declaration, in the grammar's order.
const std::vector<std::string> &declarationWords();

} // namespace switchyard

#endif
