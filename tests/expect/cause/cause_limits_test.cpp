// Which calls belong to a connection and to its packets: what tells one from its neighbour.
#include <sys/socket.h>

#include <cerrno>

#include "catch.h"
#include "expect/cause/call_facts.h"
#include "expect/cause/cause.h"
#include "support/call_log_builder.h"
#include "support/doers.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

using Facts = std::vector<CauseFact>;
using Kind = CauseFactKind;

// A connection, its calls, and what is said of its packets.
struct Joined {
  PacketStore store;
  TestConversation tcp{store, kClient, kServer};
  CallLogBuilder log;

  Cause cause(std::size_t packet) const {
    const std::vector<Packet> packets = store.decode_all();
    const Conversations conversations = build_conversations(packets, 12345, 0);
    REQUIRE(!conversations.tcp.empty());
    return infer_causes(conversations.tcp.front(), log.calls).at(packet);
  }
};

std::vector<Cause> causes_of_datagrams(const PacketStore& store, const CallLogBuilder& log) {
  const std::vector<Packet> packets = store.decode_all();
  const Conversations conversations = build_conversations(packets, 0, 12345);
  REQUIRE(!conversations.udp.empty());
  return infer_causes(conversations.udp, log.calls).front();
}

Timestamp at(int milliseconds) {
  return kTestStart + std::chrono::milliseconds(milliseconds);
}

}  // namespace

TEST_CASE("a call runs from its entry to its return, both counted", "[expect]") {
  SocketCall call;
  call.entered = at(2);
  call.returned = at(4);
  const std::vector<std::pair<int, bool>> cases{{1, false}, {2, true}, {4, true}, {5, false}};
  for (const auto& [time, runs] : cases) {
    CAPTURE(time);
    CHECK(is_running_at(call, at(time)) == runs);
  }
  call.returned.reset();
  CHECK(is_running_at(call, at(5)));
}

TEST_CASE("a wait call had found a socket ready when it ended behind the arrival", "[expect]") {
  struct Case {
    int wait_entered;
    int wait_returned;
    int taker_entered;
    bool found;
  };
  const std::vector<Case> cases{{1, 6, 7, true},   // it waited when the packet came at 5
                                {1, 4, 7, false},  // it had ended
                                {6, 7, 8, true},   // it was called later, before the taker
                                {6, 6, 6, true},   // and at the same time
                                {8, 9, 7, false},  // behind both
                                {4, 6, 3, true},   // behind the taker alone
                                {5, 6, 3, true},  {6, 7, 3, false}};
  for (const Case& one : cases) {
    CAPTURE(one.wait_entered, one.wait_returned, one.taker_entered);
    CallLogBuilder log;
    log.calls.reserve(2);
    const SocketCall& wait = log.add_wait("poll", kConnection, one.wait_entered, one.wait_returned);
    const SocketCall& taker = log.add("recv", 4, one.taker_entered, one.taker_entered);
    const std::vector<const SocketCall*> waits{&wait};
    CHECK((find_wait(waits, taker, at(5)) == &wait) == one.found);
  }
}

TEST_CASE("a connect in progress is met by a wait call that is not older", "[expect]") {
  CallLogBuilder log;
  log.calls.reserve(2);
  const SocketCall& wait = log.add_wait("poll", kClientSocket, 3, 6);
  SocketCall& connect = log.add_client("connect", -1, 3, 3);
  connect.error_number = EINPROGRESS;
  const std::vector<const SocketCall*> waits{&wait};
  CHECK(find_wait(waits, connect, at(4)) == &wait);
  connect.entered = at(4);
  CHECK(find_wait(waits, connect, at(4)) == nullptr);
}

TEST_CASE("a call that peeked is blocked where it came first, or alone", "[expect]") {
  Joined joined;
  joined.tcp.handshake();
  joined.tcp.client("1234");  // 3 ms
  joined.tcp.client("56");    // 4 ms
  joined.log.add_accept(0, 1);
  SECTION("alone") {
    joined.log.add("recvmsg", 4, 2, 3).flags = MSG_PEEK;
    CHECK(joined.cause(3).blocked == called("recvmsg"));
  }
  SECTION("at the same time as the one that took it") {
    joined.log.add("recvmsg", 4, 2, 3).flags = MSG_PEEK;
    joined.log.add("recv", 4, 2, 3);
    CHECK(joined.cause(3).blocked == called("recv"));
  }
  SECTION("behind what was taken before") {
    joined.log.add("recv", 4, 2, 3);
    joined.log.add("recvmsg", 2, 3, 4).flags = MSG_PEEK;
    joined.log.add("read", 2, 5, 5);
    CHECK(joined.cause(3).blocked == called("recv"));
    CHECK(joined.cause(4).blocked == called("recvmsg"));
  }
}

