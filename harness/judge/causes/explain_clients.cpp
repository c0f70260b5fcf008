// Clients beside each other: who was served when, and who got whose answer.
#include <fmt/format.h>

#include "base/text/time.h"
#include "base/text/words.h"
#include "judge/causes/failure_evidence.h"

namespace wireproof {
namespace {

constexpr const char* kNewest =
    "most likely the server keeps one socket for all clients, the newest";
constexpr std::chrono::milliseconds kLongWait{100};  // no close() at once
constexpr std::size_t kManyUnread = 2048;  // bytes: more than an answer that nobody looks at

std::size_t count_occurrences(ByteView text, ByteView part) {
  std::size_t count = 0;
  for (auto at = text.begin(); !part.empty();) {
    const auto found = std::search(at, text.end(), part.begin(), part.end());
    if (found == text.end()) break;
    ++count;
    at = found + static_cast<std::ptrdiff_t>(part.size());
  }
  return count;
}

// The first bytes of the server that belong to the reply; null: none came.
const Event* reply_event(const FailureEvidence& evidence) {
  if (evidence.connection == nullptr) return nullptr;
  for (const Event& event : evidence.connection->events) {
    const bool of_reply = event.kind == EventKind::bytes && event.from == Side::server &&
                          event.end > evidence.reply_begin + 1;
    if (of_reply) return &event;
  }
  return nullptr;
}

Timestamp time_of(const TcpConnection& connection, const Event& event) {
  return connection.segments[event.segment].time;
}

// The packet with which either side ended the conversation; nothing while it is open.
std::optional<std::size_t> conversation_end(const TcpConnection& connection) {
  for (const Event& event : connection.events) {
    const bool ends = event.kind == EventKind::fin || event.kind == EventKind::rst;
    if (ends) return packet_of(connection, event);
  }
  return std::nullopt;
}

bool before_giving_up(const FailureEvidence& evidence, Timestamp time) {
  return !evidence.gave_up || time <= *evidence.gave_up;
}

bool is_unanswered(const FailureEvidence& evidence) {
  if (evidence.connection == nullptr || evidence.end != StepEnd::timed_out) return false;
  const Event* const reply = reply_event(evidence);
  return reply == nullptr || !before_giving_up(evidence, time_of(*evidence.connection, *reply));
}

// A client that got all that another one expects, and does not expect it itself: this client's
// answer may have been lost the same way.
std::optional<std::string> find_mixed_up(const FailureEvidence& evidence) {
  if (!evidence.came.empty()) return std::nullopt;
  for (const OtherClient& one : evidence.others) {
    if (one.connection == nullptr || one.expected.empty()) continue;
    for (const OtherClient& owner : evidence.others) {
      if (owner.actor == one.actor || owner.expected.size() < 2) continue;
      const std::size_t came = count_occurrences(one.connection->server_stream, owner.expected);
      if (came <= count_occurrences(one.expected, owner.expected)) continue;
      return fmt::format("no answer came, and {} got the one for {}: {}", one.actor, owner.actor,
                         kNewest);
    }
  }
  return std::nullopt;
}

// The client's answer came on its own connection and on another one.
std::optional<std::string> find_sent_to_all(const FailureEvidence& evidence) {
  const Bytes& wanted = evidence.expected ? evidence.expected->bytes : evidence.expected_head;
  const bool is_silent = evidence.end == StepEnd::timed_out && evidence.in_time == 0;
  if (wanted.size() < 2 || evidence.connection == nullptr || is_silent) return std::nullopt;
  const auto earlier = std::ranges::count_if(
      evidence.replies, [&](const EncodedMessage& reply) { return reply.bytes == wanted; });
  const std::size_t own = count_occurrences(evidence.connection->server_stream, wanted);
  if (own <= static_cast<std::size_t>(earlier)) return std::nullopt;
  for (const OtherClient& other : evidence.others) {
    if (other.connection == nullptr) continue;
    const std::size_t came = count_occurrences(other.connection->server_stream, wanted);
    if (came <= count_occurrences(other.expected, wanted)) continue;
    return fmt::format(
        "the answer to {} came, and to {} as well, on its own connection: the server sends each "
        "answer to all clients",
        evidence.actor, other.actor);
  }
  return std::nullopt;
}

// An earlier answer came to this client, and to the other one as well, as in a chat.
bool was_told_too(const FailureEvidence& evidence, const OtherClient& other) {
  return std::ranges::any_of(evidence.replies, [&](const EncodedMessage& reply) {
    return reply.bytes.size() > 1 &&
           count_occurrences(other.connection->server_stream, reply.bytes) >
               count_occurrences(other.expected, reply.bytes);
  });
}

std::optional<std::string> find_newest_client(const FailureEvidence& evidence) {
  const Bytes& wanted = evidence.expected ? evidence.expected->bytes : evidence.expected_head;
  if (wanted.size() < 2) return std::nullopt;
  for (const OtherClient& other : evidence.others) {
    if (other.connection == nullptr || was_told_too(evidence, other)) continue;
    const std::size_t came = count_occurrences(other.connection->server_stream, wanted);
    if (came <= count_occurrences(other.expected, wanted)) continue;
    return fmt::format("the answer went to {}, on another connection: {}", other.actor, kNewest);
  }
  if (const auto mixed_up = find_mixed_up(evidence)) return mixed_up;
  if (evidence.came.size() < 2 || begins_with(evidence.came, wanted)) return std::nullopt;
  const Bytes first(evidence.came.begin(),
                    evidence.came.begin() +
                        static_cast<std::ptrdiff_t>(std::min(evidence.came.size(), wanted.size())));
  for (const OtherClient& other : evidence.others) {
    if (other.connection == nullptr || count_occurrences(other.expected, first) == 0) continue;
    if (count_occurrences(other.connection->server_stream, first) > 0) continue;
    return fmt::format("this is the answer for {}, which did not get it: {}", other.actor, kNewest);
  }
  return std::nullopt;
}

bool had_closed_window(const FailureEvidence& evidence, const TcpConnection& other) {
  return std::ranges::any_of(other.segments, [&](const Segment& segment) {
    return segment.from == Side::client && segment.numbers.window_bytes == 0 &&
           !segment.has(tcp_flag::kRst) && before_giving_up(evidence, segment.time);
  });
}

std::optional<std::string> find_blocked_by_reader(const FailureEvidence& evidence) {
  if (!is_unanswered(evidence)) return std::nullopt;
  for (const OtherClient& other : evidence.others) {
    if (other.connection == nullptr) continue;
    const bool full = had_closed_window(evidence, *other.connection);
    if (!full && other.unread < kManyUnread) continue;
    return fmt::format(
        "{} does not read{}{}; most likely the server waits in send() for it, and "
        "serves nobody else meanwhile",
        other.actor,
        other.unread == 0 ? "" : fmt::format(" the {} bytes that it was sent", other.unread),
        full ? " and its window was closed" : "");
  }
  return std::nullopt;
}

// Whether another client was answered, and still connected, when this one gave up.
bool was_served_beside(const FailureEvidence& evidence, const OtherClient& other) {
  const Event* const reply = first_event(other.connection, EventKind::bytes, Side::server);
  if (reply == nullptr || !evidence.gave_up) return false;
  const TcpConnection& connection = *other.connection;
  const auto ended = std::ranges::find_if(connection.events, [&](const Event& event) {
    const bool ends = event.kind == EventKind::fin || event.kind == EventKind::rst;
    return ends && time_of(connection, event) <= *evidence.gave_up;
  });
  return ended == connection.events.end() && time_of(connection, *reply) <= *evidence.gave_up;
}

std::size_t count_served_beside(const FailureEvidence& evidence) {
  return static_cast<std::size_t>(std::ranges::count_if(
      evidence.others,
      [&](const OtherClient& other) { return was_served_beside(evidence, other); }));
}

// Who answers because the stream ends does so at once, as far as its machine lets it: in a small
// part of the time that it was silent before. Who is late answers whenever it is.
constexpr std::chrono::milliseconds kAnswersEnd{100};
constexpr int kPartOfSilence = 8;

bool answers_end(const TcpConnection& connection, const Event& end, const Event& reply) {
  const Event* const asked = last_event(&connection, EventKind::bytes, Side::client);
  const Timestamp ended = time_of(connection, end);
  const Duration silent = asked == nullptr ? Duration(0) : ended - time_of(connection, *asked);
  const Duration took = time_of(connection, reply) - ended;
  return took <= std::max<Duration>(kAnswersEnd, silent / kPartOfSilence);
}

// The first answer came when this client had ended its stream, which it did because nothing came.
std::optional<std::string> find_waits_for_end(const FailureEvidence& evidence) {
  if (!evidence.gave_up || !is_unanswered(evidence)) return std::nullopt;
  // An answer that others owe the server may have been what it waited for.
  if (count_served_beside(evidence) > 0 || evidence.server_asks) return std::nullopt;
  const TcpConnection& own = *evidence.connection;
  const Event* const reply = reply_event(evidence);
  const Event* const end = first_event(&own, EventKind::fin, Side::client);
  if (reply == nullptr || end == nullptr || evidence.reply_begin != 0) return std::nullopt;
  // An acknowledgement of the FIN shows that the server had it (RFC 9293 §3.6).
  const bool knew_end = reply->ack >= end->end && time_of(own, *end) > *evidence.gave_up;
  if (!knew_end || !answers_end(own, *end, *reply)) return std::nullopt;
  return fmt::format(
      "the answer came only when the client had given up and ended its stream (packet {}): the "
      "server waits for the end of a line or of the stream, or for a full buffer",
      packet_of(own, *end) + 1);
}

std::optional<std::string> find_thread_died(const FailureEvidence& evidence) {
  if (!is_unanswered(evidence) || !is_open(evidence.connection)) return std::nullopt;
  const TcpConnection& own = *evidence.connection;
  const Event* const fin = first_event(&own, EventKind::fin, Side::server);
  if (fin != nullptr && before_giving_up(evidence, time_of(own, *fin))) return std::nullopt;
  const bool request_open = evidence.requests.size() > evidence.replies.size();
  const Event* const own_fin = first_event(&own, EventKind::fin, Side::client);
  for (const OtherClient& other : evidence.others) {
    if (other.connection == nullptr || !is_open(other.connection)) continue;
    const std::size_t opened = other.connection->segments.front().packet;
    const Event* const input = last_event(&own, EventKind::bytes, Side::client);
    const Event* const served = last_event(other.connection, EventKind::bytes, Side::server);
    const bool later = input != nullptr && served != nullptr &&
                       packet_of(*other.connection, *served) > packet_of(own, *input);
    if (!later) continue;
    // A FIN behind the client's own is the answer to that.
    const bool closed_then = fin != nullptr && packet_of(own, *fin) > opened &&
                             (own_fin == nullptr || own_fin->segment > fin->segment);
    if (!closed_then && !request_open) continue;
    return fmt::format(
        "this connection got neither an answer nor a FIN, while {} was served after it{}: "
        "most likely the thread that served it died without closing the socket",
        other.actor,
        closed_then && packet_of(own, *fin) < packet_of(*other.connection, *served)
            ? " (the FIN came when the next client connected)"
            : "");
  }
  return std::nullopt;
}

std::optional<std::string> find_one_at_a_time(const FailureEvidence& evidence) {
  if (!is_unanswered(evidence)) return std::nullopt;
  const TcpConnection& own = *evidence.connection;
  const Event* const reply = reply_event(evidence);
  for (const OtherClient& other : evidence.others) {
    if (other.connection == nullptr || !is_open(other.connection)) continue;
    const TcpConnection& earlier = *other.connection;
    // Those who connect together are accepted in any order.
    const bool is_served = reply != nullptr && was_served_beside(evidence, other);
    const bool is_later =
        own.segments.empty() || earlier.segments.front().packet > own.segments.front().packet;
    if (is_later && !is_served) continue;
    const auto end = conversation_end(earlier);
    const Event* const input = first_event(&own, EventKind::bytes, Side::client);
    const bool was_open = input != nullptr && (!end || *end > packet_of(own, *input));
    if (!was_open) continue;
    if (reply != nullptr && end && packet_of(own, *reply) > *end) {
      return fmt::format(
          "{} got an answer only after the connection of {}, who {} before, was "
          "ended (packet {}): the server serves one client at a time",
          evidence.actor, other.actor, is_later ? "was served" : "had connected", *end + 1);
    }
    if (reply != nullptr || evidence.request_in_pieces || !evidence.replies.empty()) continue;
    return fmt::format(
        "nothing came while the connection of {}, who had connected before, was "
        "open: most likely the server serves one client at a time",
        other.actor);
  }
  return std::nullopt;
}

// The client's SYNs that got no answer in time; empty: one did.
std::vector<std::size_t> unanswered_syns(const FailureEvidence& evidence) {
  std::vector<std::size_t> packets;
  for (const Segment& segment : evidence.connection->segments) {
    if (!before_giving_up(evidence, segment.time)) break;
    if (segment.from == Side::server) return {};
    if (segment.has(tcp_flag::kSyn)) packets.push_back(segment.packet);
  }
  return packets;
}

// Whether the client had connected before a packet came, and had got nothing of the server by then.
bool is_unserved_at(const TcpConnection& connection, std::size_t packet) {
  const Event* const open = first_event(&connection, EventKind::open, Side::server);
  if (open == nullptr || packet_of(connection, *open) > packet) return false;
  return std::ranges::none_of(connection.events, [&](const Event& event) {
    const bool serves = event.from == Side::server && event.kind != EventKind::open;
    return serves && packet_of(connection, event) < packet;
  });
}

// Linux drops a SYN while the accept queue is full. A port where nobody listens answers with RST.
std::optional<std::string> find_full_backlog(const FailureEvidence& evidence) {
  const bool is_live = evidence.gave_up && evidence.end == StepEnd::timed_out;
  if (!is_live || evidence.connection == nullptr) return std::nullopt;
  const std::vector<std::size_t> syns = unanswered_syns(evidence);
  if (syns.size() < 2) return std::nullopt;
  const auto unserved = std::ranges::count_if(evidence.others, [&](const OtherClient& other) {
    return other.connection != nullptr && is_unserved_at(*other.connection, syns.front());
  });
  if (unserved == 0) return std::nullopt;
  return fmt::format(
      "the kernel dropped the SYN of {} (packet {}, sent again as packet {}): the accept queue is "
      "full. {} that had connected before had got nothing yet; listen(N) lets few more than N wait "
      "for accept() (listen(2)), so take a larger N, and accept() while others are served",
      evidence.actor, syns.front() + 1, syns[1] + 1,
      counted(static_cast<std::size_t>(unserved), "client"));
}

std::optional<std::string> find_limited_clients(const FailureEvidence& evidence) {
  const std::size_t served = count_served_beside(evidence);
  if (served < 2 || !is_unanswered(evidence)) return std::nullopt;
  const Event* const reply = reply_event(evidence);
  if (reply == nullptr || !evidence.replies.empty()) return std::nullopt;
  for (const OtherClient& other : evidence.others) {
    if (!was_served_beside(evidence, other)) continue;
    const auto end = conversation_end(*other.connection);
    if (!end || *end > packet_of(*evidence.connection, *reply)) continue;
    return fmt::format(
        "{} clients were served side by side, and {} only when the connection of {} was ended "
        "(packet {}): the server serves at most {} clients at a time, most likely by a pool of "
        "threads",
        served, evidence.actor, other.actor, *end + 1, served);
  }
  return std::nullopt;
}

std::optional<std::string> find_late(const FailureEvidence& evidence) {
  const bool is_waited_for = evidence.gave_up && evidence.end == StepEnd::timed_out;
  if (!is_waited_for || evidence.server_asks) return std::nullopt;
  const ByteView wanted = evidence.expected_head;
  const std::size_t known = std::min(wanted.size(), evidence.came.size());
  if (!begins_with(evidence.came, wanted.first(known))) return std::nullopt;  // another answer
  std::optional<Timestamp> came;
  if (const Event* const reply = reply_event(evidence)) {
    came = time_of(*evidence.connection, *reply);
  }
  if (evidence.exchange != nullptr) {
    for (const Datagram& datagram : evidence.exchange->datagrams) {
      if (datagram.from == Side::server && datagram.time > *evidence.gave_up && !came) {
        came = datagram.time;
      }
    }
  }
  if (!came || *came <= *evidence.gave_up) return std::nullopt;
  return fmt::format("the answer came {} after the step's time limit was over",
                     render_milliseconds(*came - *evidence.gave_up));
}

// Bytes of the client that wait in the socket that the server has accepted; its FIN counts as one
// there.
std::size_t count_unread(const FailureEvidence& evidence) {
  const TcpConnection& connection = *evidence.connection;
  const std::size_t fin = has_event(connection, EventKind::fin, Side::client) ? 1 : 0;
  std::size_t unread = 0;
  for (const SocketHolder& holder : evidence.holders) {
    if (holder.client == connection.client) unread = std::max<std::size_t>(unread, holder.unread);
  }
  return unread > fin ? unread - fin : 0;
}

// All that the client sent waits in the server's socket, or all behind what was answered, and
// nobody else has got an answer, for which it might have to wait.
std::optional<std::string> find_never_read(const FailureEvidence& evidence) {
  const bool came_all = evidence.came.empty() || evidence.came.size() == evidence.in_time;
  const bool is_silent =
      evidence.end == StepEnd::timed_out && came_all && evidence.connection != nullptr;
  if (!is_silent || !std::ranges::none_of(evidence.others, was_served)) return std::nullopt;
  const std::size_t sent = evidence.connection->client_stream.size();
  const std::size_t unread = std::min(count_unread(evidence), sent);
  if (unread == 0) return std::nullopt;
  const bool has_answered = !evidence.connection->server_stream.empty();
  if (!has_answered && unread < sent) return std::nullopt;
  const std::string waiting = unread == 1 ? std::string("byte that came waits")
                                          : fmt::format("{} bytes that came wait", unread);
  const std::string does = tell_unwatched(evidence);
  return fmt::format(
      "the server has accepted the connection and read {}: the {} in its socket (Recv-Q){}",
      has_answered ? "no more than it answered" : "nothing from it", waiting,
      does.empty() ? "" : "; " + does);
}

// The rest of an answer for which there was no room while the client did not read, and which is not
// sent now that there is.
std::optional<std::string> find_short_send(const FailureEvidence& evidence) {
  const bool came_all = !evidence.came.empty() && evidence.came.size() == evidence.in_time;
  const bool is_cut = evidence.end == StepEnd::timed_out && came_all &&
                      evidence.connection != nullptr && evidence.server_end.empty();
  if (!is_cut || !had_closed_window(evidence, *evidence.connection)) return std::nullopt;
  if (count_unread(evidence) > 0) return std::nullopt;
  return fmt::format(
      "{} bytes came, for which there was room while {} did not read, and its window was closed; "
      "what send() did not take of the rest was never sent",
      evidence.came.size(), evidence.actor);
}

// It reset the connection while the client's window was closed: a FIN would have come behind the
// bytes that wait, when the window is open again.
std::optional<std::string> find_hasty_send(const FailureEvidence& evidence) {
  const Event* const reset = first_event(evidence.connection, EventKind::rst, Side::server);
  const bool was_reset = evidence.end == StepEnd::reset && reset != nullptr;
  if (!was_reset || !evidence.server_end.empty()) return std::nullopt;
  const std::vector<Segment>& segments = evidence.connection->segments;
  const Segment* full = nullptr;
  for (std::size_t index = 0; index < reset->segment; ++index) {
    if (segments[index].from == Side::client) full = &segments[index];
  }
  if (full == nullptr || full->numbers.window_bytes > 0) return std::nullopt;
  const Duration waited = time_between(full->time, time_of(*evidence.connection, *reset));
  if (waited < kLongWait) return std::nullopt;
  return fmt::format(
      "the server reset the connection (packet {}) while the rest of its answer had to wait for {} "
      "to read, {} after the window was closed: most likely a time limit for send()",
      packet_of(*evidence.connection, *reset) + 1, evidence.actor, render_milliseconds(waited));
}

// No call of the server was seen to read from it, whoever was served beside it.
std::optional<std::string> find_untouched(const FailureEvidence& evidence) {
  const bool is_silent = evidence.end == StepEnd::timed_out && evidence.came.empty();
  if (!is_silent || !was_left_untouched(evidence)) return std::nullopt;
  return "the server has accepted the connection and read nothing from it: " +
         tell_unwatched(evidence);
}

constexpr ExplanationEntry kOfMessages[] = {
    {ExplanationId::never_read, find_never_read},
    {ExplanationId::sent_to_all, find_sent_to_all},
    {ExplanationId::newest_client, find_newest_client},
    {ExplanationId::blocked_by_reader, find_blocked_by_reader},
    {ExplanationId::limited_clients, find_limited_clients},
    {ExplanationId::one_at_a_time, find_one_at_a_time},
    {ExplanationId::never_read, find_untouched},
    {ExplanationId::waits_for_end, find_waits_for_end},
    {ExplanationId::late_reply, find_late},
    {ExplanationId::thread_died, find_thread_died}};

}  // namespace

std::optional<Explanation> explain_short_sends(const FailureEvidence& evidence) {
  return first_explanation(
      {{ExplanationId::short_send, find_short_send}, {ExplanationId::short_send, find_hasty_send}},
      evidence);
}

std::optional<Explanation> explain_clients(const FailureEvidence& evidence) {
  if (evidence.goal == StepGoal::connect) {
    return first_explanation({{ExplanationId::one_at_a_time, find_full_backlog}}, evidence);
  }
  const bool awaits_message =
      evidence.goal == StepGoal::message || evidence.goal == StepGoal::program_output;
  if (awaits_message) return first_explanation(kOfMessages, evidence);
  if (evidence.goal == StepGoal::end) {
    return first_explanation({{ExplanationId::thread_died, find_thread_died}}, evidence);
  }
  return std::nullopt;
}

}  // namespace wireproof
