#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "expect/payload/payload.h"
#include "judge/traffic/evidence.h"
#include "packets/flow/tcp_connection.h"
#include "result/explanation.h"
#include "sheet/session/step_traits.h"

namespace wireproof {

// So many bytes are the rest of something earlier, and not the same by chance.
constexpr std::size_t kFewestStale = 2;

// So many bytes of a message are quoted in a sentence.
constexpr std::size_t kShownBytes = 32;

// Another client of the session.
struct OtherClient {
  std::string actor;
  const TcpConnection* connection = nullptr;  // not owned; its last one
  const UdpExchange* exchange = nullptr;
  Bytes expected;                         // all that the session lets it expect, in one
  std::size_t unread = 0;                 // bytes that it was sent and never read; live
  std::optional<Timestamp> gave_up = {};  // its session failed then: what it did later is our doing
};

// A datagram of the server's address that came from none of its known ports.
struct StrayDatagram {
  Endpoint from;
  Endpoint to;
  Bytes payload;
};

// Everything that is known around one failed step of one client: the input of the catalogue. What
// is empty is not known. Pointers are not owned.
struct FailureEvidence {
  std::string actor;
  StepGoal goal = StepGoal::other;
  StepEnd end = StepEnd::other;

  std::optional<EncodedMessage> expected;  // of StepGoal::message, where all its bytes are known
  Bytes expected_head;                     // its bytes as far as the script tells them
  std::string pattern;                     // that the step searches for; empty: none
  const Layout* layout = nullptr;          // of its only layout
  const LayoutSet* layouts = nullptr;
  Bytes came;  // all that the server sent in its place and behind it; of UDP one datagram
  std::size_t in_time = 0;  // so many bytes of `came` the step had got when it ended
  Bytes prefix;             // what each answer begins with, where the protocol has that; else empty

  std::vector<EncodedMessage> requests;  // of this connection until the failure, one a message
  bool request_in_pieces = false;        // the session sent the last one so
  std::vector<EncodedMessage> replies;   // that were expected before and came
  std::vector<EncodedMessage> later;     // that this client expects after it

  const TcpConnection* connection = nullptr;
  const UdpExchange* exchange = nullptr;
  bool server_asks = false;     // it has asked others itself, as a proxy does
  std::size_t reply_begin = 0;  // where `came` begins in the server's stream
  std::vector<OtherClient> others;
  std::vector<StrayDatagram> strays;
  std::vector<SocketHolder> holders;
  std::optional<Timestamp> gave_up;       // when the step ended; none offline
  std::span<const PathPassage> passages;  // of each captured packet; empty: not known
  std::string server_end;                 // "exited with code 1"; empty: it lives, or was stopped
  std::span<const SocketCall> calls;      // of all; those of the server where it was traced
};

// The first entry of the catalogue whose evidence is complete. Pure.
std::optional<Explanation> explain_failure(const FailureEvidence& evidence);

// The same sentence of a session's step and of a row: `zeros` bytes of value 0 behind an answer are
// the rest of a buffer, nothing where they are too few; bytes that came before anything was asked.
std::optional<std::string> tell_zeros(std::size_t zeros);
std::string tell_unasked(ByteView sent);
// How many of the first bytes are the length of a text, as a big-endian number, that follows them;
// 0: none are. Of the text two bytes have to be there, the rest may be missing.
std::size_t count_length_bytes(ByteView bytes, ByteView text);
// How many bytes of value 0 `bytes` end with.
std::size_t count_zeros_behind(ByteView bytes);

// From the first wrong byte on to the end of the one field that is wrong the protocol has its
// filling, and another byte came each time.
std::optional<std::string> find_wrong_padding(const FailureEvidence& evidence);

// An answer that ends at its first zero byte, as strlen() and "%s" do.
std::optional<std::string> find_zero_ended(const FailureEvidence& evidence);

// What a traced server did with the requests of the failed client: "it took 5 of 5 bytes and sent
// none, and waits in recv() for more". Empty: nobody knows.
std::string tell_calls(const FailureEvidence& evidence);
// What it waits in, of a connection that it has accepted; empty: nobody knows.
std::string tell_unwatched(const FailureEvidence& evidence);
// Whether a traced server has accepted the connection and made no call for it since.
bool was_left_untouched(const FailureEvidence& evidence);
// Whether a traced server has taken a datagram of that size whole.
bool took_datagram(const FailureEvidence& evidence, std::size_t size);

// The path of the first field of the message that differs; empty: none is known to.
std::string first_wrong_field(const FailureEvidence& evidence);

// The families, each most specific entry first.
std::optional<Explanation> explain_answers(const FailureEvidence& evidence);
std::optional<Explanation> explain_calls(const FailureEvidence& evidence);
std::optional<Explanation> explain_process(const FailureEvidence& evidence);
std::optional<Explanation> explain_datagrams(const FailureEvidence& evidence);
std::optional<Explanation> explain_fields(const FailureEvidence& evidence);
std::optional<Explanation> explain_characters(const FailureEvidence& evidence);
std::optional<Explanation> explain_replies(const FailureEvidence& evidence);
std::optional<Explanation> explain_length(const FailureEvidence& evidence);
std::optional<Explanation> explain_short_sends(const FailureEvidence& evidence);
std::optional<Explanation> explain_clients(const FailureEvidence& evidence);
std::optional<Explanation> explain_pieces(const FailureEvidence& evidence);
std::optional<Explanation> explain_end(const FailureEvidence& evidence);

// One entry of a family: gives its text only when all of its evidence is there.
struct ExplanationEntry {
  ExplanationId id;
  std::optional<std::string> (*find)(const FailureEvidence&);
};

// The first entry that has its evidence.
template <std::size_t kCount>
std::optional<Explanation> first_explanation(const ExplanationEntry (&entries)[kCount],
                                             const FailureEvidence& evidence) {
  for (const ExplanationEntry& entry : entries) {
    if (auto text = entry.find(evidence)) return Explanation{entry.id, *std::move(text)};
  }
  return std::nullopt;
}

// Bytes of the server came on its TCP connection.
inline bool was_served(const OtherClient& other) {
  return other.connection != nullptr && !other.connection->server_stream.empty();
}

// The first event of a side; null: there is none.
inline const Event* first_event(const TcpConnection* connection, EventKind kind, Side from) {
  if (connection == nullptr) return nullptr;
  const auto found = std::ranges::find_if(connection->events, [&](const Event& event) {
    return event.kind == kind && event.from == from;
  });
  return found == connection->events.end() ? nullptr : &*found;
}

inline const Event* last_event(const TcpConnection* connection, EventKind kind, Side from) {
  const Event* last = nullptr;
  if (connection == nullptr) return last;
  for (const Event& event : connection->events) {
    if (event.kind == kind && event.from == from) last = &event;
  }
  return last;
}

// The server's end has taken the connection.
inline bool is_open(const TcpConnection* connection) {
  return first_event(connection, EventKind::open, Side::server) != nullptr;
}

inline std::size_t packet_of(const TcpConnection& connection, const Event& event) {
  return connection.segments[event.segment].packet;
}

// Of text in UTF-8; a byte that belongs to none counts as one.
std::size_t count_characters(ByteView text);

inline bool begins_with(ByteView bytes, ByteView prefix) {
  return prefix.size() <= bytes.size() && std::ranges::equal(bytes.first(prefix.size()), prefix);
}

}  // namespace wireproof
