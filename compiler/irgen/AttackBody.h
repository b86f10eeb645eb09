// Generates one attack's statements (Attack.cpp), expressions (AttackExpressions.cpp) and functions
// (AttackFunctions.cpp).
#ifndef SWITCHYARD_COMPILER_IRGEN_ATTACKBODY_H
#define SWITCHYARD_COMPILER_IRGEN_ATTACKBODY_H

#include "compiler/irgen/Generator.h"
#include "compiler/semantics/Catalog.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace switchyard {

class AttackBody {
public:
  AttackBody(Generator &g, const resolved::Attack &attack, const resolved::Network &network, bool away,
             mlir::Block &block, llvm::ArrayRef<llvm::StringRef> scalars);
  void generate();

private:
  // Attack.cpp
  void statements(const ast::Body &body);
  void assign(const ast::AssignStatement &statement);
  mlir::Value ownVariable(mlir::Value value);
  void repeat(const ast::RepeatStatement &statement);
  void condition(const ast::IfStatement &statement);
  mlir::Value active(mlir::Location loc);
  mlir::Value select(mlir::Location loc, mlir::Value condition, mlir::Value yes, mlir::Value no);
  mlir::Value count(const ast::Expr *expr);
  mlir::Value nextPass(mlir::Location loc);

  // AttackOptimizer.cpp
  void makeOptimizer(const std::string &name, const ast::CallExpr &adam);
  mlir::Value step(const ast::CallExpr &expr);
  /// The variables that stand for `carried`: an optimizer has several.
  llvm::SmallVector<std::string> slots(llvm::ArrayRef<std::string> carried);

  // AttackExpressions.cpp
  mlir::Value expression(const ast::Expr *expr);
  mlir::Value constant(const ast::Expr *expr, const Number &value);
  mlir::Value choice(const ast::ChoiceExpr &choice);
  mlir::Value realExpression(const ast::Expr *expr);
  mlir::Value asReal(mlir::Value value);
  mlir::Value name(const std::string &name, const ast::Expr *expr);
  mlir::Value binary(const ast::BinaryExpr &expr);
  mlir::Value power(const ast::BinaryExpr &expr);
  mlir::Value call(const ast::CallExpr &expr);
  mlir::Value objective(const ast::ObjectiveDecl &decl, mlir::Value logits);

  // AttackFunctions.cpp
  struct Functions;
  mlir::Value builtin(const ast::CallExpr &expr);

  Generator &g;
  mlir::OpBuilder &b;
  const resolved::Attack &attack;
  const resolved::Network &network;
  bool away; // the form of the goal
  mlir::Value x0, goal, rows, stream;
  mlir::Value iteration; // i32, flattened index of the loops around; null outside
  /// What the `if`s around hold by, and which arm of each: both are computed, one counts.
  llvm::SmallVector<std::pair<mlir::Value, bool>> arms;
  int32_t sites = 0; // call sites of `model` so far
  int32_t draws = 0; // sites of the attack's own draws so far
  llvm::StringMap<mlir::Value> variables;
};

} // namespace switchyard

#endif
