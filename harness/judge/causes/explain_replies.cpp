// Replies that are right in themselves and stand at the wrong place, and replies that have too few
// or too many bytes.
#include <fmt/format.h>

#include "base/text/bytes.h"
#include "base/text/words.h"
#include "expect/layout/layout.h"
#include "judge/causes/failure_evidence.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxExtra = 8;  // bytes; more is another message
constexpr const char* kOneRecv =
    "it takes what one recv() gives for a whole message (recv() may return any part of a stream)";

// Where the last request lies in the client's stream.
struct Stretch {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

Stretch last_request(const FailureEvidence& evidence) {
  Stretch stretch;
  for (const EncodedMessage& request : evidence.requests) {
    stretch.begin = stretch.end;
    stretch.end += request.bytes.size();
  }
  return stretch;
}

// Segments that carried a part of the client's stream first.
std::vector<const Event*> events_of(const TcpConnection& connection, const Stretch& stretch) {
  std::vector<const Event*> found;
  for (const Event& event : connection.events) {
    const bool inside = event.kind == EventKind::bytes && event.from == Side::client &&
                        event.begin < stretch.end + 1 && event.end > stretch.begin + 1;
    if (inside) found.push_back(&event);
  }
  return found;
}

std::optional<std::string> find_stale(const FailureEvidence& evidence) {
  if (!evidence.expected || evidence.replies.empty()) return std::nullopt;
  if (begins_with(evidence.came, evidence.expected->bytes)) return std::nullopt;
  for (std::size_t back = 1; back <= evidence.replies.size(); ++back) {
    const Bytes& earlier = evidence.replies[evidence.replies.size() - back].bytes;
    if (earlier.size() < 2 || earlier == evidence.expected->bytes) continue;
    if (!begins_with(evidence.came, earlier)) continue;
    return fmt::format("the answer is the one to an earlier request, {} before this one: {}",
                       counted(back, "request"), render_quoted(earlier, kShownBytes));
  }
  return std::nullopt;
}

// Where the bytes by which a request is known stand behind their right place; nothing: nowhere.
std::optional<std::size_t> find_misplaced(ByteView begin, ByteView came, ByteView wanted) {
  const auto right = std::search(wanted.begin(), wanted.end(), begin.begin(), begin.end());
  const auto from = right == wanted.end() ? 0 : right - wanted.begin() + 1;
  if (came.size() < static_cast<std::size_t>(from)) return std::nullopt;
  const auto found = std::search(came.begin() + from, came.end(), begin.begin(), begin.end());
  if (found == came.end()) return std::nullopt;
  return static_cast<std::size_t>(found - came.begin());
}

// Whether the other one had ended its connection when this client asked last.
bool had_left(const OtherClient& other, const FailureEvidence& evidence) {
  const Event* const asked = last_event(evidence.connection, EventKind::bytes, Side::client);
  if (other.connection == nullptr || asked == nullptr) return false;
  return std::ranges::any_of(other.connection->events, [&](const Event& event) {
    const bool ends = event.kind == EventKind::fin || event.kind == EventKind::rst;
    return ends && event.from == Side::client &&
           packet_of(*other.connection, event) < packet_of(*evidence.connection, *asked);
  });
}

// In front of this request stands what another client had sent last, before it left: it is kept in
// a buffer that the next one gets, too.
std::optional<std::string> find_left_rest(const FailureEvidence& evidence) {
  constexpr std::size_t kFewest = 4;  // bytes of a request by which it is known again
  const bool is_asked = evidence.expected && !evidence.requests.empty();
  if (!is_asked || evidence.requests.back().bytes.size() < kFewest) return std::nullopt;
  const ByteView request = evidence.requests.back().bytes;
  const ByteView came = evidence.came;
  const auto at = find_misplaced(request.first(std::min(request.size(), kShownBytes / 4)), came,
                                 evidence.expected->bytes);
  if (!at) return std::nullopt;
  const ByteView front = came.first(*at);
  for (const OtherClient& other : evidence.others) {
    if (!had_left(other, evidence)) continue;
    const ByteView left = other.connection->client_stream;
    const auto same = std::mismatch(left.rbegin(), left.rend(), front.rbegin(), front.rend());
    const auto size = static_cast<std::size_t>(same.first - left.rbegin());
    const bool is_own = std::ranges::any_of(evidence.requests, [&](const EncodedMessage& own) {
      return begins_with(left.last(size), own.bytes);
    });
    if (size < kFewestStale || is_own) continue;
    return fmt::format(
        "in front of what {} sent stands {}, the last that {} had sent before it left: bytes that "
        "wait for the rest of a message belong to one connection, and go with it",
        evidence.actor, render_quoted(left.last(size), kShownBytes), other.actor);
  }
  return std::nullopt;
}

// Behind the beginning of an answer come the texts of earlier ones, and then the right one: what
// was read is put behind what was read before.
std::optional<std::string> find_accumulated(const FailureEvidence& evidence) {
  if (!evidence.expected || !begins_with(evidence.expected->bytes, evidence.prefix)) {
    return std::nullopt;
  }
  const ByteView wanted = ByteView(evidence.expected->bytes).subspan(evidence.prefix.size());
  if (wanted.empty() || !begins_with(evidence.came, evidence.prefix)) return std::nullopt;
  const ByteView came = ByteView(evidence.came).subspan(evidence.prefix.size());
  // From any of the earlier ones on: a buffer may have been cleared in between.
  Bytes before;
  for (std::size_t replies = evidence.replies.size(); replies > 0; --replies) {
    const Bytes& earlier = evidence.replies[replies - 1].bytes;
    if (!begins_with(earlier, evidence.prefix)) return std::nullopt;
    before.insert(before.begin(),
                  earlier.begin() + static_cast<std::ptrdiff_t>(evidence.prefix.size()),
                  earlier.end());
    if (before.size() > came.size()) return std::nullopt;
    if (before.size() < kFewestStale || !begins_with(came, before)) continue;
    if (!begins_with(came.subspan(before.size()), wanted)) continue;
    return fmt::format(
        "the answer repeats what was sent before, {}, in front of {}: what came is put behind what "
        "the buffer holds of earlier requests",
        render_quoted(before, kShownBytes), render_quoted(wanted, kShownBytes));
  }
  return std::nullopt;
}

// `ECHO: onetwo` for `ECHO: one` and `ECHO: two`: this reply goes on where the last one ended,
// without its own beginning.
std::optional<std::string> find_headless(const FailureEvidence& evidence) {
  const Bytes& wanted = evidence.expected->bytes;
  if (evidence.replies.empty()) return std::nullopt;
  const std::size_t common = common_size(wanted, evidence.replies.back().bytes);
  for (std::size_t head = std::min(common, wanted.size()); head > 0; --head) {
    const ByteView tail = ByteView(wanted).subspan(head);
    if (tail.size() < 2 || !begins_with(evidence.came, tail)) continue;
    return fmt::format(
        "{} came without its beginning {}, right behind the reply before: two "
        "messages were answered as one",
        render_quoted(tail, kShownBytes), render_quoted(ByteView(wanted).first(head), kShownBytes));
  }
  return std::nullopt;
}

// Whether the last two requests came to the server in one segment.
bool came_together(const FailureEvidence& evidence) {
  if (evidence.connection == nullptr || evidence.requests.size() < 2) return false;
  Stretch both = last_request(evidence);
  both.begin -= std::min<std::uint64_t>(
      both.begin, evidence.requests[evidence.requests.size() - 2].bytes.size());
  return events_of(*evidence.connection, both).size() == 1;
}

std::optional<std::string> find_merged(const FailureEvidence& evidence) {
  if (evidence.exchange != nullptr) return std::nullopt;
  if (evidence.expected && evidence.requests.size() > 1) {
    if (auto found = find_headless(evidence)) return found;
    const bool skipped = !evidence.later.empty() && evidence.later.front().bytes.size() > 1 &&
                         evidence.later.front().bytes != evidence.expected->bytes &&
                         begins_with(evidence.came, evidence.later.front().bytes);
    if (skipped) {
      return fmt::format(
          "the answer to the next request came, and none to this one: {} messages "
          "were taken for one",
          evidence.requests.size());
    }
  }
  const bool one_missing = evidence.came.empty() && !evidence.replies.empty() &&
                           evidence.replies.size() < evidence.requests.size();
  if (!one_missing || evidence.request_in_pieces || !came_together(evidence)) return std::nullopt;
  // Who ends the connection may have seen the next request, and not want it.
  if (evidence.end != StepEnd::timed_out) return std::nullopt;
  return fmt::format(
      "{} requests arrived together and {} answered: what one recv() gave was taken "
      "for one message",
      evidence.requests.size(),
      evidence.replies.size() == 1 ? "one was" : fmt::format("{} were", evidence.replies.size()));
}

std::optional<std::string> find_answered_early(const FailureEvidence& evidence) {
  if (evidence.connection == nullptr || evidence.requests.empty()) return std::nullopt;
  const std::vector<const Event*> parts = events_of(*evidence.connection, last_request(evidence));
  if (parts.size() < 2) return std::nullopt;
  for (const Event& event : evidence.connection->events) {
    if (event.kind != EventKind::bytes || event.from != Side::server) continue;
    if (event.end <= evidence.reply_begin + 1) continue;  // of an earlier reply
    if (event.segment >= parts.back()->segment) return std::nullopt;
    const Stretch request = last_request(evidence);
    return fmt::format(
        "the answer began (packet {}) before the request was complete (packet {}): "
        "{} of its {} bytes had been sent",
        packet_of(*evidence.connection, event) + 1,
        packet_of(*evidence.connection, *parts.back()) + 1, parts.back()->begin - 1 - request.begin,
        request.end - request.begin);
  }
  return std::nullopt;
}

std::optional<std::string> find_one_recv(const FailureEvidence& evidence) {
  if (evidence.exchange != nullptr || evidence.requests.empty()) return std::nullopt;
  const bool ended = evidence.end != StepEnd::other && evidence.end != StepEnd::refused;
  if (!ended) return std::nullopt;
  std::size_t pieces = evidence.request_in_pieces ? 2 : 1;
  if (evidence.connection != nullptr) {
    pieces = events_of(*evidence.connection, last_request(evidence)).size();
  }
  if (pieces < 2) return std::nullopt;
  std::string what = "answered wrongly";
  if (evidence.came.empty()) {
    what = evidence.end == StepEnd::timed_out       ? "did not answer it"
           : evidence.end == StepEnd::end_of_stream ? "closed the connection"
                                                    : "reset the connection";
  }
  return fmt::format(
      "the request of {} came in {} pieces and the server {}: {}",
      counted(evidence.requests.back().bytes.size(), "byte"),
      evidence.connection == nullptr ? std::string("several") : std::to_string(pieces), what,
      kOneRecv);
}

std::optional<std::string> find_glued(const FailureEvidence& evidence) {
  const auto is_whole = [&](const EncodedMessage& reply) {
    return reply.bytes.size() > 1 && begins_with(evidence.came, reply.bytes);
  };
  if (evidence.exchange != nullptr && evidence.expected && !evidence.later.empty()) {
    Bytes both = evidence.expected->bytes;
    const Bytes& next = evidence.later.front().bytes;
    both.insert(both.end(), next.begin(), next.end());
    if (!next.empty() && both == evidence.came) {
      return "one datagram holds this reply and the next: each needs a datagram of its own";
    }
  }
  const bool nothing_expected =
      evidence.goal == StepGoal::silence || evidence.goal == StepGoal::end;
  if (!nothing_expected) return std::nullopt;
  for (const EncodedMessage& reply : evidence.replies) {
    if (is_whole(reply)) {
      return fmt::format("a reply came once more behind the last one: {}",
                         render_quoted(reply.bytes, kShownBytes));
    }
  }
  for (const EncodedMessage& reply : evidence.later) {
    if (is_whole(reply)) {
      return fmt::format("the reply {} came before it was asked for",
                         render_quoted(reply.bytes, kShownBytes));
    }
  }
  return std::nullopt;
}

std::optional<std::string> find_long(const FailureEvidence& evidence) {
  const Bytes& came = evidence.came;
  if (evidence.exchange != nullptr && evidence.expected) {
    const std::size_t size = evidence.expected->bytes.size();
    if (came.size() <= size || came.size() > size + kMaxExtra) return std::nullopt;
    if (!begins_with(came, evidence.expected->bytes)) return std::nullopt;
    return fmt::format("the reply has {} too many at its end: {}",
                       counted(came.size() - size, "byte"),
                       render_hex(ByteView(came).subspan(size)));
  }
  if (evidence.replies.empty() || came.empty()) return std::nullopt;
  if (evidence.goal != StepGoal::message) {
    if (came.size() > kMaxExtra) return std::nullopt;
    return fmt::format("behind the last reply came {} that belongs to no message: {}",
                       counted(came.size(), "byte"), render_hex(came));
  }
  if (!evidence.expected) return std::nullopt;
  for (std::size_t extra = 1; extra <= std::min(kMaxExtra, came.size()); ++extra) {
    if (!begins_with(ByteView(came).subspan(extra), evidence.expected->bytes)) continue;
    return fmt::format("the reply before had {} too many ({}); this reply stands behind",
                       counted(extra, "byte"), render_hex(ByteView(came).first(extra)));
  }
  return std::nullopt;
}

std::optional<std::string> find_short(const FailureEvidence& evidence) {
  if (!evidence.expected || evidence.came.empty()) return std::nullopt;
  const Bytes& wanted = evidence.expected->bytes;
  const std::size_t same = common_size(wanted, evidence.came);
  const std::size_t missing = wanted.size() - same;
  if (same == 0 || missing == 0) return std::nullopt;
  const ByteView rest = ByteView(evidence.came).subspan(same);
  const bool next_follows = missing <= kMaxExtra && !evidence.later.empty() &&
                            evidence.later.front().bytes.size() > missing &&
                            begins_with(rest, ByteView(evidence.later.front().bytes));
  if (!rest.empty() && !next_follows) return std::nullopt;
  return fmt::format("the reply ends {} early: {} of {} came{}", counted(missing, "byte"), same,
                     counted(wanted.size(), "byte"), next_follows ? ", then the next reply" : "");
}

// The beginning of an answer stands in the middle of the message: it was read in smaller pieces
// than the protocol has.
std::optional<std::string> find_smaller_chunks(const FailureEvidence& evidence) {
  if (!evidence.expected || evidence.prefix.empty()) return std::nullopt;
  const ByteView wanted = evidence.expected->bytes;
  const ByteView came = evidence.came;
  if (!begins_with(wanted, evidence.prefix)) return std::nullopt;
  const std::size_t same = common_size(wanted, came);
  const std::size_t size = same - std::min(same, evidence.prefix.size());
  const bool begins_again =
      size > 0 && same < wanted.size() && begins_with(came.subspan(same), evidence.prefix) &&
      begins_with(came.subspan(same + evidence.prefix.size()), wanted.subspan(same, 1));
  if (!begins_again || evidence.request_in_pieces) return std::nullopt;
  return fmt::format(
      "behind {} of the message comes {} again, and then the rest: so many are read at a time",
      counted(size, "byte"), render_quoted(evidence.prefix, kShownBytes));
}

constexpr ExplanationEntry kReplyEntries[] = {{ExplanationId::stale_reply, find_left_rest},
                                              {ExplanationId::stale_reply, find_accumulated},
                                              {ExplanationId::stale_reply, find_stale},
                                              {ExplanationId::short_reply, find_smaller_chunks},
                                              {ExplanationId::answered_early, find_answered_early},
                                              {ExplanationId::merged_messages, find_merged},
                                              {ExplanationId::glued_reply, find_glued},
                                              {ExplanationId::long_reply, find_long},
                                              {ExplanationId::zero_ended, find_zero_ended},
                                              {ExplanationId::short_reply, find_short}};
constexpr ExplanationEntry kOfEnds[] = {{ExplanationId::glued_reply, find_glued},
                                        {ExplanationId::long_reply, find_long}};

// The client's FIN came before it: explained by the ends. (A client whose step failed ends too.)
bool after_client_end(const FailureEvidence& evidence) {
  const Event* const fin = first_event(evidence.connection, EventKind::fin, Side::client);
  const Event* const last = last_event(evidence.connection, EventKind::bytes, Side::server);
  return evidence.goal == StepGoal::end && fin != nullptr && last != nullptr &&
         fin->segment < last->segment;
}

// The session still has to send the rest of a request, and lets the server say nothing until then.
std::optional<std::string> find_silence_broken_early(const FailureEvidence& evidence) {
  const bool open = evidence.requests.size() > evidence.replies.size();
  if (!open || evidence.came.empty()) return std::nullopt;
  return fmt::format(
      "{} came for a request of which only {} had been sent: the server did not wait "
      "for the rest",
      counted(evidence.came.size(), "byte"),
      counted(evidence.requests.back().bytes.size(), "byte"));
}

// By a FIN: a reset, with the rest still to come, is not for bytes that it had not read.
std::optional<std::string> find_silence_ended(const FailureEvidence& evidence) {
  const bool open = evidence.requests.size() > evidence.replies.size();
  if (!open || evidence.end != StepEnd::end_of_stream) return std::nullopt;
  return fmt::format("the server ended the connection after the first {} of a request: {}",
                     counted(evidence.requests.back().bytes.size(), "byte"), kOneRecv);
}

constexpr ExplanationEntry kOfSilence[] = {
    {ExplanationId::answered_early, find_silence_broken_early},
    {ExplanationId::one_recv, find_silence_ended}};

// The rest of a request could not be sent any more.
std::optional<std::string> find_end_between_pieces(const FailureEvidence& evidence) {
  if (!evidence.request_in_pieces || evidence.connection == nullptr) return std::nullopt;
  const Event* const fin = first_event(evidence.connection, EventKind::fin, Side::server);
  const Event* const reply = last_event(evidence.connection, EventKind::bytes, Side::server);
  if (fin == nullptr || reply != nullptr) return std::nullopt;
  return fmt::format(
      "the server ended the connection (packet {}) while the client was sending a request in "
      "pieces: {}",
      packet_of(*evidence.connection, *fin) + 1, kOneRecv);
}

}  // namespace