TEST_CASE("an ACK at the moment in which the call returned released its bytes", "[expect]") {
  Joined joined;
  joined.tcp.handshake();
  joined.tcp.client_ack();  // 3 ms
  joined.tcp.server("ab");  // 4 ms
  joined.log.add_accept(0, 1);
  joined.log.add("send", 2, 2, 3);
  CHECK(joined.cause(4).facts == Facts{{Kind::released_by_ack, 0, 3}});
}

TEST_CASE("of shutdown and close the first one sent the FIN, shutdown where both", "[expect]") {
  Joined joined;
  joined.tcp.handshake();
  joined.tcp.server("", tcp_flag::kFin);  // 3 ms
  joined.log.add_accept(0, 1);
  SECTION("shutdown alone") {
    joined.log.add("shutdown", 0, 3, 3).flags = SHUT_RDWR;
    CHECK(joined.cause(3).call == called("shutdown"));
  }
  SECTION("at the same time") {
    joined.log.add("shutdown", 0, 3, 3).flags = SHUT_WR;
    joined.log.add_close(3, 3);
    CHECK(joined.cause(3).call == called("shutdown"));
  }
  SECTION("close first") {
    joined.log.add_close(2, 3);
    joined.log.add("shutdown", 0, 3, 3).flags = SHUT_WR;
    CHECK(joined.cause(3).call == called("close"));
  }
  SECTION("a shutdown that failed") {
    joined.log.add("shutdown", -1, 2, 2).flags = SHUT_WR;
    joined.log.add_close(3, 3);
    CHECK(joined.cause(3).call == called("close"));
  }
}

TEST_CASE("the second FIN ends the wait of a call that still read", "[expect]") {
  Joined joined;
  joined.tcp.handshake();
  joined.tcp.client("", tcp_flag::kFin);  // 3 ms
  joined.tcp.server("", tcp_flag::kFin);  // 4 ms
  joined.log.add_accept(0, 1);
  joined.log.add_client("connect", 0, 0, 2);
  joined.log.add_client("shutdown", 0, 3, 3).flags = SHUT_WR;
  joined.log.add_close(4, 4);
  CHECK(joined.cause(4).blocked.empty());
  joined.log.add_client("recv", 0, 3, 4);
  CHECK(joined.cause(4).blocked == called("recv"));
  joined.log.calls.clear();  // nothing is known, but that both had ended
  CHECK(joined.cause(4).blocked.empty());
}

TEST_CASE("the end of the stream is what a call returned 0 for", "[expect]") {
  Joined joined;
  joined.tcp.handshake();
  joined.tcp.client("", tcp_flag::kFin);  // 3 ms
  joined.log.add_accept(0, 1);
  joined.log.add("recvfrom", -1, 1, 1).error_number = EAGAIN;
  SECTION("by reading") {
    joined.log.add("read", 0, 2, 3);
    joined.log.add("recv", 0, 4, 4);
    CHECK(joined.cause(3).blocked == called("read"));
  }
  SECTION("by peeking") {
    joined.log.add("recvmsg", 0, 2, 3).flags = MSG_PEEK;
    CHECK(joined.cause(3).blocked == called("recvmsg"));
  }
  SECTION("not by a call that never ended") {
    joined.log.add("read", 0, 2, -1);
    CHECK(joined.cause(3).blocked.empty());
  }
}

TEST_CASE("RST was sent by a close that nobody held the socket behind, before it", "[expect]") {
  Joined joined;
  joined.tcp.handshake();
  joined.tcp.client("12345");             // 3 ms
  joined.tcp.server("", tcp_flag::kRst);  // 4 ms
  joined.log.add_accept(0, 1);
  SocketCall& close = joined.log.add_close(4, 4);
  close.unread_bytes = 5;
  CHECK(joined.cause(4).call == called("close"));
  SECTION("held") {
    close.still_held_by = {kChild};
    CHECK(joined.cause(4).call == kByKernel);
  }
  SECTION("later") {
    close.entered = at(5);
    CHECK(joined.cause(4).call == kByKernel);
  }
  SECTION("seen by a program that was traced from then on only") {
    joined.log.calls.erase(joined.log.calls.begin());
    CHECK(joined.cause(4).call == called("close"));
    CHECK(joined.cause(4).facts == Facts{{Kind::unread_bytes, 5}});
  }
}

