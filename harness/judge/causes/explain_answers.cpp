// What a server's answers have in common: something in front of them, another beginning, something
// behind. The plainest that can be said of a wrong text, and one mistake in all sheets.
#include <fmt/format.h>

#include "base/text/bytes.h"
#include "base/text/words.h"
#include "judge/causes/failure_evidence.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxBeginning = 128;  // bytes in front of an answer; more is no beginning
constexpr std::size_t kKnownTail = 8;       // bytes that find an answer again
constexpr std::size_t kFewestZeros = 2;     // one is the end of a C string

// Where `part` stands in `text`, at most kMaxBeginning bytes from its begin.
std::optional<std::size_t> find_part(ByteView text, ByteView part) {
  if (part.empty()) return std::nullopt;
  const ByteView near = text.first(std::min(text.size(), kMaxBeginning + part.size()));
  const auto found = std::search(near.begin(), near.end(), part.begin(), part.end());
  if (found == near.end()) return std::nullopt;
  return static_cast<std::size_t>(found - near.begin());
}

bool is_stream(const FailureEvidence& evidence) {
  return evidence.exchange == nullptr && evidence.connection != nullptr;
}

// What came on this connection before anything of the client had: the acknowledgement of a segment
// says what its sender had received (RFC 9293 §3.4). Empty: nothing did.
ByteView sent_first(const FailureEvidence& evidence) {
  const Event* const first = first_event(evidence.connection, EventKind::bytes, Side::server);
  if (first == nullptr || first->ack > 1) return {};
  const Segment& segment = evidence.connection->segments[first->segment];
  const ByteView stream = evidence.connection->server_stream;
  return stream.first(std::min<std::size_t>(stream.size(), segment.payload_size));
}

bool expects_to_be_asked(const FailureEvidence& evidence) {
  const bool expects_first =
      evidence.goal == StepGoal::message && evidence.requests.empty() && evidence.expected;
  return is_stream(evidence) && evidence.replies.empty() && !expects_first;
}

// All that came: of a program no step tells it.
ByteView all_that_came(const FailureEvidence& evidence) {
  const bool is_program = evidence.goal == StepGoal::program_output;
  return is_program ? evidence.connection->server_stream : evidence.came;
}

// Where the right answer begins, as far as it is known.
std::optional<std::size_t> find_answer(const FailureEvidence& evidence) {
  if (evidence.expected && evidence.expected->bytes.size() > 1) {
    const auto whole = find_part(all_that_came(evidence), evidence.expected->bytes);
    if (whole) return whole;
  }
  return find_part(all_that_came(evidence), evidence.prefix);
}

// The client may have asked already when it is greeted; a line of its own in front of the first
// answer is a greeting, too.
std::optional<std::string> find_unasked(const FailureEvidence& evidence) {
  if (!expects_to_be_asked(evidence) || all_that_came(evidence).empty()) return std::nullopt;
  ByteView greeting = sent_first(evidence);
  if (!begins_with(all_that_came(evidence), greeting)) greeting = {};
  if (const auto at = find_answer(evidence)) {
    if (*at == 0) return std::nullopt;
    const ByteView before = all_that_came(evidence).first(*at);
    if (before.back() == '\n' || !greeting.empty()) greeting = before;
  }
  if (greeting.empty()) return std::nullopt;
  return tell_unasked(greeting);
}

// What must come back behind the prefix: where the script does not know it as bytes, what was sent.
ByteView echoed(const FailureEvidence& evidence) {
  if (!evidence.expected) return evidence.connection->client_stream;
  if (!begins_with(evidence.expected->bytes, evidence.prefix)) return {};
  return ByteView(evidence.expected->bytes).subspan(evidence.prefix.size());
}

// What was sent in pieces may be answered in pieces; a few bytes may stand anywhere by chance.
std::optional<std::size_t> find_echoed(const FailureEvidence& evidence) {
  const ByteView text = echoed(evidence);
  const std::size_t most = std::min(text.size(), kKnownTail);
  const std::size_t least = evidence.expected ? most : 1;
  for (std::size_t size = most; size > 0 && size >= least; --size) {
    if (auto at = find_part(all_that_came(evidence), text.first(size))) return at;
  }
  return std::nullopt;
}

