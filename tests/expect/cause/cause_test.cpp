#include "expect/cause/cause.h"

#include "catch.h"
#include "expect/cause/call_facts.h"
#include "support/doers.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

const Endpoint kCaller = endpoint("127.0.0.2:40000");
const Endpoint kCalled = endpoint("127.0.0.1:12345");

SocketCall client_call(const char* name, std::int64_t result, int entered_ms, int returned_ms) {
  SocketCall call;
  call.actor = "client";
  call.name = name;
  call.local = kCaller;
  call.remote = kCalled;
  call.entered = kTestStart + std::chrono::milliseconds(entered_ms);
  call.returned = kTestStart + std::chrono::milliseconds(returned_ms);
  call.result = result;
  return call;
}

// SYN, SYN ACK, ACK, 4 bytes, ACK, 28 bytes, 8 bytes of the server, server FIN, client FIN.
std::vector<Cause> exchange_causes(const std::vector<SocketCall>& calls) {
  PacketStore store;
  TestConversation tcp(store, kCaller, kCalled);
  tcp.handshake();
  tcp.client("1234");
  tcp.server_ack();
  tcp.client("1234567890123456789012345678");
  tcp.server("12345678");
  tcp.server("", tcp_flag::kFin);
  tcp.client("", tcp_flag::kFin);
  const std::vector<Packet> packets = store.decode_all();
  const Conversations conversations = build_conversations(packets, 12345, 0);
  REQUIRE(conversations.tcp.size() == 1);
  return infer_causes(conversations.tcp.front(), calls);
}

const std::vector<SocketCall> kCalls{
    client_call("connect", 0, 0, 1), client_call("send", 4, 2, 3), client_call("send", 28, 4, 5),
    client_call("recv", 8, 5, 6),    client_call("recv", 0, 6, 7), client_call("close", 0, 8, 8)};

}  // namespace

TEST_CASE("logged calls of the client are named as they were made", "[expect]") {
  const std::vector<Cause> causes = exchange_causes(kCalls);
  REQUIRE(causes.size() == 9);
  CHECK(causes[0].call == called("connect"));
  CHECK_FALSE(causes[0].call_inferred);
  CHECK(causes[1].blocked == called("connect"));
  CHECK_FALSE(causes[1].blocked_inferred);
  CHECK(causes[3].call == called("send"));
  CHECK(causes[6].blocked == called("recv"));
  CHECK_FALSE(causes[6].blocked_inferred);
  CHECK(causes[7].blocked == called("recv"));
  CHECK(causes[8].call == called("close"));
}

TEST_CASE("a side without calls is inferred from the packets and says so", "[expect]") {
  const std::vector<Cause> causes = exchange_causes(kCalls);
  CHECK(causes[0].blocked == called("accept"));
  CHECK(causes[0].blocked_inferred);
  CHECK(causes[1].call == called("accept"));
  CHECK(causes[1].call_inferred);
  CHECK(causes[6].call == called("send"));
  CHECK(causes[6].call_inferred);
  CHECK(causes[7].call == called("close"));
  CHECK(causes[7].call_inferred);
}

TEST_CASE("without any calls both sides are inferred", "[expect]") {
  for (const Cause& cause : exchange_causes({})) {
    CHECK((cause.call == kByKernel || cause.call_inferred));
    CHECK((cause.blocked.empty() || cause.blocked_inferred));
  }
}

TEST_CASE("pure ACKs are the kernel's", "[expect]") {
  const std::vector<Cause> causes = exchange_causes(kCalls);
  CHECK(causes[2].call == kByKernel);
  CHECK(causes[4].call == kByKernel);
  CHECK(causes[4].blocked.empty());
}

TEST_CASE("data that no receive call took ended nobody's wait", "[expect]") {
  std::vector<SocketCall> calls(kCalls.begin(), kCalls.begin() + 3);
  const std::vector<Cause> causes = exchange_causes(calls);
  CHECK(causes[6].blocked.empty());
}

TEST_CASE("the join is by byte range: a call of another connection does not count", "[expect]") {
  std::vector<SocketCall> calls = kCalls;
  for (SocketCall& call : calls) call.local = endpoint("127.0.0.2:40001");
  CHECK(exchange_causes(calls)[3].call_inferred);
}

TEST_CASE("FIN is caused by shutdown when that came before close", "[expect]") {
  std::vector<SocketCall> calls = kCalls;
  calls.insert(calls.end() - 1, client_call("shutdown", 0, 7, 7));
  CHECK(exchange_causes(calls)[8].call == called("shutdown"));
}

TEST_CASE("RST that answers a SYN is the kernel's and ends the connect", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kCaller, kCalled);
  tcp.client("", tcp_flag::kSyn);
  tcp.server("", tcp_flag::kRst);
  const std::vector<Packet> packets = store.decode_all();
  const Conversations conversations = build_conversations(packets, 12345, 0);
  const std::vector<Cause> causes =
      infer_causes(conversations.tcp.front(), std::vector{client_call("connect", -1, 0, 1)});
  CHECK(causes[1].call == kByKernel);
  CHECK(causes[1].blocked == called("connect"));
}

TEST_CASE("a cell names a call by its family", "[expect]") {
  CHECK(same_call("send", "sendto"));
  CHECK(same_call("`sendall()`", "send"));
  CHECK(same_call("recv", "read"));
  CHECK_FALSE(same_call("close", "shutdown"));
  CHECK_FALSE(same_call("send", "recv"));
  CHECK(same_call("kernel", "kernel"));
  CHECK_FALSE(same_call("kernel", "timer"));
}

}  // namespace wireproof
