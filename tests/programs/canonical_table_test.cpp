#include "programs/canonical_table.h"

#include "catch.h"
#include "support/call_log_builder.h"

namespace wireproof {
namespace {

enum class Ways { apart, joined };

// Client: send 3 + send 5 bytes, then close; the server reads all, then closes. Joined: one segment
// that carries the FIN as well.
std::string render(Ways ways, int read_first) {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  if (ways == Ways::apart) {
    tcp.client("que");               // 3 ms
    tcp.client("stion");             // 4 ms
    tcp.server_ack();                // 5 ms
    tcp.client("", tcp_flag::kFin);  // 6 ms
  } else {
    tcp.wait(std::chrono::milliseconds(3));
    tcp.client("question", tcp_flag::kFin);  // 6 ms
  }
  tcp.server("", tcp_flag::kFin);  // 7 ms
  CallLogBuilder log;
  log.add_client("connect", 0, -1, 1);
  log.add_accept(0, 2);
  log.add_client("write", 3, 3, 3);
  log.add_client("send", 5, 4, 4);
  log.add("recv", read_first, 4, 6);
  log.add("recv", 8 - read_first, 6, 6);
  log.add_client("close", 0, 5, 5);
  log.add("recv", 0, 6, 6);
  log.add_close(7, 7);
  const std::vector<Packet> packets = store.decode_all();
  const Conversations conversations = build_conversations(packets, 12345, 0);
  REQUIRE(conversations.tcp.size() == 1);
  return render_canonical_table(conversations.tcp.front(), log.calls);
}

constexpr const char* kTable = R"(from    event    cause    by   blocked  by   remark
client  open     connect  1.1  accept   1.1
server  open     accept   1.1  connect  1.1
client  3 bytes  write    1.1  recv     1.1
client  5 bytes  send     1.1  recv     1.1
client  fin      close    1.1  recv     1.1
server  fin      close    1.1
)";

}  // namespace

TEST_CASE("the canonical table shows neither segments nor how many calls took them", "[programs]") {
  CHECK(render(Ways::apart, 3) == kTable);
  CHECK(render(Ways::apart, 7) == kTable);
  CHECK(render(Ways::joined, 3) == kTable);
}

TEST_CASE("the canonical table keeps what a packet acknowledges before it", "[programs]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.server("hello");
  tcp.client("question");  // acknowledges the greeting
  CallLogBuilder log;
  const std::vector<Packet> packets = store.decode_all();
  const Conversations conversations = build_conversations(packets, 12345, 0);
  const std::string table = render_canonical_table(conversations.tcp.front(), log.calls);
  CHECK(table.find("server  5 bytes") < table.find("client  8 bytes"));
}

}  // namespace wireproof
