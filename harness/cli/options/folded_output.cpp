#include "cli/options/folded_output.h"

#include <cstdio>
#include <iostream>
#include <streambuf>
#include <string>

#include "base/text/fold.h"
#include "cli/options/command_line.h"

namespace wireproof {
namespace {

class FoldingBuffer : public std::streambuf {
 public:
  FoldingBuffer(std::streambuf& out, std::size_t width) : out_(out), width_(width) {}
  ~FoldingBuffer() override { write_line(); }
  FoldingBuffer(const FoldingBuffer&) = delete;
  FoldingBuffer& operator=(const FoldingBuffer&) = delete;

 protected:
  int_type overflow(int_type value) override {
    if (traits_type::eq_int_type(value, traits_type::eof())) return traits_type::not_eof(value);
    line_ += traits_type::to_char_type(value);
    return line_.back() != '\n' || write_line() ? value : traits_type::eof();
  }

  // The beginning of a line waits for its end.
  int sync() override { return out_.pubsync(); }

 private:
  bool write_line() {
    const std::string folded = fold_rows(line_, width_);
    line_.clear();
    const auto size = static_cast<std::streamsize>(folded.size());
    return out_.sputn(folded.data(), size) == size;
  }

  std::streambuf& out_;
  std::size_t width_;
  std::string line_;
};

}  // namespace

FoldedOutput::FoldedOutput() : unfolded_(std::cout.rdbuf()) {
  const std::size_t width = terminal_width(stdout);
  if (width == 0) return;
  folding_ = std::make_unique<FoldingBuffer>(*unfolded_, width);
  std::cout.rdbuf(folding_.get());
}

FoldedOutput::~FoldedOutput() {
  if (folding_) std::cout.rdbuf(unfolded_);
}

}  // namespace wireproof
