// Replies whose text is wrong: what happened to its characters on the way through the server.
#include <fmt/format.h>

#include "base/text/bytes.h"
#include "base/text/utf8.h"
#include "judge/causes/failure_evidence.h"

namespace wireproof {
namespace {

constexpr std::uint8_t kReplacement[] = {0xef, 0xbf, 0xbd};  // U+FFFD in UTF-8
constexpr std::size_t kShownCharacters = 24;
// The first byte of a character of several (RFC 3629 §4).
constexpr std::uint8_t kFirstLead = 0xc2;
constexpr std::uint8_t kLastLead = 0xf4;

// The place of the first difference, when there is one inside what was expected.
struct Difference {
  ByteView expected;  // from there on
  ByteView captured;
  std::size_t at = 0;
};

std::optional<Difference> find_difference(const FailureEvidence& evidence) {
  if (!evidence.expected || evidence.came.empty()) return std::nullopt;
  const ByteView expected = evidence.expected->bytes;
  const ByteView came = evidence.came;
  const std::size_t at = common_size(expected, came);
  if (at == expected.size()) return std::nullopt;
  return Difference{expected.subspan(at), came.subspan(at), at};
}

// The character of `text` that has the byte at `at`; none for ASCII and what is no UTF-8.
struct Character {
  std::size_t begin = 0;
  std::size_t size = 0;
};

std::optional<Character> character_at(ByteView text, std::size_t at) {
  std::size_t begin = at;
  while (begin > 0 && at - begin < 3 && (text[begin] & 0xc0) == 0x80) --begin;
  const std::size_t size = decode_code_point(as_text(text), begin).size;
  if (size < 2 || at >= begin + size) return std::nullopt;
  return Character{begin, size};
}

std::string render_character(ByteView text, const Character& character) {
  const ByteView bytes = text.subspan(character.begin, character.size);
  return fmt::format("`{}` ({})", as_text(bytes), render_hex(bytes));
}

// UTF-8 text in Latin-1, up to the first byte that is none; empty where a character has no place
// in Latin-1.
Bytes to_latin1(ByteView text) {
  Bytes result;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_code_point(as_text(text), at);
    if (!point.valid || point.value > 0xff) break;
    result.push_back(static_cast<std::uint8_t>(point.value));
    at += point.size;
  }
  return result;
}

Bytes from_latin1(ByteView text) {
  Bytes result;
  for (const std::uint8_t byte : text) {
    if (byte < 0x80) {
      result.push_back(byte);
    } else {
      result.push_back(static_cast<std::uint8_t>(0xc0 | (byte >> 6)));
      result.push_back(static_cast<std::uint8_t>(0x80 | (byte & 0x3f)));
    }
  }
  return result;
}

// Both begin with the same bytes, and with enough of them to be no chance.
bool agree(ByteView wanted, ByteView captured, std::size_t at_least) {
  const std::size_t size = std::min({wanted.size(), captured.size(), kShownCharacters});
  return size >= at_least && std::ranges::equal(wanted.first(size), captured.first(size));
}

std::optional<std::string> find_latin1(const FailureEvidence& evidence) {
  const auto differ = find_difference(evidence);
  if (!differ || differ->captured.empty()) return std::nullopt;
  const ByteView expected = evidence.expected->bytes;
  const auto character = character_at(expected, differ->at);
  if (!character) return std::nullopt;
  const ByteView wanted = expected.subspan(character->begin);
  const ByteView captured = ByteView(evidence.came).subspan(character->begin);
  const std::string shown = render_character(expected, *character);
  // The message's last text may be shorter than the bytes behind it: compare the word alone.
  const std::size_t word = character->size;
  if (agree(to_latin1(wanted.first(word)), captured, 1)) {
    return fmt::format(
        "the character {} came as the one byte {:02x}: the server answers in "
        "Latin-1, not in UTF-8",
        shown, captured.front());
  }
  const Bytes twice = from_latin1(wanted.first(word));
  if (begins_with(captured, twice)) {
    return fmt::format("the character {} came as {}: the server read the UTF-8 text as Latin-1",
                       shown, render_hex(twice));
  }
  return std::nullopt;
}

std::optional<std::string> find_counted_characters(const FailureEvidence& evidence) {
  const auto differ = find_difference(evidence);
  if (!differ || !differ->captured.empty()) return std::nullopt;
  const ByteView expected = evidence.expected->bytes;
  if (find_invalid_utf8(as_text(expected))) return std::nullopt;
  const std::size_t characters = count_characters(expected);
  // One byte less may also be a byte that was forgotten.
  if (characters != evidence.came.size() || characters + 2 > expected.size()) return std::nullopt;
  return fmt::format(
      "{} bytes came: the expected text has {} characters, which are {} bytes in "
      "UTF-8; the server counts characters",
      characters, characters, expected.size());
}

bool has_beyond_ascii(ByteView bytes) {
  return std::ranges::any_of(bytes, [](std::uint8_t byte) { return byte >= 0x80; });
}

Bytes all_requests(const FailureEvidence& evidence) {
  Bytes sent;
  for (const auto& one : evidence.requests) std::ranges::copy(one.bytes, std::back_inserter(sent));
  return sent;
}

// Where the bytes that end inside a character begin it; nothing where they do not.
std::optional<std::size_t> find_half_character(ByteView bytes) {
  const auto at = find_invalid_utf8(as_text(bytes));
  if (!at || bytes[*at] < kFirstLead || bytes[*at] > kLastLead) return std::nullopt;
  const ByteView rest = bytes.subspan(*at + 1);
  const bool is_open = rest.size() < 3 && std::ranges::all_of(rest, [](std::uint8_t byte) {
                         return (byte & 0xc0) == 0x80;
                       });
  return is_open ? at : std::nullopt;
}

// Whether there is a character of several bytes that can have been cut.
bool has_characters(const FailureEvidence& evidence) {
  return has_beyond_ascii(evidence.expected->bytes) || has_beyond_ascii(all_requests(evidence));
}

std::optional<std::string> find_cut_character(const FailureEvidence& evidence) {
  const auto differ = find_difference(evidence);
  if (!differ) return std::nullopt;
  const ByteView expected = evidence.expected->bytes;
  if (expected[differ->at] < 0x80 && !begins_with(differ->captured, kReplacement)) {
    return std::nullopt;
  }
  if (begins_with(differ->captured, kReplacement)) {
    // Bytes that are no text anyway are replaced by whoever decodes them.
    const Bytes sent = all_requests(evidence);
    const bool is_text = !find_invalid_utf8(as_text(sent)) || find_half_character(sent);
    if (!has_characters(evidence) || !is_text) return std::nullopt;
    return fmt::format(
        "at byte {} stands U+FFFD (ef bf bd) for {:02x}: a character that two reads "
        "cut in two was decoded by halves",
        differ->at, expected[differ->at]);
  }
  const auto character = character_at(expected, differ->at);
  if (!character) {
    // Half of a character was expected, and not even that came.
    if (differ->captured.empty() && (expected[differ->at] & 0xc0) != 0xc0) return std::nullopt;
    if (differ->expected.size() > 3 || find_invalid_utf8(as_text(evidence.came))) {
      return std::nullopt;
    }
    // It came later.
    if (as_text(differ->captured).find(as_text(differ->expected)) != std::string_view::npos) {
      return std::nullopt;
    }
    return fmt::format("the bytes {} are missing: half a character was dropped instead of kept",
                       render_hex(differ->expected));
  }
  const ByteView behind = expected.subspan(character->begin + character->size);
  const std::string shown = render_character(expected, *character);
  if (differ->captured.empty() && differ->at > character->begin) {
    return fmt::format("the reply ends inside the character {}, after {} of its {} bytes", shown,
                       differ->at - character->begin, character->size);
  }
  // The next character may begin with the same byte.
  const ByteView in_place = ByteView(evidence.came).subspan(character->begin);
  const bool dropped =
      !behind.empty() && agree(behind, in_place, std::min<std::size_t>(behind.size(), 2));
  if (!dropped) return std::nullopt;
  return fmt::format(
      "the character {} at byte {} is missing: it was cut, and its halves were "
      "dropped",
      shown, character->begin);
}

// Of an answer that was described and not spelled: U+FFFD where only whole characters were sent.
std::optional<std::string> find_decoded_halves(const FailureEvidence& evidence) {
  if (evidence.expected) return std::nullopt;
  const Bytes sent = all_requests(evidence);
  const auto find = [](ByteView bytes) { return as_text(bytes).find(as_text(kReplacement)); };
  const bool was_sent = find(sent) != std::string_view::npos;
  if (was_sent || !has_beyond_ascii(sent) || find_invalid_utf8(as_text(sent))) return std::nullopt;
  const std::size_t place = find(evidence.came);
  if (place == std::string_view::npos) return std::nullopt;
  return fmt::format(
      "at byte {} stands U+FFFD (ef bf bd), which nobody sent: a character that two reads cut in "
      "two was decoded by halves",
      place);
}

std::optional<std::string> find_ascii_only(const FailureEvidence& evidence) {
  if (evidence.requests.empty()) return std::nullopt;
  const Bytes& sent = evidence.requests.back().bytes;
  if (!has_beyond_ascii(sent)) return std::nullopt;
  Bytes upper = sent;
  for (std::uint8_t& byte : upper) {
    if (byte >= 'a' && byte <= 'z') byte = static_cast<std::uint8_t>(byte - 'a' + 'A');
  }
  if (upper == sent || upper != evidence.came) return std::nullopt;
  return "the ASCII letters came in upper case and all other bytes as they were sent: upper() of "
         "bytes and toupper() know ASCII alone";
}

std::optional<std::string> find_reversed_characters(const FailureEvidence& evidence) {
  if (!find_difference(evidence) || evidence.requests.empty()) return std::nullopt;
  const ByteView sent = evidence.requests.back().bytes;
  const Bytes& wanted = evidence.expected->bytes;
  if (!std::equal(sent.rbegin(), sent.rend(), wanted.begin(), wanted.end())) return std::nullopt;
  Bytes turned;
  for (std::size_t at = 0; at < sent.size();) {
    const ByteView character = sent.subspan(at, decode_code_point(as_text(sent), at).size);
    turned.insert(turned.begin(), character.begin(), character.end());
    at += character.size();
  }
  if (turned != evidence.came) return std::nullopt;
  return "the characters came in reverse order, and each as it was: the protocol turns round the "
         "bytes";
}

std::optional<std::string> find_refused_half(const FailureEvidence& evidence) {
  const bool ended = evidence.end == StepEnd::end_of_stream || evidence.end == StepEnd::reset;
  if (!ended || !evidence.came.empty() || evidence.requests.empty()) return std::nullopt;
  const ByteView sent = evidence.requests.back().bytes;
  const auto at = find_half_character(sent);
  if (!at) return std::nullopt;
  return fmt::format(
      "the server ended the connection at bytes that end inside a character ({} at byte {}): it "
      "decodes what one recv() gives by itself",
      render_hex(sent.subspan(*at)), *at);
}

constexpr ExplanationEntry kCharacterEntries[] = {
    {ExplanationId::ascii_only, find_ascii_only},
    {ExplanationId::reversed_characters, find_reversed_characters},
    {ExplanationId::cut_character, find_refused_half},
    {ExplanationId::latin1, find_latin1},
    {ExplanationId::counted_characters, find_counted_characters},
    {ExplanationId::cut_character, find_decoded_halves},
    {ExplanationId::cut_character, find_cut_character}};

}  // namespace

std::size_t count_characters(ByteView text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++count) {
    at += decode_code_point(as_text(text), at).size;
  }
  return count;
}

std::optional<Explanation> explain_characters(const FailureEvidence& evidence) {
  if (evidence.goal != StepGoal::message) return std::nullopt;
  return first_explanation(kCharacterEntries, evidence);
}

}  // namespace wireproof
