#pragma once

#include <cstdint>
#include <string>

#include "expect/payload/known_fields.h"

namespace wireproof {

// Holds what there is of a field against the expressions that say how much there is to be. The
// first error, a sentence, stays. What it refers to outlives it.
class CountSettler {
 public:
  CountSettler(const KnownFields& known, const ArgumentsByPath& arguments, SolvedNumbers& solved)
      : known_(known), arguments_(arguments), solved_(solved) {}

  // A number of bytes or elements that is not what the expression says: a field in it that nobody
  // gave is solved. What the message gives on both sides may contradict each other.
  void settle(const Expression& expression, std::uint64_t count, const std::string& path,
              const EncodeScope& scope);
  // How much there is of what nobody gives: nothing while that can be said by a field, else what
  // the expression says.
  std::uint64_t default_count(const Expression& expression, const std::string& path,
                              const EncodeScope& scope);
  // An element of so many bytes as its window says, with zeros for what is missing.
  void fill_window(const Field& field, const std::string& path, const EncodeScope& scope,
                   FieldBytes& element);
  // A text that is shorter than its size, where something pads it.
  void pad(const Field& field, const std::string& path, const EncodeScope& scope,
           FieldBytes& encoded);
  // Whether a repetition ends with the first element that its expression holds for: of layouts each
  // by itself, of numbers all.
  void check_end(const Field& field, const std::string& element, bool is_last,
                 const EncodeScope& scope);
  void check_numbers(const Field& field, const std::string& path, const EncodeScope& scope,
                     const FieldBytes& encoded);

  const std::string& error() const { return error_; }

 private:
  void fail(const std::string& message) {
    if (error_.empty()) error_ = message;
  }

  const KnownFields& known_;
  const ArgumentsByPath& arguments_;
  SolvedNumbers& solved_;
  std::string error_;
};

}  // namespace wireproof
