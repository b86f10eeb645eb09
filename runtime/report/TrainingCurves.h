// `show plot of loss against epoch`: what trainings kept of each epoch. A model may be made of several
// trainings (the channels of its switching blocks), each once in every run: a curve is their mean, its bars
// go from the lowest to the highest.
#ifndef SWITCHYARD_RUNTIME_REPORT_TRAININGCURVES_H
#define SWITCHYARD_RUNTIME_REPORT_TRAININGCURVES_H

#include "runtime/report/Plot.h"

namespace switchyard::rt {

/// One plot for each curve of the show. Throws where S5.6 forbids it.
std::vector<Plot> trainingCurves(const Plan &plan, const Outcomes &outcomes, const Experiment &experiment,
                                 const Show &show);

/// Columns: the axes of `for each` and `by`, training (empty: the mean of all), epoch, curve, value, low,
/// high, trainings, notes. A row for each point, then those of each training.
std::string trainingCurvesCsv(const Plan &plan, const Outcomes &outcomes, const Experiment &experiment,
                              const Show &show, const Plot &plot);

} // namespace switchyard::rt

#endif
