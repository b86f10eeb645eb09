// `show examples of ATTACK for first N images`: which of the experiment's attacks are meant, and that every
// axis along which their examples vary is named (S5.6). An attack is called by its name and by as many of its
// arguments as tell it from others: the variables of a sweep have no values outside of it.

#include "compiler/semantics/Clauses.h"
#include "compiler/semantics/ShowGrid.h"
#include "compiler/syntax/Writer.h"
#include "runtime/contract/ShowRules.h"

#include <algorithm>
#include <set>

namespace switchyard {

using namespace ast;

namespace {

bool sameValue(const Value &one, const Value &other) {
  return one.isNumber() && other.isNumber() ? one.number() == other.number() : one.text() == other.text();
}

class ExamplesChecker {
public:
  ExamplesChecker(Program &program, const Clause &clause, const std::vector<resolved::Experiment> &settings,
                  resolved::Show &result)
      : program(program), clause(clause), settings(settings), experiment(settings.front()), result(result),
        grid(settings) {}

  bool check() {
    const int before = program.diagnostics.troubles();
    result.kind = clause.name;
    result.location = clause.location;
    for (const Measure &one : clause.measures)
      attack(one);
    for (const ShowPart &one : clause.parts)
      if (one.kind == ShowPartKind::First)
        images(one);
    if (result.images == 0 && program.diagnostics.troubles() == before)
      program.diagnostics.error(Id::ExamplesOfImages, clause.nameLocation,
                                "say of how many images: `show examples of " + clause.measures.front().name +
                                    " for first 4 images`");
    channels();
    for (const ShowPart &one : clause.parts)
      part(one);
    if (program.diagnostics.troubles() == before)
      if (std::string problem = grid.examplesProblem(result); !problem.empty())
        program.diagnostics.error(Id::ShowRule, clause.location, problem);
    return program.diagnostics.troubles() == before;
  }

private:
  /// The attacks that a call means.
  void attack(const Measure &call) {
    if (!call.aggregates.empty()) {
      program.diagnostics.error(Id::ExamplesAggregated, call.location,
                                "examples are pictures, of which there is no mean and no worst");
      return;
    }
    if (experiment.attacks.empty()) {
      if (findClause(*experiment.decl, ClauseKind::Attack))
        program.diagnostics.follow(); // to what is wrong with the attacks
      else
        program.diagnostics.error(Id::MeasureNeedsAttacks, call.location,
                                  "examples are of attacks: `attack with { ... }`");
      return;
    }
    std::vector<std::string> names, labels;
    for (const resolved::Attack &one : experiment.attacks) {
      names.push_back(one.name);
      if (std::find(labels.begin(), labels.end(), one.label) == labels.end())
        labels.push_back(one.label);
    }
    auto named = std::find(names.begin(), names.end(), call.name);
    if (named == names.end()) {
      program.diagnostics
          .error(Id::NotOfExperiment, call.location,
                 "`" + call.name + "` is no attack of this experiment" + didYouMean(call.name, names))
          .note("its attacks are " + joined(labels, ", "));
      return;
    }
    auto given = argumentsOf(call, experiment.attacks[static_cast<size_t>(named - names.begin())]);
    if (given && !take(call, *given))
      program.diagnostics
          .error(Id::NotOfExperiment, call.location,
                 "no attack of this experiment is called `" + call.name + "` with these arguments")
          .note("its attacks are " + joined(labels, ", "));
  }

  std::optional<NamedValues> argumentsOf(const Measure &call, const resolved::Attack &attack) {
    std::vector<std::string> names;
    for (const NamedValue &one : attack.called)
      names.push_back(one.name);
    auto matched = matchArguments(program, call.arguments, call.location, names,
                                  std::vector<bool>(names.size(), false), "attack `" + call.name + "`");
    if (!matched)
      return std::nullopt;
    NamedValues given;
    for (size_t i = 0; i < names.size(); ++i)
      if (const Argument *argument = (*matched)[i]) {
        auto value = evaluate(program, *argument->value, topScope(program, program.user()));
        if (!value)
          return std::nullopt;
        given.push_back({names[i], *value});
      }
    return given;
  }

