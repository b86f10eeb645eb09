// Draws one page of a plot as SVG: lines, or points and what is fitted to them, with intervals, ticks, labels
// and a legend.
#ifndef SWITCHYARD_RUNTIME_REPORT_SVG_H
#define SWITCHYARD_RUNTIME_REPORT_SVG_H

#include "runtime/report/Plot.h"

namespace switchyard::rt {

/// A complete SVG document. Fractions are shown in percent; an unbounded interval is drawn to the frame's
/// edge. `note` stands below the title.
std::string plotSvg(const Plot &plot, const Plot::Page &page, const std::string &note = "");

} // namespace switchyard::rt

#endif
