// The layers of the language in a network: one operation each, named and with attributes as its row in
// dialect/layers/Layers.cpp has it. The row says what shape it makes, what it learns and when it draws; here stands how it
// is written and how it becomes program-level operations, or Layers.cpp does where that is longer.

#ifndef SWITCHYARD_DIALECT_LAYER_OPS_TD
#define SWITCHYARD_DIALECT_LAYER_OPS_TD

include "dialect/Dialect.td"
include "dialect/Interfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Swy_When : I32EnumAttr<"When", "when a random layer acts (S3.3)", [
    I32EnumAttrCase<"Training", 0, "training">, I32EnumAttrCase<"Inference", 1, "inference">,
    I32EnumAttrCase<"Always", 2, "always">]> {
  let cppNamespace = "::switchyard::swy";
}

def Swy_Count : ConfinedAttr<I64Attr, [IntPositive]>;
def Swy_Bias : DefaultValuedAttr<BoolAttr, "true">;

/// `layerName` in the language. Its row's real parameters are operands behind the input, in their order, optional ones where
/// a rate may be 0; the others are attributes of their names. `build`: the value that it computes of `input`, as C++; empty:
/// `instantiate` is in Layers.cpp. The result has the type that the row's rule gives for the input's, where that is ranked
/// (the interface verifies it).
class Swy_Layer<string layerName, string build = "", list<Trait> traits = []>
    : Swy_Op<layerName # "_layer",
             !listconcat([Pure, DeclareOpInterfaceMethods<Swy_LayerOpInterface, ["instantiate"]>], traits)> {
  let results = (outs AnyTensor:$result);
  let extraClassDefinition = !if(!empty(build), "", [{
    ::mlir::Value $cppClass::instantiate(::mlir::OpBuilder &builder, ::mlir::Value input, const Instantiation &how) {
      return }] # build # [{;
    }
  }]);
}

/// Layers on its weights (S1.9) stand in a region: a chain whose argument is the weights as trained, and which yields those
/// that the layer computes with. (C1) argument and result have the weights' type, or no rank before types are inferred;
/// (C2) layers and residuals of layers stand in it, which learn no weights themselves.
class Swy_WeightedLayer<string layerName> : Swy_Layer<layerName> {
  let regions = (region AnyRegion:$on_weights);
}

def Swy_ConvLayerOp : Swy_WeightedLayer<"conv"> {
  let summary = "Convolution, with bias where it is not said otherwise";
  let description = [{
    Square kernel, zero padding. Channels in `groups` groups, each made of its share of the input's. Example:
    `%y = swy.conv_layer %x channels 32 kernel 3 stride 1 padding 0 path "features/0" :
    tensor<1x28x28xf32> -> tensor<32x26x26xf32>`
  }];
  let arguments = (ins AnyTensor:$input, Swy_Count:$channels, Swy_Count:$kernel, Swy_Count:$stride, Swy_Padding:$padding,
                       Swy_Bias:$bias, DefaultValuedAttr<Swy_Count, "1">:$groups, StrAttr:$path);
  let assemblyFormat = [{
    $input `channels` $channels `kernel` $kernel `stride` $stride `padding` $padding (`bias` $bias^)? (`groups` $groups^)?
    `path` $path attr-dict `:` type($input) `->` type($result) (`on_weights` $on_weights^)?
  }];
}

def Swy_DepthwiseConvLayerOp : Swy_WeightedLayer<"depthwise_conv"> {
  let summary = "Convolution of each channel alone, with bias where it is not said otherwise";
  let description = [{
    A convolution with as many groups as channels. Example: `%y = swy.depthwise_conv_layer %x kernel 3 stride 1 padding 1
    path "features/0" : tensor<16x8x8xf32> -> tensor<16x8x8xf32>`
  }];
  let arguments = (ins AnyTensor:$input, Swy_Count:$kernel, Swy_Count:$stride, Swy_Padding:$padding, Swy_Bias:$bias,
                       StrAttr:$path);
  let assemblyFormat = [{
    $input `kernel` $kernel `stride` $stride `padding` $padding (`bias` $bias^)? `path` $path attr-dict
    `:` type($input) `->` type($result) (`on_weights` $on_weights^)?
  }];
}