  /// Adds those that have the values given; whether there are any.
  bool take(const Measure &call, const NamedValues &given) {
    bool found = false;
    for (size_t i = 0; i < experiment.attacks.size(); ++i) {
      const resolved::Attack &one = experiment.attacks[i];
      bool isMeant =
          one.name == call.name && std::all_of(given.begin(), given.end(), [&](const NamedValue &value) {
            return sameValue(*find(one.called, value.name), value.value);
          });
      if (!isMeant)
        continue;
      found = true;
      if (std::count(result.attacks.begin(), result.attacks.end(), static_cast<int>(i))) {
        program.diagnostics.error(Id::ShownTwice, call.location,
                                  "`" + one.label + "` has its place already; name it once");
        return true;
      }
      result.attacks.push_back(static_cast<int>(i));
    }
    return found;
  }

  void images(const ShowPart &one) {
    constexpr int64_t most = rt::mostShownImages;
    if (result.images > 0) {
      program.diagnostics.error(Id::ShownTwice, one.location, "`for first` stands here already");
      return;
    }
    auto count = evaluateCount(program, *one.count, topScope(program, program.user()), "images");
    if (count && *count > most)
      program.diagnostics.error(Id::ExamplesOfImages, one.count->location,
                                "pictures are of at most " + std::to_string(most) + " images, got " +
                                    std::to_string(*count));
    else if (count && experiment.images > 0 && *count > experiment.images)
      program.diagnostics.error(Id::ExamplesOfImages, one.count->location,
                                std::to_string(experiment.images) + " images are attacked, asked for are " +
                                    std::to_string(*count));
    result.images = count.value_or(0);
  }

  /// What a picture has: grey, or red, green and blue.
  void channels() {
    for (const resolved::Experiment &one : settings) {
      const std::vector<int64_t> &input = one.network.input;
      if (input.size() == 3 && input[0] != 1 && input[0] != 3)
        return (void)program.diagnostics.error(Id::ExamplesChannels, clause.nameLocation,
                                               "pictures have 1 channel or 3, the images of `" +
                                                   one.network.name + "` have " + std::to_string(input[0]));
    }
  }

  void part(const ShowPart &one) {
    if (one.kind == ShowPartKind::First)
      return;
    if (one.kind != ShowPartKind::By && one.kind != ShowPartKind::ForEach) {
      program.diagnostics.error(Id::ExamplesParts, one.location,
                                "examples are shown `for first N images`, `by` axes and `for each` of axes");
      return;
    }
    auto &names = one.kind == ShowPartKind::By ? result.by : result.forEach;
    for (size_t i = 0; i < one.names.size(); ++i) {
      axis(one.names[i], one.locations[i]);
      names.push_back(one.names[i]);
    }
  }

  void axis(const std::string &name, Location where) {
    if (!placed.insert(name).second)
      program.diagnostics.error(Id::ShownTwice, where, "`" + name + "` has its place already; name it once");
    const std::vector<std::string> known = grid.axesOfExamples(result);
    bool isKnown = std::find(known.begin(), known.end(), name) != known.end();
    if (isKnown || !rt::mayBeAggregated(name) ||
        result.attacks.empty()) // what tells judges or classes apart: see S5.6
      return;
    program.diagnostics
        .error(Id::UnknownAxis, where, "the examples have no axis `" + name + "`" + didYouMean(name, known))
        .note("their axes are " + joined(known, ", "));
  }

  Program &program;
  const Clause &clause;
  const std::vector<resolved::Experiment> &settings;
  const resolved::Experiment &experiment; // the first; others have the same attacks
  resolved::Show &result;
  ShowGrid grid;
  std::set<std::string> placed;
};

} // namespace

bool resolveExamples(Program &program, const Clause &clause,
                     const std::vector<resolved::Experiment> &settings, resolved::Show &result) {
  return ExamplesChecker(program, clause, settings, result).check();
}

} // namespace switchyard
