// What an operation declares, so that passes ask it and keep no lists of operations: its vector-Jacobian product, how
// its type changes when one example becomes a batch, what one element of it is, which layouts it takes, what it costs,
// and what a layer of the language is.

#ifndef SWITCHYARD_DIALECT_INTERFACES_TD
#define SWITCHYARD_DIALECT_INTERFACES_TD

include "mlir/IR/OpBase.td"

def Swy_DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::switchyard::swy";
  let description = [{
    An operation that can be differentiated in reverse: it builds the vector-Jacobian product of itself.
  }];
  let methods = [
    InterfaceMethod<[{
        Builds, after the forward operations, the cotangents of the operands from those of the results.
        `cotangents[i]` is null where nothing depends on result i; `needed[j]` says whether operand j's is
        asked for. The answer has one entry for each operand, null for those not needed or without derivative.
      }],
      "::llvm::SmallVector<::mlir::Value>", "buildVjp",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::ValueRange":$cotangents, "::llvm::ArrayRef<bool>":$needed)>
  ];
}

def Swy_BatchableOpInterface : OpInterface<"BatchableOpInterface"> {
  let cppNamespace = "::switchyard::swy";
  let description = [{
    An operation written for one example that acts on each example of a batch alone (S1.1), so that giving
    some operands and all results a leading batch dimension keeps its meaning.
  }];
  let methods = [
    InterfaceMethod<[{
        Called when the operation's operands have their batched types and its results are to follow. The
        default prefixes every result's shape with `batch`; operations with attributes that count leading
        dimensions adjust those too.
      }],
      "void", "batchResults", (ins "int64_t":$batch), [{}], [{
        for (::mlir::Value result : $_op->getResults())
          result.setType(::switchyard::swy::batchedType(result.getType(), batch));
      }]>,
    InterfaceMethod<[{
        Whether this operand may stay one for all examples where another is each example's own: a layer's weights, a
        draw's stream and pass, a number beside images.
      }],
      "bool", "sharesOperand", (ins "unsigned":$operand), [{}], [{ return true; }]>,
    InterfaceMethod<"Whether what it makes of the examples of a batch belongs to none of them: one for all",
      "bool", "givesOneForAll", (ins), [{}], [{ return false; }]>
  ];
}

def Swy_ElementwiseOpInterface : OpInterface<"ElementwiseOpInterface"> {
  let cppNamespace = "::switchyard::swy";
  let description = [{
    An operation whose one result has each element from those of its operands in the same place, an operand of a shorter
    shape being repeated over trailing dimensions.
  }];
  let methods = [
    InterfaceMethod<[{
        Builds one element of the result, of arith and math operations; `elements` are the operands'. NaN in a real that
        the result depends on is NaN in the result.
      }],
      "::mlir::Value", "buildScalar",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::ValueRange":$elements)>
  ];
}

def Swy_LayoutOpInterface : OpInterface<"LayoutOpInterface"> {
  let cppNamespace = "::switchyard::swy";
  let description = [{
    An operation that does not insist on row-major images (`#swy.layout`). By default it treats them in any layout, but
    all of them in the same one.
  }];
  let methods = [
    InterfaceMethod<"Whether all its images have one layout, whichever it is", "bool", "sharesLayout", (ins), [{}],
                    [{ return true; }]>,
    InterfaceMethod<"Whether it computes best on channels in blocks, so that a layout is chosen for its sake",
                    "bool", "wantsBlocks", (ins), [{}], [{ return false; }]>,
    InterfaceMethod<"Whether this operand may have any layout", "bool", "takesAnyLayout",
                    (ins "unsigned":$operand), [{}], [{ return true; }]>,
    InterfaceMethod<"Whether it can make this result in any layout", "bool", "givesAnyLayout",
                    (ins "unsigned":$result), [{}], [{ return true; }]>
  ];
}

def Swy_CostOpInterface : OpInterface<"CostOpInterface"> {
  let cppNamespace = "::switchyard::swy";
  let description = [{
    An operation that says what it costs, for passes that weigh doing it again. What says nothing lies between.
  }];
  let methods = [
    InterfaceMethod<"What it costs: by default little, arithmetic on what is there", "::switchyard::swy::Cost", "getCost",
                    (ins), [{}], [{ return ::switchyard::swy::Cost::Arithmetic; }]>
  ];
}

def Swy_ChannelOpInterface : OpInterface<"ChannelOpInterface"> {
  let cppNamespace = "::switchyard::swy";
  let description = [{
    A layer with weights that in a switching block serves each example by its own channel's (S3.4), the examples of a
    channel together: `swy-group-rows` gives it the groups' offsets in the place of the channels.
  }];
  let methods = [
    InterfaceMethod<"The channel of each example, or the groups' offsets; null outside of switching blocks",
                    "::mlir::Value", "getChannel">,
    InterfaceMethod<"The same operand, to be replaced", "::mlir::MutableOperandRange", "getChannelMutable">,
    InterfaceMethod<"The weights: with channels, one after the other in a leading dimension", "::mlir::Value",
                    "getWeights">
  ];
}

