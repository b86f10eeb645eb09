// A scale for each axis, then frame, ticks, series and legend, back to front. Colours: Okabe and Ito (2008),
// which the colour-blind tell apart.
#include "runtime/report/Svg.h"

#include "runtime/report/Table.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace switchyard::rt {
namespace {

constexpr double left = 70, top = 40, width = 460, height = 300, legendLine = 18, noteLine = 14;
constexpr const char *colours[] = {"#000000", "#d55e00", "#0072b2", "#009e73",
                                   "#cc79a7", "#e69f00", "#56b4e9"};

std::string escaped(const std::string &text) {
  std::string result;
  for (char c : text)
    result += c == '<'   ? "&lt;"
              : c == '>' ? "&gt;"
              : c == '&' ? "&amp;"
              : c == '"' ? "&quot;"
                         : std::string(1, c);
  return result;
}

std::string shortNumber(double value) {
  std::ostringstream text;
  text.precision(4);
  text << (std::abs(value) < 1e-12 ? 0 : value);
  return text.str();
}

struct Scale {
  double low = 0, high = 1;
  double at(double value) const {
    return high > low ? (std::min(std::max(value, low), high) - low) / (high - low) : 0.5;
  }
};

/// A step of 1, 2 or 5 times a power of ten that gives four to nine ticks.
double tickStep(const Scale &scale) {
  double raw = (scale.high - scale.low) / 5, power = std::pow(10, std::floor(std::log10(raw)));
  for (double factor : {1.0, 2.0, 5.0})
    if (raw <= factor * power)
      return factor * power;
  return 10 * power;
}

std::string label(const Choice &choice) {
  std::string text;
  for (const auto &[axis, value] : choice)
    text += (text.empty() ? "" : ", ") + value.text;
  return text;
}

class Drawing {
public:
  Drawing(const Plot &plot, const Plot::Page &page) : plot(plot), page(page) {
    xIsAxis = true;
    bool first = true;
    for (const PlotSeries &series : page.series)
      for (const PlotPoint &point : series.points) {
        xIsAxis = xIsAxis && !point.text.empty();
        widen(x, point.x, first);
        widen(y, point.score.value, first);
        first = false;
        widen(y, point.score);
        addNotes(notes, point.notes());
        if (plot.scatter)
          widen(x, point.xScore);
      }
    bool fraction = kindOf(plot.measure).isShare;
    if (fraction)
      y = {0, 1};
    for (Scale *scale : {&x, &y}) { // points keep clear of the frame
      double margin = scale == &y && fraction ? 0 : 0.05 * (scale->high - scale->low);
      scale->low -= margin;
      scale->high += margin;
      if (!(scale->high > scale->low))
        *scale = {scale->low - 0.5, scale->high + 0.5};
    }
  }

  std::string draw(const std::string &note) {
    double wide = 0;
    for (const PlotSeries &series : page.series)
      wide = std::max(wide, 7.0 * static_cast<double>(legend(series).size()));
    for (const Note &note : notes) // below the plot, from its left edge
      wide = std::max(wide, 6.0 * static_cast<double>(note.text().size()) - width);
    double all = left + width + 50 + wide,
           tall = std::max(top + height + 60, top + legendLine * page.series.size()) +
                  noteLine * static_cast<double>(notes.size());
    out << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" << all << "\" height=\"" << tall
        << "\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" "
           "fill=\"white\"/>\n";
    std::string title = inWords(plot.measure);
    for (const auto &[axis, value] : page.forEach)
      title += ", " + axis + " " + value.text;
    text(left, 24, "start", title, " font-size=\"14\"");
    if (!note.empty())
      text(left, 36, "start", note, " font-size=\"10\"");
    drawTicks();
    for (size_t i = 0; i < page.series.size(); ++i)
      drawSeries(page.series[i], i);
    out << "<rect x=\"" << left << "\" y=\"" << top << "\" width=\"" << width << "\" height=\"" << height
        << "\" fill=\"none\" stroke=\"#333\"/>\n";
    MeasureUnit unit = kindOf(plot.measure).unit;
    text(left + width / 2, top + height + 44, "middle",
         xIsAxis ? plot.x.name
                 : inWords(plot.x) + inWords(kindOf(plot.x).unit) + leavesOut(&PlotPoint::xScore));
    out << "<g transform=\"translate(20 " << top + height / 2 << ") rotate(-90)\">";
    text(0, 0, "middle",
         kindOf(plot.measure).words + argumentsInWords(plot.measure) + inWords(unit) +
             leavesOut(&PlotPoint::score));
    out << "</g>\n";
    for (size_t i = 0; i < notes.size(); ++i)
      text(left, tall - noteLine * static_cast<double>(notes.size() - i) + 6, "start",
           "\u25cb " + notes[i].text(), " font-size=\"10\"");
    out << "</svg>\n";
    return out.str();
  }

private:
  /// What the bars of an axis say less than a reader would think (S5.9).
  std::string leavesOut(Score PlotPoint::*of) const {
    for (const PlotSeries &series : page.series)
      for (const PlotPoint &point : series.points)
        if ((point.*of).covers == Covers::ImagesOnly)
          return ", bars over " + inWords(Covers::ImagesOnly);
    return "";
  }
  /// A bounded interval is shown whole.
  static void widen(Scale &scale, const Score &score) {
    if (!score.bounded || std::isnan(score.low))
      return;
    widen(scale, score.low, false);
    widen(scale, score.high, false);
  }
  static void widen(Scale &scale, double value, bool first) {
    scale = {first ? value : std::min(scale.low, value), first ? value : std::max(scale.high, value)};
  }
  double px(double value) const { return left + width * x.at(value); }
  double py(double value) const { return top + height * (1 - y.at(value)); }

