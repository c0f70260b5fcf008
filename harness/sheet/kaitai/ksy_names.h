#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "expect/field/expression.h"
#include "sheet/kaitai/ksy_expression.h"
#include "sheet/kaitai/ksy_tree.h"

namespace wireproof {

constexpr std::size_t kMaxKsyWork = 200'000;  // nodes of all expressions of a layout's description

// Something that has fields: a layout, seen from the one that an expression stands in.
struct KsyObject {
  const KsyType* type = nullptr;            // null: one of several
  FieldReference place;                     // of its fields; `path` ends with a dot or is empty
  std::shared_ptr<const KsyObject> holder;  // of what is named by a path
  const std::vector<Expression>* arguments = nullptr;  // of the layout itself: for its params
  const KsyAttribute* field = nullptr;                 // that holds it
};

// What `_` is while a repetition looks for its end.
struct KsyElement {
  const KsyAttribute* attribute = nullptr;
  const KsyType* type = nullptr;  // of layouts
  std::string path;               // inside of the element
};

// Where an expression stands.
struct KsyPlace {
  KsyObject object;
  std::size_t field = 0;  // of `seq`: only those before it were read
  std::optional<KsyElement> element;
};

// Looks up the names of expressions. What is wrong is reported in the file that it stands in.
class KsyNames {
 public:
  // `roots` are the names of the layouts of the descriptions.
  KsyNames(const std::vector<std::unique_ptr<KsyFile>>& files,
           std::map<const KsyFile*, std::string> roots);

  // Nothing where it is malformed or names what cannot be known.
  std::optional<Expression> read(const KsyText& text, const KsyPlace& place);
  std::optional<Expression> read(const KsyNode& node, const KsyPlace& place);
  // The same of what needs no field.
  std::optional<ExpressionValue> read_constant(const KsyText& text, const KsyPlace& place);

  // The type's name as it is used; nothing is reported where it is a built-in one.
  const std::optional<KsyTypeUse>& type_use(const KsyText& text, KsyFile& file);

 private:
  enum class Kind : std::uint8_t { object, number, text, array, stream };
  struct Value {
    Kind kind = Kind::number;
    KsyObject object;      // of an object or its stream
    Expression value;      // of a number or a text
    FieldReference place;  // of a field
  };
  using MaybeValue = std::optional<Value>;

  struct Reading {
    const KsyPlace& place;
    const KsyType& type;  // whose names count, of the file in which errors are said
    std::size_t depth = 0;
  };

  MaybeValue value_of(const KsyNode& node, const KsyObject& object, const Reading& reading);
  std::optional<Expression> expression_of(const KsyNode& node, const KsyObject& object,
                                          const Reading& reading);
  MaybeValue operation(const KsyNode& node, const KsyObject& object, const Reading& reading);
  MaybeValue member_of(const Value& value, const KsyNode& node, const Reading& reading);
  MaybeValue member(const KsyObject& object, const KsyNode& node, const Reading& reading);
  MaybeValue own_member(const KsyObject& object, const KsyNode& node, const Reading& reading);
  MaybeValue special(const KsyObject& object, const KsyNode& node, const Reading& reading);
  MaybeValue field_value(const KsyObject& object, const KsyAttribute& field);
  MaybeValue instance_value(const KsyObject& object, const KsyAttribute& instance,
                            const KsyNode& node, const Reading& reading);
  MaybeValue bytes_at(const KsyObject& object, const KsyAttribute& instance, const KsyNode& node,
                      const Reading& reading);
  MaybeValue enum_value(const KsyNode& node, const Reading& reading);
  MaybeValue parent_of(const KsyObject& object, const KsyNode& node, const Reading& reading);
  MaybeValue shared_member(const KsyObject& object, const KsyNode& node, const Reading& reading);

  std::nullopt_t fail(ProblemCode code, const KsyNode& node, const Reading& reading,
                      const std::string& message, const std::string& help = "");
  const std::optional<KsyNode>& parsed(const KsyText& text, KsyFile& file);
  void add_parents(const KsyType& type);
  void add_parent(const KsyType& type, const KsyAttribute& field, const KsyText& used);

  struct Holder {
    const KsyType* type = nullptr;
    const KsyAttribute* field = nullptr;
  };

  std::map<const KsyFile*, std::string> roots_;
  std::map<const KsyType*, std::vector<Holder>> holders_;
  std::map<const KsyText*, std::optional<KsyNode>> parsed_;
  std::map<const KsyText*, std::optional<KsyTypeUse>> uses_;
  std::set<const KsyAttribute*> open_;  // instances that are being looked into
  std::set<std::pair<const KsyFile*, std::size_t>> told_;
  std::size_t nodes_ = 0;  // of the expression that is being read
  std::size_t work_ = 0;
};

// Whether a type is one of the language's own; `u4`, `strz`, `b12`.
bool is_ksy_word(const std::string& type);
bool is_ksy_string(const std::string& type);

}  // namespace wireproof