std::optional<std::string> find_beginning(const FailureEvidence& evidence) {
  if (!is_stream(evidence) || evidence.prefix.empty() || !evidence.replies.empty()) {
    return std::nullopt;
  }
  const bool waits =
      evidence.goal == StepGoal::message || evidence.goal == StepGoal::program_output;
  if (!waits) return std::nullopt;
  const ByteView came = all_that_came(evidence);
  const auto at = find_echoed(evidence);
  if (!at || begins_with(came, evidence.prefix)) return std::nullopt;
  const std::string wanted = render_quoted(evidence.prefix, kShownBytes);
  if (*at == 0) return fmt::format("the answer comes without {} before it", wanted);
  return fmt::format("the answer begins with {} instead of {}",
                     render_quoted(came.first(*at), kShownBytes), wanted);
}

// What stands behind a right answer: of a datagram the rest of it, of a stream all that came where
// the end, silence or the next answer should. Empty: the answer is not right, or not the last.
ByteView behind_answer(const FailureEvidence& evidence) {
  const ByteView came = evidence.came;
  if (evidence.exchange != nullptr && evidence.expected_head.empty() && !evidence.expected) {
    // A pattern was expected: no text ends with zeros.
    return came.last(count_zeros_behind(came));
  }
  if (evidence.exchange != nullptr) {
    if (!evidence.expected || !begins_with(came, evidence.expected->bytes)) return {};
    return came.subspan(evidence.expected->bytes.size());
  }
  if (!is_stream(evidence) || evidence.replies.empty()) return {};
  const bool next_came = evidence.expected && !came.empty() && !evidence.expected->bytes.empty() &&
                         came.front() == evidence.expected->bytes.front();
  return next_came ? ByteView() : came;
}

std::optional<std::string> find_zeros(const FailureEvidence& evidence) {
  const ByteView behind = behind_answer(evidence);
  const auto end = std::ranges::find_if(behind, [](std::uint8_t byte) { return byte != 0; });
  const auto zeros = static_cast<std::size_t>(end - behind.begin());
  // The numbers of a binary message begin with zeros, too.
  const bool is_text = evidence.layouts == nullptr || evidence.layouts->empty();
  return zeros < behind.size() && !is_text ? std::nullopt : tell_zeros(zeros);
}

// Both ends a line end may have; sent with the answer, or right behind it.
std::optional<std::string> find_line_end(const FailureEvidence& evidence) {
  const ByteView behind = behind_answer(evidence);
  for (const std::string_view line_end : {"\r\n", "\n"}) {
    if (!begins_with(behind, as_bytes(line_end))) continue;
    const bool is_all = behind.size() == line_end.size();
    if (!is_all && evidence.goal != StepGoal::message) return std::nullopt;
    return fmt::format("behind the answer comes {}: the protocol has no line ends",
                       render_quoted(as_bytes(line_end), kShownBytes));
  }
  return std::nullopt;
}

// The server's datagram before packet `end` that goes on so from that place on; null: there is
// none.
const Datagram* find_longer(const UdpExchange& exchange, std::size_t end, ByteView behind,
                            std::size_t place) {
  for (const Datagram& datagram : exchange.datagrams) {
    const ByteView earlier = datagram.payload;
    if (datagram.packet >= end) return nullptr;
    if (datagram.from != Side::server || datagram.port_unreachable) continue;
    if (earlier.size() >= place && begins_with(earlier.subspan(place), behind)) return &datagram;
  }
  return nullptr;
}

