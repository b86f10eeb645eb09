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

constexpr double legendLine = 18, noteLine = 14;
constexpr const char *colours[] = {"#000000", "#d55e00", "#0072b2", "#009e73",
                                   "#cc79a7", "#e69f00", "#56b4e9"};

/// Of curves, which a copy in grey tells apart by them alone: each goes with every colour, in turns.
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

/// What has to be said of points that are drawn, and of those that are not, a line each.
class Remarks {
public:
  explicit Remarks(const Plot::Page &page) : page(page) {}

  /// Of points that are hollow, and of which.
  std::vector<std::string> told() const {
    std::vector<std::vector<Note>> all;
    for (const PlotSeries &series : page.series)
      for (const PlotPoint &point : series.points)
        if (point.isDrawn())
          all.push_back(point.notes());
    std::vector<std::string> lines;
    const NoteList list(all);
    for (size_t i = 0; i < list.told().size(); ++i)
      lines.push_back("\u25cb " + whose(list, i, all.size()) + list.told()[i].text());
    return lines;
  }

  /// What is not drawn, and why.
  std::vector<std::string> notDrawn() const {
    std::vector<std::string> lines;
    for (const MissingPoints &one : missingOf(page.series))
      lines.push_back("not drawn: " + listed(one.names) + ": " + one.reason.text());
    return lines;
  }

private:
  /// The curves whose points have the note that stands `at` this place of the list; of a curve that has it in
  /// part, where. All are named: the points look alike. Of `drawn` points that are one there is nothing to
  /// name.
  std::string whose(const NoteList &list, size_t at, size_t drawn) const {
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

  const Plot::Page &page;
};

/// One page, or all of them as panels with the same axes.
class Drawing {
public:
  Drawing(const Plot &plot, std::vector<Plot::Page> chosen) : plot(plot), pages(std::move(chosen)) {
    leaveOutWithoutLogarithm();
    arrange();
    makeScales();
    for (const std::string &category : plot.categories)
      longest = std::max(longest, letter * double(category.size()));
    turned = longest > width / double(std::max<size_t>(1, plot.categories.size()));
    for (const std::string &line : remarks())
      lines.push_back(line);
  }

  std::string draw(const std::string &note) {
    double below = turned ? longest / 2 : 0; // turned by 30 degrees
    double foot = std::max(bottom() + 60 + below, firstTop() + legendLine * double(names().size()));
    double tall = foot + noteLine * double(lines.size());
    out << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" << wide() << "\" height=\"" << tall
        << "\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" "
           "fill=\"white\"/>\n";
    std::string title = plot.title;
    for (const auto &[axis, value] : plot.panels ? Choice() : pages.front().forEach)
      title += ", " + axis + " " + value.text;
    text(firstLeft, 24, "start", title, " font-size=\"14\"");
    if (!note.empty())
      text(firstLeft, 36, "start", note, " font-size=\"10\"");
    for (size_t i = 0; i < pages.size(); ++i)
      drawPanel(i);
    drawTitles(below);
    for (const std::string &line : lines)
      text(firstLeft, (foot += noteLine) - 8, "start", line, " font-size=\"10\"");
    out << "</svg>\n";
    return out.str();
  }

private:
  static constexpr double letter = 6.5; // the width of one, about
  static constexpr double firstLeft = 70, betweenColumns = 26, betweenRows = 46;

  double firstTop() const { return plot.panels ? 64 : 40; }
  double right() const { return firstLeft + double(columns) * (width + betweenColumns) - betweenColumns; }
  double bottom() const { return firstTop() + double(rows) * (height + betweenRows) - betweenRows; }

  static std::string panelName(const Plot::Page &page) {
    std::string name;
    for (const auto &[axis, value] : page.forEach)
      name += (name.empty() ? "" : ", ") + axis + " " + value.text;
    return name;
  }

  /// With two axes the last one's values are columns; with one, panels are as many across as down.
  void arrange() {
    if (!plot.panels)
      return;
    width = 250;
    height = 180;
    std::vector<std::string> last;
    for (const Plot::Page &page : pages) // wide enough for their names
      width = std::max(width, 6.0 * double(panelName(page).size()));
    for (const Plot::Page &page : pages)
      if (std::find(last.begin(), last.end(), page.forEach.back().second.text) == last.end())
        last.push_back(page.forEach.back().second.text);
    const bool isProduct = pages.front().forEach.size() > 1 && pages.size() % last.size() == 0;
    columns = isProduct ? last.size() : size_t(std::ceil(std::sqrt(double(pages.size()))));
    rows = (pages.size() + columns - 1) / columns;
  }