  void text(double atX, double atY, const char *anchor, const std::string &words, const char *more = "") {
    out << "<text x=\"" << atX << "\" y=\"" << atY << "\" text-anchor=\"" << anchor << "\"" << more << ">"
        << escaped(words) << "</text>\n";
  }
  void line(double x0, double y0, double x1, double y1, const std::string &colour, const char *more = "") {
    out << "<line x1=\"" << x0 << "\" y1=\"" << y0 << "\" x2=\"" << x1 << "\" y2=\"" << y1 << "\" stroke=\""
        << colour << "\"" << more << "/>\n";
  }

  void tickX(double value, const std::string &words) {
    line(px(value), top + height, px(value), top + height + 5, "#333");
    text(px(value), top + height + 20, "middle", words);
  }

  void drawTicks() {
    double unit = factorOf(kindOf(plot.measure).unit), step = tickStep(y);
    for (double value = std::ceil(y.low / step) * step; value <= y.high + 1e-9 * step; value += step) {
      line(left, py(value), left + width, py(value), "#ddd");
      text(left - 8, py(value) + 4, "end", shortNumber(value * unit));
    }
    if (!xIsAxis) {
      step = tickStep(x);
      for (double value = std::ceil(x.low / step) * step; value <= x.high + 1e-9 * step; value += step)
        tickX(value, shortNumber(value * factorOf(kindOf(plot.x).unit)));
      return;
    }
    std::vector<double> drawn; // an axis has a tick at each of its values, as the program writes it
    for (const PlotSeries &series : page.series)
      for (const PlotPoint &point : series.points)
        if (std::find(drawn.begin(), drawn.end(), point.x) == drawn.end()) {
          drawn.push_back(point.x);
          tickX(point.x, point.text);
        }
  }

  void drawSeries(const PlotSeries &series, size_t index) {
    std::string colour = colours[index % std::size(colours)], points;
    for (const PlotPoint &point : series.points) {
      const Score &score = point.score;
      points += shortNumber(px(point.x)) + "," + shortNumber(py(score.value)) + " ";
      if (!std::isnan(score.low)) // a deviation has no interval
        line(px(point.x), py(score.low), px(point.x), py(score.high), colour, " stroke-opacity=\"0.45\"");
      if (plot.scatter && !std::isnan(point.xScore.low))
        line(px(point.xScore.low), py(score.value), px(point.xScore.high), py(score.value), colour,
             " stroke-opacity=\"0.45\"");
      out << "<circle cx=\"" << px(point.x) << "\" cy=\"" << py(score.value) << "\" r=\"3\" fill=\""
          << (point.notes().empty() ? colour : "white\" stroke=\"" + colour) // hollow: see the notes
          << "\""
          << (point.defense.empty() ? "/>" : "><title>" + escaped(point.defense) + "</title></circle>")
          << "\n";
    }
    if (plot.fit)
      drawFit(series, colour);
    if (xIsAxis && series.points.size() > 1)
      out << "<polyline points=\"" << points << "\" fill=\"none\" stroke=\"" << colour
          << "\" stroke-width=\"1.5\"/>\n";
    double legendY = top + 10 + legendLine * static_cast<double>(index);
    line(left + width + 12, legendY, left + width + 30, legendY, colour, " stroke-width=\"2\"");
    text(left + width + 36, legendY + 4, "start", legend(series));
  }

  /// From the leftmost point to the rightmost.
  void drawFit(const PlotSeries &series, const std::string &colour) {
    Line fit = series.fit();
    if (std::isnan(fit.slope))
      return;
    double from = series.points.front().x, to = series.points.back().x;
    auto at = [&](double value) { return py(fit.intercept + fit.slope * value); };
    line(px(from), at(from), px(to), at(to), colour, " stroke-dasharray=\"6 3\"");
  }

  std::string legend(const PlotSeries &series) const {
    std::string words = label(series.by);
    Line fit = series.fit();
    if (plot.fit && !std::isnan(fit.slope))
      words += (words.empty() ? "slope " : ", slope ") + shortNumber(fit.slope);
    return words;
  }

  const Plot &plot;
  const Plot::Page &page;
  Scale x, y;
  std::vector<Note> notes; // of the points, each kind once
  bool xIsAxis = true;
  std::ostringstream out;
};

} // namespace

std::string plotSvg(const Plot &plot, const Plot::Page &page, const std::string &note) {
  return Drawing(plot, page).draw(note);
}

} // namespace switchyard::rt
