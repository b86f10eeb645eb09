// A value's digest is made of its operation's, which is made of its operands': a Merkle graph. An argument of
// a block is known by its place: how deep, which block, which number.
//
// A gradient is not a function of the values of its operands alone: at x and at a y of equal value it
// differs. So the expression is hashed once more with the variable in the place of the value, from where the
// value is made up to the gradient.
#include "compiler/passes/CanonicalHash.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetOperations.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace switchyard {

Hash &Hash::add(StringRef text) {
  add(static_cast<uint64_t>(text.size()));
  sha.update(text);
  return *this;
}

Hash &Hash::add(uint64_t number) {
  uint8_t bytes[8];
  for (int i = 0; i < 8; ++i)
    bytes[i] = static_cast<uint8_t>(number >> (8 * i));
  sha.update(bytes);
  return *this;
}

static Hash &add(Hash &hash, const llvm::APInt &number) {
  hash.add(uint64_t(number.getBitWidth()));
  for (unsigned word = 0; word < number.getNumWords(); ++word)
    hash.add(number.getRawData()[word]);
  return hash;
}

// ---------------------------------------------------------------------------------------------------------------------
// Attributes and types
// ---------------------------------------------------------------------------------------------------------------------

Digest CanonicalHash::unknown(const llvm::Twine &what) {
  if (firstProblem.empty())
    firstProblem = what.str();
  return Digest(32, '\0');
}

namespace {

/// The parameters of the dialect's own attributes.
class Parameters : public swy::ParameterSink {
public:
  Parameters(CanonicalHash &hasher, Hash &hash) : hasher(hasher), hash(hash) {}
  void number(int64_t value) override { hash.add(uint64_t(value)); }
  void text(StringRef value) override { hash.add(value); }
  void attribute(Attribute value) override { hash.add(value ? hasher.attribute(value) : "none"); }
  void type(Type value) override { hash.add(value ? hasher.type(value) : "none"); }

private:
  CanonicalHash &hasher;
  Hash &hash;
};

void addElements(Hash &hash, DenseElementsAttr elements) {
  if (isa<FloatType>(elements.getElementType()))
    for (const llvm::APFloat &value : elements.getValues<llvm::APFloat>())
      add(hash, value.bitcastToAPInt());
  else
    for (const llvm::APInt &value : elements.getValues<llvm::APInt>())
      add(hash, value);
}

template <typename Array> Digest numbers(StringRef kind, Array array) {
  Hash hash(kind);
  for (auto value : array.asArrayRef())
    if constexpr (std::is_floating_point_v<decltype(value)>)
      add(hash, llvm::APFloat(value).bitcastToAPInt());
    else
      hash.add(static_cast<uint64_t>(static_cast<int64_t>(value)));
  return hash.digest();
}

} // namespace

/// Of what operations of arith carry beside their operands; nothing for other kinds.
static std::optional<Digest> arithmeticFlags(Attribute attribute) {
  if (auto flags = dyn_cast<arith::FastMathFlagsAttr>(attribute))
    return Hash("fast math").add(uint64_t(flags.getValue())).digest();
  if (auto flags = dyn_cast<arith::IntegerOverflowFlagsAttr>(attribute))
    return Hash("overflow").add(uint64_t(flags.getValue())).digest();
  return std::nullopt;
}

/// Of what names no other attribute: rows of numbers, flags. Nothing for other kinds.
static std::optional<Digest> plain(Attribute attribute) {
  return llvm::TypeSwitch<Attribute, std::optional<Digest>>(attribute)
      .Case([](DenseBoolArrayAttr array) { return numbers("i1", array); })
      .Case([](DenseI8ArrayAttr array) { return numbers("i8", array); })
      .Case([](DenseI16ArrayAttr array) { return numbers("i16", array); })
      .Case([](DenseI32ArrayAttr array) { return numbers("i32", array); })
      .Case([](DenseI64ArrayAttr array) { return numbers("i64", array); })
      .Case([](DenseF32ArrayAttr array) { return numbers("f32", array); })
      .Case([](DenseF64ArrayAttr array) { return numbers("f64", array); })
      .Default([](Attribute other) { return arithmeticFlags(other); });
}

/// Of an integer or a real: its bits, and how many they are.
Digest CanonicalHash::number(Attribute attribute) {
  if (auto value = dyn_cast<IntegerAttr>(attribute)) {
    Hash hash("integer");
    return add(hash.add(type(value.getType())), value.getValue()).digest();
  }
  auto value = cast<FloatAttr>(attribute);
  Hash hash("real");
  return add(hash.add(type(value.getType())), value.getValue().bitcastToAPInt()).digest();
}

