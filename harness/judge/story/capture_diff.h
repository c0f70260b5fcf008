#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text/bytes.h"
#include "base/text/time.h"
#include "packets/flow/tcp_connection.h"

namespace wireproof {

// Two captures of what should be the same, conversation by conversation: the n-th one to a server's
// port in one with the n-th one in the other; connections of which the capture has no opening are
// counted behind the others, and not compared. Clients' ports, sequence numbers, times of day and
// how streams were cut into segments are no differences. All pairs have what is of the first
// capture first.

// Who closed first. Where each FIN was sent before the other had come, that depends on where it was
// captured.
enum class FirstClose : std::uint8_t { nobody, client, server, client_alone, server_alone, both };
FirstClose find_first_close(const TcpConnection& connection);

// "SsDdFf": SYN, data, FIN and RST in their order, as the letters of a history; data of one side
// that stands together is one letter. Of what crossed, neither end having seen the other's, the
// client's stands first.
std::string render_order(const TcpConnection& connection);
std::string render_order(const UdpExchange& exchange);

// What one side sent.
struct MessageDifference {
  Side from = Side::client;
  std::optional<std::size_t> datagram;              // UDP: of that side, from 0
  std::pair<std::uint64_t, std::uint64_t> sizes{};  // of its stream, or of that datagram
  std::uint64_t at = 0;     // the first byte that differs, from 0; the smaller size: one lacks it
  std::uint64_t shown = 0;  // where those begin that stand here
  std::pair<Bytes, Bytes> bytes;
  std::pair<bool, bool> is_there{true, true};  // a datagram: whether it was sent at all
};

// What a machine's load changes: it is told, and is no difference.
enum class TimedSpan : std::uint8_t { until_answer, whole };
struct TimeDifference {
  TimedSpan span = TimedSpan::whole;
  std::pair<Duration, Duration> lasted{};
};

struct ConversationDifference {
  bool tcp = true;
  std::uint16_t port = 0;  // the server's
  std::size_t number = 0;  // of that port's, from 1
  std::pair<std::optional<std::size_t>, std::optional<std::size_t>> streams;  // as `table` counts
  std::pair<Endpoint, Endpoint> clients{};
  // Not all of it was captured, or not its begin, so that it is not compared.
  std::pair<bool, bool> unseen{};
  std::vector<MessageDifference> messages;
  std::optional<std::pair<std::string, std::string>> orders;
  std::optional<std::pair<FirstClose, FirstClose>> closes;
  std::vector<TimeDifference> times;

  bool is_missing() const { return !streams.first || !streams.second; }
  bool is_unseen() const { return unseen.first || unseen.second; }
  bool differs() const { return is_missing() || !messages.empty() || orders || closes; }
};

struct CaptureDifference {
  std::size_t conversations = 0;  // pairs, and those without another
  // Those of which anything is to be said, by transport, port and number.
  std::vector<ConversationDifference> told;

  std::size_t count_differing() const;
  std::size_t count_unseen() const;
};

// Times are told where one is more than three times the other, and 50 ms longer.
CaptureDifference compare_captures(const Conversations& first, const Conversations& second);

}  // namespace wireproof
