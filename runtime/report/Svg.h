// Draws one page of a plot, or all as panels, as SVG: lines, or points and what is fitted to them, with
// intervals, ticks, labels and a legend.
#ifndef SWITCHYARD_RUNTIME_REPORT_SVG_H
#define SWITCHYARD_RUNTIME_REPORT_SVG_H

#include "runtime/report/Plot.h"

namespace switchyard::rt {

/// A complete SVG document. Fractions are shown in percent; an unbounded interval is drawn to the frame's
/// edge. `note` stands below the title.
std::string plotSvg(const Plot &plot, const Plot::Page &page, const std::string &note = "");

/// All pages side by side, with the same axes: a panel for each.
std::string panelsSvg(const Plot &plot, const std::string &note = "");

} // namespace switchyard::rt

#endif
