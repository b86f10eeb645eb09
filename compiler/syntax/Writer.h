// Lines with indentation, and the pieces of text that the formatter's files share.

#ifndef SWITCHYARD_COMPILER_SYNTAX_WRITER_H
#define SWITCHYARD_COMPILER_SYNTAX_WRITER_H

#include "compiler/syntax/Ast.h"

#include <functional>
#include <string>
#include <vector>

namespace switchyard {

class Writer {
public:
  void line(const std::string &content) { lines += std::string(2 * depth, ' ') + content + "\n"; }
  /// A line that ends in `{`; what follows is indented until close().
  void open(const std::string &content) {
    line(content + " {");
    ++depth;
  }
  void close(const std::string &behind = "") {
    --depth;
    line("}" + behind);
  }
  void unindent() { --depth; }
  /// An empty line, but not at the start.
  void blank() {
    if (!lines.empty())
      lines += "\n";
  }
  const std::string &text() const { return lines; }

private:
  std::string lines;
  int depth = 0;
};

std::string joined(const std::vector<std::string> &parts, const std::string &separator);
/// As a rewrite writes it: `first conv`, `every later conv`, `classifier`.
std::string placeText(const Place &place);
std::string shapeText(const std::vector<int64_t> &shape);
std::string callText(const ast::CallExpr &call);
/// A composition's calls, each as `write` has it.
template <typename F> std::string compositionText(const ast::Composition &composition, F write) {
  std::vector<std::string> parts;
  for (auto &one : composition)
    parts.push_back(write(*one));
  return joined(parts, " with ");
}
/// `transfer from none of small_cnn`
template <typename F> std::string transferText(const ast::Estimator &estimator, F write) {
  return "transfer from " + compositionText(estimator.source, write) +
         (estimator.of ? " of " + write(*estimator.of) : "");
}
/// As a side of `compare`: in parentheses where it is composed.
template <typename F> std::string sideText(const ast::Composition &side, F write) {
  std::string text = compositionText(side, write);
  return side.size() > 1 ? "(" + text + ")" : text;
}
std::string argumentsText(const std::vector<ast::Argument> &arguments);
std::string goalText(const ast::Goal &goal);
void writeDeclaration(Writer &out, const ast::Decl &decl);
/// How a call is written: as it stands, or with what it leaves to be understood.
using CallText = std::function<std::string(const ast::CallExpr &)>;
/// Layers, one a line but for activations; `layer` writes each.
void writeLayers(Writer &out, const ast::Layers &layers, const CallText &layer);
/// `layer` writes layers, `recipe` what a defense trains by.
void writeNetwork(Writer &out, const ast::NetworkDecl &decl, const CallText &layer);
void writePart(Writer &out, const ast::PartDecl &decl, const CallText &layer);
/// What a defense trains by, its call with or without what it leaves to be understood.
using RecipeText = std::function<std::string(const ast::Rewrite &)>;
void writeDefense(Writer &out, const ast::DefenseDecl &decl, const CallText &layer, const RecipeText &recipe,
                  const CallText &member);
/// "\"HRS 5x5\": ", what tables call an item; empty where it has no name.
std::string titleText(const ast::Item &item);
/// " with quantize as identity"
std::string identitiesText(const ast::Estimator &estimator);
/// "first 200", "200 random"
std::string countText(const std::string &count, bool random);
void writeClause(Writer &out, const ast::Clause &clause);
/// The call of a training with what stands before it, then its block, whose `loss` and `validation` write
/// these; `behind` ends it.
void writeTraining(Writer &out, const std::string &call, const ast::TrainingParts &parts,
                   const CallText &loss,
                   const std::function<std::string(const ast::Validation &)> &validation,
                   const std::string &behind);
/// What defenses are applied to, in braces or, where it is one, behind `word`; `item` writes one with what
/// stands before it, `behind` ends the braces.
void writeChosen(Writer &out, const std::string &word, const ast::Group &group, const std::string &behind,
                 const std::function<void(const ast::Item &, const std::string &)> &item);
void writeExperiment(Writer &out, const ast::ExperimentDecl &decl);

} // namespace switchyard

#endif