  bool hasPlace(const PlotSeries &series, const PlotPoint &point) const {
    return !point.isDrawn() || // for another reason
           ((!plot.logX || series.level || point.x > 0) && (!plot.logY || point.score.value > 0));
  }

  /// Points that a logarithmic axis has no place for are told below.
  void leaveOutWithoutLogarithm() {
    for (Plot::Page &page : pages)
      for (PlotSeries &series : page.series) {
        for (const PlotPoint &point : series.points)
          if (!hasPlace(series, point)) {
            const std::string name = series.name(), at = point.text.empty() ? point.defense : point.text;
            withoutPlace.push_back(name + (name.empty() || at.empty() ? "" : ", ") + at);
          }
        series.points.erase(std::remove_if(series.points.begin(), series.points.end(),
                                           [&](const PlotPoint &point) { return !hasPlace(series, point); }),
                            series.points.end());
      }
  }

  template <typename Visit> void forEachDrawn(Visit visit) const {
    for (const Plot::Page &page : pages)
      for (const PlotSeries &series : page.series)
        for (const PlotPoint &point : series.points)
          if (point.isDrawn())
            visit(point);
  }

  void makeScales() {
    x = plot.logX ? Scale::logarithmic() : Scale();
    y = plot.logY ? Scale::logarithmic() : Scale();
    forEachDrawn([&](const PlotPoint &point) {
      x.add(point.x);
      y.add(point.score.value);
      add(y, point.score);
      if (plot.scatter)
        add(x, point.xScore);
    });
    constexpr double margin = 0.05; // points keep clear of the frame
    x.close(margin, plot.againstAxis ? 0 : 1);
    y.close(margin, 1);
    if (plot.isShare && !plot.logY)
      y = Scale(0, 1);
    if (!plot.categories.empty())
      x = Scale(-0.5, double(plot.categories.size()) - 0.5);
  }

  /// What is said of pages, once, with the names of the panels of which it is not said of all.
  std::vector<std::string> remarksOfPages() const {
    std::vector<std::pair<std::string, std::vector<std::string>>> said; // and of which
    for (const Plot::Page &page : pages) {
      const Remarks its(page);
      for (const std::vector<std::string> &some : {its.told(), its.notDrawn()})
        for (const std::string &line : some) {
          auto known =
              std::find_if(said.begin(), said.end(), [&](const auto &one) { return one.first == line; });
          known = known == said.end() ? said.insert(said.end(), {line, {}}) : known;
          known->second.push_back(label(page.forEach));
        }
    }
    std::vector<std::string> all;
    for (const auto &[line, of] : said)
      all.push_back((of.size() == pages.size() ? "" : listed(of) + ": ") + line);
    return all;
  }

  /// What is said below the plot.
  std::vector<std::string> remarks() const {
    std::vector<std::string> all = plot.captions;
    for (const std::string &line : remarksOfPages())
      all.push_back(line);
    if (!withoutPlace.empty())
      all.push_back("not drawn: " + listed(withoutPlace) + ": no logarithm of 0 or less");
    bool reachesZero = false;
    forEachDrawn([&](const PlotPoint &point) {
      reachesZero |=
          (plot.logY && point.score.low <= 0) || (plot.logX && plot.scatter && point.xScore.low <= 0);
    });
    if (reachesZero)
      all.push_back("bars that reach 0 end at the frame: it has no logarithm");
    return all;
  }

