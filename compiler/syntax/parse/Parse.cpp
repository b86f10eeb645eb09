// A file to its AST, one declaration at a time: UTF-8 and size, tokens, limits, then each declaration for
// itself, so that every slip of a program is reported in one run.

#include "compiler/syntax/Parse.h"
#include "compiler/syntax/parse/SyntaxErrors.h"

#include <algorithm>

namespace switchyard {
namespace {

constexpr size_t maxOpenRules = 2000; // the parser recurses once for each

/// Stops a parse that would exhaust the stack in a way that withinLimits() does not foresee.
struct TooDeep {};
class DepthGuard : public antlr4::tree::ParseTreeListener {
public:
  void enterEveryRule(antlr4::ParserRuleContext *) override {
    if (++open > maxOpenRules)
      throw TooDeep();
  }
  void exitEveryRule(antlr4::ParserRuleContext *) override { --open; }
  void visitTerminal(antlr4::tree::TerminalNode *) override {}
  void visitErrorNode(antlr4::tree::ErrorNode *) override {}

private:
  size_t open = 0;
};

/// Length of the valid UTF-8 sequence at `at`; 0 if there is none.
size_t sequenceLength(const std::string &text, size_t at) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  unsigned char lead = byte(at);
  size_t length = lead < 0x80                   ? 1
                  : lead >= 0xc2 && lead < 0xe0 ? 2
                  : lead >= 0xe0 && lead < 0xf0 ? 3
                  : lead >= 0xf0 && lead < 0xf5 ? 4
                                                : 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(at + i) & 0xc0) != 0x80)
      return 0;
  bool overlong = (lead == 0xe0 && byte(at + 1) < 0xa0) || (lead == 0xf0 && byte(at + 1) < 0x90);
  bool surrogate = lead == 0xed && byte(at + 1) >= 0xa0;
  bool tooLarge = lead == 0xf4 && byte(at + 1) >= 0x90;
  return overlong || surrogate || tooLarge ? 0 : length;
}

bool isText(int file, const std::string &text, Diagnostics &diagnostics) {
  int line = 1, column = 1;
  for (size_t at = 0; at < text.size(); ++column) {
    size_t length = sequenceLength(text, at);
    if (length == 0) {
      diagnostics.error(Id::NotUtf8, {file, line, column, 1},
                        "this byte is not UTF-8; save the file as UTF-8");
      return false;
    }
    if (text[at] == '\n') {
      ++line;
      column = 0;
    }
    at += length;
  }
  return true;
}

/// The declaration, or null with its errors reported.
ast::DeclPtr parseDeclaration(const TokenList &tokens, Segment segment, Diagnostics &diagnostics) {
  std::vector<std::unique_ptr<antlr4::Token>> copies;
  for (size_t i = segment.begin; i < segment.end; ++i)
    copies.push_back(std::make_unique<antlr4::CommonToken>(tokens.tokens[i].get()));
  copies.push_back(std::make_unique<antlr4::CommonToken>(tokens.tokens.back().get()));
  antlr4::ListTokenSource source(std::move(copies));
  antlr4::CommonTokenStream stream(&source);
  Parser parser(&stream);
  parser.removeErrorListeners();
  auto errors = std::make_shared<SyntaxErrors>(tokens, segment, diagnostics);
  parser.setErrorHandler(errors);
  DepthGuard guard;
  parser.addParseListener(&guard);
  try {
    auto *tree = parser.only()->declaration();
    if (errors->met() || parser.getNumberOfSyntaxErrors() > 0)
      return nullptr;
    return buildDeclaration(tree, tokens, segment, diagnostics);
  } catch (const TooDeep &) {
    diagnostics.error(Id::NestedTooDeep, tokens.location(segment.begin),
                      "this declaration is nested too deep");
    return nullptr;
  }
}

/// Whether a sign in it is no part of the language.
bool isBroken(const TokenList &tokens, Segment segment) {
  auto first = tokens.broken.lower_bound(tokens[segment.begin].getLine());
  return first != tokens.broken.end() && *first <= tokens[segment.end - 1].getLine();
}

/// Keeps what is known of a declaration with errors.
void addBroken(ast::Module &module, const TokenList &tokens, Segment segment) {
  const auto &words = declarationWords();
  auto word = std::find(words.begin(), words.end(), tokens[segment.begin].getText());
  size_t name = tokens.next(segment.begin);
  if (name >= segment.end || word == words.begin()) { // a use: who knows what it would bring
    module.hasUnknown = true;
    return;
  }
  module.broken.push_back({static_cast<ast::DeclKind>(word - words.begin()), tokens[name].getText()});
}

std::unique_ptr<ast::Module> parseText(int file, const std::string &text, Diagnostics &diagnostics) {
  if (!isText(file, text, diagnostics))
    return nullptr;
  TokenList tokens = tokenize(file, text, diagnostics);
  if (!withinLimits(tokens, diagnostics))
    return nullptr;
  auto module = std::make_unique<ast::Module>();
  module->file = file;
  int before = diagnostics.errorCount();
  auto segments = findDeclarations(tokens, diagnostics);
  module->hasUnknown = diagnostics.errorCount() > before; // what stands between declarations
  for (const Segment &segment : segments) {
    int errors = diagnostics.errorCount();
    auto decl = parseDeclaration(tokens, segment, diagnostics);
    if (decl && diagnostics.errorCount() == errors && !isBroken(tokens, segment))
      module->declarations.push_back(std::move(decl));
    else
      addBroken(*module, tokens, segment);
  }
  return module;
}

} // namespace

std::unique_ptr<ast::Module> parseFile(const std::string &path, Sources &sources, Diagnostics &diagnostics) {
  using Problem = Sources::Problem;
  Problem problem;
  int file = sources.read(path, problem);
  Location whole{file, 0, 0, 1};
  switch (problem) {
  case Problem::Folder:
    diagnostics.error(Id::IsFolder, whole, "this is a folder; a program is a file");
    return nullptr;
  case Problem::Unreadable:
    diagnostics.error(Id::CannotRead, whole, "cannot read this file");
    return nullptr;
  case Problem::TooLong:
    diagnostics.error(Id::TooLong, whole, "a program is at most 1 MB long, this file is larger");
    return nullptr;
  case Problem::None:
    break;
  }
  return parseText(file, sources[file].text, diagnostics);
}

} // namespace switchyard
