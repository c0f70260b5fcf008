#include "play/path/path_forwarder.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

#include "base/system/process.h"
#include "catch.h"
#include "expect/match/match.h"
#include "packets/capture/packet_record.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

using Ms = std::chrono::milliseconds;

// Sockets in place of the devices: each message is a packet.
struct Ends {
  UniqueFd client;
  UniqueFd server;
  PathDevices devices;
};

void open_end(UniqueFd& outside, UniqueFd& inside) {
  std::array<int, 2> pair{};
  check_call(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair.data()),
             "make a pair of sockets");
  outside = UniqueFd(pair[0]);
  inside = UniqueFd(pair[1]);
}

Ends open_ends() {
  Ends ends;
  open_end(ends.client, ends.devices.client);
  open_end(ends.server, ends.devices.server);
  return ends;
}

Bytes datagram(std::string_view payload) {
  TestDatagram built;
  built.from = endpoint("127.0.0.2:4000");
  built.to = endpoint("127.0.0.1:80");
  built.payload = payload;
  const Bytes frame = build_frame(built);
  return {frame.begin() + 14, frame.end()};  // without the link header
}

void send(const UniqueFd& end, const Bytes& packet) {
  REQUIRE(::write(end.get(), packet.data(), packet.size()) == static_cast<ssize_t>(packet.size()));
}

// Empty: nothing came.
Bytes receive(const UniqueFd& end, Ms limit = Ms(5000)) {
  if (!await_readable(end.get(), Deadline(limit), "wait for a packet")) return {};
  Bytes packet(2000);
  const ssize_t size = ::read(end.get(), packet.data(), packet.size());
  packet.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return packet;
}

bool pass_barrier(PathForwarder& path) {
  path.ask_barrier();
  const Deadline deadline(Ms(5000));
  while (!path.has_passed_barrier() && !deadline.is_over()) {
    await_readable(path.readable_fd(), deadline, "wait for the barrier");
  }
  return path.has_passed_barrier();
}

PathRules rules(const PathAction& action, std::uint64_t which) {
  PathRule made;
  made.packets = PathPackets::data;
  made.which.ranges = {{which, which}};
  made.action = action;
  return {{made}, {}, kNoLayouts, [](const IpAddress&) { return std::string(); }};
}

TEST_CASE("the path hands packets on, loses those that a rule names, and takes note of all") {
  Ends ends = open_ends();
  PathForwarder path(std::move(ends.devices), rules({PathDeed::lose}, 2));
  send(ends.client, datagram("one"));
  send(ends.client, datagram("two"));
  send(ends.client, datagram("three"));
  send(ends.server, datagram("back"));
  REQUIRE(pass_barrier(path));
  CHECK(receive(ends.server) == datagram("one"));
  CHECK(receive(ends.server) == datagram("three"));
  CHECK(receive(ends.client) == datagram("back"));
  const std::vector<PassedPacket> passed = path.take();
  REQUIRE(passed.size() == 4);
  std::size_t lost = 0;
  for (const PassedPacket& packet : passed) {
    if (packet.fate != PacketFate::lost) continue;
    CHECK(packet.bytes == datagram("two"));
    ++lost;
  }
  CHECK(lost == 1);
  CHECK(path.uses() == std::vector<PathUse>{{4, 1}});
  CHECK(path.left_out() == 0);
}

TEST_CASE("a barrier is passed once nothing waits on the path") {
  Ends ends = open_ends();
  PathAction delay{PathDeed::delay};
  delay.delay = Ms(30);
  PathForwarder path(std::move(ends.devices), rules(delay, 1));
  send(ends.client, datagram("late"));
  send(ends.client, datagram("next"));
  REQUIRE(pass_barrier(path));
  CHECK(receive(ends.server) == datagram("next"));
  CHECK(receive(ends.server, Ms(0)) == datagram("late"));
}

TEST_CASE("an answer of the path itself is noted behind the packet that it is about") {
  Ends ends = open_ends();
  PathForwarder path(std::move(ends.devices), rules({PathDeed::port_unreachable}, 1));
  send(ends.client, datagram("one"));
  REQUIRE(pass_barrier(path));
  const Bytes answer = receive(ends.client);
  const std::vector<PassedPacket> passed = path.take();
  REQUIRE(passed.size() == 2);
  CHECK(passed[0].fate == PacketFate::lost);
  CHECK(passed[1].fate == PacketFate::arrived);
  CHECK(passed[1].bytes == answer);
}

TEST_CASE("a path tells what waits on it for a next packet, and how long the others took") {
  Ends ends = open_ends();
  PathForwarder path(std::move(ends.devices), rules({PathDeed::swap}, 1));
  send(ends.client, datagram("waits"));
  REQUIRE(pass_barrier(path));
  const std::vector<PassedPacket> passed = path.take();
  REQUIRE(passed.size() == 1);
  CHECK_FALSE(passed[0].took);
  REQUIRE(path.held().size() == 1);
  CHECK(path.held()[0].packet == passed[0].number);
  send(ends.client, datagram("next"));
  REQUIRE(pass_barrier(path));
  CHECK(path.take().at(0).took == Duration::zero());
  CHECK(path.held().empty());
}

TEST_CASE("children that are forked beside a busy path can allocate") {
  Ends ends = open_ends();
  PathForwarder path(std::move(ends.devices), rules({PathDeed::lose}, 1));
  for (int i = 0; i < 50; ++i) {
    for (int packet = 0; packet < 5; ++packet) send(ends.client, datagram("busy"));
    const Attempt attempt = attempt_in_child([] { return std::string(100'000, 'x').substr(0, 1); });
    CHECK(attempt.text == "x");
    REQUIRE(pass_barrier(path));
    while (!receive(ends.server, Ms(0)).empty()) continue;
    path.take();
  }
}

}  // namespace
}  // namespace wireproof
