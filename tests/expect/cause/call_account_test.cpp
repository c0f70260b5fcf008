#include "support/call_account.h"

#include <sys/socket.h>

#include <algorithm>

#include "catch.h"
#include "support/call_log_builder.h"

namespace wireproof {
namespace {

// SYN 0 ms, SYN ACK 1, ACK 2, client "question" 3, server "answer" 4, FIN of the client 5, ACK 6,
// FIN of the server 7, ACK 8; and the calls that made it so.
struct Exchange {
  PacketStore store;
  TestConversation tcp{store, kClient, kServer};
  CallLogBuilder log;

  Exchange() {
    tcp.handshake();
    tcp.client("question");
    tcp.server("answer");
    log.add_client("connect", 0, -1, 1);  // 0
    log.add_accept(0, 2);                 // 1
    log.add_client("send", 8, 3, 3);      // 2
    log.add("recv", 8, 2, 3);             // 3
    log.add("send", 6, 4, 4);             // 4
    log.add_client("recv", 6, 3, 4);      // 5
  }

  Exchange& close() {
    tcp.close();
    log.add_client("close", 0, 5, 5);  // 6
    log.add("recv", 0, 4, 5);          // 7
    log.add_close(7, 7);               // 8
    return *this;
  }

  std::vector<std::string> check() const {
    const std::vector<Packet> packets = store.decode_all();
    const Conversations conversations = build_conversations(packets, 12345, 0);
    REQUIRE(conversations.tcp.size() == 1);
    return check_calls_account_for(conversations.tcp.front(), log.calls);
  }
};

using Violations = std::vector<std::string>;

}  // namespace

TEST_CASE("calls that account for every byte and every end leave nothing to say", "[expect]") {
  CHECK(Exchange().close().check() == Violations{});
}

TEST_CASE("bytes of a packet without a sending call are named", "[expect]") {
  Exchange exchange;
  exchange.close().log.calls.at(2).result = 5;
  CHECK(exchange.check() == Violations{"bytes 5..7 of the client belong to no sending call"});
}

TEST_CASE("bytes sent that no packet carries are named, unless a RST took them", "[expect]") {
  Exchange closed;
  closed.close().log.calls.at(4).result = 9;
  CHECK(closed.check() ==
        Violations{"the calls of the server sent bytes 6..8, which no packet carries"});
  Exchange reset;
  reset.tcp.client("", tcp_flag::kRst);  // 5 ms
  SocketCall& close = reset.log.add_client("close", 0, 5, 5);
  close.linger_seconds = 0;
  reset.log.calls.at(4).result = 9;
  CHECK(reset.check() == Violations{});
}

TEST_CASE("a call counted twice leaves bytes that no packet carries", "[expect]") {
  Exchange exchange;
  exchange.close();
  exchange.log.calls.push_back(exchange.log.calls.at(2));
  CHECK(exchange.check() ==
        Violations{"the calls of the client sent bytes 8..15, which no packet carries"});
}

TEST_CASE("a byte that two calls received is named, one that was peeked is not", "[expect]") {
  Exchange exchange;
  exchange.close();
  SocketCall& second = exchange.log.add("recv", 8, 3, 3);
  CHECK(exchange.check() ==
        Violations{"the calls of the server took bytes 8..15, which nobody sent"});
  second.flags = MSG_PEEK;
  CHECK(exchange.check() == Violations{});
}

TEST_CASE("no packet leaves before its call, and none comes after its call returned", "[expect]") {
  Exchange exchange;
  exchange.close();
  exchange.log.calls.at(2).entered += std::chrono::milliseconds(1);
  exchange.log.calls.at(2).returned = exchange.log.calls.at(2).entered;
  exchange.log.calls.at(3).returned = kTestStart + std::chrono::milliseconds(2);
  const Violations violations = exchange.check();
  REQUIRE(violations.size() == 2);
  CHECK(violations[0] ==
        "packet 4 left before send of thread 102 (call 3), which is to have sent it");
  CHECK(violations[1] ==
        "packet 4 came after recv of thread 100 (call 4), which is to have taken it");
}

TEST_CASE("a FIN without a call that ends the sending is named", "[expect]") {
  Exchange none;
  none.close();
  none.log.calls.at(6).still_held_by = {kChild};
  CHECK(none.check() == Violations{"packet 6, the FIN of the client, has no cause"});
  Exchange late;
  late.close();
  late.log.calls.at(8).entered += std::chrono::milliseconds(1);
  late.log.calls.at(8).returned = late.log.calls.at(8).entered;
  CHECK(late.check() == Violations{"packet 8, the FIN of the server, has no cause"});
}

TEST_CASE("a RST needs a call or the kernel's reason", "[expect]") {
  Exchange exchange;
  exchange.tcp.server("", tcp_flag::kRst);  // 5 ms
  CHECK(exchange.check() == Violations{"packet 6, a RST of the server, has no cause"});
  exchange.log.add_close(5, 5).unread_bytes = 3;
  CHECK(exchange.check() == Violations{});
}

TEST_CASE("a side of which no call is known accounts for nothing", "[expect]") {
  Exchange exchange;
  exchange.close();
  std::erase_if(exchange.log.calls,
                [](const SocketCall& call) { return call.side == Side::server; });
  CHECK(exchange.check() == Violations{"no call of the server is known"});
}

}  // namespace wireproof
