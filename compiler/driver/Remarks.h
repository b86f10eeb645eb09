// What the passes said of what they did, as lines for people: the place in the program that asked for the
// work, what was done or why it was not, for which job, and where in the code that belongs to.
#ifndef SWITCHYARD_COMPILER_DRIVER_REMARKS_H
#define SWITCHYARD_COMPILER_DRIVER_REMARKS_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace switchyard {

class Remarks {
public:
  Remarks();
  ~Remarks();

  /// Has the context's passes say what they do, from now on.
  void listen(mlir::MLIRContext &context);
  /// Notes which job calls which function.
  void noteJobs(mlir::ModuleOp module);
  /// Sorted, equal ones once. `placeOf` writes a place as `file:line:column`, empty where there is none.
  std::string text(std::function<std::string(mlir::Location)> placeOf) const;

private:
  struct Said;
  struct Job {
    mlir::Location place;
    std::string label;
  };
  std::shared_ptr<Said> said;      ///< the context's listener has it, too
  std::map<std::string, Job> jobs; ///< by function, the first
};

} // namespace switchyard

#endif
