#include <sys/socket.h>

#include "catch.h"
#include "expect/cause/connection_calls.h"
#include "expect/cause/inferred_causes.h"
#include "support/doers.h"
#include "support/packet_builder.h"

// Calls that open a connection besides connect, bytes outside of the stream, and what no call that
// was seen explains.

namespace wireproof {
namespace {

using Indexes = std::vector<std::size_t>;
using Kind = CauseFactKind;

bool has_fact(const Cause& cause, Kind kind) {
  return std::ranges::find(cause.facts, kind, &CauseFact::kind) != cause.facts.end();
}

}  // namespace

TEST_CASE("a send with MSG_FASTOPEN opens the connection and sends its bytes", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();        // 0..2 ms
  tcp.client("hello\n");  // 3 ms
  CallLogBuilder log;
  SocketCall& send = log.add_client("sendto", 6, 0, 3);
  send.flags = MSG_FASTOPEN;
  log.add_accept(0, 2);
  const std::vector<Cause> causes = causes_of(store, log);
  CHECK(causes.at(0).call == called("sendto"));
  CHECK(causes.at(1).blocked == called("sendto"));
  CHECK(causes.at(3).call == called("sendto"));
  CHECK_FALSE(causes.at(3).call_inferred);
  CHECK(causes.at(3).causing_calls == Indexes{0});
}

TEST_CASE("a connect that was put off leaves the SYN to the first send", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.client("hello", tcp_flag::kSyn);  // 0 ms
  tcp.server("", tcp_flag::kSyn);
  CallLogBuilder log;
  log.add_client("connect", 0, -5, -4);
  log.add_client("send", 5, -1, 1);
  log.add_accept(-3, 2);
  log.add("recv", 5, 2, 2);
  const std::vector<Cause> causes = causes_of(store, log);
  CHECK(causes.at(0).call == called("send"));
  CHECK(causes.at(0).causing_calls == Indexes{1});
  CHECK(causes.at(0).blocked == called("accept"));
  CHECK(causes.at(0).taking_calls == Indexes{2, 3});
}

TEST_CASE("data and ends of which no call was seen are inferred, never the kernel's", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.client("unseen");
  tcp.client("", tcp_flag::kFin);
  CallLogBuilder log;
  log.add_client("socket", 3, -9, -9).remote.reset();  // of a process whose other calls are hidden
  log.calls.back().local.reset();
  const std::vector<Cause> causes = causes_of(store, log);
  CHECK(causes.at(0).call == called("connect"));
  CHECK(causes.at(0).call_inferred);
  CHECK(causes.at(2).call == kByKernel);  // an acknowledgement is
  CHECK(causes.at(3).call == called("send"));
  CHECK(causes.at(3).call_inferred);
  CHECK(causes.at(4).call == called("close"));
  CHECK(causes.at(4).call_inferred);

  tcp.server("taken by a call of the same process");
  CHECK(causes_of(store, log).at(5).blocked == called("recv"));
  CHECK(causes_of(store, log).at(5).blocked_inferred);

  log.add_client("connect", 0, 0, 2);  // its other calls were seen, but for these
  CHECK(causes_of(store, log).at(3).call == called("send"));
  CHECK(causes_of(store, log).at(3).call_inferred);
  CHECK(causes_of(store, log).at(4).call == called("close"));
  CHECK(causes_of(store, log).at(5).blocked.empty());
}

TEST_CASE("an urgent byte is outside of the stream without SO_OOBINLINE", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.client("abc");  // packet 3
  tcp.client("!");    // packet 4, urgent
  tcp.client("def");  // packet 5
  CallLogBuilder log;
  log.add_accept(0, 1);                             // 0
  log.add_client("send", 3, 3, 3);                  // 1
  log.add_client("send", 1, 4, 4).flags = MSG_OOB;  // 2
  log.add_client("send", 3, 5, 5);                  // 3
  log.add("recv", 3, 3, 3);                         // 4
  log.add("recv", 3, 5, 5);                         // 5
  const std::vector<Cause> outside = causes_of(store, log);
  CHECK(outside.at(3).taking_calls == Indexes{4});
  CHECK(outside.at(4).blocked.empty());
  CHECK(outside.at(4).taking_calls.empty());
  CHECK(has_fact(outside.at(4), Kind::urgent_byte));
  CHECK(outside.at(5).taking_calls == Indexes{5});

  log.add("recv", 1, 6, 6).flags = MSG_OOB;  // 6
  CHECK(causes_of(store, log).at(4).taking_calls == Indexes{6});

  log.calls.pop_back();
  log.calls.at(4).inline_urgent = log.calls.at(5).inline_urgent = true;
  log.calls.at(5).result = 4;
  const std::vector<Cause> within = causes_of(store, log);
  CHECK(within.at(4).taking_calls == Indexes{5});
  CHECK(within.at(5).taking_calls == Indexes{5});
  CHECK_FALSE(has_fact(within.at(4), Kind::urgent_byte));
}

}  // namespace wireproof
