#include "judge/cause_cells.h"

#include "catch.h"
#include "support/doers.h"

namespace wireproof {
namespace {

Row row_of(const std::string& cause, const std::string& blocked) {
  Row row;
  row.number = 4;
  row.cause = cause;
  row.blocked = blocked;
  return row;
}

Cause cause_of(const Doers& call, Side side) {
  Cause cause;
  cause.call = call;
  cause.side = side;
  return cause;
}

}  // namespace

TEST_CASE("a Cause cell takes each call of the packet, and `*` any", "[judge]") {
  const Cause both = cause_of(called("send", "close"), Side::server);
  CHECK(judge_cause_cells(row_of("send", ""), both).empty());
  CHECK(judge_cause_cells(row_of("close", ""), both).empty());
  CHECK(judge_cause_cells(row_of("*", "*"), both).empty());
  CHECK(judge_cause_cells(row_of("", ""), both).empty());
}

TEST_CASE("another call fails its column, with what is known of it", "[judge]") {
  Cause cause = cause_of(called("write"), Side::client);
  cause.blocked = called("poll");
  cause.facts = {{CauseFactKind::several_calls, 2}, {CauseFactKind::linger_zero}};
  const auto failures = judge_cause_cells(row_of("connect", "accept"), cause);
  REQUIRE(failures.size() == 2);
  CHECK(failures[0].column == "Cause");
  CHECK(failures[0].level == Level::must);
  CHECK(failures[0].diagnostic.message == "Cause of row 4 is write(), the table expects connect");
  REQUIRE(failures[0].diagnostic.notes.size() == 1);
  CHECK(failures[0].diagnostic.notes[0].text == "2 calls; SO_LINGER is on with 0 seconds");
  CHECK(failures[1].column == "Blocked");
  CHECK(failures[1].diagnostic.message == "Blocked of row 4 is poll(), the table expects accept");
}

TEST_CASE("the kernel is a cause that a cell can name, and no call", "[judge]") {
  const Cause cause = cause_of(kByKernel, Side::server);
  CHECK(judge_cause_cells(row_of("kernel", ""), cause).empty());
  const auto failures = judge_cause_cells(row_of("send", ""), cause);
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].diagnostic.message == "Cause of row 4 is kernel(), the table expects send");
}

TEST_CASE("what no call was joined to is said", "[judge]") {
  const auto failures =
      judge_cause_cells(row_of("", "recv"), cause_of(called("send"), Side::client));
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].diagnostic.message == "Blocked of row 4 is no call, the table expects recv");
}

TEST_CASE("an inferred call is judged as should, or as little as its row", "[judge]") {
  Cause cause = cause_of(called("close"), Side::client);
  cause.call_inferred = true;
  Row row = row_of("send", "");
  CHECK(judge_cause_cells(row, cause).at(0).level == Level::should);
  row.level = Level::info;
  CHECK(judge_cause_cells(row, cause).at(0).level == Level::info);
}

TEST_CASE("a server's shutdown ends its stream as well as a close; a client's does not",
          "[judge]") {
  CHECK(judge_cause_cells(row_of("close", ""), cause_of(called("shutdown"), Side::server)).empty());
  CHECK(judge_cause_cells(row_of("close", ""), cause_of(called("shutdown"), Side::client)).size() ==
        1);
  CHECK(judge_cause_cells(row_of("shutdown", ""), cause_of(called("close"), Side::server)).size() ==
        1);
}

}  // namespace wireproof