std::optional<std::string> find_wrong_padding(const FailureEvidence& evidence) {
  if (evidence.layout == nullptr || !evidence.expected) return std::nullopt;
  const Bytes& wanted = evidence.expected->bytes;
  if (evidence.came.size() < wanted.size()) return std::nullopt;
  const ByteView came = ByteView(evidence.came).first(wanted.size());
  for (const FieldPlace& place : evidence.expected->fields) {
    const Field* const field = field_named(*evidence.layout, place.field);
    if (field == nullptr || !field->padding || !is_string(*field)) continue;
    const auto wrong = std::ranges::mismatch(wanted, came);
    const auto first = static_cast<std::size_t>(wrong.in1 - wanted.begin());
    if (first < place.begin || first >= place.end) continue;
    const std::size_t size = place.end - first;
    const std::uint8_t filler = came[first];
    const auto is_all = [](ByteView bytes, std::uint8_t value) {
      return std::ranges::all_of(bytes, [&](std::uint8_t byte) { return byte == value; });
    };
    const bool is_filling = is_all(ByteView(wanted).subspan(first, size), *field->padding) &&
                            is_all(came.subspan(first, size), filler);
    if (!is_filling ||
        !std::ranges::equal(ByteView(wanted).subspan(place.end), came.subspan(place.end))) {
      return std::nullopt;
    }
    return fmt::format("`{}` is filled up with {} where the protocol fills it with {}", field->name,
                       render_quoted(Bytes{filler}), render_quoted(Bytes{*field->padding}));
  }
  return std::nullopt;
}