def Swy_LocalConvLayerOp : Swy_Layer<"local_conv"> {
  let summary = "Locally connected: a convolution that has weights, and a bias, of its own at each place";
  let description = [{
    Square kernel, zero padding. Example: `%y = swy.local_conv_layer %x channels 3 kernel 2 stride 1 padding 2
    path "features/0" : tensor<1x28x28xf32> -> tensor<3x31x31xf32>`
  }];
  let arguments = (ins AnyTensor:$input, Swy_Count:$channels, Swy_Count:$kernel, Swy_Count:$stride, Swy_Padding:$padding,
                       Swy_Bias:$bias, StrAttr:$path);
  let assemblyFormat = [{
    $input `channels` $channels `kernel` $kernel `stride` $stride `padding` $padding (`bias` $bias^)? `path` $path attr-dict
    `:` type($input) `->` type($result)
  }];
}

def Swy_DenseLayerOp : Swy_WeightedLayer<"dense"> {
  let summary = "Dense layer, with bias where it is not said otherwise";
  let description = [{ Example: `%y = swy.dense_layer %x units 10 path "head/1" : tensor<16xf32> -> tensor<10xf32>` }];
  let arguments = (ins AnyTensor:$input, Swy_Count:$units, Swy_Bias:$bias, StrAttr:$path);
  let assemblyFormat = [{
    $input `units` $units (`bias` $bias^)? `path` $path attr-dict `:` type($input) `->` type($result)
    (`on_weights` $on_weights^)?
  }];
}

class Swy_PlainLayer<string layerName, string text, string build, string types = "tensor<64xf32> -> tensor<64xf32>">
    : Swy_Layer<layerName, build> {
  let summary = text;
  let description = "Example: `%y = swy." # layerName # "_layer %x path \"features/1\" : " # types # "`";
  let arguments = (ins AnyTensor:$input, StrAttr:$path);
  let assemblyFormat = "$input `path` $path attr-dict `:` type($input) `->` type($result)";
}
def Swy_ReluLayerOp : Swy_PlainLayer<"relu", "max(x, 0)", "ReluOp::create(builder, getLoc(), input)">;
def Swy_TanhLayerOp : Swy_PlainLayer<"tanh", "Hyperbolic tangent", "TanhOp::create(builder, getLoc(), input)">;
def Swy_FlattenLayerOp : Swy_PlainLayer<"flatten", "All dimensions into one, row-major",
                                        "ReshapeOp::create(builder, getLoc(), typeFor(*this, input), input)",
                                        "tensor<4x3x3xf32> -> tensor<36xf32>">;

class Swy_PoolLayer<string layerName, string text> : Swy_Layer<layerName> {
  let summary = text # " of each size x size window";
  let description = [{
    Windows stand `stride` apart, by default side by side, on an image with `padding` around it; a rest at the border is
    dropped. Example: `%y = swy.}] # layerName # [{_layer %x size 3 stride 2 path "features/2" :
    tensor<4x8x8xf32> -> tensor<4x3x3xf32>`
  }];
  let arguments = (ins AnyTensor:$input, Swy_PoolSize:$size, OptionalAttr<Swy_Count>:$stride,
                       DefaultValuedAttr<Swy_Padding, "0">:$padding, StrAttr:$path);
  let assemblyFormat = [{
    $input `size` $size (`stride` $stride^)? (`padding` $padding^)? `path` $path attr-dict
    `:` type($input) `->` type($result)
  }];
}
def Swy_MaxPoolLayerOp : Swy_PoolLayer<"max_pool", "Largest">;
def Swy_AvgPoolLayerOp : Swy_PoolLayer<"avg_pool", "Mean">;

