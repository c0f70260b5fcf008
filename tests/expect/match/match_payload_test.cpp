// Rows whose size their payload tells, from the bytes that came.
#include "catch.h"
#include "expect/match/script_match.h"

namespace wireproof {
namespace {

// A byte that counts the text behind it.
LayoutSet sized_layouts() {
  Field size;
  size.name = "size";
  size.type = FieldType::unsigned_integer;
  size.rule = ValueSizeOf{"text"};
  Field text;
  text.name = "text";
  text.type = FieldType::text;
  text.count = CountRest{};
  Field word;
  word.name = "word";
  word.type = FieldType::text;
  word.count = CountUntil{{'\n'}};
  return {{"sized", {"sized", {size, text}}}, {"line", {"line", {word}}}};
}

struct Sent {
  Side from;
  std::string payload;
};

ScriptCapture capture_payloads(const std::vector<Sent>& sent) {
  std::vector<ScriptSegment> segments = script_segments({"C SYN", "S SYN", "C ACK"});
  std::uint64_t next[2] = {1, 1};
  for (const Sent& one : sent) {
    ScriptSegment segment;
    const std::size_t own = one.from == Side::client ? 0 : 1;
    segment.from = one.from;
    segment.flags = tcp_flag::kPsh | tcp_flag::kAck;
    segment.seq = next[own];
    segment.ack = next[1 - own];
    segment.payload = one.payload;
    next[own] += one.payload.size();
    segments.push_back(segment);
  }
  return capture_segments(segments);
}

Row payload_row(Side from, const Message& message) {
  Row row = script_rows({from == Side::client ? "C PSH,ACK" : "S PSH,ACK"}).front();
  row.payload = message;
  return row;
}

Message text(const std::string& bytes) {
  return {{TextPart{bytes, 1}}, {}};
}

// `name field=?`.
Message layout(const std::string& name, const std::string& field) {
  FieldArgument open;
  open.field = field;
  open.kind = FieldArgument::Kind::anything;
  return {{LayoutPart{name, {open}}}, {}};
}

// Each row's packets, counted behind the handshake: "1+2 2 matched"; `!` behind what differs.
std::string matched(const std::vector<Sent>& sent, const std::vector<Message>& of_client,
                    Strictness strictness = Strictness::stream) {
  const ScriptCapture capture = capture_payloads(sent);
  std::vector<Row> rows = script_rows({"C SYN", "S SYN,ACK", "C ACK"});
  for (const Message& message : of_client) rows.push_back(payload_row(Side::client, message));
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].number = i + 1;
  const LayoutSet layouts = sized_layouts();
  MatchContext context;
  context.layouts = &layouts;
  context.strictness = strictness;
  const MatchResult result = match_tcp(rows, capture.connection(), context);
  std::string line;
  for (std::size_t i = 3; i < result.rows.size(); ++i) {
    const RowResult& row = result.rows[i];
    for (std::size_t j = 0; j < row.packets.size(); ++j) {
      line += (j == 0 ? "" : "+") + std::to_string(row.packets[j] - 2);
    }
    line += row.packets.empty() ? "- " : row.failed(Level::must) ? "! " : " ";
  }
  return line + (result.matched ? "matched" : "failed");
}

}  // namespace

TEST_CASE("a payload takes as many bytes as it is long", "[expect]") {
  CHECK(matched({{Side::client, "onetwo"}}, {text("one"), text("two")}) == "1 1 matched");
  CHECK(matched({{Side::client, "on"}, {Side::client, "etwo"}}, {text("one"), text("two")}) ==
        "1+2 2 matched");
  CHECK(matched({{Side::client, "onexxx"}}, {text("one"), text("two")}) == "1 1! failed");
  CHECK(matched({{Side::client, "one"}}, {text("one"), text("two")}) == "1 - failed");
  CHECK(matched({{Side::client, "one"}, {Side::client, "two"}}, {text("one"), text("two")},
                Strictness::segments) == "1 2 matched");
  CHECK(matched({{Side::client, "one"}, {Side::client, "xxx"}}, {text("one"), text("two")},
                Strictness::exact) == "1 2! failed");
}

TEST_CASE("a field that a row leaves out may have any size", "[expect]") {
  const Message line{{LayoutPart{"line", {}}}, {}};
  const Message sized{{LayoutPart{"sized", {}}}, {}};
  const std::string three("\x03one", 4);
  CHECK(matched({{Side::client, "hello\nworld\n"}}, {line, line}) == "1 1 matched");
  CHECK(matched({{Side::client, three + three}}, {sized, sized}) == "1 1 matched");
  for (const Strictness strictness : {Strictness::segments, Strictness::exact}) {
    CHECK(matched({{Side::client, "hello\n"}, {Side::client, three}}, {line, sized}, strictness) ==
          "1 2 matched");
  }
}

