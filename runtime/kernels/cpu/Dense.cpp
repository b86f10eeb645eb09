// Dense layers as oneDNN inner products; activations are plain, weights in the library's own layout.
#include "runtime/kernels/cpu/Dense.h"
#include "runtime/kernels/cpu/Dnnl.h"
#include "runtime/kernels/cpu/OrderedCall.h"

#include <stdexcept>

namespace switchyard::rt {
namespace {

using dnnl::memory;
using dnnl::prop_kind;
using Tag = memory::format_tag;

struct Shapes {
  explicit Shapes(const DenseGeometry &g)
      : input({g.batch, g.inputs}, memory::data_type::f32, Tag::nc),
        weights({g.outputs, g.inputs}, memory::data_type::f32, Tag::oi),
        free({g.outputs, g.inputs}, memory::data_type::f32, Tag::any),
        bias({g.outputs}, memory::data_type::f32, Tag::x),
        output({g.batch, g.outputs}, memory::data_type::f32, Tag::nc) {}

  dnnl::inner_product_forward::primitive_desc forward(bool relu, const dnnl::engine &engine) const {
    return describe<dnnl::inner_product_forward>(engine, callAttributes(relu), prop_kind::forward_training,
                                                 input, free, bias, output);
  }

  memory::desc input, weights, free, bias, output;
};

LibraryCallPlan planForward(const DenseGeometry &g, const dnnl::engine &engine);

/// What a plan with a fused relu falls back to.
std::function<LibraryCallPlan()> withoutRelu(DenseGeometry g, const dnnl::engine &engine) {
  if (!g.relu)
    return {};
  g.relu = 0;
  return [g, engine] { return planForward(g, engine); };
}

LibraryCallPlan planForward(const DenseGeometry &g, const dnnl::engine &engine) {
  Shapes s(g);
  auto d = s.forward(g.relu != 0, engine);
  return {dnnl::inner_product_forward(d),
          d.scratchpad_desc(),
          d.impl_info_str(),
          {{DNNL_ARG_SRC, s.input, s.input, false},
           {DNNL_ARG_BIAS, s.bias, s.bias, false},
           {DNNL_ARG_DST, s.output, s.output, true}},
          Operand{DNNL_ARG_WEIGHTS, s.weights, d.weights_desc(), false},
          withoutRelu(g, engine)};
}

LibraryCallPlan planBackwardInput(const DenseGeometry &g, const dnnl::engine &engine) {
  Shapes s(g);
  auto d = describeBackward<dnnl::inner_product_backward_data>(
      engine, callAttributes(false), s.forward(false, engine), s.input, s.free, s.output);
  return {dnnl::inner_product_backward_data(d),
          d.scratchpad_desc(),
          d.impl_info_str(),
          {{DNNL_ARG_DIFF_DST, s.output, s.output, false}, {DNNL_ARG_DIFF_SRC, s.input, s.input, true}},
          Operand{DNNL_ARG_WEIGHTS, s.weights, d.weights_desc(), false},
          {}};
}

LibraryCallPlan planBackwardWeights(const DenseGeometry &g, const dnnl::engine &engine) {
  Shapes s(g);
  auto d = describeBackward<dnnl::inner_product_backward_weights>(
      engine, callAttributes(false), s.forward(false, engine), s.input, s.free, s.bias, s.output);
  return {dnnl::inner_product_backward_weights(d),
          d.scratchpad_desc(),
          d.impl_info_str(),
          {{DNNL_ARG_SRC, s.input, s.input, false},
           {DNNL_ARG_DIFF_DST, s.output, s.output, false},
           {DNNL_ARG_DIFF_WEIGHTS, s.weights, d.diff_weights_desc(), true},
           {DNNL_ARG_DIFF_BIAS, s.bias, s.bias, true}},
          std::nullopt,
          {}};
}

} // namespace

std::string DenseGeometry::label() const {
  return "dense " + directionName(direction) + " " + std::to_string(batch) + "x" + std::to_string(inputs) +
         " to " + std::to_string(outputs) +
         (channels ? ", " + std::to_string(channels) + " channels switching" : "");
}

void DenseGeometry::check(bool hasWeights) const {
  checkDirection(direction, relu, hasWeights, label());
  checkChannels(direction, channels, label());
  if (batch <= 0 || inputs <= 0 || outputs <= 0)
    throw std::runtime_error(label() + ": sizes must be positive");
}

std::unique_ptr<PlainCall> DenseGeometry::makePlain(Library &library) const {
  auto plan = direction == SWY_DIRECTION_FORWARD          ? planForward
              : direction == SWY_DIRECTION_BACKWARD_INPUT ? planBackwardInput
                                                          : planBackwardWeights;
  return std::make_unique<LibraryCall>(library, plan(*this, library.engine));
}

std::unique_ptr<swy_handle> DenseGeometry::make(Library &library) const {
  std::unique_ptr<swy_handle> handle;
  const GroupedShape shape{direction, batch, channels, inputs, outputs, outputs, inputs * outputs, precision};
  auto part = [g = *this](Library &own, int64_t rows) {
    DenseGeometry part = g;
    part.batch = rows;
    return part.makePlain(own);
  };
  if (channels > 0)
    handle = std::make_unique<GroupedCall>(library, shape, part);
  else if (precision == Precision::ExactOrder)
    handle = makeOrderedCall(library, shape, part);
  else
    handle = makePlain(library);
  handle->kind = LayerKind::Dense;
  handle->direction = direction;
  handle->label = label();
  return handle;
}

} // namespace switchyard::rt
