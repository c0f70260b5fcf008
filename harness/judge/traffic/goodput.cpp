#include "judge/traffic/goodput.h"

#include <algorithm>

#include "packets/wire/packet_fate.h"

namespace wireproof {
namespace {

constexpr std::uint64_t kFirstPosition = 1;  // of a stream's first byte
constexpr double kBitsOfByte = 8;
constexpr double kNanosecondsOfSecond = 1e9;

// What arrived, and the first and the last packet that took part in it.
class Sum {
 public:
  void begin(std::size_t packet, Timestamp time) {
    if (!first_time_ || time < *first_time_) {
      first_time_ = time;
      goodput_.first = packet;
    }
  }
  void add(std::uint64_t bytes, std::size_t packet, Timestamp time) {
    goodput_.bytes += bytes;
    if (!last_time_ || time > *last_time_) {
      last_time_ = time;
      goodput_.last = packet;
    }
  }
  std::optional<Goodput> take() {
    if (goodput_.bytes == 0 || !first_time_ || *last_time_ <= *first_time_) return std::nullopt;
    goodput_.lasted = *last_time_ - *first_time_;
    return goodput_;
  }

 private:
  Goodput goodput_;
  std::optional<Timestamp> first_time_;
  std::optional<Timestamp> last_time_;
};

// The bytes of a side that the other one acknowledged: where it acknowledged the last of them.
void add_stream(const TcpConnection& connection, Side from, Sum& sum) {
  const std::uint64_t end = kFirstPosition + connection.stream(from).size();
  std::uint64_t acknowledged = kFirstPosition;
  for (const Segment& segment : connection.segments) {
    if (segment.from == from) {
      if (segment.payload_size > 0) sum.begin(segment.packet, segment.time);
      continue;
    }
    const std::uint64_t ack = segment.has(tcp_flag::kAck) ? std::min(segment.ack, end) : 0;
    if (ack <= acknowledged || !has_arrived(segment.fate)) continue;
    sum.add(ack - acknowledged, segment.packet, segment.time);
    acknowledged = ack;
  }
}

void add_datagrams(const UdpExchange& exchange, Sum& sum) {
  for (const Datagram& datagram : exchange.datagrams) {
    if (datagram.port_unreachable || datagram.payload_size == 0) continue;
    sum.begin(datagram.packet, datagram.time);
    if (has_arrived(datagram.fate)) sum.add(datagram.payload_size, datagram.packet, datagram.time);
  }
}

}  // namespace

double Goodput::rate() const {
  return static_cast<double>(bytes) * kBitsOfByte * kNanosecondsOfSecond /
         static_cast<double>(lasted.count());
}

std::optional<Goodput> find_goodput(const Traffic& traffic) {
  Sum sum;
  for (const ActorConversations& actor : traffic.actors()) {
    for (const TcpConnection* connection : actor.tcp) {
      add_stream(*connection, Side::client, sum);
      add_stream(*connection, Side::server, sum);
    }
    for (const UdpExchange* exchange : actor.udp) add_datagrams(*exchange, sum);
  }
  return sum.take();
}

}  // namespace wireproof
