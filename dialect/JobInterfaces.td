// What a job says of itself, so that passes and the plan keep no list of jobs: what decides its result, and which
// functions it calls.

#ifndef SWITCHYARD_DIALECT_JOB_INTERFACES_TD
#define SWITCHYARD_DIALECT_JOB_INTERFACES_TD

include "mlir/IR/OpBase.td"

def Swy_JobOpInterface : OpInterface<"JobOpInterface"> {
  let cppNamespace = "::switchyard::swy";
  let description = [{
    Work whose result is kept by its name, the hash of what decides it (S6.1): the attributes of these names, the graphs of
    the functions that it calls, and of its scalars those that they take. What decides nothing (labels, symbols of what
    the functions were made of) stands beside them in the declaration.
  }];
  let methods = [
    StaticInterfaceMethod<"Names of the attributes that decide the result: each is hashed whole",
                          "::llvm::ArrayRef<::llvm::StringRef>", "getDecisiveNames", (ins),
                          [{ return ConcreteOp::getDecisiveNames(); }]>,
    InterfaceMethod<"The functions it calls; null ones before swy-build-programs", "::llvm::SmallVector<::switchyard::swy::JobCall>", "getCalls">,
    InterfaceMethod<"What it is called, in hexadecimal; nothing before swy-name-jobs",
                    "::std::optional<::llvm::StringRef>", "getDigest", (ins), [{ return $_op.getDigest(); }]>,
    InterfaceMethod<"Calls it so", "void", "setDigest", (ins "::std::optional<::llvm::StringRef>":$digest),
                    [{ $_op.setDigest(digest); }]>
  ];
}

#endif