Digest CanonicalHash::attribute(Attribute attribute) {
  if (std::optional<Digest> digest = plain(attribute))
    return *digest;
  auto list = [&](ArrayAttr array) {
    Hash hash("list");
    for (Attribute element : array)
      hash.add(this->attribute(element));
    return hash.digest();
  };
  auto dictionary = [&](DictionaryAttr entries) { // sorted by name
    Hash hash("dictionary");
    for (NamedAttribute entry : entries)
      hash.add(entry.getName().getValue()).add(this->attribute(entry.getValue()));
    return hash.digest();
  };
  auto symbol = [&](FlatSymbolRefAttr name) {
    std::optional<Digest> meant = symbols ? symbols(name.getValue()) : std::nullopt;
    return meant ? Hash("symbol").add(*meant).digest() : unknown("the symbol " + name.getValue());
  };
  auto own = [&](Attribute attribute) {
    Hash hash("swy attribute");
    Parameters parameters(*this, hash);
    return swy::visitParameters(attribute, parameters) ? hash.digest()
                                                       : unknown("an attribute of a kind that has no hash");
  };
  return llvm::TypeSwitch<Attribute, Digest>(attribute)
      .Case([](UnitAttr) { return Hash("unit").digest(); })
      .Case([](StringAttr text) { return Hash("text").add(text.getValue()).digest(); })
      .Case<IntegerAttr, FloatAttr>([&](Attribute value) { return number(value); })
      .Case([&](TypeAttr value) { return Hash("type").add(type(value.getValue())).digest(); })
      .Case<ArrayAttr>(list)
      .Case<DictionaryAttr>(dictionary)
      .Case<FlatSymbolRefAttr>(symbol)
      .Case([&](DenseElementsAttr elements) {
        Hash hash("elements");
        addElements(hash.add(type(elements.getType())), elements);
        return hash.digest();
      })
      .Default(own);
}

Digest CanonicalHash::type(Type type) {
  auto tensor = [&](RankedTensorType type) {
    Hash hash("tensor");
    hash.add(this->type(type.getElementType()));
    for (int64_t size : type.getShape())
      hash.add(uint64_t(size));
    if (Attribute encoding = type.getEncoding())
      hash.add(attribute(encoding));
    return hash.digest();
  };
  return llvm::TypeSwitch<Type, Digest>(type)
      .Case([](IndexType) { return Hash("index").digest(); })
      .Case([](NoneType) { return Hash("none").digest(); })
      .Case([](IntegerType type) {
        return Hash("integer").add(uint64_t(type.getWidth())).add(uint64_t(type.getSignedness())).digest();
      })
      .Case([](FloatType type) {
        return Hash("real").add(uint64_t(type.getWidth())).add(uint64_t(type.getFPMantissaWidth())).digest();
      })
      .Case<RankedTensorType>(tensor)
      .Case([&](UnrankedTensorType type) {
        return Hash("open tensor").add(this->type(type.getElementType())).digest();
      })
      .Default([&](Type) { return unknown("a type of a kind that has no hash"); });
}

// ---------------------------------------------------------------------------------------------------------------------
// Values
// ---------------------------------------------------------------------------------------------------------------------

/// One function's values.
class Graph {
public:
  explicit Graph(CanonicalHash &hasher) : hasher(hasher) {}

  Digest region(Region &region, uint64_t depth);

private:
  using Values = llvm::DenseMap<Value, Digest>;

  Digest block(Block &block, uint64_t depth, uint64_t number);
  Digest operation(Operation &op, uint64_t depth);
  Digest digestOf(Operation &op, uint64_t depth);
  Digest underVariables(swy::GradientOp gradient);

  Digest valueOf(Value value) {
    if (under)
      if (auto found = under->find(value); found != under->end())
        return found->second;
    return values.at(value);
  }
  void set(Value value, Digest digest) { (under ? *under : values)[value] = std::move(digest); }

  CanonicalHash &hasher;
  Values values;
  Values *under = nullptr;                       // what differs while variables stand in the place of values
  llvm::DenseMap<Operation *, uint64_t> effects; // with their place in the order of all effects
};

Digest Graph::region(Region &region, uint64_t depth) {
  Hash hash("region");
  uint64_t number = 0;
  for (Block &block : region)
    hash.add(this->block(block, depth, number++));
  return hash.digest();
}

/// What a block gives and what it does: its terminator and its effects. What is left of it nobody sees.
Digest Graph::block(Block &block, uint64_t depth, uint64_t number) {
  Hash hash("block");
  for (BlockArgument argument : block.getArguments()) {
    Digest type = hasher.type(argument.getType());
    hash.add(type);
    Hash place("argument");
    place.add(depth).add(number).add(uint64_t(argument.getArgNumber())).add(type);
    set(argument, place.digest());
  }
  for (Operation &op : block) {
    Digest digest = operation(op, depth);
    if (op.hasTrait<OpTrait::IsTerminator>() || effects.contains(&op))
      hash.add(digest);
  }
  return hash.digest();
}

