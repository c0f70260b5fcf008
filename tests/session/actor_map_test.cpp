#include "session/actor_map.h"

#include "catch.h"

namespace wireproof {
namespace {

PacketTable table_of(const std::vector<std::string>& labels) {
  PacketTable table;
  for (const std::string& label : labels) {
    Row row;
    row.client = label;
    table.rows.push_back(row);
  }
  return table;
}

}  // namespace

TEST_CASE("a port number in a table stands for the only client", "[judge]") {
  const PacketTable table = table_of({"63671", "63671"});
  CHECK(LabelResolver(table, {"client"}).actor("63671") == "client");
}

TEST_CASE("port numbers stand for the clients in the order of their appearance", "[judge]") {
  const LabelResolver labels(table_of({"5001", "5000", "5001"}), {"alice", "bob"});
  CHECK(labels.actor("5001") == "alice");
  CHECK(labels.actor("5000") == "bob");
}

TEST_CASE("an actor's own name is never given to a number", "[judge]") {
  const LabelResolver labels(table_of({"alice", "5000"}), {"alice", "bob"});
  CHECK(labels.actor("alice") == "alice");
  CHECK(labels.actor("5000") == "bob");
}

TEST_CASE("in a sheet of both transports the actor's name says which it uses", "[judge]") {
  Scenario sheet;
  sheet.front.transport = Transport::tcp_udp;
  CHECK(actor_uses_udp(sheet, "udp-client", true));
  CHECK_FALSE(actor_uses_udp(sheet, "client", true));
  sheet.front.transport.reset();
  CHECK(actor_uses_udp(sheet, "client", false));
}

}  // namespace wireproof
