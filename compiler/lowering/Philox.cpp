// Philox 4x32-10 (Salmon et al., 2011) and its transforms as arithmetic operations, in the order of
// runtime/kernels/Philox.h; test/lowering compares the two bit for bit.
#include "compiler/lowering/Philox.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace switchyard {
namespace {

/// Shorthand for building scalar arithmetic at one place.
struct Emit {
  OpBuilder &b;
  Location loc;

  Value word(uint64_t value, unsigned bits = 32) {
    return arith::ConstantOp::create(
        b, loc,
        b.getIntegerAttr(b.getIntegerType(bits),
                         APInt(bits, value, /*isSigned=*/false, /*implicitTrunc=*/true)));
  }
  Value real(float value) { return arith::ConstantOp::create(b, loc, b.getF32FloatAttr(value)); }
  Value shiftRight(Value x, uint64_t by) {
    return arith::ShRUIOp::create(b, loc, x, word(by, x.getType().getIntOrFloatBitWidth()));
  }
  Value exclusiveOr(Value x, Value y) { return arith::XOrIOp::create(b, loc, x, y); }
  Value add(Value x, Value y) { return arith::AddIOp::create(b, loc, x, y); }
  Value multiply(Value x, Value y) { return arith::MulFOp::create(b, loc, x, y); }
  Value fma(Value x, Value y, Value z) { return math::FmaOp::create(b, loc, x, y, z); }
  Value toReal(Value x) { return arith::SIToFPOp::create(b, loc, b.getF32Type(), x); }
  Value bitcast(Type type, Value x) { return arith::BitcastOp::create(b, loc, type, x); }

