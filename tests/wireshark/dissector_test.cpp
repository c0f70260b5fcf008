#include "report/dissector/dissector.h"

#include "catch.h"
#include "sheet/layout/layout_reader.h"
#include "support/packet_builder.h"
#include "support/skip_test.h"
#include "wireshark/tshark_run.h"

// Dissectors in tshark. Each expected value is read off the bytes that stand beside it.
namespace wireproof {
namespace {

using Values = std::vector<std::vector<std::string>>;

constexpr std::uint16_t kPort = 50'000;
const Endpoint kClient = endpoint("10.0.0.1:60000");
const Endpoint kServer = endpoint("10.0.0.2:50000");

std::string script_of(const std::string& layouts, const std::string& name) {
  const LayoutReader reader(layouts);
  CHECK(reader.errors().empty());
  const auto script = render_dissector(reader.layouts().at(name), reader.layouts(), {kPort, kPort});
  REQUIRE(script);
  return *script;
}

std::string from_hex(const std::string& hex) {
  return std::string(as_text(*parse_hex(hex)));
}

// A segment of TCP for each text, behind the handshake's three.
TsharkRun in_segments(const std::string& script, const std::vector<std::string>& hex) {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  for (const std::string& one : hex) tcp.client(from_hex(one));
  return {store, script};
}

TsharkRun in_datagrams(const std::string& script, const std::vector<std::string>& hex) {
  PacketStore store;
  for (const std::string& one : hex) {
    const std::string payload = from_hex(one);
    append(store, TestDatagram{{}, kClient, kServer, payload});
  }
  return {store, script};
}

// Without the handshake.
Values in_stream(const TsharkRun& run, const std::string& field) {
  Values values = run.values(field);
  REQUIRE(values.size() >= 3);
  values.erase(values.begin(), values.begin() + 3);
  return values;
}

// Skips where there is no tshark; the sections of the test are not run then.
bool lacks_tshark() {
  static const bool kHasTshark = has_tshark();
  if (!kHasTshark) skip_test("tshark is not installed");
  return !kHasTshark;
}

constexpr const char* kNumbers = R"(
## Layout: numbers
| Field  | Type         |
|--------|--------------|
| a      | u8           |
| b      | u16          |
| c      | u32le        |
| d      | u64          |
| e      | i8           |
| f      | i16le        |
| g      | i64le        |
| h      | f32          |
| i      | f64le        |
| wide   | bits 60      |
| flag   | flag         |
| narrow | bits 3       |
| leb    | leb128       |
| sleb   | sleb128      |
| zig    | zigzag       |
| quic   | quic-varint  |
| mqtt   | mqtt-varint  |
)";

constexpr const char* kPacket = R"(
## Layout: packet
| Field  | Type | Value |
|--------|------|-------|
| type   | bits 4 {connect=1, connack=2} | |
| flags  | bits 4 | 0 |
| length | mqtt-varint | size of body |
| body   | switch type {connect: connect, connack: connack} | |

## Layout: connect
| Field      | Type | Value |
|------------|------|-------|
| protocol   | text prefixed by u16 | "MQTT" |
| has_user   | flag | |
| others     | bits 7 | 0 |
| client     | text prefixed by u16 | |
| user       | text prefixed by u16 if has_user | |

## Layout: connack
| Field   | Type | Value |
|---------|------|-------|
| code    | u8 {accepted=0, refused=2, ...} | |
)";

// connect of "abc" and of "de" with the user "f"; connack with 0 and 2.
const std::string kConnect = "10 0c 00 04 4d 51 54 54 00 00 03 61 62 63";
const std::string kUser = "10 0e 00 04 4d 51 54 54 80 00 02 64 65 00 01 66";
const std::string kAccepted = "20 01 00";
const std::string kRefused = "20 01 02";

}  // namespace