Digest Graph::operation(Operation &op, uint64_t depth) {
  if (!isMemoryEffectFree(&op))
    effects.try_emplace(&op, effects.size());
  if (op.hasTrait<swy::Marks>()) {
    Digest itself = valueOf(op.getOperand(0));
    set(op.getResult(0), itself);
    return itself;
  }
  Digest digest = digestOf(op, depth);
  if (auto gradient = dyn_cast<swy::GradientOp>(op))
    digest = Hash("gradient").add(digest).add(underVariables(gradient)).digest();
  for (OpResult result : op.getResults())
    set(result, Hash("result").add(digest).add(uint64_t(result.getResultNumber())).digest());
  return digest;
}

Digest Graph::digestOf(Operation &op, uint64_t depth) {
  Hash hash("operation");
  hash.add(op.getName().getStringRef()).add(uint64_t(swy::semanticsVersion(&op)));
  hash.add(hasher.attribute(op.getAttrDictionary()));
  for (Value operand : op.getOperands())
    hash.add(valueOf(operand));
  hash.add("results");
  for (Type type : op.getResultTypes())
    hash.add(hasher.type(type));
  for (Region &region : op.getRegions())
    hash.add(this->region(region, depth + 1));
  if (auto effect = effects.find(&op); effect != effects.end())
    hash.add("effect").add(effect->second);
  if (op.getNumSuccessors())
    hasher.unknown("a branch");
  return hash.digest();
}

/// Calls `each` with every operation that makes what `op` and its regions use.
static void forEachSource(Operation *op, llvm::function_ref<void(Operation *)> each) {
  op->walk([&](Operation *inner) {
    for (Value operand : inner->getOperands())
      if (Operation *source = operand.getDefiningOp())
        each(source);
  });
}

/// What `of` is computed by.
static llvm::DenseSet<Operation *> sourcesOf(Value of) {
  llvm::DenseSet<Operation *> sources;
  SmallVector<Operation *> open;
  auto add = [&](Operation *op) {
    if (sources.insert(op).second)
      open.push_back(op);
  };
  if (Operation *op = of.getDefiningOp())
    add(op);
  while (!open.empty())
    forEachSource(open.pop_back_val(), add);
  return sources;
}

/// What is computed from `values`, with what such operations stand in.
static llvm::DenseSet<Operation *> usersOf(ValueRange values) {
  llvm::DenseSet<Operation *> users;
  SmallVector<Value> open(values.begin(), values.end());
  while (!open.empty())
    for (Operation *user : open.pop_back_val().getUsers())
      for (Operation *op = user; op && users.insert(op).second; op = op->getParentOp())
        llvm::append_range(open, op->getResults());
  return users;
}

/// The expression with variables in the place of `at`: only what lies between the two is hashed again, block
/// by block from the outermost, in the program's order.
Digest Graph::underVariables(swy::GradientOp gradient) {
  Values variables, fixedOnes, *outside = under;
  if (outside)
    variables = *outside;
  for (auto [number, at] : llvm::enumerate(gradient.getAt()))
    fixedOnes[at] = variables[at] =
        Hash("variable").add(uint64_t(number)).add(hasher.type(at.getType())).digest();
  llvm::DenseSet<Operation *> between = usersOf(gradient.getAt());
  llvm::set_intersect(between, sourcesOf(gradient.getOf()));
  SmallVector<Operation *> path; // the gradient and what it stands in, innermost first
  for (Operation *op = gradient; !isa<func::FuncOp>(op); op = op->getParentOp())
    path.push_back(op);
  under = &variables;
  for (auto [depth, op] : llvm::enumerate(llvm::reverse(path)))
    for (Operation *other = &op->getBlock()->front(); other != op; other = other->getNextNode())
      if (between.contains(other)) {
        operation(*other, depth);
        for (OpResult result :
             other->getResults()) // a variable stays one, also where it is made from another
          if (auto fixed = fixedOnes.find(result); fixed != fixedOnes.end())
            variables[result] = fixed->second;
      }
  Digest expression = valueOf(gradient.getOf());
  under = outside;
  return expression;
}

Digest CanonicalHash::program(Region &region) {
  return Graph(*this).region(region, 0);
}

Digest CanonicalHash::function(func::FuncOp function, ArrayRef<StringRef> without) {
  Hash hash("function");
  for (unsigned i = 0; i < function.getNumArguments(); ++i) {
    DictionaryAttr attributes = function.getArgAttrDict(i);
    hash.add(attributes ? attribute(attributes) : "none");
  }
  for (unsigned i = 0; i < function.getNumResults(); ++i) {
    DictionaryAttr attributes = function.getResultAttrDict(i);
    hash.add(attributes ? attribute(attributes) : "none");
  }
  for (NamedAttribute entry : function->getDiscardableAttrDictionary())
    if (!llvm::is_contained(without, entry.getName().getValue()))
      hash.add(entry.getName().getValue()).add(attribute(entry.getValue()));
  hash.add(Graph(*this).region(function.getBody(), 0));
  return hash.digest();
}

} // namespace switchyard