TEST_CASE("a client's RST says why it was sent, and whose wait it ended", "[expect]") {
  Joined joined;
  joined.tcp.handshake();
  joined.tcp.client("", tcp_flag::kRst);  // 3 ms
  joined.log.add_accept(0, 1);
  joined.log.add_client("connect", 0, 0, 2);
  joined.log.add_client("close", 0, 3, 3).linger_seconds = 0;
  SocketCall& failed = joined.log.add("read", -1, 2, 3);
  failed.error_number = ECONNRESET;
  joined.log.add("recv", 0, 4, 4);
  CHECK(joined.cause(3).call == called("close"));
  CHECK(joined.cause(3).facts.front() == CauseFact{Kind::linger_zero});
  CHECK(joined.cause(3).blocked == called("read"));
  joined.log.calls.at(3).error_number = EAGAIN;
  CHECK(joined.cause(3).blocked == called("recv"));
}

TEST_CASE("RST for a closed socket answers data, not the ACK behind it", "[expect]") {
  Joined joined;
  joined.tcp.handshake();
  joined.tcp.client("12345");             // 3 ms
  joined.tcp.client_ack();                // 4 ms
  joined.tcp.server("", tcp_flag::kRst);  // 5 ms
  joined.log.add_accept(0, 1);
  joined.log.add_close(2, 2);
  CHECK(joined.cause(5).facts == Facts{{Kind::answers_closed, 0, 3}});
}

TEST_CASE("only the close of the listening socket resets what nobody accepted", "[expect]") {
  Joined joined;
  joined.tcp.handshake();
  joined.tcp.server("", tcp_flag::kRst);  // 3 ms
  SocketCall& close = joined.log.add_close(3, 3);
  close.socket = kListener;
  close.remote.reset();
  CHECK(joined.cause(3).facts == Facts{{Kind::listener_closed}});
  SECTION("not its listen") {
    close.name = "listen";
    close.releases = false;
    CHECK(joined.cause(3).facts.empty());
  }
  SECTION("nor the close of another connection") {
    close.remote = endpoint("127.0.0.1:40001");
    CHECK(joined.cause(3).facts.empty());
  }
  SECTION("nor of another port, or of no address") {
    close.local = endpoint("127.0.0.1:12346");
    CHECK(joined.cause(3).facts.empty());
    close.local.reset();
    CHECK(joined.cause(3).facts.empty());
  }
  SECTION("nor one that came later, or left it to others") {
    close.still_held_by = {kChild};
    CHECK(joined.cause(3).facts.empty());
    close.still_held_by.clear();
    close.entered = at(4);
    CHECK(joined.cause(3).facts.empty());
  }
}

TEST_CASE("RST refuses a connect where nothing else was seen", "[expect]") {
  const auto refuses = [](const Joined& joined, std::size_t packet) {
    return joined.cause(packet).facts == Facts{{Kind::nothing_listens}};
  };
  Joined joined;
  SECTION("a SYN before it") {
    joined.tcp.client("", tcp_flag::kSyn);
    joined.tcp.server("", tcp_flag::kRst);
    CHECK(refuses(joined, 1));
  }
  SECTION("nothing before it") {
    joined.tcp.server("", tcp_flag::kRst);
    CHECK_FALSE(refuses(joined, 0));
  }
  SECTION("of the client itself") {
    joined.tcp.client("", tcp_flag::kSyn);
    joined.tcp.client("", tcp_flag::kRst);
    CHECK_FALSE(refuses(joined, 1));
  }
  SECTION("data before it") {
    joined.tcp.client("12");
    joined.tcp.server("", tcp_flag::kRst);
    CHECK_FALSE(refuses(joined, 1));
  }
}

TEST_CASE("a client's socket is the one whose connect ran when the SYN left", "[expect]") {
  Joined joined;
  joined.tcp.wait(std::chrono::milliseconds(1));
  joined.tcp.handshake();     // 1..3 ms
  joined.tcp.client("1234");  // 4 ms
  const std::uint64_t other = 9;
  joined.log.add_client("bind", 0, -9, -9).socket = other;
  joined.log.add_client("connect", 0, -8, -7).socket = other;
  joined.log.add_client("send", 4, -6, -6).socket = other;
  joined.log.add_client("connect", 0, 0, 1);  // the SYN leaves as it ends
  joined.log.add_client("sendto", 4, 4, 4);
  CHECK(joined.cause(0).causing_calls == std::vector<std::size_t>{3});
  CHECK(joined.cause(3).call == called("sendto"));
}

TEST_CASE("a server's socket is the one of the accept that ended behind the SYN", "[expect]") {
  Joined joined;
  joined.tcp.handshake();
  joined.tcp.client("1234");  // 3 ms
  SocketCall& failed = joined.log.add_accept(-2, 1);
  failed.new_socket = 0;
  failed.result = -1;
  joined.log.add_accept(-1, 0);  // as the SYN came
  joined.log.add("recv", 4, 2, 3);
  CHECK(joined.cause(3).blocked == called("recv"));
  joined.log.calls.at(2).socket = 9;
  CHECK(joined.cause(3).blocked.empty());
}

