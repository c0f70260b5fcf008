#pragma once

#include <cstdint>

namespace wireproof {

// RFC 9293 §3.4: how far `to` lies behind `from` modulo 2^32; negative when it lies before.
constexpr std::int32_t sequence_distance(std::uint32_t from, std::uint32_t to) {
  return static_cast<std::int32_t>(to - from);
}

// Turns the 32-bit sequence numbers of one direction into 64-bit positions relative to the initial
// sequence number. A number is read as the position nearest to the last one given, so positions go
// on where the numbers wrap.
class SequenceSpace {
 public:
  // `initial` is the number at position 0: that of the SYN.
  void start(std::uint32_t initial);
  bool started() const { return started_; }
  std::uint32_t initial() const { return initial_; }

  // Negative for numbers before the initial one.
  std::int64_t position(std::uint32_t number) const;
  // Moves the reference of position() up; never back.
  void advance(std::int64_t position);

 private:
  std::uint32_t initial_ = 0;
  std::int64_t reference_ = 0;
  bool started_ = false;
};

}  // namespace wireproof
