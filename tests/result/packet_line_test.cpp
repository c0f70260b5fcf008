#include "result/packet_line.h"

#include "catch.h"
#include "support/doers.h"

namespace wireproof {
namespace {

std::string words(CauseFactKind kind) {
  return render_fact({kind, 2, 6, std::chrono::microseconds(200), 11, 12});
}

}  // namespace

TEST_CASE("who did something has words, and the words lead back", "[result]") {
  const std::vector<std::pair<Doers, std::string>> forms{
      {Doers{}, ""},
      {kByKernel, "kernel"},
      {called("send"), "send"},
      {called("write", "close"), "write + close"}};
  for (const auto& [doers, text] : forms) {
    CHECK(render_doers(doers) == text);
    CHECK(parse_doers(text) == doers);
  }
}

TEST_CASE("what was inferred stands in parentheses, nobody does not", "[result]") {
  CHECK(render_call(called("send", "close"), true) == "(send + close)");
  CHECK(render_call(called("send"), false) == "send");
  CHECK(render_call({}, true).empty());
}

TEST_CASE("each fact of a cause has its words, with packets counted from 1", "[result]") {
  const std::vector<std::pair<CauseFactKind, std::string>> all{
      {CauseFactKind::retransmission_timer, "retransmission timer"},
      {CauseFactKind::inside_connect, "inside connect"},
      {CauseFactKind::socket_gone, "the socket is gone"},
      {CauseFactKind::never_accepted,
       "for the listening socket; the connection was never accepted"},
      {CauseFactKind::nothing_listens, "nothing listens there"},
      {CauseFactKind::port_unbound, "no socket is bound to the port"},
      {CauseFactKind::listener_closed,
       "the listening socket was closed before the connection was accepted"},
      {CauseFactKind::linger_zero, "SO_LINGER is on with 0 seconds"},
      {CauseFactKind::unread_bytes, "2 bytes were still unread"},
      {CauseFactKind::answers_closed, "packet 7 came for a closed socket"},
      {CauseFactKind::several_calls, "2 calls"},
      {CauseFactKind::sent_after, "sent 0.200 ms after the call"},
      {CauseFactKind::released_by_ack, "released by the ACK of packet 7"},
      {CauseFactKind::held_by_other,
       "closed by process 11 before, but process 12 still held the socket"},
      {CauseFactKind::already_waiting, "already waiting for 0.200 ms"},
      {CauseFactKind::called_later, "called 0.200 ms later"}};
  for (const auto& [kind, text] : all) CHECK(words(kind) == text);
  CHECK(render_fact({CauseFactKind::unread_bytes, 1}) == "1 byte was still unread");
  CHECK(render_facts({}).empty());
}

TEST_CASE("a remark begins with what the path did with the packet", "[result]") {
  const std::vector<std::pair<PacketFate, std::string>> fates{
      {PacketFate::arrived, ""},
      {PacketFate::lost, "lost on the path"},
      {PacketFate::late, "arrives late"},
      {PacketFate::twice, "arrives twice"},
      {PacketFate::corrupted, "corrupted on the path"},
      {PacketFate::cut, "cut on the path"}};
  for (const auto& [fate, text] : fates) {
    PacketLine line;
    line.fate = fate;
    CHECK(render_remark(line) == text);
    line.remark = {PacketMark::repeat, Repeat::retransmission, {}};
    CHECK(render_remark(line) == text + (text.empty() ? "" : "; ") + "retransmission");
  }
}

TEST_CASE("a remark joins what the packet is with what is known of its calls", "[result]") {
  const CauseFact timer{CauseFactKind::retransmission_timer};
  const CauseFact connect{CauseFactKind::inside_connect};
  CHECK(render_remark(PacketRemark{}).empty());
  CHECK(render_remark({PacketMark::unexpected}) == "unexpected");
  const PacketRemark fragment{PacketMark::fragment, Repeat::none, {}, 12};
  CHECK(render_remark(fragment) == "a fragment of packet 12");
  CHECK(parse_remark("a fragment of packet 12") == fragment);
  CHECK_FALSE(parse_remark("a fragment of packet x"));
  const PacketRemark copy{PacketMark::copy, Repeat::none, {}, 3};
  CHECK(render_remark(copy) == "captured twice: a copy of packet 3");
  CHECK(parse_remark("captured twice: a copy of packet 3") == copy);
  CHECK_FALSE(parse_remark("a fragment of packet of 12"));
  CHECK(render_remark({PacketMark::none, Repeat::none, {timer, connect}}) ==
        "retransmission timer; inside connect");
  CHECK(render_remark({PacketMark::repeat, Repeat::pure_ack, {connect}}) ==
        "pure ACK; inside connect");
}

TEST_CASE("a remark's words lead back to what the packet is", "[result]") {
  for (int repeat = 1; repeat <= static_cast<int>(kLastRepeat); ++repeat) {
    const PacketRemark remark{PacketMark::repeat, static_cast<Repeat>(repeat), {}};
    CAPTURE(render_remark(remark));
    CHECK(parse_remark(render_remark(remark)) == remark);
  }
  for (const PacketMark mark : {PacketMark::none, PacketMark::unexpected, PacketMark::stranger}) {
    CHECK(parse_remark(render_remark({mark})) == PacketRemark{mark});
  }
  CHECK_FALSE(parse_remark("something else"));
}

TEST_CASE("rows are labelled by their table, whatever its name holds", "[result]") {
  const std::vector<RowLabel> rows{{"", 4}, {"alice", 6}, {"a, b", 10}};
  CHECK(render_rows(rows) == "4, alice 6, a, b 10");
  CHECK(parse_rows("4, alice 6, a, b 10") == rows);
  CHECK(parse_rows("") == std::vector<RowLabel>{});
  for (const char* const wrong : {"alice", "4,", "4, alice", "4x", "alice 4 "}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_rows(wrong));
  }
}

}  // namespace wireproof