TEST_CASE("numbers of every width, order and coding have their values", "[wireshark]") {
  if (lacks_tshark()) return;
  const auto run = in_datagrams(
      script_of(kNumbers, "numbers"),
      {"03 0102 04030201 ffffffffffffffff fe feff 0000000000000080 3fc00000 000000000000f8bf"
       "123456789abcdefa ffffffffffffffffff01 8080808080808080807f 03 c2197c5eff14e88c 8001"});
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"a", "3"},
      {"b", "258"},
      {"c", "16909060"},
      {"d", "18446744073709551615"},
      {"e", "-2"},
      {"f", "-2"},
      {"g", "-9223372036854775808"},
      {"h", "1.5"},
      {"i", "-1.5"},
      {"wide", "81985529216486895"},
      {"flag", "1"},
      {"narrow", "2"},
      {"leb", "18446744073709551615"},
      {"sleb", "-9223372036854775808"},
      {"zig", "-2"},
      {"quic", "151288809941952652"},
      {"mqtt", "128"}};
  std::vector<std::string> fields;
  for (const auto& [field, value] : expected) fields.push_back("wireproof_numbers." + field);
  const auto rows = run.rows(fields);
  REQUIRE(rows.size() == 1);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO(fields[i]);
    CHECK(rows[0].at(i) == std::vector<std::string>{expected[i].second});
  }
  CHECK(run.values("_ws.expert.message") == Values{{}});
  CHECK(run.complaints().empty());
}

TEST_CASE("a message over several segments and several in one are told apart", "[wireshark]") {
  if (lacks_tshark()) return;
  const auto run = in_segments(script_of(kPacket, "packet"),
                               {kAccepted,
                                // one byte, the size and a part, the rest; behind it a begin
                                "10", "0c 00 04 4d", "51 54 54 00 00 03 61 62 63 20",
                                // the rest, two whole ones
                                "01 02" + kUser + kAccepted});
  CHECK(in_stream(run, "wireproof_packet.type") == Values{{"2"}, {}, {}, {"1"}, {"2", "1", "2"}});
  CHECK(in_stream(run, "wireproof_packet.body.client") == Values{{}, {}, {}, {"abc"}, {"de"}});
  CHECK(in_stream(run, "wireproof_packet.body.user") == Values{{}, {}, {}, {}, {"f"}});
  CHECK(in_stream(run, "wireproof_packet.body.code") == Values{{"0"}, {}, {}, {}, {"2", "0"}});
  CHECK(in_stream(run, "_ws.expert.message").back().empty());
}

TEST_CASE("names of values are found by filters", "[wireshark]") {
  if (lacks_tshark()) return;
  auto run = in_datagrams(script_of(kPacket, "packet"), {kAccepted, kRefused, kConnect});
  run.set("-Y 'wireproof_packet.body.code == \"refused\"'");
  CHECK(run.values("frame.number") == Values{{"2"}});
  run.set("-Y 'wireproof_packet.body.has_user == \"false\"'");
  CHECK(run.values("frame.number") == Values{{"3"}});
}

TEST_CASE("bytes that are missing, left over or no layout are marked", "[wireshark]") {
  if (lacks_tshark()) return;
  const auto run = in_datagrams(script_of(kPacket, "packet"),
                                {kAccepted + "ff ff", "10 0c 00 04 4d 51", "30 00", "20 02 00",
                                 "2f 01 00", "10 03 00 01 58 00 00 00"});
  const Values messages = run.values("_ws.expert.message");
  CHECK(messages[0] == std::vector<std::string>{"bytes behind the message: 2"});
  CHECK(messages[1] == std::vector<std::string>{"bytes that are missing, at least: 2"});
  CHECK(messages[2] == std::vector<std::string>{"`type` has another value",
                                                "`body`: no case fits the value that chooses"});
  CHECK(messages[3] == std::vector<std::string>{"`length` says 2, but the size is 1"});
  CHECK(messages[4] == std::vector<std::string>{"`flags` has another value"});
  CHECK(messages[5] == std::vector<std::string>{"`length` says 3, but the size is 6",
                                                "`protocol` has another value"});
  CHECK(run.values("wireproof_packet.left-over")[0].size() == 1);
}

TEST_CASE("a segment that the capture lacks is missing, not waited for", "[wireshark]") {
  if (lacks_tshark()) return;
  auto run = in_segments(script_of(kPacket, "packet"), {"10 0c 00 04"});
  run.set("-o tcp.desegment_tcp_streams:FALSE");
  CHECK(in_stream(run, "_ws.expert.message") == Values{{"bytes that are missing, at least: 4"}});
}

