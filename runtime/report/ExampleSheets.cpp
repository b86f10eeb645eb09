// A sheet is laid out from the left, the clean images first, and from the top, each row as high as its
// longest caption. It has as many settings and rows as a viewer opens at once; what is more goes to further
// sheets.
#include "runtime/report/ExampleSheets.h"

#include "runtime/contract/ShowRules.h"
#include "runtime/files/WholeFile.h"
#include "runtime/report/Csv.h"
#include "runtime/report/ExamplePage.h"
#include "runtime/report/Judged.h"
#include "runtime/report/Picture.h"
#include "runtime/report/Results.h"

#include <algorithm>
#include <cstdio>
#include <set>
#include <stdexcept>

namespace switchyard::rt {
namespace {

constexpr char otherExample[] = "made again: not the very example that was judged";

using Lines = std::vector<std::string>;

std::string brief(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}
std::string percent(double share) {
  return brief(100 * share) + " %";
}

/// "none, eps 16/255": some axes are known by their words.
std::string inWords(const Choice &choice) {
  static const std::set<std::string> plain = {"defense", "family", "strength", "attack"};
  std::string text;
  for (const auto &[axis, value] : choice)
    text += (text.empty() ? "" : ", ") + (plain.count(axis) ? "" : axis + " ") + value.text;
  return text;
}

std::vector<Verdict> verdictsOf(const Experiment &experiment) {
  return experiment.judges.empty() ? std::vector<Verdict>{{}} : experiment.judges;
}

/// The class that is answered most often, and how often.
std::pair<int64_t, double> answerTo(const ExampleSetting &setting, size_t pair) {
  const AttackOutcome &outcome = *setting.outcome;
  auto first = outcome.answers.begin() + long(pair * outcome.classes());
  auto most = std::max_element(first, first + long(outcome.classes()));
  return {most - first, fractionOf(*most, std::max(outcome.draws, outcome.paths))};
}

/// How many values no byte stands for.
int64_t outside(const DatasetSpec &dataset, const ExampleSetting &setting, size_t pair) {
  const float *finished = setting.shown->finishedOf(pair);
  return std::count_if(finished, finished + setting.shown->pixels, [&](float value) {
    return value < float(dataset.low) || value > float(dataset.high);
  });
}

/// Where something stands on which sheet.
struct Tile {
  std::string file, shows; // "clean", "adversarial", "difference"; "none" of a setting without pictures
  int x = 0, y = 0;
  const ExampleSetting *setting = nullptr; // none of a clean image
  const AttackPair *pair = nullptr;
  std::optional<size_t> at = {}; // the pair's place in the setting
};

/// Draws the sheets of a page.
class Sheets {
public:
  static constexpr size_t settingsOnSheet = 6, rowsOnSheet = 20;

  Sheets(const ExamplePage &page, const std::string &note) : page(page), note(note) {
    const std::vector<int64_t> &shape = page.dataset.input;
    channels = int(shape.at(0));
    const int high = int(shape.at(1)), wide = int(shape.at(2));
    if (channels != 1 && channels != 3)
      throw std::runtime_error("pictures have 1 channel or 3, the images have " + std::to_string(channels));
    constexpr int smallest = 200; // of a tile's longer side
    zoom = std::max(1, (smallest + std::max(high, wide) - 1) / std::max(high, wide));
    tileWidth = wide * zoom;
    tileHeight = high * zoom;
    cleanWidth = std::max(tileWidth, 170); // what its caption needs
    settingWidth = std::max(2 * tileWidth + gap, 456);
  }

  /// Settings and rows from these places on. `sheet`: "sheet 1 of 2", or nothing.
  std::string draw(const std::string &fileName, size_t firstSetting, size_t firstRow,
                   const std::string &sheet) {
    file = fileName;
    settings.clear();
    rows.clear();
    for (size_t i = firstSetting; i < std::min(page.settings.size(), firstSetting + settingsOnSheet); ++i)
      settings.push_back(&page.settings[i]);
    for (size_t i = firstRow; i < std::min(page.rows.size(), firstRow + rowsOnSheet); ++i)
      rows.push_back(&page.rows[i]);
    const int width = xOf(settings.size()) - columnGap + margin;
    const Lines title = titleOf(sheet, width - 2 * margin);
    std::vector<Lines> heads;
    for (const ExampleSetting *setting : settings)
      heads.push_back(headOf(*setting));
    const int titleHeight = heightOf(title) + gap, begin = margin + titleHeight + heightOf(heads) + gap;
    int height = begin + margin;
    for (const ExampleRow *row : rows)
      height += heightOf(*row);
    Picture picture(width, height);
    write(picture, margin, margin, title);
    for (size_t i = 0; i < settings.size(); ++i) {
      write(picture, xOf(i), margin + titleHeight, heads[i]);
      if (!settings[i]->problem.empty() && firstRow == 0)
        found.push_back({file, "none", xOf(i), margin + titleHeight, settings[i]});
    }
    int y = begin;
    for (const ExampleRow *row : rows) {
      drawRow(picture, y, *row);
      y += heightOf(*row);
    }
    return picture.png();
  }

