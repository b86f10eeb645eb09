// An experiment as one operation: its items in a region, what the runtime needs as written in attributes.
#include "compiler/irgen/Generator.h"

using namespace mlir;
using namespace switchyard::swy;

namespace switchyard {
namespace {

using Entries = SmallVector<NamedAttribute>;

Estimator estimatorOf(resolved::EstimatorKind kind) {
  switch (kind) {
  case resolved::EstimatorKind::OneDraw:
    return Estimator::OneDraw;
  case resolved::EstimatorKind::RandomnessOff:
    return Estimator::RandomnessOff;
  case resolved::EstimatorKind::Eot:
    return Estimator::Eot;
  case resolved::EstimatorKind::FrozenDraw:
    return Estimator::FrozenDraw;
  case resolved::EstimatorKind::AllPaths:
    return Estimator::AllPaths;
  case resolved::EstimatorKind::Transfer:
    return Estimator::Transfer;
  }
  llvm_unreachable("all cases return");
}

class ExperimentGenerator {
public:
  ExperimentGenerator(Generator &g, const resolved::Experiment &experiment)
      : g(g), b(g.builder), e(experiment) {}

  void generate(DefenseGenerator &defenses, AttackGenerator &attacks) {
    std::string network = generateNetwork(g, e.network);
    SmallVector<SmallVector<std::string>> defenseSymbols;
    SmallVector<std::string> attackSymbols;
    for (const resolved::Defense &defense : e.defenses)
      defenseSymbols.push_back(
          llvm::map_to_vector(defense.parts, [&](auto &part) { return defenses.generate(part, e.network); }));
    for (const resolved::Attack &attack : e.attacks)
      attackSymbols.push_back(attacks.generate(attack, e.network, e.goal.away));
    mlir::Location loc = g.place(e.location);
    auto op = ExperimentOp::create(b, loc, g.freshSymbol(e.name), network, dataset(), training(), settings(),
                                   static_cast<int64_t>(e.seed),
                                   *symbolizePrecision(find(e.settings, "precision")->word()));
    OpBuilder::InsertionGuard guard(b);
    b.createBlock(&op.getBody());
    for (auto [defense, symbols] : llvm::zip(e.defenses, defenseSymbols))
      defendWith(defense, symbols);
    for (auto [attack, symbol] : llvm::zip(e.attacks, attackSymbols))
      AttackWithOp::create(b, g.place(attack.location), symbol, attack.label, attackArguments(attack),
                           axes(attack.axes), threat(attack));
    for (const resolved::Estimator &estimator : e.estimators)
      GradientsOp::create(b, g.place(estimator.location), estimatorOf(estimator.kind), estimator.draws,
                          estimator.label, estimator.source);
  }

private:
  void defendWith(const resolved::Defense &defense, ArrayRef<std::string> symbols) {
    SmallVector<Attribute> parts, arguments;
    for (auto [part, symbol] : llvm::zip(defense.parts, symbols)) {
      parts.push_back(FlatSymbolRefAttr::get(b.getContext(), symbol));
      arguments.push_back(realArguments(part.decl->parameters, part.arguments));
    }
    DefendWithOp::create(b, g.place(defense.location), b.getArrayAttr(parts), defense.label,
                         b.getArrayAttr(arguments), axes(defense.axes), defense.family, defense.strength,
                         defense.mounted, FlatSymbolRefAttr());
  }

  NamedAttribute entry(StringRef name, Attribute value) { return b.getNamedAttr(name, value); }
  NamedAttribute entry(StringRef name, StringRef value) { return entry(name, b.getStringAttr(value)); }
  NamedAttribute real(StringRef name, double value) { return entry(name, b.getF64FloatAttr(value)); }
  NamedAttribute count(StringRef name, int64_t value) { return entry(name, b.getI64IntegerAttr(value)); }
  NamedAttribute flag(StringRef name, bool value) { return entry(name, b.getBoolAttr(value)); }
  DictionaryAttr dictionary(ArrayRef<NamedAttribute> entries) { return b.getDictionaryAttr(entries); }
  NamedAttribute strings(StringRef name, const std::vector<std::string> &values) {
    SmallVector<StringRef> list(values.begin(), values.end());
    return entry(name, b.getStrArrayAttr(list));
  }

  DictionaryAttr dataset() {
    Entries arguments;
    for (const NamedValue &argument : e.dataset.arguments)
      if (auto *file = std::get_if<std::string>(&argument.value.data))
        arguments.push_back(entry(argument.name, *file));
      else
        arguments.push_back(real(argument.name, argument.value.real()));
    return dictionary({entry("name", e.dataset.name), entry("source", e.dataset.source),
                       entry("arguments", dictionary(arguments)),
                       entry("input", b.getI64ArrayAttr(e.dataset.input)), real("low", e.network.low.value()),
                       real("high", e.network.high.value()), count("classes", e.dataset.classes)});
  }