TEST_CASE("repeated fields have all their elements in order", "[wireshark]") {
  if (lacks_tshark()) return;
  const std::string script = script_of(R"(
## Layout: list
| Field | Type                         | Value          |
|-------|------------------------------|----------------|
| n     | u8                           | count of items |
| items | item[n]                      |                |
| codes | u8 repeat until codes == 0   |                |
| pair  | i16[2]                       |                |
| last  | item repeat until kind == 9  |                |
| pad   | align 4                      |                |
| line  | text until "\r\n"            |                |
| name  | text[4] padded by "-"        |                |
| rest  | u16le[rest]                  |                |

## Layout: item
| Field | Type                   |
|-------|------------------------|
| kind  | u8                     |
| v     | u16 if kind == 2       |
)",
                                       "list");
  // Of 16 bytes before `pad` none is filled up.
  const auto run = in_datagrams(script, {"02 01 020100 050600 00070008 01 020304 09 aabb00"
                                         "48690d0a 612d2d2d 0100 0200",
                                         "00 00 00010002 09 00 0d0a 2d2d2d2d"});
  CHECK(run.values("wireproof_list.items.kind") == Values{{"1", "2"}, {}});
  CHECK(run.values("wireproof_list.items.v") == Values{{"256"}, {}});
  CHECK(run.values("wireproof_list.codes") == Values{{"5", "6", "0"}, {"0"}});
  CHECK(run.values("wireproof_list.pair") == Values{{"7", "8"}, {"1", "2"}});
  CHECK(run.values("wireproof_list.last.kind") == Values{{"1", "2", "9"}, {"9"}});
  CHECK(run.values("wireproof_list.last.v") == Values{{"772"}, {}});
  CHECK(run.values("wireproof_list.pad") == Values{{"aabb00"}, {"00"}});
  CHECK(run.values("wireproof_list.line") == Values{{"Hi"}, {}});
  CHECK(run.values("wireproof_list.name") == Values{{"a"}, {}});
  CHECK(run.values("wireproof_list.rest") == Values{{"1", "2"}, {}});
  CHECK(run.values("_ws.expert.message") == Values{{}, {}});
}

TEST_CASE("a layout in itself is read to the depth that layouts may have", "[wireshark]") {
  if (lacks_tshark()) return;
  const std::string script = script_of(R"(
## Layout: chain
| Field | Type                    |
|-------|-------------------------|
| more  | u8                      |
| next  | chain if more != 0      |
)",
                                       "chain");
  const auto run = in_datagrams(script, {"01 02 00", std::string(30, '1')});
  CHECK(run.values("wireproof_chain.more").front() == std::vector<std::string>{"1", "2", "0"});
  CHECK(run.values("wireproof_chain.more").back().size() == 15);
  CHECK(run.values("_ws.expert.message") == Values{{}, {"bytes that are missing, at least: 1"}});
}

TEST_CASE("a direction leaves the other's messages alone", "[wireshark]") {
  if (lacks_tshark()) return;
  const std::string script = script_of(kPacket, "packet");
  PacketStore store;
  const std::string asked = from_hex(kConnect);
  const std::string answered = from_hex(kAccepted);
  append(store, TestDatagram{{}, kClient, kServer, asked});
  append(store, TestDatagram{{}, kServer, kClient, answered});
  TsharkRun run(store, script);
  CHECK(run.values("wireproof_packet.type") == Values{{"1"}, {"2"}});
  run.set("-o 'wireproof_packet.direction:to the port'");
  CHECK(run.values("wireproof_packet.type") == Values{{"1"}, {}});
  run.set("-o 'wireproof_packet.direction:from the port'");
  CHECK(run.values("wireproof_packet.type") == Values{{}, {"2"}});
}

TEST_CASE("a script of hostile names is read and does nothing else", "[wireshark]") {
  if (lacks_tshark()) return;
  const std::string evil = "\"]] .. print('owned') --\n\\\r\x01\xff%n";
  Layout layout;
  layout.name = evil;
  Field field;
  field.type = FieldType::unsigned_integer;
  field.name = evil;
  field.meaning = evil;
  field.names = {{evil, std::uint64_t{1}}};
  layout.fields = {field};
  Field text;
  text.type = FieldType::text;
  text.name = evil + ".x";
  text.count = CountUntil{{'"', '\n', '\\', 0}};
  layout.fields.push_back(text);
  const auto script = render_dissector(layout, {}, {kPort, kPort});
  REQUIRE(script);
  const auto run = in_datagrams(*script, {"01 61 22 0a 5c 00"});
  CHECK(run.complaints().empty());
  const std::string name =
      "wireproof____"
      "____print__owned____________n";
  CHECK(run.values("_ws.expert.message") == Values{{}});
  CHECK(run.values("frame.protocols").front().front().find("wireproof_") != std::string::npos);
}

}  // namespace wireproof
