#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "expect/payload/payload.h"
#include "expect/payload/solved_numbers.h"

namespace wireproof {

// A field's bytes, before it is known where they will stand.
struct FieldBytes {
  const Field* field = nullptr;    // of a choice, that of the case; null: the field is not there
  Bytes bytes;                     // of a bit field: its value, see write_value
  std::uint64_t count = 1;         // elements
  std::vector<FieldPlace> places;  // of what is nested in it, from its first byte
};

// A layout whose fields are being encoded.
struct EncodeScope {
  const Layout& layout;
  std::string prefix;  // of its fields' paths
  std::size_t depth = 1;
  std::size_t begin = 0;  // in the innermost window around it
  const EncodeScope* outer = nullptr;
  std::size_t at = 0;  // where the next field begins, as `begin`
};

// What a message's fields are so far, while it is encoded: what conditions, choices, counts and
// expressions ask for. What it refers to outlives it.
class KnownFields {
 public:
  struct Value {
    const Field* field = nullptr;
    Bytes bytes;
    bool is_later = false;  // computed when all fields are there
  };

  KnownFields(const ArgumentsByPath& arguments, SolvedNumbers& solved)
      : arguments_(arguments), solved_(solved) {}

  void know(const EncodeScope& scope, const FieldBytes& one);
  // What was computed is known from here on, to the layout around this one.
  void settle(const EncodeScope& scope, const FieldBytes& one);

  // A field of the scope or of those around it, with its path; null where it is not there.
  const std::pair<const std::string, Value>* find(const EncodeScope& scope,
                                                  const std::string& name) const;
  bool contains(const std::string& path) const { return values_.contains(path); }

  // Whether there is an argument for the field or for one inside of it.
  bool is_given(const std::string& path) const;
  // One more than the greatest index that the arguments name.
  std::uint64_t elements_given(const std::string& path) const;

  // A condition on what is computed only later holds where the message gives the field.
  bool is_there(const Field& field, const std::string& path, const EncodeScope& scope) const;
  // Null: no case fits.
  const Field* choose(const Field& choice, const EncodeScope& scope) const;

  // What the expressions of the field at `path` see; `element` goes before the names of fields of
  // the last element.
  LeafValue leaves_in(const EncodeScope& scope, const std::string& path,
                      const std::string& element = "") const;
  static std::string path_of(const Expression& leaf, const EncodeScope& scope);

  // A number that the message does not give, and what it must be for so many bytes or elements.
  struct OpenNumber {
    std::string path;
    WideNumber number = 0;
  };
  std::optional<OpenNumber> find_open(const Expression& expression, std::uint64_t count,
                                      const std::string& path, const EncodeScope& scope) const;

 private:
  bool is_true(const Expression& condition, const std::string& path,
               const EncodeScope& scope) const;
  std::optional<ExpressionValue> whole_value(const Expression& leaf, const std::string& path) const;

  const ArgumentsByPath& arguments_;
  SolvedNumbers& solved_;
  std::unordered_map<std::string, Value> values_;      // by path
  std::unordered_map<std::string, FieldBytes> whole_;  // by path: layouts and arrays
};

}  // namespace wireproof
