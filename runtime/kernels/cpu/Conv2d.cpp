// Chooses a oneDNN convolution by a static rule (S6.2): Winograd for 3x3 kernels of stride 1 between at least
// 16 channels in one group, where the library offers it in these layouts, else direct. Layouts that the
// library has only slow code for (it falls back to plain loops without a word) are left to it and reordered
// at the edge. One geometry is ours: NarrowConv2d.
#include "runtime/kernels/cpu/Conv2d.h"
#include "runtime/kernels/cpu/Dnnl.h"
#include "runtime/kernels/cpu/NarrowConv2d.h"
#include "runtime/kernels/cpu/OrderedCall.h"

#include <stdexcept>

namespace switchyard::rt {
namespace {

using dnnl::algorithm;
using dnnl::memory;
using dnnl::prop_kind;
using Tag = memory::format_tag;

/// One way to ask: `freeLayouts` lets the library choose those of the activations.
struct Candidate {
  algorithm how;
  bool freeLayouts;
};

/// The shapes of a geometry, as oneDNN takes them.
struct Shapes {
  explicit Shapes(const Conv2dGeometry &g)
      : input({g.batch, g.inChannels, g.height, g.width}, memory::data_type::f32, tag(g.inputLayout)),
        weights(weightsOf(g)), bias({g.outChannels}, memory::data_type::f32, Tag::x),
        output({g.batch, g.outChannels, g.outHeight(), g.outWidth()}, memory::data_type::f32,
               tag(g.outputLayout)),
        strides{g.stride, g.stride}, padding{g.padding, g.padding} {}

  /// As they come from the caller; the library has the groups as a dimension of their own.
  static memory::desc weightsOf(const Conv2dGeometry &g) {
    if (g.groups == 1)
      return {
          {g.outChannels, g.inChannels, g.kernelHeight, g.kernelWidth}, memory::data_type::f32, Tag::oihw};
    return {{g.groups, g.outChannels / g.groups, g.ofGroup(), g.kernelHeight, g.kernelWidth},
            memory::data_type::f32,
            Tag::goihw};
  }
  static Tag tag(int64_t layout) {
    return layout == SWY_LAYOUT_BLOCKED16       ? Tag::nChw16c
           : layout == SWY_LAYOUT_CHANNELS_LAST ? Tag::nhwc
                                                : Tag::nchw;
  }
  static memory::desc any(const memory::desc &desc) {
    return {dimensionsOf(desc), memory::data_type::f32, Tag::any};
  }
  memory::desc inputFor(const Candidate &c) const { return c.freeLayouts ? any(input) : input; }
  memory::desc outputFor(const Candidate &c) const { return c.freeLayouts ? any(output) : output; }

  dnnl::convolution_forward::primitive_desc forward(const Candidate &c, bool relu,
                                                    const dnnl::engine &engine) const {
    return describe<dnnl::convolution_forward>(engine, callAttributes(relu), prop_kind::forward_training,
                                               c.how, inputFor(c), any(weights), bias, outputFor(c), strides,
                                               padding, padding);
  }

