#include "judge/row_failures.h"

#include "catch.h"

namespace wireproof {
namespace {

Row row_of(const std::string& cause, const std::string& blocked) {
  Row row;
  row.number = 4;
  row.cause = cause;
  row.blocked = blocked;
  return row;
}

Cause cause_of(const std::string& call, Side side) {
  Cause cause;
  cause.call = call;
  cause.side = side;
  return cause;
}

}  // namespace

TEST_CASE("a Cause cell takes each call of the packet, and `*` any", "[judge]") {
  const Cause both = cause_of("send + close", Side::server);
  CHECK(judge_cause_cells(row_of("send", ""), both).empty());
  CHECK(judge_cause_cells(row_of("close", ""), both).empty());
  CHECK(judge_cause_cells(row_of("*", "*"), both).empty());
  CHECK(judge_cause_cells(row_of("", ""), both).empty());
}

TEST_CASE("another call fails its column, with what is known of it", "[judge]") {
  Cause cause = cause_of("write", Side::client);
  cause.blocked = "poll";
  cause.detail = "already waiting for 0.2 ms";
  const auto failures = judge_cause_cells(row_of("connect", "accept"), cause);
  REQUIRE(failures.size() == 2);
  CHECK(failures[0].column == "Cause");
  CHECK(failures[0].level == Level::must);
  CHECK(failures[0].diagnostic.message == "Cause of row 4 is write(), the table expects connect");
  REQUIRE(failures[0].diagnostic.notes.size() == 1);
  CHECK(failures[0].diagnostic.notes[0].text == cause.detail);
  CHECK(failures[1].column == "Blocked");
  CHECK(failures[1].diagnostic.message == "Blocked of row 4 is poll(), the table expects accept");
}

TEST_CASE("what no call was joined to is said", "[judge]") {
  const auto failures = judge_cause_cells(row_of("", "recv"), cause_of("send", Side::client));
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].diagnostic.message == "Blocked of row 4 is no call, the table expects recv");
}

TEST_CASE("an inferred call is judged as should, or as little as its row", "[judge]") {
  Cause cause = cause_of("close", Side::client);
  cause.call_inferred = true;
  Row row = row_of("send", "");
  CHECK(judge_cause_cells(row, cause).at(0).level == Level::should);
  row.level = Level::info;
  CHECK(judge_cause_cells(row, cause).at(0).level == Level::info);
}

TEST_CASE("a server's shutdown ends its stream as well as a close; a client's does not",
          "[judge]") {
  CHECK(judge_cause_cells(row_of("close", ""), cause_of("shutdown", Side::server)).empty());
  CHECK(judge_cause_cells(row_of("close", ""), cause_of("shutdown", Side::client)).size() == 1);
  CHECK(judge_cause_cells(row_of("shutdown", ""), cause_of("close", Side::server)).size() == 1);
}

}  // namespace wireproof
