// Generates the body of an attack, a layer, an optimizer, a schedule or a loss: statements
// (BodyStatements.cpp), expressions (BodyExpressions.cpp), functions (BodyFunctions.cpp).
#ifndef SWITCHYARD_COMPILER_IRGEN_BODYGENERATOR_H
#define SWITCHYARD_COMPILER_IRGEN_BODYGENERATOR_H

#include "compiler/irgen/Generator.h"
#include "compiler/semantics/Catalog.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

#include <map>

namespace switchyard {

class BodyGenerator {
public:
  /// `numbers`: of scalarsOf the attack.
  BodyGenerator(Generator &g, const resolved::Attack &attack, const resolved::Network &network, bool away,
                mlir::Block &block, mlir::ValueRange numbers, SiteCounters sites);

  /// `numbers`: of its real parameters, then of its attacks, as `numbersOf` gives them; `arguments`: of the
  /// others.
  BodyGenerator(Generator &g, const resolved::Loss &loss, const NamedValues &arguments,
                const resolved::Network &network, AttackGenerator &attacks, mlir::Block &block,
                mlir::ValueRange numbers);
  /// `arguments`: of all its parameters; `scalars`: of those that the block takes.
  BodyGenerator(Generator &g, const resolved::Layer &layer, const NamedValues &arguments, mlir::Block &block,
                llvm::ArrayRef<llvm::StringRef> scalars);
  /// What is computed of `variables` and known `arguments` alone: an optimizer, a schedule, an argument of a
  /// training. `decided`: conditions whose outcome is known; of these one arm is generated.
  BodyGenerator(Generator &g, const NamedValues &arguments, llvm::StringMap<mlir::Value> variables,
                const std::map<const ast::Expr *, bool> *decided = nullptr);
  void statements(const ast::Body &body);
  mlir::Value realExpression(const ast::Expr *expr);
  mlir::Value variable(llvm::StringRef name) const { return variables.lookup(name); }
  SiteCounters sitesBehind() const { return sites; }

private:
  // BodyStatements.cpp
  void assign(const ast::AssignStatement &statement);
  mlir::Value ownVariable(mlir::Value value);
  mlir::Value trained(const std::string &name, const ast::CallExpr &call);
  void repeat(const ast::RepeatStatement &statement);
  mlir::Value turns(const ast::RepeatStatement &loop);
  void enterTurn(const ast::RepeatStatement &loop, mlir::Value index);
  void unroll(const ast::RepeatStatement &statement);
  void condition(const ast::IfStatement &statement);
  void takeArm(const ast::IfStatement &statement, const ast::Body &arm);
  void finish(const ast::ReturnStatement &result);
  mlir::Value finished(mlir::Location loc, mlir::Value example);
  mlir::Value active(mlir::Location loc);
  mlir::Value select(mlir::Location loc, mlir::Value condition, mlir::Value yes, mlir::Value no);
  mlir::Value count(const ast::Expr *expr);
  mlir::Value nextPass(mlir::Location loc);

  // AttackOptimizer.cpp
  void makeOptimizer(const std::string &name, const ast::CallExpr &adam);
  mlir::Value step(const ast::CallExpr &expr);
  /// The variables that stand for `carried`: an optimizer has several.
  llvm::SmallVector<std::string> slots(llvm::ArrayRef<std::string> carried);

  // BodyExpressions.cpp
  mlir::Value expression(const ast::Expr *expr);
  mlir::Value constant(const ast::Expr *expr, const Number &value);
  mlir::Value choice(const ast::ChoiceExpr &choice);
  mlir::Value asReal(mlir::Value value);
  mlir::Value name(const std::string &name, const ast::Expr *expr);
  mlir::Value binary(const ast::BinaryExpr &expr);
  mlir::Value power(const ast::BinaryExpr &expr);
  mlir::Value compared(mlir::Location loc, mlir::Value value);
  mlir::Value call(const ast::CallExpr &expr);
  mlir::Value objective(const ast::ObjectiveDecl &decl, mlir::Value logits);
  mlir::Value schedule(const ast::CallExpr &call);
  std::optional<bool> known(const ast::Expr *condition) const;

  // BodyFunctions.cpp
  struct Functions;
  mlir::Value builtin(const ast::CallExpr &expr);

  Generator &g;
  mlir::OpBuilder &b;
  const NamedValues &arguments;
  const resolved::Attack *attack = nullptr;                      // null in layers
  const resolved::Network *network = nullptr;                    // null in layers
  const resolved::Loss *loss = nullptr;                          // null but in losses
  AttackGenerator *attacks = nullptr;                            // of a loss
  SiteCounters attackSites;                                      // of a loss's attacks so far
  llvm::StringMap<llvm::SmallVector<mlir::Value>> attackNumbers; // of a loss, by its parameters
  const NamedValues *counts = nullptr; // of a layer's loops and groups, by their text; null in attacks
  const std::map<const ast::Expr *, bool> *decided = nullptr; // null: nothing is
  bool isSchedule = false;                                    // `return` keeps what it is given
  mlir::Value returned;                                       // by a schedule
  bool away = false;                                          // the form of the goal
  mlir::Value input;                                          // the clean image, or the layer's input
  mlir::Value goal, rows, stream;
  mlir::Value pass;      // of a layer's draws; null in attacks, whose loops count theirs
  mlir::Value iteration; // i32, flattened index of the loops around; null outside
  /// What the `if`s around hold by, and which arm of each: both are computed, one counts.
  llvm::SmallVector<std::pair<mlir::Value, bool>> arms;
  SiteCounters sites; // of `model`, and of the program's own draws, so far
  llvm::StringMap<mlir::Value> variables;
};

} // namespace switchyard

#endif