// A datagram that goes on as an earlier answer did, which was right; whoever got that: a buffer may
// be one for all.
std::optional<std::string> find_stale_datagram(const FailureEvidence& evidence) {
  const ByteView behind = behind_answer(evidence);
  if (behind.empty() || !evidence.expected) return std::nullopt;
  const auto own = std::ranges::find_if(evidence.exchange->datagrams, [&](const Datagram& one) {
    return one.from == Side::server && std::ranges::equal(one.payload, evidence.came);
  });
  if (own == evidence.exchange->datagrams.end()) return std::nullopt;
  const std::size_t place = evidence.expected->bytes.size();
  const Datagram* longer = find_longer(*evidence.exchange, own->packet, behind, place);
  const bool was_right =
      longer != nullptr && std::ranges::any_of(evidence.replies, [&](const EncodedMessage& reply) {
        return std::ranges::equal(reply.bytes, longer->payload);
      });
  if (!was_right) longer = nullptr;
  for (const OtherClient& other : evidence.others) {
    if (longer != nullptr || other.exchange == nullptr || behind.size() < kFewestStale) continue;
    longer = find_longer(*other.exchange, own->packet, behind, place);
    const std::string_view all = as_text(other.expected);
    if (longer != nullptr && all.find(as_text(longer->payload)) == all.npos) longer = nullptr;
  }
  if (longer == nullptr) return std::nullopt;
  return fmt::format(
      "behind the answer comes {}, as in an earlier one, {}: the buffer still holds it, and the "
      "size of this datagram was not looked at",
      render_quoted(behind, kShownBytes), render_quoted(longer->payload, kShownBytes));
}

// The answer before is right, and goes on as a longer one before it did.
std::optional<std::string> find_stale_tail(const FailureEvidence& evidence) {
  if (evidence.exchange != nullptr) return find_stale_datagram(evidence);
  if (!is_stream(evidence) || evidence.replies.size() < 2) return std::nullopt;
  const ByteView behind = behind_answer(evidence);
  const ByteView answer = evidence.replies.back().bytes;
  for (std::size_t index = evidence.replies.size() - 1; index-- > 0;) {
    const ByteView earlier = evidence.replies[index].bytes;
    if (earlier.size() < answer.size() + kFewestStale) continue;
    const ByteView tail = earlier.subspan(answer.size());
    if (!begins_with(behind, tail)) continue;
    return fmt::format(
        "behind the answer comes {}, the end of a longer one before: the buffer still holds it",
        render_quoted(tail, kShownBytes));
  }
  return std::nullopt;
}

// A text that is right but for one byte of value 0 in it, or any in front; what stands behind may
// be cut.
std::optional<std::string> find_extra_byte(const FailureEvidence& evidence) {
  const ByteView wanted = evidence.expected ? evidence.expected->bytes : evidence.expected_head;
  const ByteView came = evidence.came;
  if (evidence.layout != nullptr || evidence.goal != StepGoal::message) return std::nullopt;
  const std::size_t at = common_size(wanted, came);
  if (at >= wanted.size() || at >= came.size() || (at > 0 && came[at] != 0)) return std::nullopt;
  const ByteView behind = came.subspan(at + 1);
  const ByteView rest = wanted.subspan(at);
  const std::size_t size = std::min(behind.size(), rest.size());
  if (size < kFewestStale || !begins_with(rest, behind.first(size))) return std::nullopt;
  if (at == 0) {
    // It may be behind the answer before. Where bytes repeat, a wrong one looks like one more.
    const bool is_shifted =
        common_size(came.subspan(1), wanted.subspan(1)) < std::min(came.size(), wanted.size()) - 1;
    if (!evidence.replies.empty() || !is_shifted) return std::nullopt;
    return fmt::format(
        "the answer begins with {}, and all behind it stands one byte too late: count the bytes "
        "from 0, the last of n is at n-1",
        came[at] == 0 ? "a zero byte" : fmt::format("a byte too many, {:02x}", came[at]));
  }
  return fmt::format(
      "a zero byte stands behind {}: sizeof of a text in C counts the zero that ends it",
      render_quoted(wanted.first(at), kShownBytes));
}

bool is_blank(std::uint8_t byte) {
  return byte <= ' ';
}

