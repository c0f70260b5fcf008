// Datagrams that came from elsewhere, twice, cut, or not at all.
#include <fmt/format.h>

#include <span>

#include "base/text/words.h"
#include "judge/causes/failure_evidence.h"

namespace wireproof {
namespace {

constexpr std::size_t kLongDatagram = 256;  // shorter ones fit in any buffer
constexpr std::size_t kFewBytes = 4;  // less missing is a slip of the sender, not a small buffer

// Of the client's, those that the server may have got: the path may bring one twice.
std::size_t count_datagrams(const UdpExchange& exchange, Side from) {
  std::size_t count = 0;
  for (const Datagram& datagram : exchange.datagrams) {
    if (datagram.from != from || datagram.port_unreachable) continue;
    count += from == Side::client && datagram.fate == PacketFate::twice ? 2 : 1;
  }
  return count;
}

std::optional<std::string> find_other_port(const FailureEvidence& evidence) {
  if (evidence.end != StepEnd::timed_out) return std::nullopt;
  std::uint16_t asked = evidence.exchange->server.port;
  const Datagram* answer = nullptr;  // behind the last datagram of the client
  for (const Datagram& datagram : evidence.exchange->datagrams) {
    if (datagram.port_unreachable) continue;
    if (datagram.from == Side::client) asked = datagram.server_port;
    answer = datagram.from == Side::server ? &datagram : nullptr;
  }
  if (answer != nullptr && answer->server_port != asked) {
    return fmt::format(
        "a datagram of {} bytes came from port {}: the transfer is at port {}, and its socket "
        "takes no other",
        answer->payload_size, answer->server_port, asked);
  }
  for (const StrayDatagram& stray : evidence.strays) {
    if (stray.to != evidence.exchange->client) continue;
    if (stray.from.address != evidence.exchange->server.address) {
      return fmt::format(
          "a datagram of {} bytes came from {}: the reply must come from the address that the "
          "request went to, {}",
          stray.payload.size(), render_endpoint(stray.from),
          render_ip_address(evidence.exchange->server.address));
    }
    return fmt::format(
        "a datagram of {} bytes came from port {}: the reply must come from the port that the "
        "request went to, {}, because a connected socket drops all else",
        stray.payload.size(), stray.from.port, evidence.exchange->server.port);
  }
  return std::nullopt;
}

// Another client's exchange has this client's answer, one time more than its own requests explain.
std::optional<std::string> find_kept_address(const FailureEvidence& evidence) {
  const bool is_unanswered = evidence.goal == StepGoal::message && evidence.came.empty() &&
                             evidence.end == StepEnd::timed_out;
  if (!is_unanswered) return std::nullopt;
  for (const OtherClient& other : evidence.others) {
    if (other.exchange == nullptr) continue;
    const std::size_t sent = count_datagrams(*other.exchange, Side::client);
    const std::size_t came = count_datagrams(*other.exchange, Side::server);
    if (came <= sent) continue;
    const bool has_answer =
        std::ranges::any_of(other.exchange->datagrams, [&](const Datagram& one) {
          const bool is_right = evidence.expected
                                    ? std::ranges::equal(evidence.expected->bytes, one.payload)
                                    : begins_with(one.payload, evidence.expected_head);
          return one.from == Side::server && !one.port_unreachable && is_right;
        });
    if (!has_answer) continue;
    return fmt::format(
        "the answer went to {}, who got {} for {}: the server does not answer to the address that "
        "recvfrom() gave",
        other.actor, counted(came, "datagram"), counted(sent, "request"));
  }
  return std::nullopt;
}

std::optional<std::string> find_duplicate(const FailureEvidence& evidence) {
  if (evidence.came.empty() || evidence.replies.empty()) return std::nullopt;
  const bool again = evidence.came == evidence.replies.back().bytes &&
                     (!evidence.expected || evidence.came != evidence.expected->bytes);
  const std::size_t sent = count_datagrams(*evidence.exchange, Side::client);
  const std::size_t came = count_datagrams(*evidence.exchange, Side::server);
  if (!again || came <= sent) return std::nullopt;
  return fmt::format("the reply before came once more: {} datagrams answer {} requests", came,
                     sent);
}

std::optional<std::string> find_truncated(const FailureEvidence& evidence) {
  if (!evidence.expected || evidence.came.empty()) return std::nullopt;
  const Bytes& wanted = evidence.expected->bytes;
  const std::size_t size = evidence.came.size();
  // A server that turns the text round answers a cut request with the end of the whole answer.
  const bool is_part = size + kFewBytes < wanted.size() &&
                       (begins_with(wanted, evidence.came) ||
                        std::ranges::equal(ByteView(wanted).last(size), evidence.came));
  if (!is_part) return std::nullopt;
  return fmt::format(
      "the reply holds {} of {} bytes and the rest is lost: most likely the server's buffer is too "
      "small for the message (recvfrom() drops what does not fit)",
      size, wanted.size());
}

// No answer to a request that is longer than all that were answered.
std::optional<std::string> find_too_long(const FailureEvidence& evidence) {
  const bool unanswered = evidence.goal == StepGoal::message && evidence.came.empty() &&
                          evidence.end == StepEnd::timed_out && !evidence.requests.empty();
  if (!unanswered) return std::nullopt;
  const std::size_t size = evidence.requests.back().bytes.size();
  const auto is_shorter = [&](const EncodedMessage& request) {
    return request.bytes.size() < size;
  };
  const bool longest =
      std::all_of(evidence.requests.begin(), evidence.requests.end() - 1, is_shorter);
  if (size < kLongDatagram || !longest || took_datagram(evidence, size)) return std::nullopt;
  return fmt::format(
      "a datagram of {} bytes got no answer: most likely the server's buffer is too small for it "
      "(recvfrom() drops what does not fit, and the rest is no request)",
      size);
}

bool came_late(const FailureEvidence& evidence) {
  return std::ranges::any_of(evidence.exchange->datagrams, [&](const Datagram& one) {
    return one.from == Side::server && evidence.gave_up && one.time > *evidence.gave_up;
  });
}

bool is_lost(const FailureEvidence& evidence) {
  return evidence.goal == StepGoal::message && evidence.end == StepEnd::timed_out &&
         !came_late(evidence);
}

std::optional<std::string> find_empty(const FailureEvidence& evidence) {
  const bool is_empty = !evidence.requests.empty() && evidence.requests.back().bytes.empty();
  if (!is_lost(evidence) || !is_empty || !evidence.server_end.empty()) return std::nullopt;
  return "the empty datagram got no answer, although the server lives: a datagram of 0 bytes is a "
         "message, too (recvfrom() returns 0 for it, which is no end)";
}

std::optional<std::string> find_lost(const FailureEvidence& evidence) {
  if (!is_lost(evidence)) return std::nullopt;
  std::size_t answered = count_datagrams(*evidence.exchange, Side::server);
  for (const OtherClient& other : evidence.others) {
    if (other.exchange != nullptr) answered += count_datagrams(*other.exchange, Side::server);
  }
  if (answered == 0) return std::nullopt;
  return fmt::format(
      "datagram {} of this client got no answer, although the server lives and answered {}",
      evidence.requests.size(), counted(answered, "other"));
}

// In its place came the answer to a request that was sent behind it, and its own never did; one
// that answered each request has answered this one, too.
std::optional<std::string> find_skipped(const FailureEvidence& evidence) {
  const bool is_other = evidence.expected && evidence.came != evidence.expected->bytes;
  if (!is_other || evidence.came.size() < kFewestStale) return std::nullopt;
  const std::size_t answered = evidence.replies.size() + 1;
  const std::size_t asked = evidence.requests.size() - std::min(answered, evidence.requests.size());
  const auto later = std::span(evidence.later).first(std::min(asked, evidence.later.size()));
  const auto is_its_answer = [&](const EncodedMessage& reply) {
    return reply.bytes == evidence.came;
  };
  const auto is_own_answer = [&](const Datagram& datagram) {
    return datagram.from == Side::server &&
           std::ranges::equal(datagram.payload, evidence.expected->bytes);
  };
  const std::vector<Datagram>& all = evidence.exchange->datagrams;
  const auto answers = std::ranges::count(all, Side::server, &Datagram::from);
  if (2 * answers >= std::ssize(all) || std::ranges::none_of(later, is_its_answer) ||
      std::ranges::any_of(all, is_own_answer)) {
    return std::nullopt;
  }
  return "this datagram got no answer: what came is the answer to one that was sent behind it";
}

constexpr ExplanationEntry kDatagramEntries[] = {
    {ExplanationId::other_port, find_other_port},
    {ExplanationId::kept_address, find_kept_address},
    {ExplanationId::duplicate_reply, find_duplicate},
    {ExplanationId::lost_reply, find_skipped},
    {ExplanationId::zero_ended, find_zero_ended},
    {ExplanationId::truncated_datagram, find_truncated},
    {ExplanationId::truncated_datagram, find_too_long},
    {ExplanationId::empty_datagram, find_empty},
    {ExplanationId::lost_reply, find_lost}};

}  // namespace

std::optional<Explanation> explain_datagrams(const FailureEvidence& evidence) {
  if (evidence.exchange == nullptr) return std::nullopt;
  return first_explanation(kDatagramEntries, evidence);
}

}  // namespace wireproof