def Swy_AffineOpInterface : OpInterface<"AffineOpInterface"> {
  let cppNamespace = "::switchyard::swy";
  let description = [{
    A layer with channels whose every output is a product of its own weights plus its own bias, so that what scales and
    shifts its outputs can be in its parameters. These lead with the outputs; with channels, stacked, with these before them.
  }];
  let methods = [
    InterfaceMethod<"The weights", "::mlir::Value", "getWeights">,
    InterfaceMethod<"The bias; null where there is none", "::mlir::Value", "getBias">,
    InterfaceMethod<"Other parameters of the same types; a bias where there was none, too", "void", "setParameters",
                    (ins "::mlir::Value":$weights, "::mlir::Value":$bias)>
  ];
}

def Swy_ActivatingOpInterface : OpInterface<"ActivatingOpInterface"> {
  let cppNamespace = "::switchyard::swy";
  let description = [{ A layer that can apply the relu behind it by itself. Its first result is what it is applied to. }];
  let methods = [
    InterfaceMethod<"Whether it does", "bool", "getRelu">,
    InterfaceMethod<"Lets it do so, or not", "void", "setRelu", (ins "bool":$relu)>
  ];
}

def Swy_DrawOpInterface : OpInterface<"DrawOpInterface"> {
  let cppNamespace = "::switchyard::swy";
  let description = [{ An operation that draws at random. }];
  let methods = [
    InterfaceMethod<"Whose draw it is: an estimator's sample set is made of the model's",
                    "::switchyard::swy::Owner", "getOwner", (ins), [{}], [{ return $_op.getSite().getOwner(); }]>,
    InterfaceMethod<"The rows whose counters it draws by; null where it goes through all there is",
                    "::mlir::Value", "getDrawnBy", (ins), [{}], [{ return $_op.getRows(); }]>
  ];
}

def Swy_LayerOpInterface : OpInterface<"LayerOpInterface"> {
  let cppNamespace = "::switchyard::swy";
  let description = [{
    A layer of a network as the language names it. Its first operand is its input. What shape it makes, what it learns and
    when it draws is said by its row in dialect/layers/.
  }];
  let verify = [{ return ::switchyard::swy::verifyLayer($_op); }];
  let methods = [
    InterfaceMethod<"The layer's name in the language, as selectors write it: its mnemonic without _layer",
                    "::llvm::StringRef", "getKind", (ins), [{}], [{
      ::llvm::StringRef kind = $_op->getName().stripDialect();
      kind.consume_back("_layer");
      return kind;
    }]>,
    InterfaceMethod<"Its place: block/index, and for an inserted layer the rewrite's name",
                    "::llvm::StringRef", "getPath", (ins), [{}], [{ return $_op.getPathAttr().getValue(); }]>,
    InterfaceMethod<"Sets its place",
                    "void", "setPath", (ins "::llvm::StringRef":$path), [{}],
                    [{ $_op.setPathAttr(::mlir::StringAttr::get($_op->getContext(), path)); }]>,
    InterfaceMethod<"The defense that put it into the network; null for the network's own",
                    "::mlir::FlatSymbolRefAttr", "getInsertedBy", (ins), [{}], [{
      return $_op->template getAttrOfType<::mlir::FlatSymbolRefAttr>(::switchyard::swy::insertedByAttribute);
    }]>,
    InterfaceMethod<"Sets the defense that put it into the network",
                    "void", "setInsertedBy", (ins "::mlir::FlatSymbolRefAttr":$defense), [{}],
                    [{ $_op->setAttr(::switchyard::swy::insertedByAttribute, defense); }]>,
    InterfaceMethod<"The type it gives for an input of this type; failure after an error at the layer",
                    "::mlir::FailureOr<::mlir::RankedTensorType>", "inferType",
                    (ins "::mlir::RankedTensorType":$input), [{}],
                    [{ return ::switchyard::swy::inferLayerType($_op, input); }]>,
    InterfaceMethod<"Names (path/...) and types of its trained parameters",
                    "::switchyard::swy::LayerParameters", "getParameters",
                    (ins), [{}], [{ return ::switchyard::swy::layerParameters($_op); }]>,
    InterfaceMethod<"Whether it acts in training (or at inference); else it is the identity", "bool", "actsIn",
                    (ins "bool":$training), [{}], [{ return ::switchyard::swy::layerActs($_op, training); }]>,
    InterfaceMethod<"Whether it draws at random in training (or at inference)", "bool", "drawsIn",
                    (ins "bool":$training), [{}], [{ return ::switchyard::swy::layerDraws($_op, training); }]>,
    InterfaceMethod<"Whether it has weights that a chain of layers may stand on (S1.9)", "bool", "takesWeightChain", (ins),
                    [{}], [{ return $_op->getNumRegions() > 0; }]>,
    InterfaceMethod<"The chain of layers that makes of its weights those that it uses; null where there is none",
                    "::mlir::Region *", "getWeightChain", (ins), [{}], [{
      return $_op->getNumRegions() && !$_op->getRegion(0).empty() ? &$_op->getRegion(0) : nullptr;
    }]>,
    InterfaceMethod<"Builds its program-level operations", "::mlir::Value", "instantiate",
                    (ins "::mlir::OpBuilder &":$builder, "::mlir::Value":$input,
                         "const ::switchyard::swy::Instantiation &":$how)>
  ];
}

#endif
