#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/text/bytes.h"

namespace wireproof {

// Takes compressed bytes as they come, and gives what they hold. Of gzip (RFC 1952), zstd
// (RFC 8878) and LZ4 frames, also several after each other.
class Decompressor {
 public:
  Decompressor() = default;
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;
  virtual ~Decompressor() = default;

  struct Step {
    std::size_t taken = 0;
    std::size_t given = 0;
  };
  // As much as there is, and as has room. Gives 0 of something only where more bytes are needed,
  // nothing follows, or the data is wrong.
  Step run(ByteView in, std::span<char> out);

  // Whether the data may end here.
  bool is_whole() const { return is_whole_; }
  // What is wrong with the data; empty: nothing.
  const std::string& failure() const { return failure_; }

 protected:
  // Sets `is_whole_` to whether what was taken ends a frame.
  virtual Step decompress(ByteView in, std::span<char> out) = 0;

  bool is_whole_ = false;
  std::string failure_;
};

// How many of a file's first bytes tell its compression.
constexpr std::size_t kCompressionMagicSize = 4;
// Null: they are not those of compressed data. Throws SystemError where there is no memory.
std::unique_ptr<Decompressor> make_decompressor(ByteView first_bytes);

}  // namespace wireproof
