#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/text/bytes.h"

namespace wireproof {

// Words of the form `name` or `name=value`; of two of one name the first holds.
class FrameWords {
 public:
  explicit FrameWords(std::vector<std::string> words) : words_(std::move(words)) {}
  // Separated by blanks.
  explicit FrameWords(const std::string& words);

  FrameWords with(const FrameWords& later) const;
  bool has(const std::string& name) const { return text(name).has_value(); }
  // Empty for a word without a value.
  std::optional<std::string> text(const std::string& name) const;
  std::uint32_t number(const std::string& name, std::uint32_t otherwise = 0) const;
  // Of `name=1.2.3`.
  std::vector<std::uint32_t> numbers(const std::string& name) const;
  Bytes hex(const std::string& name) const;

 private:
  std::vector<std::string> words_;
};

}  // namespace wireproof