  /// Of all series.
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const Plot::Page &page : pages)
      for (const PlotSeries &series : page.series)
        if (std::find(all.begin(), all.end(), series.name()) == all.end())
          all.push_back(series.name());
    return all;
  }

  double wide() const {
    double beside = longest; // of the plot; notes stand below it, from its left edge
    for (const Plot::Page &page : pages)
      for (const PlotSeries &series : page.series)
        beside = std::max(beside, 7.0 * double(legend(series).size()));
    for (const std::string &line : lines)
      beside = std::max(beside, 6.0 * double(line.size()) - (right() - firstLeft));
    return right() + 50 + beside;
  }

  void drawTitles(double below) {
    text((firstLeft + right()) / 2, bottom() + 44 + below, "middle",
         (plot.againstAxis ? plot.x.name : inWords(plot.x) + inWords(kindOf(plot.x).unit)) +
             leavesOut(&PlotPoint::xScore));
    out << "<g transform=\"translate(20 " << (firstTop() + bottom()) / 2 << ") rotate(-90)\">";
    text(0, 0, "middle", plot.words + leavesOut(&PlotPoint::score));
    out << "</g>\n";
  }

  /// Numbers stand at the outer panels alone.
  void drawPanel(size_t number) {
    const Plot::Page &page = pages[number];
    const size_t row = number / columns;
    left = firstLeft + double(number % columns) * (width + betweenColumns);
    top = firstTop() + double(row) * (height + betweenRows);
    if (plot.panels)
      text(left, top - 8, "start", panelName(page), " font-size=\"11\"");
    drawTicks(page, number % columns == 0, number + columns >= pages.size());
    for (const PlotSeries &series : page.series)
      drawSeries(series);
    out << "<rect x=\"" << left << "\" y=\"" << top << "\" width=\"" << width << "\" height=\"" << height
        << "\" fill=\"none\" stroke=\"#333\"/>\n";
  }

  /// What the bars of an axis say less than a reader would think (S5.9).
  std::string leavesOut(Score PlotPoint::*of) const {
    bool imagesOnly = false;
    forEachDrawn([&](const PlotPoint &point) { imagesOnly |= (point.*of).covers == Covers::ImagesOnly; });
    return imagesOnly ? ", bars over " + inWords(Covers::ImagesOnly) : "";
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

  void tickX(double value, const std::string &words, bool named) {
    line(px(value), top + height, px(value), top + height + 5, "#333");
    if (!named)
      return;
    if (!turned)
      return text(px(value), top + height + 20, "middle", words);
    out << "<g transform=\"translate(" << px(value) << " " << top + height + 16 << ") rotate(30)\">";
    text(0, 0, "start", words);
    out << "</g>\n";
  }

  void drawTicks(const Plot::Page &page, bool namedY, bool namedX) {
    for (const Tick &tick : y.ticks(factorOf(plot.unit))) {
      line(left, py(tick.value), left + width, py(tick.value), "#ddd");
      if (namedY)
        text(left - 8, py(tick.value) + 4, "end", tick.text);
    }
    for (size_t i = 0; i < plot.categories.size(); ++i)
      tickX(double(i), plot.categories[i], namedX);
    if (!plot.againstAxis)
      for (const Tick &tick : x.ticks(factorOf(kindOf(plot.x).unit)))
        tickX(tick.value, tick.text, namedX);
    else if (plot.alongEpochs)
      for (const Tick &tick : x.ticks(1)) {
        if (tick.value == std::floor(tick.value))
          tickX(tick.value, tick.text, namedX);
      }
    else if (plot.categories.empty())
      drawValues(page, namedX);
  }

  /// An axis of numbers has a tick at each of its values, as the program writes it.
  void drawValues(const Plot::Page &page, bool named) {
    std::vector<double> drawn;
    for (const PlotSeries &series : page.series)
      for (const PlotPoint &point : series.points)
        if (point.isDrawn() && !series.level &&
            std::find(drawn.begin(), drawn.end(), point.x) == drawn.end()) {
          drawn.push_back(point.x);
          tickX(point.x, point.text, named);
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

  /// Series of one name look alike in all panels, and stand in the legend once; what has no point does below.
  void drawSeries(const PlotSeries &series) {
    if (series.drawn() == 0)
      return;
    const size_t index = size_t(std::find(named.begin(), named.end(), series.name()) - named.begin());
    std::string colour = colours[index % std::size(colours)],
                dash = dashes[(index + index / std::size(colours)) % std::size(dashes)], points;
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
    if (index < named.size())
      return;
    named.push_back(series.name());
    double legendY = firstTop() + 10 + legendLine * static_cast<double>(index);
    line(right() + 12, legendY, right() + 30, legendY, colour, (" stroke-width=\"2\"" + dash).c_str());
    text(right() + 36, legendY + 4, "start", legend(series));
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

  /// Slopes are of one page; those of panels stand in the table.
  std::string legend(const PlotSeries &series) const {
    std::string words = series.name();
    Line fit = series.fit();
    if (plot.fit && !plot.panels && !std::isnan(fit.slope))
      words += (words.empty() ? "slope " : ", slope ") + shortNumber(fit.slope);
    return words;
  }

  const Plot &plot;
  std::vector<Plot::Page> pages;
  double left = firstLeft, top = 0, width = 460, height = 300; // of the panel at work
  size_t columns = 1, rows = 1;
  Scale x, y;
  std::vector<std::string> withoutPlace; // points that have no logarithm
  std::vector<std::string> lines;        // below the plot
  std::vector<std::string> named;        // series in the legend
  double longest = 0;                    // of the names of categories
  bool turned = false;                   // where they have no room side by side
  std::ostringstream out;
};

} // namespace

std::string plotSvg(const Plot &plot, const Plot::Page &page, const std::string &note) {
  return Drawing(plot, {page}).draw(note);
}

std::string panelsSvg(const Plot &plot, const std::string &note) {
  return Drawing(plot, plot.pages).draw(note);
}

} // namespace switchyard::rt
