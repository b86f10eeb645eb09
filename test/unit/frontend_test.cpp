// What an editor asks of the front end: texts from memory, good declarations beside bad ones, what names
// stand for, spans and ids of messages.
#include "compiler/semantics/Check.h"

#include <gtest/gtest.h>

#include <set>

namespace switchyard {
namespace {

const char *const network = R"(network net(units: int = 10) {
  input image<1x28x28>
  classes 10
  block a { flatten dense(units) }
}
)";

/// A program in memory, checked.
struct Checked {
  Sources sources;
  Diagnostics diagnostics;
  Analysis analysis;

  explicit Checked(const std::string &text, const std::map<std::string, std::string> &modules = {}) {
    sources.overlay("memory/program.swy", text);
    for (auto &[name, module] : modules)
      sources.overlay("memory/" + name, module);
    analysis = analyze("memory/program.swy", CheckOptions(), sources, diagnostics);
  }

  std::vector<std::string> ids() const {
    std::vector<std::string> result;
    for (const Diagnostic &one : diagnostics.all())
      result.push_back(idName(one.id));
    return result;
  }

  /// `line:column` of the declaration behind the name at a place; "language" for its own, "nothing" for none.
  std::string declarationAt(int line, int column) const {
    const Reference *found = analysis.references.at(0, {line, column});
    if (!found)
      return "nothing";
    const Location &place = found->declared;
    return place.valid() ? std::to_string(place.line) + ":" + std::to_string(place.column) : "language";
  }
};

using Ids = std::vector<std::string>;

TEST(Frontend, ReadsFromMemory) {
  Checked program(std::string("use mine\n") + "use std\n" + network,
                  {{"mine.swy", "param a: real = 1\n"}, {"std/objectives.swy", ""}});
  EXPECT_EQ(program.ids(), Ids());
  EXPECT_EQ(program.analysis.program.modules.size(), 3u);
  EXPECT_EQ(program.sources[0].text.rfind("use mine", 0), 0u);
  EXPECT_EQ(program.analysis.references.at(0, {1, 5})->kind, Referent::Module);
}

TEST(Frontend, WhatLiesOverAFileStandsForIt) {
  Sources sources;
  sources.overlay("./a/../a/b.swy", "use std");
  EXPECT_TRUE(sources.isFile("a/b.swy"));
  EXPECT_EQ(sources.programsIn("a"), std::vector<std::string>{"a/b.swy"});
  Sources::Problem problem;
  EXPECT_EQ(sources[sources.read("a/b.swy", problem)].text, "use std");
  EXPECT_EQ(problem, Sources::Problem::None);
  sources.read("a/none.swy", problem);
  EXPECT_EQ(problem, Sources::Problem::Unreadable);
}