  /// Of all sheets so far.
  const std::vector<Tile> &tiles() const { return found; }
  int enlarged() const { return zoom; }

private:
  static constexpr int margin = 24, columnGap = 32, gap = 8;

  int xOf(size_t setting) const {
    return margin + cleanWidth + columnGap + int(setting) * (settingWidth + columnGap);
  }
  static int heightOf(const Lines &lines) { return Picture::lineHeight * int(lines.size()); }
  static int heightOf(const std::vector<Lines> &beside) {
    int height = 0;
    for (const Lines &lines : beside)
      height = std::max(height, heightOf(lines));
    return height;
  }
  int heightOf(const ExampleRow &row) const {
    std::vector<Lines> captions = {cleanCaption(row)};
    for (const ExampleSetting *setting : settings)
      captions.push_back(captionOf(*setting, row));
    return tileHeight + gap + heightOf(captions) + columnGap;
  }

  static void write(Picture &picture, int x, int y, const Lines &lines) {
    for (const std::string &line : lines) {
      picture.text(x, y, line);
      y += Picture::lineHeight;
    }
  }
  static Lines fitted(const std::vector<std::string> &texts, int width) {
    Lines lines;
    for (const std::string &text : texts)
      if (!text.empty())
        for (std::string &line : wrapped(text, width))
          lines.push_back(std::move(line));
    return lines;
  }

  Lines titleOf(const std::string &sheet, int width) const {
    const Experiment &experiment = page.experiment;
    std::string runs;
    if (experiment.repeatTraining > 1)
      runs += " of the first of " + std::to_string(experiment.repeatTraining) + " trainings";
    if (experiment.repeatAttack > 1)
      runs += std::string(runs.empty() ? "" : ",") + " of the first of " +
              std::to_string(experiment.repeatAttack) + " attacks";
    return fitted({experiment.name + ": adversarial examples" + (sheet.empty() ? "" : ", " + sheet),
                   inWords(page.common()) + runs,
                   "the clean image, what the attack made of it, and the difference around grey", note},
                  width);
  }

  Lines headOf(const ExampleSetting &setting) const {
    return fitted({inWords(setting.by), setting.problem.empty()
                                            ? "difference " + brief(setting.factor) +
                                                  (setting.factor == 1 ? " time" : " times") + " as large"
                                            : "no pictures: " + setting.problem},
                  settingWidth);
  }

  static Lines cleanCaption(const ExampleRow &row) {
    return {"image " + std::to_string(row.pair.image), "label " + std::to_string(row.pair.label)};
  }

  /// What stands below a setting's tiles of a pair.
  Lines captionOf(const ExampleSetting &setting, const ExampleRow &row) const {
    std::optional<size_t> at = setting.find(row.pair);
    if (!at)
      return !setting.problem.empty()    ? Lines()
             : setting.attacks(row.pair) ? Lines{"behind its first images"}
                                         : Lines{"not attacked"};
    const AttackJob &attack = page.attackOf(setting);
    const AttackPair &pair = setting.pairAt(*at);
    const auto [answer, share] = answerTo(setting, *at);
    std::vector<std::string> texts = {
        "label " + std::to_string(pair.label) +
        (attack.pairs.goal.toward ? ", goal " + std::to_string(pair.goal) : ", away from it") + ", answer " +
        std::to_string(answer) + (share < 1 ? " (" + percent(share) + ")" : "")};
    for (const Verdict &verdict : verdictsOf(page.experiment)) {
      if (!whyNoVerdict(*setting.outcome, verdict).empty()) { // its table has the reason
        texts.push_back("success - " + judgeInFiles(verdict, attack));
        continue;
      }
      texts.push_back(
          "success " + percent(successBy(page.outcomes, setting.job, verdict, *at, Moment::Finished)) +
          " (clean " + percent(successBy(page.outcomes, setting.job, verdict, *at, Moment::AtZero)) + ") " +
          judgeInFiles(verdict, attack));
    }
    texts.push_back("distance " + brief(pair.distance) + " in " + normName(attack.threat.norm()) +
                    (pair.unmoved ? ": the clean image" : ""));
    if (int64_t count = outside(page.dataset, setting, *at))
      texts.push_back(std::to_string(count) + " values out of the range, at its ends here");
    if (setting.shown->others[*at])
      texts.push_back(otherExample);
    return fitted(texts, settingWidth);
  }

