#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace wireproof {

// Where text goes on, in memory of the caller that has an end. What does not fit is left out, and
// all that comes behind it: is_full() says so, and the caller writes again with more room. It is
// handed on by value, and what it is handed to gives where it ended: pointers in registers, for
// millions of rows.
class TextCursor {
 public:
  TextCursor(char* begin, std::size_t size) : at_(begin), end_(begin + size) {}

  bool is_full() const { return at_ == nullptr; }
  char* at() const { return at_; }  // nullptr when full

  TextCursor& put(std::string_view text) {
    char* const to = take(text.size());
    if (to != nullptr && !text.empty()) std::memcpy(to, text.data(), text.size());
    return *this;
  }
  TextCursor& put(char character) {
    if (char* const to = take(1)) *to = character;
    return *this;
  }
  template <std::unsigned_integral Value>
  TextCursor& put_decimal(Value value) {
    if (value < 10) return put(static_cast<char>('0' + value));
    using Wide = std::conditional_t<sizeof value <= 4, std::uint32_t, std::uint64_t>;
    return go_on(decimal(*this, Wide{value}));
  }
  TextCursor& put_hex(std::uint32_t value) { return go_on(hex(*this, value)); }  // "1f"

  TextCursor& put_blanks(std::size_t count) {
    constexpr std::size_t kBlock = 32;  // a known size is quickest: what is too much is overwritten
    if (count <= kBlock && static_cast<std::size_t>(end_ - at_) >= kBlock) {
      std::memset(at_, ' ', kBlock);
      at_ += count;
    } else if (char* const to = take(count)) {
      std::memset(to, ' ', count);
    }
    return *this;
  }

  // The text from `begin`, which at() gave, to here has `had` blanks in front and gets `count`.
  void indent(char* begin, std::size_t had, std::size_t count) {
    if (had == count || is_full()) return;
    const auto size = static_cast<std::size_t>(at_ - begin);
    char* const blanks = begin - had;
    if (count > had && take(count - had) == nullptr) return;
    std::memmove(blanks + count, begin, size);
    std::memset(blanks, ' ', count);
    at_ = blanks + count + size;
  }

  // The next `size` bytes, to be written at once; nullptr when they do not fit.
  char* take(std::size_t size) {
    if (static_cast<std::size_t>(end_ - at_) < size) {
      at_ = end_ = nullptr;
      return nullptr;
    }
    return std::exchange(at_, at_ + size);
  }
  // On from where another put with this cursor ended; nullptr: it was full.
  TextCursor& go_on(char* place) {
    at_ = place;
    if (place == nullptr) end_ = nullptr;
    return *this;
  }
  // Back to a place that at() or take() gave or passed: what was put since goes again.
  void back_to(char* place) {
    if (!is_full()) at_ = place;
  }

 private:
  static char* decimal(TextCursor out, std::uint32_t value);
  static char* decimal(TextCursor out, std::uint64_t value);
  static char* hex(TextCursor out, std::uint32_t value);

  char* at_;
  char* end_;
};

// What `write`, a function from a cursor to where it ended, writes; it may be called again.
template <class Write>
std::string render_with(Write write) {
  for (std::string text(128, '\0');; text.resize(2 * text.size())) {
    const char* const end = write(TextCursor(text.data(), text.size()));
    if (end == nullptr) continue;
    text.resize(static_cast<std::size_t>(end - text.data()));
    return text;
  }
}

}  // namespace wireproof
