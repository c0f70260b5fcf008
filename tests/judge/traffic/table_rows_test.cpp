#include "judge/traffic/table_rows.h"

#include "catch.h"

namespace wireproof {
namespace {

Row row_of(const std::string& client, std::uint16_t flags) {
  Row row;
  row.client = client;
  row.flags = flags;
  return row;
}

constexpr std::uint16_t kSynAck = tcp_flag::kSyn | tcp_flag::kAck;

Row anything() {
  Row row;
  row.kind = RowKind::anything;
  return row;
}

Scenario clients(std::uint64_t group_size, const std::vector<std::string>& actors) {
  Scenario scenario;
  scenario.session.emplace();
  scenario.session->group_size = group_size;
  scenario.session->actors = actors;
  return scenario;
}

PacketTable table_of(const std::vector<Row>& rows) {
  PacketTable table;
  for (const Row& row : rows) table.rows.push_back({row, {}});
  return table;
}

std::string names(const std::vector<ActorRows>& groups) {
  std::string text;
  for (const ActorRows& group : groups) {
    text += text.empty() ? "" : "; ";
    text += group.actor;
    for (const std::size_t index : group.rows.indexes) text += " " + std::to_string(index);
  }
  return text;
}

}  // namespace

TEST_CASE("rows go to their actors, in the order of the first rows", "[judge]") {
  const Scenario scenario = clients(0, {"alice", "bob"});
  const PacketTable table =
      table_of({row_of("bob", tcp_flag::kSyn), row_of("alice", 0), row_of("bob", 0)});
  CHECK(names(rows_by_actor(table, scenario)) == "bob 0 2; alice 1");
}

TEST_CASE("a row of `each` is a row of every client of the group", "[judge]") {
  const PacketTable table = table_of({row_of("each", tcp_flag::kSyn), row_of("each", 0)});
  CHECK(names(rows_by_actor(table, clients(3, {"each"}))) == "c1 0 1; c2 0 1; c3 0 1");
}

TEST_CASE("`…` without a client stands for packets of every actor", "[judge]") {
  const PacketTable table = table_of({row_of("alice", tcp_flag::kSyn), anything()});
  CHECK(names(rows_by_actor(table, clients(0, {"alice", "bob"}))) == "alice 0 1; bob 1");
}

TEST_CASE("a label that is no actor's stands for the actors without one, in their order",
          "[judge]") {
  const auto owners = [](const std::vector<std::string>& labels,
                         const std::vector<std::string>& actors) {
    std::vector<Row> rows;
    for (const std::string& label : labels) rows.push_back(row_of(label, 0));
    return names(rows_by_actor(table_of(rows), clients(0, actors)));
  };
  CHECK(owners({"63671", "63671"}, {"client"}) == "client 0 1");
  CHECK(owners({"5001", "5000", "5001"}, {"alice", "bob"}) == "alice 0 2; bob 1");
  CHECK(owners({"5000", "alice"}, {"alice", "bob"}) == "bob 0; alice 1");
  CHECK(owners({"5000", "5001"}, {"alice"}) == "alice 0; 5001 1");
}

TEST_CASE("all rows of a named table are its actor's", "[judge]") {
  PacketTable table = table_of({row_of("5000", tcp_flag::kSyn), anything()});
  table.name = "alice";
  CHECK(names(rows_by_actor(table, clients(0, {"alice", "bob"}))) == "alice 0 1");
}

TEST_CASE("rows of one actor are cut at each SYN where it has several connections", "[judge]") {
  RowGroup all;
  for (const std::uint16_t flags : {tcp_flag::kSyn, kSynAck, tcp_flag::kSyn, kSynAck}) {
    all.add(row_of("client", flags), all.rows.size());
  }
  const auto two = split_connections(all, 2);
  REQUIRE(two.size() == 2);
  CHECK(two[0].indexes == std::vector<std::size_t>{0, 1});
  CHECK(two[1].indexes == std::vector<std::size_t>{2, 3});
  CHECK(split_connections(all, 1).size() == 1);
  CHECK(split_connections(RowGroup(), 2).empty());
}

}  // namespace wireproof
