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

bool begins_with_control(std::string_view sequence) {
  return is_control(decode_code_point(sequence, 0).value);
}

// One character inside quotes.
void append_quoted(std::string& out, std::string_view sequence) {
  if (sequence == "\n") {
    out += "\\n";
  } else if (sequence == "\r") {
    out += "\\r";
  } else if (sequence == "\t") {
    out += "\\t";
  } else if (sequence == "\"" || sequence == "\\") {
    out += '\\';
    out += sequence;
  } else if (begins_with_control(sequence)) {
    append_escaped(out, sequence);
  } else {
    out += sequence;
  }
}

}  // namespace

ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

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
    const std::size_t size = utf8_sequence_size(rest);
    const std::string_view sequence = rest.substr(0, std::max<std::size_t>(size, 1));
    if (sequence.size() > room) break;
    if (size == 0) {
      append_escaped(out, sequence);
    } else {
      append_quoted(out, sequence);
    }
    room -= sequence.size();
    rest.remove_prefix(sequence.size());
  }
  out += '"';
  if (!rest.empty()) out += "…";
  return out;
}

std::string escape_control(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = utf8_sequence_size(text);
    const std::string_view sequence = text.substr(0, std::max<std::size_t>(size, 1));
    const bool is_layout = sequence == "\n" || sequence == "\t";
    if (size == 0 || (begins_with_control(sequence) && !is_layout)) {
      append_escaped(out, sequence);
    } else {
      out += sequence;
    }
    text.remove_prefix(sequence.size());
  }
  return out;
}

}  // namespace wireproof