def Swy_PadLayerOp : Swy_Layer<"pad", "PadOp::create(builder, getLoc(), typeFor(*this, input), input, getSize())"> {
  let summary = "Zeros around an image";
  let description = [{
    Example: `%y = swy.pad_layer %x size 2 path "features/0" : tensor<4x8x8xf32> -> tensor<4x12x12xf32>`
  }];
  let arguments = (ins AnyTensor:$input, Swy_Count:$size, StrAttr:$path);
  let assemblyFormat = "$input `size` $size `path` $path attr-dict `:` type($input) `->` type($result)";
}

def Swy_ResizeLayerOp : Swy_Layer<"resize"> {
  let summary = "An image of other rows and columns";
  let description = [{
    Bilinear, or by the nearest pixel, as torch.nn.functional.interpolate with align_corners=False. Example:
    `%y = swy.resize_layer %x rows 4 columns 6 path "features/0" : tensor<4x8x8xf32> -> tensor<4x4x6xf32>`
  }];
  let arguments = (ins AnyTensor:$input, Swy_Count:$rows, Swy_Count:$columns, DefaultValuedAttr<BoolAttr, "false">:$nearest,
                       StrAttr:$path);
  let assemblyFormat = [{
    $input `rows` $rows `columns` $columns (`nearest` $nearest^)? `path` $path attr-dict `:` type($input) `->` type($result)
  }];
}

def Swy_GlobalAvgPoolLayerOp : Swy_PlainLayer<"global_avg_pool", "Mean of each channel", "meanOver(builder, getLoc(), input, 1)",
                                              "tensor<64x4x4xf32> -> tensor<64xf32>">;

//===----------------------------------------------------------------------===//
// Normalization (Normalization.cpp). With learned scale and shift where it says so
//===----------------------------------------------------------------------===//

def Swy_BatchNormLayerOp : Swy_Layer<"batch_norm"> {
  let summary = "Batch normalization (Ioffe and Szegedy, 2015), as torch.nn.BatchNorm2d";
  let description = [{
    Each channel of an image, or each unit, is brought to mean 0 and variance 1, then scaled and shifted by what is learned.
    In a step that trains the layer by the batch's own mean and variance, which the running ones follow at the rate
    `momentum`; else by the running ones: at inference, under attack, and where the block is frozen (S6.4). Examples
    without weight count for nothing. Example: `%y = swy.batch_norm_layer %x, %m, %e path "stem/1" :
    (tensor<16x8x8xf32>, tensor<f32>, tensor<f32>) -> tensor<16x8x8xf32>`
  }];
  let arguments = (ins AnyTensor:$input, Swy_Real:$momentum, Swy_Real:$epsilon, StrAttr:$path);
  let assemblyFormat = [{
    $input `,` $momentum `,` $epsilon `path` $path attr-dict `:` functional-type(operands, results)
  }];
}

def Swy_GroupNormLayerOp : Swy_Layer<"group_norm"> {
  let summary = "Group normalization (Wu and He, 2018), as torch.nn.GroupNorm";
  let description = [{
    Mean 0 and variance 1 over each of `groups` groups of neighbouring channels of one example, then scaled and shifted by
    channel. Example: `%y = swy.group_norm_layer %x, %e groups 4 path "stem/1" :
    (tensor<16x8x8xf32>, tensor<f32>) -> tensor<16x8x8xf32>`
  }];
  let arguments = (ins AnyTensor:$input, Swy_Real:$epsilon, Swy_Count:$groups, StrAttr:$path);
  let assemblyFormat = [{
    $input `,` $epsilon `groups` $groups `path` $path attr-dict `:` functional-type(operands, results)
  }];
}

