// Both levels, for the definitions of attributes: one parser and one printer know them all.

include "dialect/ProgramLevel.td"
include "dialect/ExperimentLevel.td"
