#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/system/system_call.h"
#include "catch.h"
#include "packets/capture/watched_capture.h"
#include "support/in_private_network.h"

namespace wireproof {
namespace {

constexpr std::chrono::milliseconds kLimit{5000};
constexpr std::uint16_t kCapturedPort = 4000;

const Bytes kLarge(60000, 0x5a);

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

UniqueFd bind_datagram_socket(std::uint16_t port) {
  UniqueFd socket(static_cast<int>(check_call(::socket(AF_INET, SOCK_DGRAM, 0), "open a socket")));
  const sockaddr_in address = loopback(port);
  check_call(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
             "bind a socket");
  return socket;
}

void send_datagrams(int socket, std::uint16_t port, int count,
                    const Bytes& payload = {'h', 'e', 'l', 'l', 'o'}) {
  const sockaddr_in address = loopback(port);
  for (int index = 0; index < count; ++index) {
    check_call(::sendto(socket, payload.data(), payload.size(), 0,
                        reinterpret_cast<const sockaddr*>(&address), sizeof address),
               "send a datagram");
  }
}

std::string describe(const WatchedCapture& capture, const CaptureCounts& counts) {
  std::string text = std::to_string(capture.packets().size()) + " packets";
  for (const std::string& fault : find_capture_faults(counts)) text += "; " + fault;
  return text;
}

}  // namespace

TEST_CASE("a capture has exactly the datagrams sent between its markers", "[capture]") {
  const std::string seen = run_in_private_network([] {
    const UniqueFd receiver = bind_datagram_socket(kCapturedPort);
    WatchedCapture capture({});
    send_datagrams(receiver.get(), kCapturedPort, 7);  // before the start: not of the session
    capture.start(kLimit);
    send_datagrams(receiver.get(), kCapturedPort, 250);
    capture.flush(kLimit);
    return describe(capture, capture.finish(kLimit));
  });
  CHECK(seen == "250 packets");
}

TEST_CASE("a capture whose ring was full before it started starts all the same", "[capture]") {
  const std::string seen = run_in_private_network([] {
    const UniqueFd receiver = bind_datagram_socket(kCapturedPort);
    WatchedCapture capture({});
    send_datagrams(receiver.get(), kCapturedPort, 200, kLarge);  // 12 MB; the ring has 4
    capture.start(kLimit);
    send_datagrams(receiver.get(), kCapturedPort, 7);
    capture.flush(kLimit);
    return describe(capture, capture.finish(kLimit));
  });
  CHECK(seen == "7 packets");
}

TEST_CASE("a refused datagram and its ICMP error are captured, markers are not", "[capture]") {
  const std::string seen = run_in_private_network([] {
    const UniqueFd sender = bind_datagram_socket(kCapturedPort);
    WatchedCapture capture({});
    capture.start(kLimit);
    send_datagrams(sender.get(), kCapturedPort + 1, 1);
    capture.flush(kLimit);
    std::string text = describe(capture, capture.finish(kLimit));
    for (const Packet& packet : capture.packets().decode_all()) {
      text += packet.icmp() != nullptr ? " icmp" : packet.udp() != nullptr ? " udp" : " other";
    }
    return text;
  });
  CHECK(seen == "2 packets udp icmp");
}

TEST_CASE("on a shared loopback only the server's ports are captured", "[capture]") {
  const std::string seen = run_in_private_network([] {
    const UniqueFd receiver = bind_datagram_socket(kCapturedPort);
    const UniqueFd other = bind_datagram_socket(kCapturedPort + 1);
    WatchOptions options;
    options.only_ports = options.server_ports = {kCapturedPort};
    WatchedCapture capture(options);
    capture.start(kLimit);
    send_datagrams(receiver.get(), kCapturedPort, 3);
    send_datagrams(other.get(), kCapturedPort + 1, 4);
    capture.flush(kLimit);
    return describe(capture, capture.finish(kLimit));
  });
  CHECK(seen == "3 packets");
}

TEST_CASE("whole packets of 60000 bytes are captured", "[capture]") {
  const std::string seen = run_in_private_network([] {
    const UniqueFd receiver = bind_datagram_socket(kCapturedPort);
    WatchedCapture capture({});
    capture.start(kLimit);
    send_datagrams(receiver.get(), kCapturedPort, 1, kLarge);
    capture.flush(kLimit);
    std::string text = describe(capture, capture.finish(kLimit));
    for (const Packet& packet : capture.packets().decode_all()) {
      text += " " + std::to_string(packet.payload.size()) + " bytes";
    }
    return text;
  });
  CHECK(seen == "1 packets 60000 bytes");
}

TEST_CASE("a capture that is full keeps what it has and waits for no marker", "[capture]") {
  const std::string seen = run_in_private_network([] {
    constexpr int kAtOnce = 500;
    const UniqueFd receiver = bind_datagram_socket(kCapturedPort);
    WatchedCapture capture({});
    capture.start(kLimit);
    while (!capture.is_full()) {
      send_datagrams(receiver.get(), kCapturedPort, kAtOnce);
      if (!capture.flush(kLimit) && !capture.is_full()) return std::string("no marker came");
    }
    const auto before = std::chrono::steady_clock::now();
    capture.flush(std::chrono::minutes(5));
    const CaptureCounts counts = capture.finish(std::chrono::minutes(5));
    const bool waited = std::chrono::steady_clock::now() - before > std::chrono::minutes(1);
    return std::to_string(capture.packets().size()) + (waited ? " waited" : "") + "; " +
           find_capture_faults(counts).front();
  });
  CHECK(seen.starts_with("200000; more than 200000 packets or 128 MiB came, the last "));
}

TEST_CASE("a capture that lost packets is not sound", "[capture]") {
  CaptureCounts counts;
  counts.start_marker = true;
  counts.end_marker = true;
  counts.received = 10;
  counts.delivered = 10;
  CHECK(find_capture_faults(counts).empty());
  counts.dropped = 2;
  counts.delivered = 8;
  CHECK(find_capture_faults(counts) ==
        std::vector<std::string>{"the kernel dropped 2 of 10 packets"});
  counts.dropped = 0;
  CHECK(find_capture_faults(counts).size() == 1);
  counts.delivered = 10;
  counts.end_marker = false;
  CHECK(find_capture_faults(counts).size() == 1);
  counts.left_out = 3;
  CHECK(find_capture_faults(counts) ==
        std::vector<std::string>{
            "more than 200000 packets or 128 MiB came, the last 3 were left out"});
}

}  // namespace wireproof