  /// An image, channel after channel, each pixel a square.
  template <typename ByteOf> void drawTile(Picture &picture, int x, int y, ByteOf byteOf) const {
    picture.fill(x - 1, y - 1, tileWidth + 2, tileHeight + 2, {153, 153, 153}); // white ends somewhere
    const int wide = tileWidth / zoom, high = tileHeight / zoom;
    for (int row = 0; row < high; ++row)
      for (int column = 0; column < wide; ++column) {
        const int64_t at = int64_t(row) * wide + column, plane = channels == 3 ? int64_t(high) * wide : 0;
        picture.fill(x + column * zoom, y + row * zoom, zoom, zoom,
                     {byteOf(at), byteOf(at + plane), byteOf(at + 2 * plane)});
      }
  }

  void drawRow(Picture &picture, int y, const ExampleRow &row) {
    const double low = page.dataset.low, high = page.dataset.high;
    const int below = y + tileHeight + gap;
    drawTile(picture, margin, y, [&](int64_t i) { return byteOfPixel(row.clean[i], low, high); });
    write(picture, margin, below, cleanCaption(row));
    found.push_back({file, "clean", margin, y, nullptr, &row.pair});
    for (size_t i = 0; i < settings.size(); ++i) {
      const ExampleSetting &setting = *settings[i];
      write(picture, xOf(i), below, captionOf(setting, row));
      std::optional<size_t> at = setting.find(row.pair);
      if (!at)
        continue;
      const float *finished = setting.shown->finishedOf(*at);
      const int x = xOf(i), beside = x + tileWidth + gap;
      drawTile(picture, x, y, [&](int64_t j) { return byteOfPixel(finished[j], low, high); });
      drawTile(picture, beside, y, [&](int64_t j) {
        return byteOfDifference(double(finished[j]) - row.clean[j], setting.factor, low, high);
      });
      found.push_back({file, "adversarial", x, y, &setting, &setting.pairAt(*at), at});
      found.push_back({file, "difference", beside, y, &setting, &setting.pairAt(*at), at});
    }
  }