class Swy_OwnNormLayer<string layerName, string text> : Swy_Layer<layerName> {
  let summary = text;
  let description = "Example: `%y = swy." # layerName # [{_layer %x, %e path "stem/1" :
    (tensor<16x8x8xf32>, tensor<f32>) -> tensor<16x8x8xf32>`}];
  let arguments = (ins AnyTensor:$input, Swy_Real:$epsilon, StrAttr:$path);
  let assemblyFormat = "$input `,` $epsilon `path` $path attr-dict `:` functional-type(operands, results)";
}
def Swy_LayerNormLayerOp : Swy_OwnNormLayer<"layer_norm",
    "Mean 0 and variance 1 over a whole example (Ba et al., 2016), then a scale and a shift for each element">;
def Swy_InstanceNormLayerOp : Swy_OwnNormLayer<"instance_norm",
    "Mean 0 and variance 1 over each channel of an example (Ulyanov et al., 2016); nothing is learned">;

def Swy_NormalizeLayerOp : Swy_Layer<"normalize"> {
  let summary = "(x - mean) / deviation by channel, with numbers that are given";
  let description = [{
    One number for all channels or one for each. Example: `%y = swy.normalize_layer %x mean [0.5, 0.4, 0.3]
    deviation [0.2] path "stem/0" : tensor<3x8x8xf32> -> tensor<3x8x8xf32>`
  }];
  let arguments = (ins AnyTensor:$input, DenseF64ArrayAttr:$mean, DenseF64ArrayAttr:$deviation, StrAttr:$path);
  let assemblyFormat = [{
    $input `mean` $mean `deviation` $deviation `path` $path attr-dict `:` type($input) `->` type($result)
  }];
}

def Swy_DropoutLayerOp : Swy_Layer<"dropout", "", [AttrSizedOperandSegments]> {
  let summary = "Zero each element at a rate, scale the rest by 1 / (1 - rate)";
  let description = [{
    `training` and `inference` are rates; where one is absent the layer does nothing there.
    Example: `%y = swy.dropout_layer %x training %r path "features/7" : (tensor<64xf32>, tensor<f32>) -> tensor<64xf32>`
  }];
  let arguments = (ins AnyTensor:$input, Optional<Swy_Real>:$training, Optional<Swy_Real>:$inference, StrAttr:$path);
  let assemblyFormat = [{
    $input (`training` $training^)? (`inference` $inference^)? `path` $path attr-dict
    `:` functional-type(operands, results)
  }];
}

def Swy_GaussianNoiseLayerOp : Swy_Layer<"gaussian_noise"> {
  let summary = "Add normal noise of a standard deviation";
  let description = [{
    The deviation is a scalar, in the unit of the activations. Example: `%y = swy.gaussian_noise_layer %x, %d when always
    path "features/0" : (tensor<1x28x28xf32>, tensor<f32>) -> tensor<1x28x28xf32>`
  }];
  let arguments = (ins AnyTensor:$input, Swy_Real:$deviation, Swy_When:$when, StrAttr:$path);
  let assemblyFormat = [{
    $input `,` $deviation `when` $when `path` $path attr-dict `:` functional-type(operands, results)
  }];
}

def Swy_SapLayerOp : Swy_Layer<"sap"> {
  let summary = "Stochastic activation pruning (Dhillon et al., 2018), in its Poisson form";
  let description = [{
    With p = |a| / sum |a| and N = `samples` times the number of activations, each is kept with probability
    1 - exp(-N p) and then divided by it; the others are 0. The kept set is no function of the activations where a
    gradient is concerned. Example: `%y = swy.sap_layer %x, %n when inference path "features/1" :
    (tensor<64xf32>, tensor<f32>) -> tensor<64xf32>`
  }];
  let arguments = (ins AnyTensor:$input, Swy_Real:$samples, Swy_When:$when, StrAttr:$path);
  let assemblyFormat = [{
    $input `,` $samples `when` $when `path` $path attr-dict `:` functional-type(operands, results)
  }];
}

#endif