/// A declaration with an error keeps the others, and who leans on it says nothing more.
TEST(Frontend, GoodDeclarationsStandBesideBadOnes) {
  Checked program(std::string(R"(param width: real =
objective broken(z) { toward t: z[t }
objective wrong(z) { away from y: nowhere }
attack plain(eps: real) within linf(eps) { return x0 }
attack leans(eps: real) within linf(eps) {
  g = gradient of (broken(model(x0))) at x0
  return x0 + width * g
}
attack typed(eps: real) within linf(eps) { return eps }
defense none { }
defense put { at end of last { convv(3) } }
dataset digits = synthetic_digits
)") + network + R"(experiment e {
  dataset digits
  network net(units = 10)
  training sgd(rate = width, epochs = 1)
  defend with { none put nobody }
  attack with { plain(0.1) typed(0.1) leans(0.1) missing }
  on first 10 test images, away from label
  measure attack_success_rate
}
optimizer sgd(rate: real) { w = w - rate * g }
)");
  Ids wanted = {"expected",   "expected",      "unknown-name",        "unknown-name",
                "wrong-type", "unknown-layer", "unknown-declaration", "unknown-declaration"};
  Ids found = program.ids();
  EXPECT_EQ(std::multiset<std::string>(found.begin(), found.end()),
            std::multiset<std::string>(wanted.begin(), wanted.end()));
  EXPECT_EQ(program.analysis.program.modules.front()->declarations.size(), 10u);
}

TEST(Frontend, AModuleThatIsNotThereHidesItsNamesAlone) {
  Checked program(R"(use mine
attack a(eps: real, loss: objective = mine.own) within linf(eps) {
  return project(x0 + unknown)
}
)");
  EXPECT_EQ(program.ids(), (Ids{"unknown-module", "unknown-name"}));
}

TEST(Frontend, NamesAreKeptWithTheirDeclarations) {
  Checked program(std::string(R"(param scale: real = 1
objective own(z) { away from y: z[y] }
attack a(eps: real) within linf(eps) {
  x = x0
  x = x + gradient of (own(model(x))) at x
  return project(sign(x) * eps)
}
dataset digits = synthetic_digits
)") + network + R"(defense d { at end of a { relu } }
experiment e {
  dataset digits
  network net(units = 10 * scale)
  training sgd(rate = 0.1, epochs = 1)
  defend with { d }
  attack with { a(eps) for eps in [0.1, 0.2] }
  gradients one_draw
  on first 10 test images, away from label
  measure attack_success_rate
}
optimizer sgd(rate: real) { w = w - rate * half(1) }
schedule half(from: real) { return from / 2 * progress }
)");
  EXPECT_EQ(program.ids(), Ids());
  EXPECT_EQ(program.declarationAt(2, 33), "2:15");      // z
  EXPECT_EQ(program.declarationAt(3, 37), "nothing");   // linf is a word
  EXPECT_EQ(program.declarationAt(5, 7), "4:3");        // x
  EXPECT_EQ(program.declarationAt(5, 24), "2:11");      // own
  EXPECT_EQ(program.declarationAt(5, 42), "4:3");       // at x
  EXPECT_EQ(program.declarationAt(6, 18), "language");  // sign
  EXPECT_EQ(program.declarationAt(6, 28), "3:10");      // eps
  EXPECT_EQ(program.declarationAt(16, 11), "8:9");      // digits
  EXPECT_EQ(program.declarationAt(17, 12), "9:9");      // net
  EXPECT_EQ(program.declarationAt(17, 15), "9:13");     // units =
  EXPECT_EQ(program.declarationAt(17, 28), "1:7");      // scale
  EXPECT_EQ(program.declarationAt(18, 12), "25:11");    // sgd
  EXPECT_EQ(program.declarationAt(18, 16), "25:15");    // rate =
  EXPECT_EQ(program.declarationAt(25, 37), "25:15");    // rate
  EXPECT_EQ(program.declarationAt(25, 44), "26:10");    // half
  EXPECT_EQ(program.declarationAt(26, 36), "26:15");    // from
  EXPECT_EQ(program.declarationAt(26, 47), "language"); // progress
  EXPECT_EQ(program.declarationAt(19, 17), "14:9");     // d
  EXPECT_EQ(program.declarationAt(20, 17), "3:8");      // a
  EXPECT_EQ(program.declarationAt(20, 20), "20:24");    // the axis
  EXPECT_EQ(program.declarationAt(23, 12), "language"); // a measure
}

TEST(Frontend, SpansBeginAndEnd) {
  Checked program("param a: real = 1 +\n  2 +\n  true\nparam b: real = nobody\n");
  ASSERT_EQ(program.ids(), (Ids{"not-calculable", "unknown-value"}));
  const Location &first = program.diagnostics.all()[0].location;
  EXPECT_EQ(first.line, 1);
  EXPECT_EQ(first.column, 17);
  EXPECT_EQ(first.length, 3); // `1 +`
  EXPECT_EQ(first.end().line, 3);
  EXPECT_EQ(first.end().column, 7);
  const Location &second = program.diagnostics.all()[1].location;
  EXPECT_EQ(second.end().line, 4);
  EXPECT_EQ(second.end().column, 23);
}

TEST(Frontend, MessagesShowTheirIdsWhereTheyAreAskedFor) {
  Checked program("param a: real = nobody\n");
  std::ostringstream plain, asked;
  program.diagnostics.print(program.sources, plain);
  program.diagnostics.print(program.sources, asked, /*ids=*/true);
  EXPECT_EQ(plain.str().find('['), std::string::npos);
  EXPECT_EQ(asked.str(), "memory/program.swy:1:17: error: there is no value `nobody` here [unknown-value]\n"
                         "param a: real = nobody\n"
                         "                ^~~~~~\n");
}

} // namespace
} // namespace switchyard
