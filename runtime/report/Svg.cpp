// A scale for each axis, then frame, ticks, series and legend, back to front. Colours: Okabe and Ito (2008),
// which the colour-blind tell apart.
#include "runtime/report/Svg.h"

#include "runtime/report/PointNames.h"
#include "runtime/report/Scale.h"
#include "runtime/report/Table.h"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace switchyard::rt {
namespace {

constexpr double left = 70, top = 40, width = 460, height = 300, legendLine = 18, noteLine = 14;
constexpr const char *colours[] = {"#000000", "#d55e00", "#0072b2", "#009e73",
                                   "#cc79a7", "#e69f00", "#56b4e9"};

/// Of curves, which a copy in grey tells apart by them alone.
constexpr const char *dashes[] = {"", "7 3", "2 2.5", "9 3 2 3", "14 4", "5 2 2 2 2 2", "1 4"};
static_assert(std::size(dashes) == std::size(colours), "a curve has one of each");

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

class Drawing {
public:
  Drawing(const Plot &plot, const Plot::Page &page)
      : plot(plot), page(page), notes(told(page)), missing(notDrawn(page)) {
    for (const PlotSeries &series : page.series)
      for (const PlotPoint &point : series.points)
        if (point.isDrawn()) {
          x.add(point.x);
          y.add(point.score.value);
          add(y, point.score);
          if (plot.scatter)
            add(x, point.xScore);
        }
    constexpr double margin = 0.05; // points keep clear of the frame
    x.close(margin, plot.againstAxis ? 0 : 1);
    y.close(margin, 1);
    if (kindOf(plot.measure).isShare)
      y = Scale(0, 1);
    if (!plot.categories.empty())
      x = Scale(-0.5, double(plot.categories.size()) - 0.5);
    for (const std::string &category : plot.categories)
      longest = std::max(longest, letter * double(category.size()));
    turned = longest > width / double(std::max<size_t>(1, plot.categories.size()));
  }

  std::string draw(const std::string &note) {
    double below = turned ? longest / 2 : 0; // turned by 30 degrees
    double foot = std::max(top + height + 60 + below, top + legendLine * double(page.series.size()));
    double tall = foot + noteLine * double(notes.size() + missing.size());
    out << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" << wide() << "\" height=\"" << tall
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
    drawTitles(below);
    for (const std::vector<std::string> *lines : {&notes, &missing})
      for (const std::string &line : *lines)
        text(left, (foot += noteLine) - 8, "start", line, " font-size=\"10\"");
    out << "</svg>\n";
    return out.str();
  }

private:
  static constexpr double letter = 6.5; // the width of one, about

  double wide() const {
    double beside = longest; // of the plot; notes stand below it, from its left edge
    for (const PlotSeries &series : page.series)
      beside = std::max(beside, 7.0 * double(legend(series).size()));
    for (const std::vector<std::string> *lines : {&notes, &missing})
      for (const std::string &line : *lines)
        beside = std::max(beside, 6.0 * double(line.size()) - width);
    return left + width + 50 + beside;
  }

  void drawTitles(double below) {
    text(left + width / 2, top + height + 44 + below, "middle",
         plot.againstAxis ? plot.x.name
                          : inWords(plot.x) + inWords(kindOf(plot.x).unit) + leavesOut(&PlotPoint::xScore));
    out << "<g transform=\"translate(20 " << top + height / 2 << ") rotate(-90)\">";
    text(0, 0, "middle",
         kindOf(plot.measure).words + argumentsInWords(plot.measure) + inWords(kindOf(plot.measure).unit) +
             leavesOut(&PlotPoint::score));
    out << "</g>\n";
  }

  /// What has to be said of the points, which are hollow then, and of which.
  static std::vector<std::string> told(const Plot::Page &page) {
    std::vector<std::vector<Note>> all;
    for (const PlotSeries &series : page.series)
      for (const PlotPoint &point : series.points)
        if (point.isDrawn())
          all.push_back(point.notes());
    std::vector<std::string> lines;
    const NoteList list(all);
    for (size_t i = 0; i < list.told().size(); ++i)
      lines.push_back("\u25cb " + whose(page, list, i, all.size()) + list.told()[i].text());
    return lines;
  }

  /// The curves whose points have the note that stands `at` this place of the list; of a curve that has it in
  /// part, where. All are named: the points look alike. Of `drawn` points that are one there is nothing to
  /// name.
  static std::string whose(const Plot::Page &page, const NoteList &list, size_t at, size_t drawn) {
    std::string text;
    size_t having = 0;
    for (const PlotSeries &series : page.series) {
      std::vector<std::string> places;
      for (const PlotPoint &point : series.points)
        if (point.isDrawn() && has(point, list, at))
          places.push_back(point.text.empty() ? point.defense : point.text);
      having += places.size();
      if (places.empty())
        continue;
      std::string name = series.name();
      if (int64_t(places.size()) < series.drawn() || name.empty())
        name += (name.empty() ? "" : ", ") + joined(places);
      text += (text.empty() ? "" : "; ") + name;
    }
    if (having == drawn)
      return drawn > 1 ? "all points: " : "";
    return text + ": ";
  }

  static bool has(const PlotPoint &point, const NoteList &list, size_t at) {
    const std::vector<Note> notes = point.notes();
    return std::any_of(notes.begin(), notes.end(),
                       [&](const Note &note) { return list.tellerOf(note) == at; });
  }

  static std::string joined(const std::vector<std::string> &names) {
    std::string text;
    for (const std::string &name : names)
      text += (text.empty() ? "" : " and ") + name;
    return text;
  }

  /// What is not drawn, and why.
  static std::vector<std::string> notDrawn(const Plot::Page &page) {
    std::vector<std::string> lines;
    for (const MissingPoints &one : missingOf(page.series))
      lines.push_back("not drawn: " + listed(one.names) + ": " + one.reason.text());
    return lines;
  }

