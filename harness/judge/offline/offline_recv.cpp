#include "judge/offline/offline_recv.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text/bytes.h"
#include "judge/traffic/message_end.h"
#include "judge/traffic/traffic.h"

namespace wireproof {
namespace {

Diagnostic mismatch_finding(const MessageMismatch& mismatch) {
  Diagnostic diagnostic = finding(
      mismatch.field.empty() ? fmt::format("byte {} of the message differs", mismatch.offset)
                             : fmt::format("field {} of the message differs at byte {}",
                                           mismatch.field, mismatch.offset));
  diagnostic.notes.push_back({"expected", mismatch.expected});
  diagnostic.notes.push_back({"captured", mismatch.captured});
  return diagnostic;
}

// Whether a field is right may depend on all bytes of the message, as a checksum does.
std::size_t last_compared(const MessageMismatch& mismatch, ByteView bytes) {
  return mismatch.field.empty() || bytes.empty() ? mismatch.offset : bytes.size() - 1;
}

Diagnostic finding_with(std::string message, ByteView captured) {
  Diagnostic diagnostic = finding(std::move(message));
  diagnostic.notes.push_back({"captured", render_quoted(captured)});
  return diagnostic;
}

}  // namespace

const Datagram* OfflineActor::next_datagram() const {
  return udp == nullptr ? nullptr : find_arrival(*udp, peer(), received);
}

bool OfflineActor::has_event(EventKind kind, Side from) const {
  return tcp != nullptr && wireproof::has_event(*tcp, kind, from);
}

Diagnostic finding(std::string message) {
  Diagnostic diagnostic;
  diagnostic.message = std::move(message);
  return diagnostic;
}

// A live socket gets nothing from a port that it does not talk to.
const Datagram* OfflineRecv::next_of(std::uint16_t port) {
  while (const Datagram* const datagram = actor_.next_datagram()) {
    if (actor_.side == Side::server || port == 0 || datagram->server_port == port) return datagram;
    ++actor_.received;
  }
  return nullptr;
}

std::optional<ByteView> OfflineRecv::waiting() {
  if (!actor_.uses_udp) return actor_.unread();
  const Datagram* const datagram = next_of(actor_.talks_to);
  if (datagram == nullptr) return std::nullopt;
  ++actor_.received;
  actor_.datagram = datagram->payload;
  return actor_.datagram;
}

Finding OfflineRecv::follow_other_port() {
  const Datagram* const datagram = next_of(0);
  if (datagram == nullptr) return {};
  const bool is_asked = datagram->server_port == actor_.udp->server.port;
  if (!is_asked || actor_.talks_to != actor_.udp->server.port) {
    if (actor_.talks_to == actor_.udp->server.port) actor_.talks_to = datagram->server_port;
    return {};
  }
  actor_.datagram = datagram->payload;
  return finding_with(
      fmt::format("{} answered from port {}, which was asked, where another port is expected",
                  peer_words(), datagram->server_port),
      datagram->payload);
}

Diagnostic OfflineRecv::no_datagram() const {
  return finding(fmt::format("the capture has no such datagram of {}", peer_words()));
}

Finding OfflineRecv::message(const Message& message) {
  if (!actor_.uses_udp) return stream_message(message);
  const auto datagram = waiting();
  if (!datagram) return no_datagram();
  const auto differs = compare_datagram(message, layouts_, variables_, *datagram);
  return differs ? Finding(mismatch_finding(*differs)) : Finding();
}

Finding OfflineRecv::stream_message(const Message& message) {
  const ByteView unread = actor_.unread();
  const MessageNeed need = message_need(message, layouts_, variables_, unread);
  if (!need.to_end && unread.size() < need.size) {
    const auto differs = compare_message(message, layouts_, variables_, unread);
    actor_.lacks_bytes = !differs || differs->offset >= unread.size();
    if (!actor_.lacks_bytes) actor_.wrong_at = actor_.received + last_compared(*differs, unread);
    Diagnostic diagnostic = differs ? mismatch_finding(*differs) : finding("");
    diagnostic.message =
        fmt::format("{} sent {} of {} bytes", peer_words(), unread.size(), need.size);
    return diagnostic;
  }
  const ByteView bytes = need.to_end ? unread : unread.first(need.size);
  const auto differs = compare_message(message, layouts_, variables_, bytes);
  if (differs) {
    actor_.wrong_at = actor_.received + last_compared(*differs, bytes);
    return mismatch_finding(*differs);
  }
  actor_.received += bytes.size();
  return {};
}

Finding OfflineRecv::either(const std::vector<Message>& messages) {
  const auto bytes = waiting();
  if (!bytes) return no_datagram();
  const MessageRest rest = actor_.uses_udp ? MessageRest::is_datagram : MessageRest::ended;
  const MessageChoice choice = choose_message(messages, {layouts_, variables_, *bytes, rest});
  if (choice.size) {
    variables_ = choice.variables;
    if (!actor_.uses_udp) actor_.received += *choice.size;
    return {};
  }
  if (!choice.differs) return finding(peer_words() + " sent none of the messages");
  actor_.lacks_bytes = !actor_.uses_udp && choice.differs->offset >= bytes->size();
  if (!actor_.lacks_bytes)
    actor_.wrong_at = actor_.received + last_compared(*choice.differs, *bytes);
  return mismatch_finding(*choice.differs);
}

Finding OfflineRecv::count(std::size_t size) {
  const auto bytes = waiting();
  if (!bytes) return no_datagram();
  if (actor_.uses_udp) {
    if (bytes->size() == size) return {};
    return finding_with(fmt::format("{} sent {} bytes where a datagram of {} bytes is "
                                    "expected",
                                    peer_words(), bytes->size(), size),
                        *bytes);
  }
  if (bytes->size() < size) {
    actor_.lacks_bytes = true;
    return finding(
        fmt::format("{} sent {} more bytes, not {} bytes", peer_words(), bytes->size(), size));
  }
  actor_.received += size;
  return {};
}

Finding OfflineRecv::take_ended(ByteView bytes, std::optional<std::size_t> size,
                                const std::string& what) {
  if (!size) {
    actor_.lacks_bytes = true;
    return finding_with(fmt::format("{} did not send {}", peer_words(), what), bytes);
  }
  if (!actor_.uses_udp) {
    actor_.received += *size;
  } else if (*size != bytes.size()) {
    return finding_with(fmt::format("{} sent {} bytes where a datagram that ends with "
                                    "{} is expected",
                                    peer_words(), bytes.size(), what),
                        bytes);
  }
  return {};
}

Finding OfflineRecv::until(const Bytes& written) {
  const auto bytes = waiting();
  if (!bytes) return no_datagram();
  const std::string filled = fill_placeholders(std::string(as_text(written)), variables_);
  const ByteView terminator = as_bytes(filled);
  return take_ended(*bytes, terminated_size(*bytes, terminator), render_quoted(terminator));
}

Finding OfflineRecv::pattern(const std::string& written) {
  const auto bytes = waiting();
  if (!bytes) return no_datagram();
  const std::string pattern = fill_pattern(written, variables_);
  MessagePattern searched(pattern);
  const auto size = searched.matched_size(bytes->first(std::min(bytes->size(), kMaxPatternBytes)));
  const std::string what = fmt::format("a match of /{}/", pattern);
  if (!searched.error().empty()) return finding(what + ": " + searched.error());
  return take_ended(*bytes, size, what);
}

Finding OfflineRecv::end() const {
  const ByteView unread = actor_.unread();
  if (!unread.empty()) {
    actor_.wrong_at = actor_.received;
    return finding_with(
        fmt::format("{} sent {} more bytes before its end", peer_words(), unread.size()), unread);
  }
  const bool has_end = actor_.has_event(EventKind::fin, actor_.peer());
  if (has_end && actor_.arrival.size == PathArrival::kAll) return {};
  if (has_end) return finding(fmt::format("the end of {} did not arrive", peer_words()));
  actor_.lacks_bytes = true;
  return finding(fmt::format("the capture has no FIN of {} on this connection", peer_words()));
}

Finding OfflineRecv::reset() const {
  if (actor_.tcp != nullptr && was_reset(*actor_.tcp, actor_.peer())) return {};
  actor_.lacks_bytes = true;
  return finding(fmt::format("the capture has no RST of {} on this connection", peer_words()));
}

// A UDP socket's refusal is an ICMP error, which is its table's to see.
Finding OfflineRecv::refusal() const {
  const bool refused = actor_.uses_udp || (actor_.has_event(EventKind::rst, actor_.peer()) &&
                                           !actor_.has_event(EventKind::open, actor_.peer()));
  if (refused) return {};
  return finding("the server accepted the connection that should be refused");
}

}  // namespace wireproof
