#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "expect/layout/layout.h"

namespace wireproof {

// Fields that nobody gave, and that a size or a count determines: an expression is solved for them
// once it is known how much there is. A message is encoded again until they stay.
class SolvedNumbers {
 public:
  explicit SolvedNumbers(const LayoutSet& layouts) : layouts_(layouts) {}

  // False where the last pass changed nothing.
  bool begin_pass();
  bool is_first_pass() const { return passes_ == 1; }
  bool is_changed() const { return is_changed_; }
  std::size_t passes() const { return passes_; }

  std::optional<WideNumber> find(const std::string& path) const;
  // Whether there is a size or a count of a field of this name.
  bool may_solve(const FieldReference& reference);

  // Who asks for a number: what the message gives goes before what is only filled in.
  enum class Demand : std::uint8_t { filling, given };
  void demand(const std::string& path, WideNumber number, Demand demand);
  // Something was guessed that only another pass can know.
  void guess() { is_changed_ = true; }

 private:
  struct Solved {
    WideNumber number = 0;
    Demand demand = Demand::filling;
    std::size_t pass = 0;
  };

  const LayoutSet& layouts_;
  std::map<std::string, Solved> numbers_;  // by path
  std::optional<std::set<std::string>> names_;
  std::size_t passes_ = 0;
  bool is_changed_ = true;
};

}  // namespace wireproof
