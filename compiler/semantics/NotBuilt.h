// What the language has and no experiment can use yet. Declarations that mention it are fine until an
// experiment does. Whoever builds one of these deletes its line in NotBuilt.cpp.

#ifndef SWITCHYARD_COMPILER_SEMANTICS_NOTBUILT_H
#define SWITCHYARD_COMPILER_SEMANTICS_NOTBUILT_H

#include <string>

namespace switchyard {

enum class Feature { Layer, Clause, Measure, Show };

/// The message "`x` is not built yet: what it is", or nothing if it is built.
std::string notBuilt(Feature feature, const std::string &name);

} // namespace switchyard

#endif
