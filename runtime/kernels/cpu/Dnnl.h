// oneDNN 2 and 3 under one face: version 3 has no descriptions between shapes and primitives, takes the
// engine first, and keeps what is in a memory's description to itself.
#ifndef SWITCHYARD_RUNTIME_KERNELS_CPU_DNNL_H
#define SWITCHYARD_RUNTIME_KERNELS_CPU_DNNL_H

#include <dnnl.hpp>

#include <string>

namespace switchyard::rt {

/// Describes a primitive of the forward pass; `what` is its algorithm and shapes in oneDNN's order, the same
/// in both versions. Throws dnnl::error where oneDNN has none.
template <typename Primitive, typename... What>
typename Primitive::primitive_desc describe(const dnnl::engine &engine,
                                            const dnnl::primitive_attr &attributes, const What &...what) {
#if DNNL_VERSION_MAJOR >= 3
  return {engine, what..., attributes};
#else
  return {typename Primitive::desc(what...), attributes, engine};
#endif
}

/// Describes the backward pass of what `forward` describes.
template <typename Primitive, typename Forward, typename... What>
typename Primitive::primitive_desc describeBackward(const dnnl::engine &engine,
                                                    const dnnl::primitive_attr &attributes,
                                                    const Forward &forward, const What &...what) {
#if DNNL_VERSION_MAJOR >= 3
  return {engine, what..., forward, attributes};
#else
  return {typename Primitive::desc(what...), attributes, engine, forward};
#endif
}

inline dnnl::memory::dims dimensionsOf(const dnnl::memory::desc &description) {
#if DNNL_VERSION_MAJOR >= 3
  return description.get_dims();
#else
  return description.dims();
#endif
}

inline void appendRelu(dnnl::post_ops &after) {
#if DNNL_VERSION_MAJOR >= 3
  after.append_eltwise(dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
#else
  after.append_eltwise(1.0f, dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
#endif
}

/// Bytes that are equal where two descriptions are, within one version of oneDNN, which zeroes what it does
/// not fill.
inline std::string bytesOf(dnnl::memory::desc description) {
#if DNNL_VERSION_MAJOR >= 3
  const auto blob = description.get_blob();
  return std::string(blob.begin(), blob.end());
#else
  return std::string(reinterpret_cast<const char *>(&description.data), sizeof description.data);
#endif
}

} // namespace switchyard::rt

#endif
