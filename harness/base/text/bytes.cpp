#include "base/text/bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text/utf8.h"
#include "base/text/words.h"

namespace wireproof {
namespace {

void append_escaped(std::string& out, std::string_view bytes) {
  for (const char c : bytes) {
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<std::uint8_t>(c));
  }
}

// One character inside quotes, or a byte that begins none.
void append_quoted(std::string& out, std::string_view sequence, const CodePoint& point) {
  if (sequence == "\n") {
    out += "\\n";
  } else if (sequence == "\r") {
    out += "\\r";
  } else if (sequence == "\t") {
    out += "\\t";
  } else if (sequence == "\"" || sequence == "\\") {
    out += '\\';
    out += sequence;
  } else if (!point.valid || is_control(point.value)) {
    append_escaped(out, sequence);
  } else {
    out += sequence;
  }
}

}  // namespace

std::size_t common_size(ByteView a, ByteView b) {
  return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

std::optional<Bytes> parse_hex(std::string_view text) {
  Bytes bytes;
  for (std::size_t i = 0; i < text.size();) {
    if (is_space(text[i])) {
      ++i;
      continue;
    }
    const std::string_view digits = text.substr(i, 2);
    const auto byte = parse_number<std::uint8_t>(digits, 16);
    if (!byte || digits.size() != 2) return std::nullopt;
    bytes.push_back(*byte);
    i += 2;
  }
  return bytes;
}

std::string render_hex(ByteView bytes) {
  return fmt::format("{:02x}", fmt::join(bytes, " "));
}

std::string render_quoted(ByteView bytes, std::size_t max_size) {
  std::string out = "\"";
  std::string_view rest = as_text(bytes);
  std::size_t room = max_size;
  while (!rest.empty()) {
    const CodePoint point = decode_code_point(rest, 0);
    if (point.size > room) break;
    append_quoted(out, rest.substr(0, point.size), point);
    room -= point.size;
    rest.remove_prefix(point.size);
  }
  out += '"';
  if (!rest.empty()) out += "…";
  return out;
}

std::string escape_control(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const CodePoint point = decode_code_point(text, 0);
    const std::string_view sequence = text.substr(0, point.size);
    const bool is_layout = point.value == '\n' || point.value == '\t';
    if (!point.valid || (is_control(point.value) && !is_layout)) {
      append_escaped(out, sequence);
    } else {
      out += sequence;
    }
    text.remove_prefix(point.size);
  }
  return out;
}

}  // namespace wireproof
