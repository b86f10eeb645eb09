// All operations of experiment level, in one translation.

include "dialect/LayerOps.td"
include "dialect/ExperimentOps.td"
include "dialect/StructureOps.td"
include "dialect/LayerProgramOps.td"
include "dialect/OptimizerOps.td"
include "dialect/GridOps.td"
include "dialect/JobOps.td"
