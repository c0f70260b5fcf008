#pragma once

#include <iosfwd>
#include <memory>

namespace wireproof {

// While it lives, what std::cout is given for people takes no more columns than the terminal has,
// line by line, as print_text() does it. Off a terminal it changes nothing.
class FoldedOutput {
 public:
  FoldedOutput();
  ~FoldedOutput();
  FoldedOutput(const FoldedOutput&) = delete;
  FoldedOutput& operator=(const FoldedOutput&) = delete;

 private:
  std::streambuf* unfolded_;
  std::unique_ptr<std::streambuf> folding_;  // null: nothing is folded
};

}  // namespace wireproof
