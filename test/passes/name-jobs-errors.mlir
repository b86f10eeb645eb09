// What a hash does not know is no hash of nothing.
// RUN: switchyard-opt %s --swy-name-jobs -verify-diagnostics

// expected-error @+1 {{cannot name the jobs: an attribute of a kind that has no hash}}
module {
  func.func @f() attributes {new = affine_map<(i) -> (i)>} {
    return
  }
}