TEST_CASE("a packet of a size in its row's range, but not of its payload's, differs in both",
          "[expect]") {
  const ScriptCapture capture = capture_payloads({{Side::client, "abcdefg"}});
  std::vector<Row> rows = script_rows({"C SYN", "S SYN,ACK", "C ACK"});
  rows.push_back(payload_row(Side::client, text("abcdef")));
  rows.back().length = Range{5, 8};
  MatchContext context;
  context.strictness = Strictness::exact;
  const RowResult row = match_tcp(rows, capture.connection(), context).rows.back();
  REQUIRE(row.differences.size() == 2);
  CHECK(row.differences[0] == FieldDifference{"Len", "6", "7", Level::must});
  CHECK(row.differences[1].field == "Payload byte 6");
}

TEST_CASE("a layout takes as many bytes as they say", "[expect]") {
  const Message sized = layout("sized", "text");
  const Message line = layout("line", "word");
  CHECK(matched({{Side::client,
                  "\x03"
                  "one"
                  "\x02"
                  "is"}},
                {sized, sized}) == "1 1 matched");
  CHECK(matched({{Side::client,
                  "\x03"
                  "o"},
                 {Side::client,
                  "ne"
                  "\x02"
                  "is"}},
                {sized, sized}) == "1+2 2 matched");
  CHECK(matched({{Side::client, "one\n"}, {Side::client, "is\n"}}, {line, line}) == "1 2 matched");
  CHECK(matched({{Side::client, "one\nis\n"}}, {line, line}) == "1 1 matched");
  CHECK(matched({{Side::client, "o"}, {Side::client, "n"}, {Side::client, "e\n"}}, {line}) ==
        "1+2+3 matched");
  CHECK(matched({{Side::client, "one\n"}, {Side::client, "is\n"}}, {line, line},
                Strictness::segments) == "1 2 matched");
}

TEST_CASE("a layout whose bytes say too much ends with a segment, or with the run", "[expect]") {
  const Message sized = layout("sized", "text");
  CHECK(matched({{Side::client,
                  "\x09"
                  "one"}},
                {sized}) == "1! failed");
  CHECK(matched({{Side::client,
                  "\x09"
                  "one"},
                 {Side::client,
                  "\x02"
                  "is"}},
                {sized, sized}) == "1! 2 failed");
  std::vector<Sent> many;
  for (int i = 0; i < 10; ++i) many.push_back({Side::client, "x"});
  CHECK(matched(many, {layout("line", "word")}) == "1+2+3+4+5+6+7+8+9+10! failed");
}

TEST_CASE("a row that the side's last bytes begin lacks bytes, and nothing else", "[match]") {
  const auto lacks = [](const Words& segments, const Words& written,
                        const std::string& payload = "") {
    const ScriptCapture capture = capture_script(segments);
    std::vector<Row> rows = script_rows(written);
    if (!payload.empty()) rows.back().payload = Message{{TextPart{payload}}, {}};
    return match_tcp(rows, capture.connection(), {}).rows.back().lacks_bytes;
  };
  const Words open = {"C SYN", "S SYN", "C ACK", "C \"hel\""};
  const auto rows = [](const std::string& last) { return Words{"C SYN", "S SYN,ACK", last}; };
  CHECK(lacks(open, rows("C PSH,ACK 5")));
  CHECK(lacks(open, rows("C PSH,ACK 4..6")));
  CHECK(lacks(open, rows("C PSH,ACK"), "hello"));
  CHECK_FALSE(lacks(open, rows("C PSH,ACK 3")));
  CHECK_FALSE(lacks(open, rows("C PSH,ACK 2")));
  CHECK_FALSE(lacks(open, rows("C PSH,ACK"), "hallo"));
  MatchContext segments;
  segments.strictness = Strictness::segments;
  const ScriptCapture whole = capture_script(open);
  CHECK_FALSE(match_tcp(script_rows(rows("C PSH,ACK 5")), whole.connection(), segments)
                  .rows.back()
                  .lacks_bytes);
  Words ended = open;
  ended.emplace_back("C FIN");
  CHECK_FALSE(lacks(ended, rows("C PSH,ACK 5")));
}

}  // namespace wireproof
