// Shows of an experiment that are more than `#swy.show` has fields for (pictures of examples, curves of
// trainings, plots with logarithmic axes or panels): each as the plan's own text of it. Nothing of a show
// decides a job.
#ifndef SWITCHYARD_DIALECT_PICTURES_H
#define SWITCHYARD_DIALECT_PICTURES_H

#include "llvm/ADT/StringRef.h"

namespace switchyard::swy {

/// Of the experiment: a list of texts as rt::showText writes them.
constexpr llvm::StringLiteral picturesAttribute = "swy.pictures";

} // namespace switchyard::swy

#endif