  /// Horner's rule, highest coefficient first, each step one fused multiply-add.
  Value horner(ArrayRef<float> coefficients, Value x) {
    Value value = real(coefficients.front());
    for (float coefficient : coefficients.drop_front())
      value = fma(value, x, real(coefficient));
    return value;
  }
};

/// splitmix64's finalizer (docs/artifact.md).
Value mix(Emit e, Value z) {
  z = e.add(z, e.word(0x9e3779b97f4a7c15, 64));
  for (auto [shift, factor] :
       {std::pair<uint64_t, uint64_t>(30, 0xbf58476d1ce4e5b9), {27, 0x94d049bb133111eb}})
    z = arith::MulIOp::create(e.b, e.loc, e.exclusiveOr(z, e.shiftRight(z, shift)), e.word(factor, 64));
  return e.exclusiveOr(z, e.shiftRight(z, 31));
}

/// FNV-1a, 64 bits, of the path's bytes.
uint64_t hashOfSite(StringRef site) {
  uint64_t hash = 0xcbf29ce484222325;
  for (unsigned char byte : site)
    hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

/// Natural logarithm of a positive normal number: fixedOrderLog of runtime/kernels/Philox.h.
Value fixedOrderLog(Emit e, Value t) {
  Type i32 = e.b.getI32Type(), f32 = e.b.getF32Type();
  Value bits = e.bitcast(i32, t);
  Value above = arith::SubIOp::create(e.b, e.loc, bits, e.word(0x3f3504f3)); // sqrt(1/2)
  Value exponent = arith::ShRSIOp::create(e.b, e.loc, above, e.word(23));
  Value shifted = arith::ShLIOp::create(e.b, e.loc, exponent, e.word(23));
  Value mantissa = e.bitcast(f32, arith::SubIOp::create(e.b, e.loc, bits, shifted));
  Value f = arith::SubFOp::create(e.b, e.loc, mantissa, e.real(1.0f));
  Value power = e.toReal(exponent), square = e.multiply(f, f);
  Value p = e.horner({0x1.1d8ea6p-4f, -0x1.d635bcp-4f, 0x1.dea282p-4f, -0x1.fcf4c6p-4f, 0x1.23d21ap-3f,
                      -0x1.555b4ap-3f, 0x1.999d5ap-3f, -0x1.fffffcp-3f, 0x1.555554p-2f},
                     f);
  Value y = e.multiply(e.multiply(square, f), p);
  y = e.fma(power, e.real(0x1.0bfbe8p-15f), y); // ln 2, low part
  y = e.fma(square, e.real(-0.5f), y);
  y = arith::AddFOp::create(e.b, e.loc, f, y);
  return e.fma(power, e.real(0x1.62ep-1f), y); // ln 2, high part
}

} // namespace

std::array<Value, 2> buildKey(OpBuilder &builder, Location loc, Value stream, StringRef site) {
  Emit e{builder, loc};
  Value key = mix(e, e.add(stream, e.word(hashOfSite(site), 64)));
  Type i32 = builder.getI32Type();
  return {arith::TruncIOp::create(builder, loc, i32, key),
          arith::TruncIOp::create(builder, loc, i32, e.shiftRight(key, 32))};
}

std::array<Value, 4> buildPhilox(OpBuilder &builder, Location loc, std::array<Value, 4> c,
                                 std::array<Value, 2> key) {
  Emit e{builder, loc};
  for (int round = 0; round < 10; ++round) {
    if (round > 0)
      key = {e.add(key[0], e.word(0x9e3779b9)), e.add(key[1], e.word(0xbb67ae85))};
    auto first = arith::MulUIExtendedOp::create(builder, loc, c[0], e.word(0xd2511f53));
    auto second = arith::MulUIExtendedOp::create(builder, loc, c[2], e.word(0xcd9e8d57));
    c = {e.exclusiveOr(e.exclusiveOr(second.getHigh(), c[1]), key[0]), second.getLow(),
         e.exclusiveOr(e.exclusiveOr(first.getHigh(), c[3]), key[1]), first.getLow()};
  }
  return c;
}

Value buildUniform(OpBuilder &builder, Location loc, Value word) {
  Emit e{builder, loc};
  // 24 bits are exact in f32, and as a signed number too, which converts in one instruction.
  Value integer = e.shiftRight(word, 8);
  Value real = arith::SIToFPOp::create(builder, loc, builder.getF32Type(), integer);
  return arith::MulFOp::create(builder, loc, real, e.real(0x1p-24f));
}

Value buildNormal(OpBuilder &builder, Location loc, Value word) {
  Emit e{builder, loc};
  // x = 2u - 1 is an odd multiple of 2^-24, made from integers because u itself needs 25 bits: exact.
  Value doubled = arith::ShLIOp::create(builder, loc, e.shiftRight(word, 8), e.word(1));
  Value x =
      e.multiply(e.toReal(arith::SubIOp::create(builder, loc, doubled, e.word(16777215))), e.real(0x1p-24f));
  Value minusX = arith::NegFOp::create(builder, loc, x);
  Value w = arith::NegFOp::create(builder, loc, fixedOrderLog(e, e.fma(minusX, x, e.real(1.0f))));
  Value root = math::SqrtOp::create(builder, loc, w);
  Value middle = e.horner({2.81022636e-08f, 3.43273939e-07f, -3.5233877e-06f, -4.39150654e-06f,
                           0.00021858087f, -0.00125372503f, -0.00417768164f, 0.246640727f, 1.50140941f},
                          arith::SubFOp::create(builder, loc, w, e.real(2.5f)));
  Value tail = e.horner({-0.000200214257f, 0.000100950558f, 0.00134934322f, -0.00367342844f, 0.00573950773f,
                         -0.0076224613f, 0.00943887047f, 1.00167406f, 2.83297682f},
                        arith::SubFOp::create(builder, loc, root, e.real(3.0f)));
  Value small = arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OLT, w, e.real(5.0f));
  Value p = arith::SelectOp::create(builder, loc, small, middle, tail);
  return e.multiply(e.multiply(p, x), e.real(0x1.6a09e6p+0f)); // sqrt(2)
}

} // namespace switchyard