std::optional<std::string> find_zero_ended(const FailureEvidence& evidence) {
  if (!evidence.expected || evidence.came.empty()) return std::nullopt;
  const Bytes& wanted = evidence.expected->bytes;
  const auto zero = std::ranges::find(wanted, 0);
  const ByteView head(wanted.begin(), zero);
  const bool ends_there =
      zero != wanted.end() && zero + 1 != wanted.end() && std::ranges::equal(evidence.came, head);
  if (!ends_there) return std::nullopt;
  return fmt::format(
      "the reply ends at its first zero byte: {} of {} came, as strlen() and \"%s\" would end it",
      head.size(), counted(wanted.size(), "byte"));
}

std::optional<Explanation> explain_replies(const FailureEvidence& evidence) {
  if (evidence.goal == StepGoal::message) return first_explanation(kReplyEntries, evidence);
  if (evidence.goal == StepGoal::silence && evidence.exchange == nullptr) {
    if (auto found = first_explanation(kOfSilence, evidence)) return found;
  }
  const bool nothing_expected =
      evidence.goal == StepGoal::end || evidence.goal == StepGoal::silence;
  if (!nothing_expected || after_client_end(evidence)) return std::nullopt;
  return first_explanation(kOfEnds, evidence);
}

// What came explains nothing: how the request came does. A slow or busy server looks the same, so
// this stands behind the clients' family.
std::optional<Explanation> explain_pieces(const FailureEvidence& evidence) {
  if (evidence.goal == StepGoal::send) {
    return first_explanation({{ExplanationId::one_recv, find_end_between_pieces}}, evidence);
  }
  if (evidence.goal != StepGoal::message) return std::nullopt;
  return first_explanation({{ExplanationId::one_recv, find_one_recv}}, evidence);
}

}  // namespace wireproof
