// Encodes and decodes store entries. The checksum stands before everything it covers, header included, so no
// byte of a damaged file is believed.
#include "runtime/plan/StoreFormat.h"
#include "runtime/data/Digest.h"

#include <map>
#include <nlohmann/json.hpp>

namespace switchyard::rt {

using Json = nlohmann::ordered_json;

static const std::string magic = "switchyard store 1\n";
constexpr size_t digestLength = 64;
constexpr size_t alignment = 64;

static size_t aligned(size_t offset) {
  return (offset + alignment - 1) / alignment * alignment;
}

std::string encodeEntry(const StoreEntry &entry) {
  Json header = {{"key", entry.key},
                 {"kind", entry.kind},
                 {"what", entry.what},
                 {"made_with", entry.madeWith},
                 {"algorithms", entry.algorithms},
                 {"tensors", Json::array()}};
  size_t offset = 0;
  for (const StoredTensor &tensor : entry.tensors) {
    header["tensors"].push_back({{"name", tensor.name},
                                 {"type", tensor.type},
                                 {"shape", tensor.shape},
                                 {"offset", offset},
                                 {"bytes", tensor.bytes.size()}});
    offset = aligned(offset + tensor.bytes.size());
  }
  std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string body(sizeof(uint64_t), '\0');
  for (size_t i = 0; i < sizeof(uint64_t); ++i)
    body[i] = char(uint64_t(text.size()) >> 8 * i);
  body += text;
  size_t payload = body.size();
  body.reserve(payload + offset);
  for (const StoredTensor &tensor : entry.tensors) {
    body.append(tensor.bytes.begin(), tensor.bytes.end());
    body.resize(payload + aligned(body.size() - payload), '\0');
  }
  return magic + sha256Hex(body) + "\n" + body;
}

/// The header's JSON; moves `position` behind it.
static Json readHeader(const std::string &content, size_t &position) {
  uint64_t length = 0;
  if (content.size() < position + sizeof(length))
    throw std::runtime_error("it is cut short");
  for (size_t i = 0; i < sizeof(length); ++i)
    length |= uint64_t(static_cast<unsigned char>(content[position + i])) << 8 * i;
  position += sizeof(length);
  if (length > content.size() - position)
    throw std::runtime_error("it is cut short");
  Json header = Json::parse(content.begin() + position, content.begin() + position + length);
  position += length;
  return header;
}

/// Whether a tensor has the bytes of its shape.
static bool hasItsBytes(const StoredTensor &tensor) {
  static const std::map<std::string, size_t> sizes = {
      {"u8", 1}, {"f32", 4}, {"i32", 4}, {"f64", 8}, {"i64", 8}};
  auto size = sizes.find(tensor.type);
  if (size == sizes.end())
    return false;
  size_t left = tensor.bytes.size();
  if (left % size->second != 0)
    return false;
  left /= size->second;
  size_t elements = 1;
  for (int64_t dimension : tensor.shape) {
    if (dimension < 0 || (dimension > 0 && elements > left / static_cast<size_t>(dimension)))
      return false;
    elements *= static_cast<size_t>(dimension);
  }
  return elements == left;
}

StoreEntry decodeEntry(const std::string &content) {
  size_t position = magic.size() + digestLength + 1;
  if (content.size() < position || content.compare(0, magic.size(), magic) != 0)
    throw std::runtime_error("it does not begin like an entry");
  std::string_view body(content.data() + position, content.size() - position);
  if (content.compare(magic.size(), digestLength + 1, sha256Hex(body) + "\n") != 0)
    throw std::runtime_error("its checksum does not match");
  Json header = readHeader(content, position);
  StoreEntry entry{header.at("key"), header.at("kind"), header.at("what"), {}};
  header.at("made_with").get_to(entry.madeWith);
  header.at("algorithms").get_to(entry.algorithms);
  for (const Json &described : header.at("tensors")) {
    size_t offset = described.at("offset"), bytes = described.at("bytes");
    if (offset > content.size() - position || bytes > content.size() - position - offset)
      throw std::runtime_error("a tensor lies outside it");
    entry.add(described.at("name"), described.at("type"), described.at("shape"),
              content.data() + position + offset, bytes);
    if (!hasItsBytes(entry.tensors.back()))
      throw std::runtime_error("a tensor has not the bytes of its shape");
  }
  return entry;
}

} // namespace switchyard::rt
