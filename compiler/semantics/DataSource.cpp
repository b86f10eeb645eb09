// Where data sets come from: their sources by name, and the files that programs name.

#include "compiler/semantics/Evaluate.h"

#include <filesystem>

namespace switchyard {

using namespace ast;
namespace fs = std::filesystem;

void checkDataset(Program &program, DatasetDecl &decl) {
  std::error_code ignored;
  fs::path file = fs::absolute(program.sources[program.home(decl).file].path, ignored);
  decl.folder = file.lexically_normal().parent_path().string();
  if (findDataSource(*decl.source)) {
    program.references.add(decl.source->location, Referent::DataSource);
    return;
  }
  std::vector<std::string> known;
  for (const NamedRecipe &one : dataSources())
    known.push_back(one.name);
  program.diagnostics.error(Id::UnknownDataSource, decl.source->location,
                            "there is no data source `" + decl.source->name() + "`" +
                                didYouMean(decl.source->name(), known));
}

namespace {

/// Two files alone do not say which of their images are for tests, and nobody is to guess.
bool tellsSplitsApart(Program &program, const CallExpr &call) {
  bool twoFiles = call.name() == "numpy" && call.arguments.size() == 2;
  for (const Argument &one : call.arguments)
    twoFiles &= one.name.empty() || one.name == "images" || one.name == "labels";
  if (twoFiles)
    program.diagnostics
        .error(Id::NumpyTest, call.location,
               "data source `numpy` needs `test`: how many images, the last ones, are for tests")
        .note(
            "write such as `test = 1000`; or give four files: `train_images`, `train_labels`, `test_images` "
            "and `test_labels`");
  return !twoFiles;
}

/// A model that has seen the test images is judged by its memory.
void warnOfSeenTests(Program &program, const DatasetDecl &decl, const NamedValues &arguments) {
  const Value *train = find(arguments, "train_images"), *test = find(arguments, "test_images");
  if (train && test && train->text() == test->text())
    program.diagnostics
        .warning(Id::TestsOnTraining, decl.source->location,
                 "data set `" + decl.name + "` tests on the images that it trains on")
        .note("no measure on them tells anything of new images");
}

} // namespace

std::optional<NamedValues> bindSource(Program &program, const DatasetDecl &decl, const Scope &scope) {
  const NamedRecipe &source = *findDataSource(*decl.source);
  if (!tellsSplitsApart(program, *decl.source))
    return std::nullopt;
  auto arguments = bindArguments(program, decl.source->arguments, decl.source->location, source.parameters,
                                 scope, "data source `" + source.name + "`");
  if (!arguments)
    return std::nullopt;
  for (NamedValue &one : *arguments)
    if (auto *file = std::get_if<std::string>(&one.value.data))
      one.value = (fs::path(decl.folder) / *file).lexically_normal().string();
  warnOfSeenTests(program, decl, *arguments);
  return arguments;
}

} // namespace switchyard