  DictionaryAttr training() {
    auto value = [&](const char *name) -> const Value & { return *find(e.training.arguments, name); };
    return dictionary({real("rate", value("rate").real()), real("momentum", value("momentum").real()),
                       real("decay", value("decay").real()),
                       flag("nesterov", std::get<bool>(value("nesterov").data)),
                       count("batch", value("batch").integer()), count("epochs", value("epochs").integer())});
  }

  DictionaryAttr settings() {
    Entries goal{entry("form", e.goal.away ? "away" : "toward"), entry("choice", e.goal.choice),
                 count("class", e.goal.index)};
    Entries judge{entry("kind", e.judge.oneDraw ? "one_draw" : "expected"),
                  count("draws", e.judge.oneDraw ? 1 : e.judge.draws)};
    SmallVector<Attribute> measures;
    for (const resolved::Measure &m : e.measures)
      measures.push_back(measure(m));
    SmallVector<Attribute> shows;
    for (const resolved::Show &s : e.shows)
      shows.push_back(show(s));
    SmallVector<Attribute> comparisons;
    for (auto [first, second] : e.comparisons)
      comparisons.push_back(b.getI64ArrayAttr({first, second}));
    return dictionary({count("images", e.images), flag("correct_only", e.correctOnly),
                       entry("goal", dictionary(goal)), entry("judge", dictionary(judge)),
                       entry("measures", b.getArrayAttr(measures)), entry("shows", b.getArrayAttr(shows)),
                       flag("as_published", e.asPublished), count("baseline", e.baseline),
                       count("repeat_training", e.repeatTraining), count("repeat_attack", e.repeatAttack),
                       entry("comparisons", b.getArrayAttr(comparisons))});
  }

  NamedAttribute aggregates(StringRef name, const std::vector<resolved::Aggregate> &list) {
    SmallVector<Attribute> entries;
    for (const resolved::Aggregate &a : list)
      entries.push_back(dictionary({entry("how", a.how), strings("over", a.over)}));
    return entry(name, b.getArrayAttr(entries));
  }

  DictionaryAttr numbers(const NamedValues &values) {
    Entries entries;
    for (const NamedValue &value : values)
      entries.push_back(real(value.name, value.value.real()));
    return dictionary(entries);
  }

  DictionaryAttr measure(const resolved::Measure &m) {
    return dictionary({entry("name", m.name), entry("arguments", numbers(m.arguments)),
                       aggregates("aggregates", m.aggregates)});
  }

  DictionaryAttr show(const resolved::Show &s) {
    SmallVector<Attribute> measures;
    for (const resolved::Measure &m : s.measures)
      measures.push_back(measure(m));
    Entries entries{entry("kind", s.kind), entry("measures", b.getArrayAttr(measures)),
                    entry("against", s.against), strings("by", s.by), strings("for_each", s.forEach)};
    if (s.againstMeasure) {
      entries.push_back(aggregates("against_aggregates", s.againstAggregates));
      entries.push_back(entry("against_arguments", numbers(s.againstArguments)));
    }
    if (s.kind == "scatter")
      entries.push_back(flag("fit", s.fit));
    return dictionary(entries);
  }

  DictionaryAttr attackArguments(const resolved::Attack &attack) {
    Entries entries(realArguments(attack.decl->parameters, attack.arguments).getValue());
    for (const NamedValue &one : attack.counts)
      entries.push_back(count(one.name, one.value.integer()));
    return dictionary(entries);
  }

  /// The numbers that compiled functions take as arguments, by parameter.
  DictionaryAttr realArguments(const std::vector<ast::Parameter> &parameters, const NamedValues &values) {
    Entries entries;
    for (const ast::Parameter &parameter : parameters) {
      const Value *value = find(values, parameter.name);
      if (value && isRealParameter(parameter))
        entries.push_back(real(parameter.name, value->real()));
      else if (value && isIntParameter(parameter))
        entries.push_back(count(parameter.name, value->integer()));
    }
    return dictionary(entries);
  }

  ArrayAttr axes(const resolved::Axes &axes) {
    SmallVector<Attribute> list;
    for (const NamedValue &axis : axes) {
      SmallVector<NamedAttribute> entries{entry("name", axis.name), entry("text", axis.value.text())};
      if (axis.value.isNumber())
        entries.push_back(real("value", axis.value.real()));
      list.push_back(dictionary(entries));
    }
    return b.getArrayAttr(list);
  }

  DictionaryAttr threat(const resolved::Attack &attack) {
    bool ball = attack.threat.kind == ast::ThreatKind::Within;
    return dictionary({entry("kind", ball ? StringRef(attack.threat.norm) : StringRef("none")),
                       real("radius", ball ? attack.threat.radius.real() : 0),
                       flag("clipped", attack.threat.clipped)});
  }

  Generator &g;
  OpBuilder &b;
  const resolved::Experiment &e;
};

} // namespace

void generateExperiment(Generator &g, const resolved::Experiment &experiment, DefenseGenerator &defenses,
                        AttackGenerator &attacks) {
  ExperimentGenerator(g, experiment).generate(defenses, attacks);
}

} // namespace switchyard