  memory::desc input, weights, bias, output;
  memory::dims strides, padding;
};

std::vector<Candidate> candidates(const Conv2dGeometry &g) {
  bool winograd = g.precision != Precision::ExactOrder && g.kernelHeight == 3 && g.kernelWidth == 3 &&
                  g.stride == 1 && g.groups == 1 && g.inChannels >= 16 && g.outChannels >= 16;
  std::vector<Candidate> list;
  if (winograd)
    list = {{algorithm::convolution_winograd, false}, {algorithm::convolution_winograd, true}};
  list.push_back({algorithm::convolution_direct, false});
  list.push_back({algorithm::convolution_direct, true});
  return list;
}

template <typename Description> Description offered(const Conv2dGeometry &g, const Description &description) {
  if (!description)
    throw std::runtime_error(g.label() + ": oneDNN offers nothing for this geometry");
  return description;
}

LibraryCallPlan planForward(const Conv2dGeometry &g, const dnnl::engine &engine);

/// What a plan with a fused relu falls back to.
std::function<LibraryCallPlan()> withoutRelu(Conv2dGeometry g, const dnnl::engine &engine) {
  if (!g.relu)
    return {};
  g.relu = 0;
  return [g, engine] { return planForward(g, engine); };
}

LibraryCallPlan planForward(const Conv2dGeometry &g, const dnnl::engine &engine) {
  Shapes s(g);
  using Description = dnnl::convolution_forward::primitive_desc;
  auto make = [&](const Candidate &c) { return s.forward(c, g.relu != 0, engine); };
  auto d = offered(g, bestImplementation<Description>(candidates(g), make));
  return {dnnl::convolution_forward(d),
          d.scratchpad_desc(),
          d.impl_info_str(),
          {{DNNL_ARG_SRC, s.input, d.src_desc(), false},
           {DNNL_ARG_BIAS, s.bias, s.bias, false},
           {DNNL_ARG_DST, s.output, d.dst_desc(), true}},
          Operand{DNNL_ARG_WEIGHTS, s.weights, d.weights_desc(), false},
          withoutRelu(g, engine)};
}

LibraryCallPlan planBackwardInput(const Conv2dGeometry &g, const dnnl::engine &engine) {
  Shapes s(g);
  using Description = dnnl::convolution_backward_data::primitive_desc;
  auto make = [&](const Candidate &c) -> Description {
    return describeBackward<dnnl::convolution_backward_data>(
        engine, callAttributes(false), s.forward(c, false, engine), c.how, s.inputFor(c), s.any(s.weights),
        s.outputFor(c), s.strides, s.padding, s.padding);
  };
  auto d = offered(g, bestImplementation<Description>(candidates(g), make));
  return {dnnl::convolution_backward_data(d),
          d.scratchpad_desc(),
          d.impl_info_str(),
          {{DNNL_ARG_DIFF_DST, s.output, d.diff_dst_desc(), false},
           {DNNL_ARG_DIFF_SRC, s.input, d.diff_src_desc(), true}},
          Operand{DNNL_ARG_WEIGHTS, s.weights, d.weights_desc(), false},
          {}};
}

LibraryCallPlan planBackwardWeights(const Conv2dGeometry &g, const dnnl::engine &engine) {
  Shapes s(g);
  using Description = dnnl::convolution_backward_weights::primitive_desc;
  auto make = [&](const Candidate &c) -> Description {
    return describeBackward<dnnl::convolution_backward_weights>(
        engine, callAttributes(false), s.forward(c, false, engine), c.how, s.inputFor(c), s.any(s.weights),
        s.bias, s.outputFor(c), s.strides, s.padding, s.padding);
  };
  auto d = offered(g, bestImplementation<Description>(candidates(g), make));
  return {dnnl::convolution_backward_weights(d),
          d.scratchpad_desc(),
          d.impl_info_str(),
          {{DNNL_ARG_SRC, s.input, d.src_desc(), false},
           {DNNL_ARG_DIFF_DST, s.output, d.diff_dst_desc(), false},
           {DNNL_ARG_DIFF_WEIGHTS, s.weights, d.diff_weights_desc(), true},
           {DNNL_ARG_DIFF_BIAS, s.bias, s.bias, true}},
          std::nullopt,
          {}};
}

} // namespace

std::string Conv2dGeometry::label() const {
  auto text = [](int64_t number) { return std::to_string(number); };
  return "conv2d " + directionName(direction) + " " + text(batch) + "x" + text(inChannels) + "x" +
         text(height) + "x" + text(width) + " to " + text(outChannels) + " channels, kernel " +
         text(kernelHeight) + "x" + text(kernelWidth) + ", stride " + text(stride) + ", padding " +
         text(padding) + (groups != 1 ? ", groups " + text(groups) : "") +
         (channels ? ", " + text(channels) + " channels switching" : "");
}

HandleKey Conv2dGeometry::key() const {
  return {int64_t(LayerKind::Conv2d),
          direction,
          batch,
          inChannels,
          height,
          width,
          outChannels,
          kernelHeight,
          kernelWidth,
          stride,
          padding,
          groups,
          inputLayout,
          outputLayout,
          relu,
          int64_t(precision),
          channels};
}

void Conv2dGeometry::check(bool hasWeights) const {
  auto require = [&](bool holds, const std::string &what) {
    if (!holds)
      throw std::runtime_error(label() + ": " + what);
  };
  checkDirection(direction, relu, hasWeights, label());
  checkChannels(direction, channels, label());
  require(batch > 0 && inChannels > 0 && outChannels > 0 && height > 0 && width > 0,
          "sizes must be positive");
  require(kernelHeight > 0 && kernelWidth > 0 && stride > 0, "kernel and stride must be positive");
  require(padding >= 0, "the padding must not be negative");
  require(groups > 0 && inChannels % groups == 0 && outChannels % groups == 0,
          "groups must divide the channels of input and output");
  require(height + 2 * padding >= kernelHeight && width + 2 * padding >= kernelWidth,
          "the kernel is larger than the padded input");
  for (auto [layout, channels] : {std::pair(inputLayout, inChannels), std::pair(outputLayout, outChannels)}) {
    require(layout == SWY_LAYOUT_PLAIN || layout == SWY_LAYOUT_BLOCKED16 ||
                layout == SWY_LAYOUT_CHANNELS_LAST,
            "a layout is 0 (plain), 1 (blocked by 16) or 2 (channels last), got " + std::to_string(layout));
    require(layout != SWY_LAYOUT_BLOCKED16 || channels % 16 == 0,
            "the blocked layout needs a multiple of 16 channels, got " + std::to_string(channels));
  }
}

GroupedShape Conv2dGeometry::groupedShape() const {
  return {direction,
          batch,
          channels,
          inChannels * height * width,
          outChannels * outHeight() * outWidth(),
          outChannels,
          outChannels * ofGroup() * kernelHeight * kernelWidth,
          precision};
}

std::unique_ptr<PlainCall> Conv2dGeometry::makePlain(Library &library) const {
  if (isNarrowBackwardInput(*this))
    return makeNarrowBackwardInput(library, *this);
  auto plan = direction == SWY_DIRECTION_FORWARD          ? planForward
              : direction == SWY_DIRECTION_BACKWARD_INPUT ? planBackwardInput
                                                          : planBackwardWeights;
  return std::make_unique<LibraryCall>(library, plan(*this, library.engine));
}

std::unique_ptr<swy_handle> Conv2dGeometry::make(Library &library) const {
  std::unique_ptr<swy_handle> handle;
  auto part = [g = *this](Library &own, int64_t rows) {
    Conv2dGeometry part = g;
    part.batch = rows;
    return part.makePlain(own);
  };
  if (channels > 0)
    handle = std::make_unique<GroupedCall>(library, groupedShape(), part);
  else if (precision == Precision::ExactOrder)
    handle = makeOrderedCall(library, groupedShape(), part);
  else
    handle = makePlain(library);
  handle->kind = LayerKind::Conv2d;
  handle->direction = direction;
  handle->label = label();
  return handle;
}

} // namespace switchyard::rt