  /// What the bars of an axis say less than a reader would think (S5.9).
  std::string leavesOut(Score PlotPoint::*of) const {
    for (const PlotSeries &series : page.series)
      for (const PlotPoint &point : series.points)
        if (point.isDrawn() && (point.*of).covers == Covers::ImagesOnly)
          return ", bars over " + inWords(Covers::ImagesOnly);
    return "";
  }
  /// A bounded interval is shown whole.
  static void add(Scale &scale, const Score &score) {
    if (score.bounded)
      for (double end : {score.low, score.high})
        scale.add(end);
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
    if (!turned)
      return text(px(value), top + height + 20, "middle", words);
    out << "<g transform=\"translate(" << px(value) << " " << top + height + 16 << ") rotate(30)\">";
    text(0, 0, "start", words);
    out << "</g>\n";
  }

  void drawTicks() {
    for (const Tick &tick : y.ticks(factorOf(kindOf(plot.measure).unit))) {
      line(left, py(tick.value), left + width, py(tick.value), "#ddd");
      text(left - 8, py(tick.value) + 4, "end", tick.text);
    }
    for (size_t i = 0; i < plot.categories.size(); ++i)
      tickX(double(i), plot.categories[i]);
    if (!plot.againstAxis)
      for (const Tick &tick : x.ticks(factorOf(kindOf(plot.x).unit)))
        tickX(tick.value, tick.text);
    if (plot.againstAxis && plot.categories.empty())
      drawValues();
  }

  /// An axis of numbers has a tick at each of its values, as the program writes it.
  void drawValues() {
    std::vector<double> drawn;
    for (const PlotSeries &series : page.series)
      for (const PlotPoint &point : series.points)
        if (point.isDrawn() && !series.level &&
            std::find(drawn.begin(), drawn.end(), point.x) == drawn.end()) {
          drawn.push_back(point.x);
          tickX(point.x, point.text);
        }
  }

  /// A level has its point, and its interval, where it ends.
  double placeOf(const PlotSeries &series, const PlotPoint &point) const {
    return series.level ? left + width : px(point.x);
  }

  void drawPoint(const PlotPoint &point, double place, const std::string &colour) {
    const Score &score = point.score;
    if (!std::isnan(score.low)) // a deviation has no interval
      line(place, py(score.low), place, py(score.high), colour, " stroke-opacity=\"0.45\"");
    if (plot.scatter && !std::isnan(point.xScore.low))
      line(px(point.xScore.low), py(score.value), px(point.xScore.high), py(score.value), colour,
           " stroke-opacity=\"0.45\"");
    out << "<circle cx=\"" << place << "\" cy=\"" << py(score.value) << "\" r=\"3\" fill=\""
        << (point.notes().empty() ? colour : "white\" stroke=\"" + colour) // hollow: see the notes
        << "\"" << (point.defense.empty() ? "/>" : "><title>" + escaped(point.defense) + "</title></circle>")
        << "\n";
  }

  void drawSeries(const PlotSeries &series, size_t index) {
    std::string colour = colours[index % std::size(colours)], dash = dashes[index % std::size(dashes)],
                points;
    bool isCurve = plot.againstAxis && plot.categories.empty();
    if (!dash.empty())
      dash = isCurve ? " stroke-dasharray=\"" + dash + "\"" : "";
    for (const PlotPoint &point : series.points) {
      if (!point.isDrawn())
        continue;
      const double place = placeOf(series, point), height = py(point.score.value);
      points += shortNumber(place) + "," + shortNumber(height) + " ";
      drawPoint(point, place, colour);
      if (series.level)
        line(left, height, place, height, colour, (" stroke-width=\"1.5\"" + dash).c_str());
    }
    if (plot.fit)
      drawFit(series, colour);
    if (isCurve && series.drawn() > 1)
      out << "<polyline points=\"" << points << "\" fill=\"none\" stroke=\"" << colour
          << "\" stroke-width=\"1.5\"" << dash << "/>\n";
    double legendY = top + 10 + legendLine * static_cast<double>(index);
    line(left + width + 12, legendY, left + width + 30, legendY, colour,
         (" stroke-width=\"2\"" + dash).c_str());
    text(left + width + 36, legendY + 4, "start", legend(series));
  }

  /// From the leftmost point to the rightmost.
  void drawFit(const PlotSeries &series, const std::string &colour) {
    Line fit = series.fit();
    if (std::isnan(fit.slope))
      return;
    auto last = std::find_if(series.points.rbegin(), series.points.rend(),
                             [](const PlotPoint &point) { return point.isDrawn(); });
    double from = std::find_if(series.points.begin(), series.points.end(),
                               [](const PlotPoint &point) { return point.isDrawn(); })
                      ->x,
           to = last->x;
    auto at = [&](double value) { return py(fit.intercept + fit.slope * value); };
    line(px(from), at(from), px(to), at(to), colour, " stroke-dasharray=\"6 3\"");
  }

  std::string legend(const PlotSeries &series) const {
    std::string words = series.name();
    Line fit = series.fit();
    if (plot.fit && !std::isnan(fit.slope))
      words += (words.empty() ? "slope " : ", slope ") + shortNumber(fit.slope);
    return words;
  }

  const Plot &plot;
  const Plot::Page &page;
  Scale x, y;
  std::vector<std::string> notes, missing;
  double longest = 0;  // of the names of categories
  bool turned = false; // where they have no room side by side
  std::ostringstream out;
};

} // namespace

std::string plotSvg(const Plot &plot, const Plot::Page &page, const std::string &note) {
  return Drawing(plot, page).draw(note);
}

} // namespace switchyard::rt