TEST_CASE("calls of a socket that was never told belong by their ends, from the SYN on",
          "[expect]") {
  Joined joined;
  joined.tcp.client("1234");  // 0 ms
  SocketCall& read = joined.log.add("read", 4, 0, 0);
  CHECK(joined.cause(0).blocked == called("read"));
  read.entered = at(-1);
  CHECK(joined.cause(0).blocked.empty());
  read.entered = at(0);
  read.remote = endpoint("127.0.0.1:40001");
  CHECK(joined.cause(0).blocked.empty());
}

TEST_CASE("a send call that never ended may have sent any number of bytes", "[expect]") {
  Joined joined;
  joined.tcp.handshake();
  joined.tcp.server("ab");    // 3 ms
  joined.tcp.server("cdef");  // 4 ms
  joined.log.add_accept(0, 1);
  joined.log.add("send", 2, 3, 3);
  joined.log.add("write", 0, 4, -1);
  CHECK(joined.cause(3).call == called("send"));
  CHECK(joined.cause(4).call == called("write"));
}

TEST_CASE("of calls that ran at once the one whose bytes end with the packet sent it", "[expect]") {
  Joined joined;
  joined.tcp.handshake();
  joined.tcp.client("12345678");  // 3 ms
  joined.tcp.server("abcd");      // 4 ms
  joined.tcp.server("ef");        // 5 ms
  joined.tcp.server("ghij");      // 6 ms
  joined.log.add_accept(0, 1);
  joined.log.add("recv", 8, 3, 3);
  joined.log.add("sendmsg", 4, 4, 4);
  joined.log.add("write", 4, 5, 8);
  joined.log.add("send", 2, 5, 7).thread = kChild;
  CHECK(joined.cause(4).call == called("sendmsg"));
  CHECK(joined.cause(5).call == called("send"));
  CHECK(joined.cause(6).call == called("write"));
  SECTION("also where one began as the other ended") {
    joined.log.calls.at(3).returned = at(6);
    joined.log.calls.at(3).entered = at(4);
    joined.log.calls.at(4).entered = at(5);
    joined.log.calls.at(3).returned = at(5);
    CHECK(joined.cause(5).call == called("send"));
  }
  SECTION("but not those of one thread") {
    joined.log.calls.at(4).thread = kProcess;
    CHECK(joined.cause(5).call == called("write"));
  }
}

TEST_CASE("of calls that ran at once from the first byte on, the other side's packets say nothing",
          "[expect]") {
  Joined joined;
  joined.tcp.handshake();
  joined.tcp.client("12345678");  // 3 ms
  joined.tcp.server("ef");        // 4 ms
  joined.tcp.server("ghij");      // 5 ms
  joined.log.add_accept(0, 1);
  joined.log.add("write", 4, 3, 8);
  joined.log.add("send", 2, 3, 7).thread = kChild;
  CHECK(joined.cause(4).call == called("send"));
  CHECK(joined.cause(5).call == called("write"));
}

TEST_CASE("a wait call of the other side is none of this one's", "[expect]") {
  Joined joined;
  joined.tcp.handshake();
  joined.tcp.client("1234");  // 3 ms
  joined.log.add_accept(0, 1);
  joined.log.add("recv", 4, 5, 5);
  SocketCall& wait = joined.log.add_wait("poll", kConnection, 2, 4);
  CHECK(joined.cause(3).blocked == called("poll", "recv"));
  wait.side = Side::client;
  CHECK(joined.cause(3).blocked == called("recv"));
}

TEST_CASE("an empty datagram is one, and one of another client is none of this", "[expect]") {
  PacketStore store;
  append(store, TestDatagram{std::chrono::milliseconds(1), kClient, kServer, ""});
  CallLogBuilder log;
  log.add("recvfrom", 0, 0, 2).remote = endpoint("127.0.0.1:40001");
  log.add("recvmsg", 0, 0, 2);
  log.add_client("sendto", 0, 1, 1);
  const Cause cause = causes_of_datagrams(store, log).front();
  CHECK(cause.blocked == called("recvmsg"));
  CHECK(cause.call == called("sendto"));
  CHECK_FALSE(cause.call_inferred);
}

TEST_CASE("a datagram may be cut by who receives it, not by who sends it", "[expect]") {
  PacketStore store;
  append(store, TestDatagram{std::chrono::milliseconds(1), kClient, kServer, "1234567890"});
  CallLogBuilder log;
  log.add("recvfrom", 4, 0, 2);
  log.add_client("sendto", 4, 1, 1);
  const Cause cause = causes_of_datagrams(store, log).front();
  CHECK(cause.blocked == called("recvfrom"));
  CHECK(cause.call_inferred);
  log.calls.front().result = 11;
  CHECK(causes_of_datagrams(store, log).front().blocked.empty());
}

}  // namespace wireproof
