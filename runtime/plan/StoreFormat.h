// The bytes of a store entry; the layout is described in Store.h.
#ifndef SWITCHYARD_RUNTIME_PLAN_STOREFORMAT_H
#define SWITCHYARD_RUNTIME_PLAN_STOREFORMAT_H

#include "runtime/plan/Store.h"

namespace switchyard::rt {

std::string encodeEntry(const StoreEntry &entry);
/// Throws std::runtime_error saying what is wrong with the bytes.
StoreEntry decodeEntry(const std::string &content);

} // namespace switchyard::rt

#endif
