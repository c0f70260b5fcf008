// How connections end, what comes where an end should, and why a server waits for more instead.
#include <fmt/format.h>

#include <limits>

#include "base/text/bytes.h"
#include "base/text/time.h"
#include "base/text/utf8.h"
#include "base/text/words.h"
#include "expect/layout/layout.h"
#include "judge/causes/failure_evidence.h"
#include "judge/traffic/fin_holder.h"

namespace wireproof {
namespace {

constexpr std::size_t kEndlessSends = 4;  // sends of the server behind the client's FIN
constexpr std::size_t kLongestRepeated = 64;
constexpr std::size_t kUsualRead = 1024;
constexpr std::size_t kManyBytes = 256;  // one stray reply has fewer
constexpr std::chrono::milliseconds kThinks{50};

std::uint32_t read_number(ByteView bytes) {
  return ByteReader(bytes).read_u32();
}

// Somebody was served there before, and the process lives.
std::optional<std::string> find_closed_listener(const FailureEvidence& evidence) {
  if (evidence.end != StepEnd::refused || !evidence.server_end.empty()) return std::nullopt;
  for (const OtherClient& other : evidence.others) {
    if (!was_served(other)) continue;
    return fmt::format(
        "nothing listens on the port any more, where {} was served before, and the server's "
        "process lives: it has closed its listening socket",
        other.actor);
  }
  return std::nullopt;
}

// Somebody's datagrams were answered before: the socket is there, but takes none of this client's.
std::optional<std::string> find_connected_socket(const FailureEvidence& evidence) {
  const bool is_refused = evidence.end == StepEnd::refused && evidence.server_end.empty();
  if (!is_refused || evidence.exchange == nullptr) return std::nullopt;
  for (const OtherClient& other : evidence.others) {
    const bool was_answered =
        other.exchange != nullptr &&
        std::ranges::any_of(other.exchange->datagrams, [](const Datagram& datagram) {
          return datagram.from == Side::server && !datagram.port_unreachable;
        });
    if (!was_answered) continue;
    return fmt::format(
        "the datagram was answered with ICMP port unreachable, although {} had got an answer from "
        "this port: most likely the server has called connect() on its socket, which takes that "
        "client's datagrams only from then on",
        other.actor);
  }
  return std::nullopt;
}

std::optional<std::string> find_nothing_listens(const FailureEvidence& evidence) {
  if (evidence.end != StepEnd::refused) return std::nullopt;
  if (evidence.exchange != nullptr) {
    return "no socket is bound to the port; the kernel answers the datagram with ICMP port "
           "unreachable (RFC 1122 §4.1.3.1)";
  }
  return std::string(what_it_says(ExplanationId::nothing_listens));
}

// Text that no strict decoder takes: as a whole, or where a read of a usual size cuts it.
std::optional<std::string> find_not_decoded(const FailureEvidence& evidence) {
  const bool ended = evidence.end == StepEnd::end_of_stream || evidence.end == StepEnd::reset;
  const bool is_text = evidence.layouts == nullptr || evidence.layouts->empty();
  if (!ended || !is_text || evidence.goal != StepGoal::message) return std::nullopt;
  if (!evidence.came.empty() || evidence.requests.empty()) return std::nullopt;
  const ByteView sent = evidence.requests.back().bytes;
  auto place = find_invalid_utf8(as_text(sent));
  for (std::size_t at = kUsualRead; at < sent.size() && !place; at += kUsualRead) {
    if ((sent[at] & 0xc0) == 0x80) place = at;
  }
  if (!place) return std::nullopt;
  return fmt::format(
      "the server ended the connection instead of answering a request that is no whole text in "
      "UTF-8 up to byte {} ({:02x}): most likely decoding it failed, and nobody catches that",
      *place, sent[*place]);
}

std::optional<std::string> find_reset_after_close(const FailureEvidence& evidence) {
  if (evidence.end != StepEnd::reset) return std::nullopt;
  const Event* const fin = first_event(evidence.connection, EventKind::fin, Side::server);
  if (fin == nullptr) return std::nullopt;
  return fmt::format(
      "the server had closed its socket (packet {}); the kernel answers data that "
      "comes later with RST (RFC 9293 §3.10.7.1)",
      packet_of(*evidence.connection, *fin) + 1);
}

// The FIN acknowledges what its sender had received (RFC 9293 §3.4): nothing of the next request,
// so that it was not that which made the server close.
std::optional<std::string> find_closed_early(const FailureEvidence& evidence) {
  const bool ended = evidence.end == StepEnd::end_of_stream || evidence.end == StepEnd::reset;
  const bool is_open = evidence.requests.size() > evidence.replies.size();
  const bool has_answered = !evidence.replies.empty() && evidence.came.empty();
  const bool asks = evidence.goal == StepGoal::message || evidence.goal == StepGoal::other;
  if (!asks || !ended || !is_open || !has_answered) return std::nullopt;
  const Event* const fin = first_event(evidence.connection, EventKind::fin, Side::server);
  if (fin == nullptr) return std::nullopt;
  std::uint64_t answered = 0;
  for (std::size_t index = 0; index < evidence.replies.size(); ++index) {
    answered += evidence.requests[index].bytes.size();
  }
  if (fin->ack > 1 + answered) return std::nullopt;
  return fmt::format(
      "the server ended the connection (packet {}) after {}, before it had received anything more: "
      "the client may ask again on the same connection",
      packet_of(*evidence.connection, *fin) + 1, counted(evidence.replies.size(), "answer"));
}

// The client had said nothing by then: it may think. Who closes at once has another reason.
std::optional<std::string> find_closed_unasked(const FailureEvidence& evidence) {
  const bool ended = evidence.end == StepEnd::end_of_stream || evidence.end == StepEnd::reset;
  const bool is_first = evidence.requests.size() == 1 && evidence.replies.empty();
  if (!ended || !is_first || !evidence.came.empty() || !is_open(evidence.connection))
    return std::nullopt;
  const Event* const fin = first_event(evidence.connection, EventKind::fin, Side::server);
  const Event* const asked = first_event(evidence.connection, EventKind::bytes, Side::client);
  if (fin == nullptr || fin->ack > 1) return std::nullopt;
  if (asked != nullptr && asked->segment < fin->segment) return std::nullopt;
  const std::vector<Segment>& segments = evidence.connection->segments;
  const Duration waited = time_between(segments.front().time, segments[fin->segment].time);
  if (waited < kThinks) return std::nullopt;
  return fmt::format(
      "the server ended the connection (packet {}) {} after it was opened, before the client had "
      "asked anything: it may ask later",
      packet_of(*evidence.connection, *fin) + 1, render_milliseconds(waited));
}

std::optional<std::string> find_reset_in_backlog(const FailureEvidence& evidence) {
  const Event* const reset = first_event(evidence.connection, EventKind::rst, Side::server);
  if (evidence.end != StepEnd::reset || reset == nullptr || !is_open(evidence.connection))
    return std::nullopt;
  if (!evidence.connection->server_stream.empty()) return std::nullopt;
  for (const OtherClient& other : evidence.others) {
    if (other.connection == nullptr || other.connection->segments.empty()) continue;
    const std::size_t opened = other.connection->segments.front().packet;
    const bool earlier = opened < evidence.connection->segments.front().packet;
    const Event* const end = first_event(other.connection, EventKind::fin, Side::server);
    const std::size_t reset_packet = packet_of(*evidence.connection, *reset);
    const bool still_open = end == nullptr || packet_of(*other.connection, *end) + 4 > reset_packet;
    if (!earlier || !was_served(other) || !still_open) continue;
    return fmt::format(
        "the connection waited behind {}, and the server reset it without a word: it closed its "
        "listening socket before accept(), or the connection before it read from it",
        other.actor);
  }
  return std::nullopt;
}

std::optional<std::string> find_reset_unread(const FailureEvidence& evidence) {
  if (evidence.end != StepEnd::reset) return std::nullopt;
  if (evidence.requests.size() <= evidence.replies.size()) return std::nullopt;
  std::size_t size = 0;
  for (const EncodedMessage& request : evidence.requests) size += request.bytes.size();
  return fmt::format(
      "the server closed although not all of the client's {} bytes were answered: most likely some "
      "were unread, and the kernel then sends RST instead of FIN (RFC 1122 §4.2.2.13)",
      size);
}

// An answer of text that is shorter than its request was made from a part of it.
std::optional<std::string> find_unread_rest(const FailureEvidence& evidence) {
  const bool was_text = evidence.layouts == nullptr || evidence.layouts->empty();
  if (evidence.end != StepEnd::reset || !was_text) return std::nullopt;
  if (evidence.requests.empty() || evidence.replies.empty()) return std::nullopt;
  const std::size_t asked = evidence.requests.back().bytes.size();
  std::size_t answered = evidence.replies.back().bytes.size();
  // Of a pattern the script does not know the size.
  const bool is_only = evidence.replies.size() == 1 && evidence.connection != nullptr;
  if (answered == 0 && is_only) answered = evidence.connection->server_stream.size();
  if (answered == 0 || answered >= asked) return std::nullopt;
  return fmt::format(
      "the reply has {} bytes for a request of {}: the server closed while the rest of it was "
      "unread, and the kernel then sends RST instead of FIN (RFC 1122 §4.2.2.13)",
      answered, asked);
}

std::optional<std::string> find_reset_abort(const FailureEvidence& evidence) {
  if (evidence.end != StepEnd::reset || !is_open(evidence.connection)) return std::nullopt;
  return std::string(what_it_says(ExplanationId::reset_abort));
}

// Whether the server said something behind the client's FIN; how often.
std::size_t sends_after_fin(const FailureEvidence& evidence) {
  const Event* const fin = first_event(evidence.connection, EventKind::fin, Side::client);
  if (fin == nullptr) return 0;
  return static_cast<std::size_t>(
      std::ranges::count_if(evidence.connection->events, [&](const Event& event) {
        return event.kind == EventKind::bytes && event.from == Side::server &&
               event.segment > fin->segment;
      }));
}

std::optional<std::string> find_half_close_deaf(const FailureEvidence& evidence) {
  if (evidence.goal != StepGoal::message || !evidence.came.empty()) return std::nullopt;
  const bool ended = evidence.end == StepEnd::end_of_stream || evidence.end == StepEnd::timed_out;
  const Event* const fin = first_event(evidence.connection, EventKind::fin, Side::client);
  if (!ended || fin == nullptr || sends_after_fin(evidence) > 0) return std::nullopt;
  // The client of a failed step ends as well: that FIN, which the server may answer, is no cause.
  const Event* const answer = first_event(evidence.connection, EventKind::fin, Side::server);
  const bool is_first = answer == nullptr || fin->segment < answer->segment;
  const bool is_own_end =
      evidence.gave_up && evidence.connection->segments[fin->segment].time >= *evidence.gave_up;
  if (!is_first || is_own_end) return std::nullopt;
  return std::string(what_it_says(ExplanationId::half_close_deaf));
}

std::optional<std::string> find_closed_before_reply(const FailureEvidence& evidence) {
  const bool closed = evidence.goal == StepGoal::message &&
                      evidence.end == StepEnd::end_of_stream && evidence.came.empty() &&
                      !evidence.requests.empty();
  if (!closed) return std::nullopt;
  return fmt::format("the server closed the connection after {} bytes of request and sent no reply",
                     evidence.requests.back().bytes.size());
}

// Our client reads to the end of the stream, or a program does before it exits.
bool awaits_end(const FailureEvidence& evidence) {
  return evidence.goal == StepGoal::end || evidence.goal == StepGoal::program_end;
}

// How often one and the same short message makes up all of the bytes, where they are many; else 1.
// TCP may carry many sends in one segment.
std::size_t count_repeats(ByteView bytes) {
  if (bytes.size() < kManyBytes) return 1;
  for (std::size_t size = 1; size <= kLongestRepeated; ++size) {
    if (std::ranges::equal(bytes.subspan(size), bytes.first(bytes.size() - size))) {
      return bytes.size() / size;
    }
  }
  return 1;
}

std::optional<std::string> find_endless(const FailureEvidence& evidence) {
  const std::size_t segments = sends_after_fin(evidence);
  if (segments == 0) return std::nullopt;
  const std::size_t sends = std::max(segments, count_repeats(evidence.came));
  if (!awaits_end(evidence) || sends < kEndlessSends) return std::nullopt;
  return fmt::format(
      "the server sent at least {} times more after the client's FIN: it takes the 0 that "
      "recv() gives at the end of the stream for a message, again and again",
      sends);
}

std::optional<std::string> find_stray(const FailureEvidence& evidence) {
  if (evidence.goal != StepGoal::end || evidence.came.empty()) return std::nullopt;
  if (sends_after_fin(evidence) == 0) return std::nullopt;
  return fmt::format(
      "the server sent {} more after the client's FIN: it takes the 0 that recv() "
      "gives at the end of the stream for a message",
      render_quoted(evidence.came, kShownBytes));
}

// What an int32 becomes when its sum or product does not fit.
std::optional<std::pair<double, std::uint32_t>> wrapped(ByteView numbers, bool product) {
  double exact = product ? 1 : 0;
  std::uint32_t wrong = product ? 1 : 0;
  for (std::size_t at = 0; at + 4 <= numbers.size(); at += 4) {
    const std::uint32_t bits = read_number(numbers.subspan(at, 4));
    const double value = static_cast<std::int32_t>(bits);
    exact = product ? exact * value : exact + value;
    wrong = product ? wrong * bits : wrong + bits;
  }
  const bool fits = exact >= std::numeric_limits<std::int32_t>::min() &&
                    exact <= std::numeric_limits<std::int32_t>::max();
  if (fits) return std::nullopt;
  return std::pair{exact, wrong};
}

std::optional<std::string> find_wrapped(const FailureEvidence& evidence) {
  const bool came = evidence.end == StepEnd::bytes && evidence.came.size() >= 4;
  if (!came || evidence.requests.empty()) return std::nullopt;
  const EncodedMessage& request = evidence.requests.back();
  const std::uint32_t answer = read_number(ByteView(evidence.came).last(4));
  for (const FieldPlace& place : request.fields) {
    const std::size_t size = place.end - place.begin;
    if (size < 8 || size % 4 != 0) continue;
    const ByteView numbers = ByteView(request.bytes).subspan(place.begin, size);
    for (const bool product : {false, true}) {
      const auto result = wrapped(numbers, product);
      if (!result || result->second != answer) continue;
      return fmt::format(
          "the {} of `{}` is {:.0f}, which does not fit in 32 bits; the server "
          "answers what is left modulo 2^32, {}, instead of refusing",
          product ? "product" : "sum", place.field, result->first,
          static_cast<std::int32_t>(answer));
    }
  }
  return std::nullopt;
}

bool never_ended(const FailureEvidence& evidence) {
  return awaits_end(evidence) && evidence.end == StepEnd::timed_out;
}

std::optional<std::string> find_fin_held(const FailureEvidence& evidence) {
  if (!never_ended(evidence) || evidence.connection == nullptr) return std::nullopt;
  const auto holder = find_fin_holder(evidence.holders, evidence.connection->client);
  return holder ? std::optional(held_words(*holder)) : std::nullopt;
}

std::optional<std::string> find_close_wait(const FailureEvidence& evidence) {
  const Event* const fin = first_event(evidence.connection, EventKind::fin, Side::client);
  if (!never_ended(evidence) || fin == nullptr) return std::nullopt;
  const Timestamp sent = evidence.connection->segments[fin->segment].time;
  if (evidence.gave_up && sent > *evidence.gave_up) return std::nullopt;  // by the session's end
  const Event* const own = first_event(evidence.connection, EventKind::fin, Side::server);
  const bool has_closed = own != nullptr && evidence.gave_up &&
                          evidence.connection->segments[own->segment].time <= *evidence.gave_up;
  if (has_closed) return std::nullopt;
  return fmt::format(
      "the server did not close after the client's FIN (packet {}): its socket stays "
      "in CLOSE-WAIT (RFC 9293 §3.6)",
      packet_of(*evidence.connection, *fin) + 1);
}

std::optional<std::string> find_never_closed(const FailureEvidence& evidence) {
  // What else a program waits for is not known.
  if (!never_ended(evidence) || evidence.goal != StepGoal::end) return std::nullopt;
  return std::string(what_it_says(ExplanationId::never_closed));
}

constexpr std::size_t kMinNumber = 256;  // a smaller one may be anything

// A number in the first bytes of a request.
struct Announcement {
  std::size_t offset = 0;
  std::string field;
};

bool counts_others(const Field& field, const Layout& layout) {
  if (std::holds_alternative<ValueSizeOf>(field.rule)) return true;
  if (std::holds_alternative<ValueCountOf>(field.rule)) return true;
  return std::ranges::any_of(layout.fields, [&](const Field& other) {
    const auto* const count = std::get_if<CountField>(&other.count);
    return count != nullptr && count->field == field.name;
  });
}

// Where the sheet's layouts have a 32-bit length. Where no layout says that there is one, the first
// bytes of a request are no number.
std::vector<Announcement> find_announcements(const FailureEvidence& evidence) {
  std::vector<Announcement> found;
  if (evidence.layouts == nullptr) return found;
  for (const auto& [name, layout] : *evidence.layouts) {
    std::size_t offset = 0;
    for (const Field& field : layout.fields) {
      const auto size = field_size(field, *evidence.layouts);
      const bool is_length = size == 4U && is_integer(field) && counts_others(field, layout);
      if (is_length) found.push_back({offset, field.name});
      if (!size) break;
      offset += *size;
    }
  }
  return found;
}

std::optional<std::string> find_trusted_length(const FailureEvidence& evidence) {
  const bool waits = evidence.goal == StepGoal::end && evidence.end == StepEnd::timed_out &&
                     evidence.server_end.empty() && evidence.came.empty();
  if (!waits || evidence.connection == nullptr) return std::nullopt;
  if (evidence.requests.size() != evidence.replies.size() + 1) return std::nullopt;
  const ByteView request = evidence.requests.back().bytes;
  for (const Announcement& one : find_announcements(evidence)) {
    if (one.offset + 4 > request.size()) continue;
    const std::uint32_t number = ByteReader(request.subspan(one.offset)).read_u32();
    const std::size_t rest = request.size() - one.offset - 4;
    if (number <= rest || number < kMinNumber) continue;
    return fmt::format(
        "`{}` of the request announces {} bytes and {} followed: most likely the "
        "server trusts the number and waits for the rest",
        one.field, number, rest);
  }
  return std::nullopt;
}

constexpr ExplanationEntry kEndEntries[] = {
    {ExplanationId::kept_address, find_connected_socket},
    {ExplanationId::reset_in_backlog, find_closed_listener},
    {ExplanationId::nothing_listens, find_nothing_listens},
    {ExplanationId::wrapped_number, find_wrapped},
    {ExplanationId::not_decoded, find_not_decoded},
    {ExplanationId::closed_early, find_closed_early},
    {ExplanationId::closed_early, find_closed_unasked},
    {ExplanationId::reset_after_close, find_reset_after_close},
    {ExplanationId::reset_in_backlog, find_reset_in_backlog},
    {ExplanationId::reset_unread, find_reset_unread},
    {ExplanationId::reset_unread, find_unread_rest},
    {ExplanationId::reset_abort, find_reset_abort},
    {ExplanationId::half_close_deaf, find_half_close_deaf},
    {ExplanationId::closed_before_reply, find_closed_before_reply},
    {ExplanationId::endless_after_eof, find_endless},
    {ExplanationId::stray_after_eof, find_stray},
    {ExplanationId::fin_held, find_fin_held},
    {ExplanationId::close_wait, find_close_wait},
    {ExplanationId::never_closed, find_never_closed}};

}  // namespace

std::optional<Explanation> explain_end(const FailureEvidence& evidence) {
  return first_explanation(kEndEntries, evidence);
}

std::optional<Explanation> explain_length(const FailureEvidence& evidence) {
  return first_explanation({{ExplanationId::trusted_length, find_trusted_length}}, evidence);
}

}  // namespace wireproof