ByteView without_blanks(ByteView bytes, bool in_front, bool behind) {
  while (in_front && !bytes.empty() && is_blank(bytes.front())) bytes = bytes.subspan(1);
  while (behind && !bytes.empty() && is_blank(bytes.back())) bytes = bytes.first(bytes.size() - 1);
  return bytes;
}

// The answer without the blanks, line ends and zero bytes at its ends, behind the protocol's
// prefix.
std::optional<std::string> find_trimmed(const FailureEvidence& evidence) {
  if (evidence.goal != StepGoal::message || !evidence.expected) return std::nullopt;
  ByteView wanted = evidence.expected->bytes;
  ByteView came = evidence.came;
  if (!evidence.prefix.empty() && begins_with(wanted, evidence.prefix) &&
      begins_with(came, evidence.prefix)) {
    wanted = wanted.subspan(evidence.prefix.size());
    came = came.subspan(evidence.prefix.size());
  }
  if (came.empty() || came.size() >= wanted.size()) return std::nullopt;
  // Zeros alone at the end are what ends a string in C.
  if (count_zeros_behind(wanted) == wanted.size() - came.size()) return std::nullopt;
  for (const auto& [in_front, behind] : {std::pair{true, true}, {false, true}, {true, false}}) {
    if (!std::ranges::equal(without_blanks(wanted, in_front, behind), came)) continue;
    return fmt::format("of {} came {}: the blanks, line ends or zero bytes at its ends are missing",
                       render_quoted(wanted, kShownBytes), render_quoted(came, kShownBytes));
  }
  return std::nullopt;
}

std::optional<std::string> find_length_in_front(const FailureEvidence& evidence) {
  if (evidence.goal != StepGoal::message || !evidence.expected) return std::nullopt;
  const std::size_t width = count_length_bytes(evidence.came, evidence.expected->bytes);
  if (width == 0) return std::nullopt;
  return fmt::format(
      "{} stand in front of the answer, its length: {}{}", counted(width, "byte"),
      render_hex(ByteView(evidence.came).first(width)),
      evidence.exchange != nullptr ? "; a datagram is a message by itself, and needs none" : "");
}

constexpr ExplanationEntry kAnswerEntries[] = {
    {ExplanationId::sent_unasked, find_unasked},
    {ExplanationId::length_in_front, find_length_in_front},
    {ExplanationId::extra_byte, find_extra_byte},
    {ExplanationId::trimmed, find_trimmed},
    {ExplanationId::wrong_beginning, find_beginning},
    {ExplanationId::zeros_behind, find_zeros},
    {ExplanationId::line_end_behind, find_line_end},
    {ExplanationId::stale_tail, find_stale_tail}};

}  // namespace

std::optional<std::string> tell_zeros(std::size_t zeros) {
  if (zeros < kFewestZeros) return std::nullopt;
  return fmt::format(
      "{} of value 0 come behind the answer: the whole buffer is sent, not what is in it",
      counted(zeros, "byte"));
}

std::string tell_unasked(ByteView sent) {
  return fmt::format("the server sent {} before it was asked for anything",
                     render_quoted(sent, kShownBytes));
}

std::size_t count_length_bytes(ByteView bytes, ByteView text) {
  for (const std::size_t width : {4U, 2U, 8U, 1U}) {
    if (text.size() < kFewestStale || bytes.size() < width + kFewestStale) continue;
    const ByteView behind = bytes.subspan(width);
    if (!begins_with(text, behind.first(std::min(behind.size(), text.size())))) continue;
    std::uint64_t number = 0;
    for (const std::uint8_t byte : bytes.first(width)) number = number << 8U | byte;
    if (number == text.size()) return width;
  }
  return 0;
}

std::size_t count_zeros_behind(ByteView bytes) {
  const auto last =
      std::find_if(bytes.rbegin(), bytes.rend(), [](std::uint8_t byte) { return byte != 0; });
  return static_cast<std::size_t>(last - bytes.rbegin());
}

std::optional<Explanation> explain_answers(const FailureEvidence& evidence) {
  return first_explanation(kAnswerEntries, evidence);
}

}  // namespace wireproof
