#include "judge/traffic/actor_map.h"

#include "catch.h"

namespace wireproof {
namespace {

PacketTable table_of(const std::vector<std::string>& labels) {
  PacketTable table;
  for (const std::string& label : labels) {
    Row row;
    row.client = label;
    table.rows.push_back({row, {}});
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

TEST_CASE("connections that no client opened are the program's, of several one by one", "[judge]") {
  Conversations conversations;
  for (std::uint16_t port = 1; port <= 4; ++port) {
    TcpConnection connection;
    connection.client.port = port;
    conversations.tcp.push_back(connection);
  }
  Evidence evidence;
  Endpoint own;
  own.port = 2;
  evidence.actors = {{"alice", own, true}};
  const auto claimed = [&] {
    std::string text;
    for (const ActorEndpoint& end : claim_programs(conversations, evidence)) {
      text += end.actor + std::to_string(end.local.port) + " ";
    }
    return text;
  };
  CHECK(claimed() == "alice2 ");
  evidence.programs = {"tool"};
  CHECK(claimed() == "alice2 tool1 tool3 tool4 ");
  evidence.programs = {"one", "two"};
  CHECK(claimed() == "alice2 one1 two3 two4 ");
}

}  // namespace wireproof
