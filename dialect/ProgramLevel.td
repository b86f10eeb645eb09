// All operations of program level, in one translation.

include "dialect/TensorOps.td"
include "dialect/BallOps.td"
include "dialect/ExpectationOps.td"
include "dialect/TallyOps.td"
include "dialect/NetworkOps.td"
include "dialect/LibraryOps.td"