  const ExamplePage &page;
  const std::string &note;
  int channels = 1, zoom = 1, tileWidth = 0, tileHeight = 0, cleanWidth = 0, settingWidth = 0;
  std::string file;
  std::vector<const ExampleSetting *> settings;
  std::vector<const ExampleRow *> rows;
  std::vector<Tile> found;
};

/// The axes on which the show's settings have places, and the columns before and behind them.
std::vector<std::string> axesOf(const Grid &grid, const Show &show) {
  std::vector<std::string> axes;
  for (const Point &point : pointsOfExamples(grid, show))
    for (const auto &[axis, value] : point.coordinates)
      if (std::find(axes.begin(), axes.end(), axis) == axes.end())
        axes.push_back(axis);
  return axes;
}

std::string headOf(const Experiment &experiment, const std::vector<std::string> &axes) {
  std::vector<std::string> fields = {"file", "shows", "x", "y", "zoom", "factor", "experiment"};
  fields.insert(fields.end(), axes.begin(), axes.end());
  for (const char *name : {"training_run", "attack_run", "image", "label", "goal", "answer", "answer_share"})
    fields.push_back(name);
  for (const Verdict &verdict : verdictsOf(experiment))
    fields.push_back("success." + verdictText(verdict));
  for (const char *name : {"success_at_zero", "distance", "unmoved", "outside", "notes"})
    fields.push_back(name);
  return csvRecord(fields);
}

std::string recordOf(const ExamplePage &page, const Tile &tile, int zoom,
                     const std::vector<std::string> &axes) {
  const ExampleSetting *its = tile.setting;
  const bool ofPixels = its && tile.at;
  std::vector<std::string> fields = {tile.file,
                                     tile.shows,
                                     std::to_string(tile.x),
                                     std::to_string(tile.y),
                                     tile.pair ? std::to_string(zoom) : "",
                                     tile.shows == "difference" ? numberText(its->factor) : "",
                                     page.experiment.name};
  auto add = [&](bool known, const auto &text) { fields.push_back(known ? text() : std::string()); };
  for (const std::string &axis : axes) {
    const AxisValue *value = its ? its->point.coordinate(axis) : nullptr;
    fields.push_back(value ? axisText(*value) : "");
  }
  for (int run = 0; run < 2; ++run)
    fields.push_back(its ? "1" : "");
  add(tile.pair, [&] { return std::to_string(tile.pair->image); });
  add(tile.pair, [&] { return std::to_string(tile.pair->label); });
  add(ofPixels, [&] { return std::to_string(tile.pair->goal); });
  add(ofPixels, [&] { return std::to_string(answerTo(*its, *tile.at).first); });
  add(ofPixels, [&] { return numberText(answerTo(*its, *tile.at).second); });
  for (const Verdict &verdict : verdictsOf(page.experiment))
    add(ofPixels, [&] {
      return whyNoVerdict(*its->outcome, verdict).empty()
                 ? numberText(successBy(page.outcomes, its->job, verdict, *tile.at, Moment::Finished))
                 : "";
    });
  add(ofPixels, [&] { return numberText(tile.pair->successAtZero); });
  add(ofPixels, [&] { return numberText(tile.pair->distance); });
  add(ofPixels, [&] { return std::to_string(int(tile.pair->unmoved)); });
  add(ofPixels, [&] { return std::to_string(outside(page.dataset, *its, *tile.at)); });
  fields.push_back(!its ? "" : !ofPixels ? its->problem : its->shown->others[*tile.at] ? otherExample : "");
  return csvRecord(fields);
}

/// Writes the sheets of one page; its records.
std::string writePage(const ExamplePage &page, const std::string &folder, const std::string &name,
                      FileNames &names, const std::string &note, const std::vector<std::string> &axes) {
  Sheets sheets(page, note);
  auto parts = [](size_t count, size_t each) { return std::max<size_t>(1, (count + each - 1) / each); };
  const size_t across = parts(page.settings.size(), Sheets::settingsOnSheet),
               down = parts(page.rows.size(), Sheets::rowsOnSheet);
  for (size_t sheet = 0; sheet < across * down; ++sheet) {
    const std::string number = std::to_string(sheet + 1);
    const bool only = across * down == 1;
    const std::string file = (only ? name : names.take(name + "-sheet-" + number)) + ".png";
    writeWhole(folder + "/" + file,
               sheets.draw(file, sheet % across * Sheets::settingsOnSheet,
                           sheet / across * Sheets::rowsOnSheet,
                           only ? "" : "sheet " + number + " of " + std::to_string(across * down)));
  }
  std::string records;
  for (const Tile &tile : sheets.tiles())
    records += recordOf(page, tile, sheets.enlarged(), axes);
  return records;
}

std::string sheetName(const Experiment &experiment, const Show &show) {
  std::string name = experiment.name + "-examples-of";
  std::set<std::string> named;
  for (const ShownAttack &one : show.attacks)
    if (named.insert(one.attack).second)
      name += "-" + one.attack;
  return name;
}

} // namespace

void writeExampleSheets(const Plan &plan, const Outcomes &outcomes, const Experiment &experiment,
                        const Show &show, const std::string &folder, FileNames &names,
                        const std::string &note) {
  const Grid grid = gridOf(experiment);
  if (std::string problem = examplesProblem(grid, show); !problem.empty())
    throw std::runtime_error(problem);
  const std::vector<std::string> axes = axesOf(grid, show);
  const std::string name = names.take(sheetName(experiment, show));
  std::string csv = headOf(experiment, axes);
  for (const Choice &choice : choices(grid, show.forEach)) {
    const ExamplePage page(plan, outcomes, experiment, show, grid, choice);
    if (page.settings.empty())
      continue; // these values belong to other attacks
    std::string ending;
    for (const auto &[axis, value] : choice)
      ending += "-" + value.text;
    csv += writePage(page, folder, ending.empty() ? name : names.take(name + ending), names, note, axes);
  }
  writeWhole(folder + "/" + name + ".csv", csv);
}

} // namespace switchyard::rt
