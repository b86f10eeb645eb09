// Whether a shared object is whole, before it is opened: the loader maps a file that was cut off and meets
// the missing part with SIGBUS.
#ifndef SWITCHYARD_RUNTIME_PLAN_SHAREDOBJECT_H
#define SWITCHYARD_RUNTIME_PLAN_SHAREDOBJECT_H

#include <string>

namespace switchyard::rt {

/// What is wrong with the file, in words for after a colon; empty where all parts that its headers name lie
/// in it.
std::string damageOf(const std::string &path);

} // namespace switchyard::rt

#endif
