#include "catch.h"
#include "judge/explain/explain.h"
#include "support/connection_script.h"

namespace wireproof {
namespace {

// Why the server's FIN is missing, where packet `nearest` stands in its place.
ExplanationId explain_fin(const std::vector<std::string>& words, std::size_t nearest) {
  const ScriptCapture capture = capture_script(words);
  const Row row = script_rows({"S FIN,ACK"}).front();
  RowResult result;
  result.nearest = nearest;
  const auto explanation = explain_row(row, result, capture.connection(), {});
  return explanation ? explanation->id : ExplanationId::none;
}

}  // namespace

TEST_CASE("data of the server behind the client's FIN, instead of its own, is a stray reply",
          "[expect]") {
  CHECK(explain_fin({"C SYN", "S SYN", "C ACK", "C FIN", "S 13"}, 4) ==
        ExplanationId::stray_after_eof);
}

TEST_CASE("data of a server that had not seen the client's FIN is no stray reply", "[expect]") {
  CHECK(explain_fin({"C SYN", "S SYN", "C ACK", "C 5", "S 13"}, 4) !=
        ExplanationId::stray_after_eof);
  CHECK(explain_fin({"C SYN", "S SYN", "C ACK", "C 5", "C FIN", "S 13 ack=6"}, 5) !=
        ExplanationId::stray_after_eof);
}

TEST_CASE("only data of the server in place of its FIN is a stray reply", "[expect]") {
  const std::vector<std::string> words{"C SYN", "S SYN", "C ACK", "S 3", "C FIN", "S ACK", "S 13"};
  CHECK(explain_fin(words, 6) == ExplanationId::stray_after_eof);
  CHECK(explain_fin(words, 5) != ExplanationId::stray_after_eof);   // no data
  CHECK(explain_fin(words, 99) != ExplanationId::stray_after_eof);  // no packet of the connection
  const ScriptCapture capture = capture_script(words);
  RowResult result;
  result.nearest = 6;
  for (const char* const row : {"C FIN,ACK", "S PSH,ACK 4", "C PSH,ACK 4"}) {
    CAPTURE(row);
    const auto found = explain_row(script_rows({row}).front(), result, capture.connection(), {});
    CHECK((!found || found->id != ExplanationId::stray_after_eof));
  }
}

TEST_CASE("data of the client in place of the server's FIN is no stray reply", "[expect]") {
  CHECK(explain_fin({"C SYN", "S SYN", "C ACK", "S 30", "C 1", "C FIN", "C 4"}, 4) !=
        ExplanationId::stray_after_eof);
}

TEST_CASE("a reset packet is explained by what stood before it", "[expect]") {
  struct Case {
    std::vector<std::string> words;
    std::size_t reset;
    std::size_t requests;
    std::size_t replies;
    ExplanationId expected;
  };
  const std::vector<Case> cases{
      {{"C SYN", "S RST"}, 1, 0, 0, ExplanationId::nothing_listens},
      {{"C SYN", "S SYN", "C ACK", "S FIN", "C 5", "S RST"},
       5,
       1,
       0,
       ExplanationId::reset_after_close},
      // nothing was sent to it: nothing can be unread
      {{"C SYN", "S SYN", "C ACK", "S RST"}, 3, 1, 0, ExplanationId::reset_abort},
      {{"C SYN", "S SYN", "C ACK", "C 5", "S RST"}, 4, 1, 0, ExplanationId::reset_unread},
      // it had the last word, and all was answered
      {{"C SYN", "S SYN", "C ACK", "C 5", "S 4", "S RST"}, 5, 1, 1, ExplanationId::reset_abort},
      {{"C SYN", "S SYN", "C ACK", "C 5", "S 4", "S RST"}, 5, 2, 1, ExplanationId::reset_unread},
      {{"C SYN", "S SYN", "C ACK", "C 5", "S 4", "S RST"}, 5, 0, 0, ExplanationId::reset_unread},
      // more came behind its last word
      {{"C SYN", "S SYN", "C ACK", "C 5", "S 4", "C 1", "S RST"},
       6,
       1,
       1,
       ExplanationId::reset_unread},
      // no close() has reset what was no connection yet
      {{"C SYN", "S SYN", "S RST"}, 2, 0, 0, ExplanationId::none},
      {{"C SYN", "S SYN", "C RST noack"}, 2, 0, 0, ExplanationId::none},
      // a client of ours that resets does so because its session ended
      {{"C SYN", "S SYN", "C ACK", "S 4", "C RST"}, 4, 0, 0, ExplanationId::none}};
  for (const Case& one : cases) {
    CAPTURE(one.words);
    const ScriptCapture capture = capture_script(one.words);
    SessionFacts facts;
    facts.requests = one.requests;
    facts.replies = one.replies;
    const TcpConnection& connection = capture.connection();
    const auto found = explain_packet(connection.segments.at(one.reset), connection, facts);
    REQUIRE(found);
    CHECK(found->id == one.expected);
    const Side from = connection.segments.at(one.reset).from;
    const std::string side = from == Side::client ? "the client " : "the server ";
    const bool named = found->text.find(side) != std::string::npos;
    CHECK(named == (one.expected != ExplanationId::nothing_listens));
  }
}

TEST_CASE("a client that gave up before the server's answer came has aborted nothing", "[expect]") {
  const auto told = [](const std::vector<std::string>& words) {
    const ScriptCapture capture = capture_script(words);
    const TcpConnection& connection = capture.connection();
    return explain_packet(connection.segments.back(), connection, {})->text;
  };
  CHECK(
      told({"C SYN", "S SYN", "C RST noack"}).starts_with("the client had given up its connect()"));
  CHECK(told({"C SYN fate=lost", "C SYN seq=0", "S SYN fate=late", "C RST noack"})
            .starts_with("the client had given up its connect()"));
  CHECK(told({"C SYN", "S SYN", "C ACK", "C RST"}).find("SO_LINGER 0") != std::string::npos);
}

TEST_CASE("a packet that is no reset is explained only where nobody asked for it", "[expect]") {
  const ScriptCapture capture = capture_script({"C SYN", "S SYN", "C ACK", "S 4"});
  const TcpConnection& connection = capture.connection();
  const auto unasked = explain_packet(connection.segments.at(3), connection, {});
  REQUIRE(unasked);
  CHECK(unasked->id == ExplanationId::sent_unasked);
  const ScriptCapture asked = capture_script({"C SYN", "S SYN", "C ACK", "C 4", "S 4"});
  CHECK_FALSE(explain_packet(asked.connection().segments.at(4), asked.connection(), {}));
}

TEST_CASE("a missing FIN is explained by who held it, and by the other side's", "[expect]") {
  const Row row = script_rows({"S FIN,ACK"}).front();
  RowResult result;
  result.state = RowState::missing;
  const auto why = [&](const std::vector<std::string>& words, const SessionFacts& facts) {
    const ScriptCapture capture = capture_script(words);
    return explain_row(row, result, capture.connection(), facts);
  };
  const std::vector<std::string> open{"C SYN", "S SYN", "C ACK"};
  CHECK(why(open, {})->id == ExplanationId::never_closed);
  CHECK(why({"C SYN", "S SYN", "C ACK", "C FIN"}, {})->id == ExplanationId::close_wait);
  SessionFacts left;
  left.left_before = "bob";
  const std::vector<std::string> ended{"C SYN", "S SYN", "C ACK", "C FIN"};
  CHECK(why(ended, left)->id == ExplanationId::close_wait);
  CHECK(why(ended, left)->text.find("was never read, while that of bob, who ended before, was") !=
        std::string::npos);
  CHECK(why(ended, {})->text.find("never read") == std::string::npos);
  SessionFacts held;
  held.fin_holder = SocketHolder{{}, 42};
  CHECK(why(open, held)->id == ExplanationId::fin_held);
  CHECK(why(open, held)->text.find("process 42") != std::string::npos);
  held.fin_holder->is_server = true;
  CHECK(why(open, held)->text.find("the server's own, 42,") != std::string::npos);
  CHECK_FALSE(why({"C SYN", "S SYN", "C ACK", "C RST"}, {}));
  CHECK_FALSE(why({"C SYN", "S SYN", "C ACK", "S RST"}, {}));
}

TEST_CASE("a FIN out of order is a race of the session, where it does not wait for the end",
          "[expect]") {
  const Row row = script_rows({"S FIN,ACK"}).front();
  RowResult result;
  result.state = RowState::out_of_order;
  const ScriptCapture capture = capture_script({"C SYN", "S SYN", "C ACK", "C FIN", "S FIN"});
  const auto race = explain_row(row, result, capture.connection(), {});
  REQUIRE(race);
  CHECK(race->id == ExplanationId::none);
  CHECK(race->text.find("`recv eof`") != std::string::npos);
  SessionFacts waits;
  waits.client_waits_for_eof = true;
  CHECK_FALSE(explain_row(row, result, capture.connection(), waits));
}

TEST_CASE("a server's FIN behind its answer is no race where the client's comes later",
          "[expect]") {
  const Row row = script_rows({"S FIN,ACK"}).front();
  RowResult result;
  result.state = RowState::out_of_order;
  const ScriptCapture early =
      capture_script({"C SYN", "S SYN", "C ACK", "C 2", "S 4", "S FIN", "C FIN"});
  const auto closed = explain_row(row, result, early.connection(), {});
  REQUIRE(closed);
  CHECK(closed->id == ExplanationId::closed_early);
  CHECK(closed->text.find("(packet 6)") != std::string::npos);
  const ScriptCapture late =
      capture_script({"C SYN", "S SYN", "C ACK", "C 2", "S 4", "C FIN", "S FIN"});
  CHECK(explain_row(row, result, late.connection(), {})->id == ExplanationId::none);
}

TEST_CASE("that a client has not closed is no cause of the server's", "[expect]") {
  const ScriptCapture capture = capture_script({"C SYN", "S SYN", "C ACK", "C 2"});
  RowResult result;
  result.state = RowState::missing;
  CHECK_FALSE(explain_row(script_rows({"C FIN,ACK"}).front(), result, capture.connection(), {}));
  CHECK(explain_row(script_rows({"S FIN,ACK"}).front(), result, capture.connection(), {})->id ==
        ExplanationId::never_closed);
}

TEST_CASE("what a client leaves unread is more than the protocol has, not the client's doing",
          "[expect]") {
  const ScriptCapture capture = capture_script({"C SYN", "S SYN", "C ACK", "C 2", "S 4", "C RST"});
  const Row row = script_rows({"C FIN,ACK"}).front();
  RowResult result;
  result.state = RowState::missing;
  result.nearest = 5;
  SessionFacts facts;
  const auto own = explain_row(row, result, capture.connection(), facts);
  REQUIRE(own);
  CHECK(own->text.find("the client closed") != std::string::npos);
  facts.unread = 1;
  const auto unread = explain_row(row, result, capture.connection(), facts);
  REQUIRE(unread);
  CHECK(unread->id == ExplanationId::none);
  CHECK(unread->text.find("come 1 byte, which nobody reads") != std::string::npos);
}

TEST_CASE("an answer that stands above the rest of its request came early", "[expect]") {
  const ScriptCapture capture = capture_script({"C SYN", "S SYN", "C ACK", "C 2", "S 4", "C 3"});
  RowResult result;
  result.state = RowState::out_of_order;
  result.packets = {4};
  const Row answer = script_rows({"S PSH,ACK 4"}).front();
  const auto early = explain_row(answer, result, capture.connection(), {});
  REQUIRE(early);
  CHECK(early->id == ExplanationId::answered_early);
  CHECK(early->text.find("(packet 5)") != std::string::npos);
  CHECK(early->text.find("in packet 6") != std::string::npos);
  CHECK_FALSE(explain_row(script_rows({"C PSH,ACK 4"}).front(), result, capture.connection(), {}));
  result.state = RowState::matched;
  CHECK_FALSE(explain_row(answer, result, capture.connection(), {}));
}

}  // namespace wireproof
