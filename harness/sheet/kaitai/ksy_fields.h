#pragma once

#include <optional>
#include <string>

#include "expect/field/field.h"
#include "sheet/kaitai/ksy_layouts.h"

namespace wireproof {

// Makes fields of the entries of a type's `seq`.
class KsyFields {
 public:
  KsyFields(KsyLayouts& layouts, const KsyUse& use, const std::string& layout)
      : layouts_(layouts), names_(layouts.names()), use_(use), layout_(layout) {}

  // Nothing where it cannot be read (reported).
  std::optional<Field> read(std::size_t index);

 private:
  std::optional<Field> read_one(const KsyAttribute& attribute);
  std::optional<Field> read_choice(const KsyAttribute& attribute);
  bool add_case(const KsyAttribute& attribute, const KsyText& value, const KsyText& type,
                Field& choice);
  bool add_default(const KsyAttribute& attribute, Field& choice);
  bool read_type(const KsyAttribute& attribute, const KsyText& type, Field& field);
  bool read_word(const KsyText& type, Field& field);
  bool read_layout(const KsyAttribute& attribute, const KsyText& type, Field& field);
  bool read_ordered(const KsyAttribute& attribute, KsyUse use, const KsyText& type, Field& field);
  bool read_bytes(const KsyAttribute& attribute, Field& field);
  bool read_size(const KsyText& size, FieldCount& count);
  bool read_enum(const KsyAttribute& attribute, Field& field);
  bool read_valid(const KsyAttribute& attribute, Field& field);
  bool add_valid(const KsyText& text, const Field& field, std::vector<FieldValue>& values);
  bool read_repeat(const KsyAttribute& attribute, Field& field);
  std::optional<KsyElement> element_of(const KsyAttribute& attribute, const Field& field) const;
  std::optional<std::vector<Expression>> read_arguments(const KsyTypeUse& use, const KsyType& type,
                                                        Span span);
  std::optional<ByteOrder> order_of(const std::string& word) const;

  KsyPlace place() const;
  KsyFile& file() const { return *use_.type->file; }
  bool fail(ProblemCode code, Span span, const std::string& message,
            const std::string& help = "") const {
    return file().problems.error(code, span, message, help);
  }

  KsyLayouts& layouts_;
  KsyNames& names_;
  const KsyUse& use_;
  const std::string& layout_;
  std::size_t index_ = 0;
  bool in_element_ = false;  // what is read stands in a layout of its own
};

}  // namespace wireproof
