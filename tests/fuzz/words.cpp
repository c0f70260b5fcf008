#include <algorithm>

#include "base/text/address.h"
#include "base/text/diagnostic.h"
#include "base/text/pattern.h"
#include "base/text/time.h"
#include "base/text/utf8.h"
#include "base/text/words.h"
#include "fuzz/targets.h"

// A word of the command line or of a sheet, as whatever it may be; the bytes as those of a stream,
// which the first line is a pattern for.
namespace wireproof {
namespace {

void check_values(std::string_view text) {
  if (const auto address = parse_ip_address(text)) {
    promise(parse_ip_address(render_ip_address(*address)) == address, "an address is read again");
  }
  if (const auto endpoint = parse_endpoint(text)) {
    promise(parse_endpoint(render_endpoint(*endpoint)) == endpoint, "an endpoint is read again");
  }
  if (const auto duration = parse_duration(text)) {
    promise(duration->count() >= 0, "no time is negative");
    promise(parse_duration(render_duration(*duration)) == duration, "a time is read again");
  }
  if (const auto bytes = parse_hex(text)) {
    promise(parse_hex(render_hex(*bytes)) == bytes, "hexadecimal bytes are read again");
  }
  const std::vector<std::string> known{"client", "server", "each", "Lösung"};
  nearest_name(text, known);
  promise(split_words(trim_text(text)) == split_words(text), "the same words are in it");
}

void check_shown(std::string_view text) {
  const std::string escaped = escape_control(text);
  const std::string quoted = render_quoted(as_bytes(text));
  promise(!find_invalid_utf8(quoted), "a literal is UTF-8");
  for (std::size_t at = 0; at < quoted.size();) {
    const CodePoint point = decode_code_point(quoted, at);
    promise(point.valid && !is_control(point.value), "a literal has no control characters");
    at += point.size;
  }
  for (std::size_t at = 0; at < escaped.size();) {
    const CodePoint point = decode_code_point(escaped, at);
    const bool allowed = point.value == '\n' || point.value == '\t';
    promise(!point.valid || allowed || !is_control(point.value), "nothing commands the terminal");
    promise(point.size >= 1 && at + point.size <= escaped.size(), "a character is in its text");
    at += point.size;
  }
}

}  // namespace

void fuzz_words(ByteView input) {
  constexpr std::size_t kMostBytes = 4096;
  const std::string_view text = as_text(input.first(std::min(input.size(), kMostBytes)));
  check_values(text);
  check_shown(text);
  const std::size_t line_end = std::min(text.find('\n'), text.size());
  const auto pattern = Pattern::parse(std::string(text.substr(0, line_end)));
  if (!pattern) {
    promise(!pattern.error().empty(), "a pattern is refused with a reason");
  } else if (const auto end = pattern->find_end(as_bytes(text.substr(line_end)))) {
    promise(*end <= text.size() - line_end, "a match is inside of the bytes");
  }
}

}  // namespace wireproof
