#include "base/text/encoding.h"

#include <fmt/format.h>
#include <iconv.h>

#include <cstdint>
#include <optional>

#include "base/text/utf8.h"

namespace wireproof {
namespace {

constexpr std::size_t kMostBytesOfOne = 4;  // of a byte of UTF-8, in any of the encodings

class Conversion {
 public:
  explicit Conversion(const char* to) : state_(::iconv_open(to, "UTF-8")) {}
  ~Conversion() {
    if (is_known()) ::iconv_close(state_);
  }
  Conversion(const Conversion&) = delete;
  Conversion& operator=(const Conversion&) = delete;

  // iconv_open's error, which is no pointer to anything.
  bool is_known() const { return reinterpret_cast<std::intptr_t>(state_) != -1; }
  // Where in `text` something stands that was not converted as it is.
  std::optional<std::size_t> convert(std::string_view text, Bytes& bytes) {
    std::string in(text);
    bytes.resize(text.size() * kMostBytesOfOne);
    char* from = in.data();
    char* to = reinterpret_cast<char*>(bytes.data());
    std::size_t left = in.size();
    std::size_t room = bytes.size();
    const bool is_exact = ::iconv(state_, &from, &left, &to, &room) == 0;
    bytes.resize(bytes.size() - room);
    return is_exact ? std::nullopt : std::optional(text.size() - left);
  }

 private:
  iconv_t state_;
};

}  // namespace

Expected<Bytes, std::string> encode_text(std::string_view text, const char* iconv_name) {
  if (const auto wrong = find_invalid_utf8(text)) {
    return Unexpected<std::string>(fmt::format("byte {} of the text is no UTF-8", *wrong));
  }
  Conversion conversion(iconv_name);
  if (!conversion.is_known()) {
    return Unexpected<std::string>(fmt::format("this machine has no {}", iconv_name));
  }
  Bytes bytes;
  const auto at = conversion.convert(text, bytes);
  if (!at) return bytes;
  const std::size_t size = *at < text.size() ? decode_code_point(text, *at).size : 0;
  return Unexpected<std::string>(
      fmt::format("{} has no \"{}\"", iconv_name, text.substr(*at, size)));
}

}  // namespace wireproof
