// All operations of the dialect, in one translation.

include "dialect/TensorOps.td"
include "dialect/TallyOps.td"
include "dialect/NetworkOps.td"
include "dialect/LayerOps.td"
include "dialect/ExperimentOps.td"
include "dialect/LibraryOps.td"
