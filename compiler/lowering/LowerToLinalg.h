// What the files of the lowering to linalg share: building one linalg operation over a result's elements, or
// one that reduces.
#ifndef SWITCHYARD_COMPILER_LOWERING_LOWERTOLINALG_H
#define SWITCHYARD_COMPILER_LOWERING_LOWERTOLINALG_H

#include "compiler/lowering/Layout.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Transforms/DialectConversion.h"

namespace switchyard {

/// Marks a linalg.generic whose last iteration dimension counts the four words of a Philox block: it is not
/// fused on tensors, and OutlineLoops unrolls that dimension so that the block is computed once.
constexpr llvm::StringLiteral wordsAttribute = "swy.words";

/// Marks a linalg.generic that numbers or draws something for each row, which the host can do itself where it
/// needs to know: it stays an operation of its own until that is decided (gpu/HostRows.h), or is computed
/// where it is read.
constexpr llvm::StringLiteral ofRowsAttribute = "swy.of_rows";

using ScalarBody = llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::Location, mlir::ValueRange)>;

/// One value for each element of `result` (logical type), from operands that broadcast to it by prefix.
/// `operands` are physical values, `types` their logical types. Splat constants become scalars of the body.
mlir::Value buildElementwise(mlir::OpBuilder &builder, mlir::Location loc, mlir::RankedTensorType result,
                             mlir::ValueRange operands, mlir::TypeRange types, ScalarBody body);

using ReductionBody =
    llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::OpBuilder &, mlir::Location, mlir::ValueRange)>;

/// Reduces all but the first `keep` dimensions of the inputs (all of the first one's physical shape or, if
/// shorter, leading parts of it). The body gets the inputs' elements, then the results so far.
llvm::SmallVector<mlir::Value> buildReduction(mlir::OpBuilder &builder, mlir::Location loc,
                                              mlir::ValueRange inputs, int64_t keep, mlir::ValueRange inits,
                                              ReductionBody body);

/// For each element of `init` what a loop over its neighbours along a dimension, itself included, comes to.
/// The body gets the elements of `own` in the same place, the neighbours' of `others`, the result so far; the
/// loop counts neighbours behind that dimension, so that memory is run through in order.
mlir::Value buildOverNeighbours(mlir::OpBuilder &builder, mlir::Location loc, unsigned dimension,
                                mlir::ValueRange own, mlir::ValueRange others, mlir::Value init,
                                ScalarBody body);

/// How many of its neighbours along a dimension come before each element, as i32: larger ones, NaN above all
/// numbers; of equal ones those that stand before it.
mlir::Value countBefore(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value input, unsigned dimension);

/// A tensor without contents, of the type's physical shape.
mlir::Value emptyTensor(mlir::OpBuilder &builder, mlir::Location loc, mlir::RankedTensorType type);

/// A tensor filled with a constant.
mlir::Value filledTensor(mlir::OpBuilder &builder, mlir::Location loc, mlir::RankedTensorType type,
                         mlir::TypedAttr value);

/// In the body of a loop over a tensor of the (physical) type: the current element's indices.
llvm::SmallVector<mlir::Value> currentIndices(mlir::OpBuilder &builder, mlir::Location loc,
                                              mlir::RankedTensorType physical);

/// An index as a function of another, d0.
mlir::Value affineIndex(mlir::OpBuilder &builder, mlir::Location loc, mlir::AffineExpr of, mlir::Value index);

/// Where height, and behind it width, is among the physical dimensions of a batch (or one) of images.
unsigned heightDimension(mlir::RankedTensorType type);

/// An image (physical; `type` is its logical type) with `by` rows and columns more at each side.
mlir::Value padImage(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value image,
                     mlir::RankedTensorType type, int64_t by, double with);

mlir::Value floatConstant(mlir::OpBuilder &builder, mlir::Location loc, double value);
mlir::Value intConstant(mlir::OpBuilder &builder, mlir::Location loc, int64_t value, unsigned bits = 32);

void populateElementwisePatterns(mlir::TypeConverter &types, mlir::RewritePatternSet &patterns);
void populateReductionPatterns(mlir::TypeConverter &types, mlir::RewritePatternSet &patterns);
void populateBallPatterns(mlir::TypeConverter &types, mlir::RewritePatternSet &patterns);
void populateGroupPatterns(mlir::TypeConverter &types, mlir::RewritePatternSet &patterns);
void populateLocalConvPatterns(mlir::TypeConverter &types, mlir::RewritePatternSet &patterns);
void populatePoolingPatterns(mlir::TypeConverter &types, mlir::RewritePatternSet &patterns);
void populateResizingPatterns(mlir::TypeConverter &types, mlir::RewritePatternSet &patterns);
void populateSamplingPatterns(mlir::TypeConverter &types, mlir::RewritePatternSet &patterns);
void populateRandomPatterns(mlir::TypeConverter &types, mlir::RewritePatternSet &patterns);
void populateLibraryPatterns(mlir::TypeConverter &types, mlir::RewritePatternSet &patterns);
void populateSwitchingPatterns(mlir::TypeConverter &types, mlir::RewritePatternSet &patterns);
void populateTallyPatterns(mlir::TypeConverter &types, mlir::RewritePatternSet &patterns);

/// How swy.scatter_samples bufferizes.
void registerSamplingBufferization(mlir::MLIRContext *context);

} // namespace switchyard
#endif
