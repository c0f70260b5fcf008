#include "catch.h"
#include "sheet/layout/layout_reader.h"

// Layouts of protocols as their specifications draw them, against bytes written down from there.
namespace wireproof {
namespace {

// RFC 1035 §4.1.
constexpr const char* kDns = R"(
## Layout: dns
| Field | Type | Value |
|---|---|---|
| id | u16 | |
| response | flag | |
| opcode | bits 4 {query=0, iquery=1, status=2, ...} | |
| authoritative | flag | |
| truncated | flag | |
| recursion_desired | flag | |
| recursion_available | flag | |
| zero | bits 3 | 0 |
| rcode | bits 4 {no_error=0, format_error=1, server_failure=2, name_error=3, ...} | |
| qdcount | u16 | count of questions |
| ancount | u16 | count of answers |
| nscount | u16 | |
| arcount | u16 | |
| questions | question[qdcount] | |
| answers | record[ancount] | |

## Layout: label
| Field | Type |
|---|---|
| kind | bits 2 {label=0, pointer=3} |
| size | bits 6 |
| text | text[size] if kind == label |
| low | u8 if kind == pointer |

## Layout: question
| Field | Type |
|---|---|
| name | label repeat until size == 0 or kind == pointer |
| type | u16 {a=1, ns=2, mx=15, aaaa=28, ...} |
| class | u16 {in=1, ...} |

## Layout: record
| Field | Type | Value |
|---|---|---|
| name | label repeat until size == 0 or kind == pointer | |
| type | u16 {a=1, ns=2, mx=15, aaaa=28, ...} | |
| class | u16 {in=1, ...} | |
| ttl | u32 | |
| rdlength | u16 | size of rdata |
| rdata | switch type {a: address, else: bytes} | |

## Layout: address
| Field | Type |
|---|---|
| octets | u8[4] |
)";

constexpr const char* kDnsQuery =
    "00 07 01 00 00 01 00 00 00 00 00 00 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00 01 00 01";
constexpr const char* kDnsAnswer =
    "00 07 81 80 00 01 00 01 00 00 00 00 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00 00 01 00 01 "
    "c0 0c 00 01 00 01 00 00 0e 10 00 04 5d b8 d8 22";
constexpr const char* kQuestion =
    "questions[0].name[0].text=\"example\" questions[0].name[1].text=\"com\" "
    "questions[0].name[2].size=0 questions[0].type=a questions[0].class=in ";

TEST_CASE("a DNS query and its answer with a compressed name are what RFC 1035 draws", "[layout]") {
  LayoutReader dns(kDns);
  REQUIRE(dns.errors().empty());
  const std::string query = std::string("dns id=7 recursion_desired=true ") + kQuestion;
  CHECK(dns.sent(query) == kDnsQuery);
  CHECK(dns.received(query, kDnsQuery).empty());
  CHECK(dns.complete());
  const std::string answer =
      "dns id=7 response=true recursion_desired=true recursion_available=true " +
      std::string(kQuestion) +
      "answers[0].name[0].kind=pointer answers[0].name[0].size=0 answers[0].name[0].low=12 "
      "answers[0].type=a answers[0].class=in answers[0].ttl=3600 "
      "answers[0].rdata.octets=[93, 184, 216, 34]";
  CHECK(dns.sent(answer) == kDnsAnswer);
  CHECK(dns.received(answer, kDnsAnswer).empty());
  CHECK(dns.complete());
  CHECK(dns.received("dns id=?id answers[0].ttl=?ttl", kDnsAnswer).empty());
  CHECK(dns.variables().at("ttl") == "3600");
}

TEST_CASE("a wrong bit, name or element of a DNS message is named with its byte", "[layout]") {
  LayoutReader dns(kDns);
  CHECK(dns.received("dns rcode=name_error", kDnsAnswer) == "3 rcode: name_error / no_error");
  CHECK(dns.received("dns rcode=name_error recursion_desired=false", kDnsQuery) ==
        "2 recursion_desired: false / true");
  CHECK(dns.received("dns answers[0].type=mx", kDnsAnswer) == "32 answers[0].type: mx / a");
  CHECK(dns.received("dns answers[1].ttl=5", kDnsAnswer) == "45 answers[1].ttl: 5 / no such field");
  CHECK(dns.received("dns", "00 07 81 b0 00 00 00 00 00 00 00 00") == "3 zero: 0 / 3");
  CHECK(dns.received("dns", "00 07 81 80 00 01 00 00 00 00 00 00 40") ==
        "12 questions[0].name[0].kind: label|pointer / 1");
}

// MQTT 3.1.1 §2.2, §3.1, §3.2, §3.3: one header, and a body for each type.
constexpr const char* kMqtt = R"(
## Layout: packet
| Field | Type | Value |
|---|---|---|
| type | bits 4 {connect=1, connack=2, publish=3, pingreq=12, disconnect=14} | |
| retry | flag | |
| qos | bits 2 | 0..2 |
| retain | flag | |
| length | mqtt-varint | size of body |
| body | switch type {connect: connect, connack: connack, publish: publish, else: bytes} | |

## Layout: connect
| Field | Type | Value |
|---|---|---|
| protocol | text prefixed by u16 | "MQTT" |
| level | u8 | 4 |
| has_user | flag | |
| has_password | flag | |
| will_retain | flag | |
| will_qos | bits 2 | |
| has_will | flag | |
| clean | flag | |
| reserved | bits 1 | 0 |
| keep_alive | u16 | |
| client | text prefixed by u16 | |
| will_topic | text prefixed by u16 if has_will | |
| will_message | bytes prefixed by u16 if has_will | |
| user | text prefixed by u16 if has_user | |
| password | bytes prefixed by u16 if has_password | |

## Layout: connack
| Field | Type | Value |
|---|---|---|
| zero | bits 7 | 0 |
| present | flag | |
| code | u8 {accepted=0, unacceptable_version=1, identifier_rejected=2} | |

## Layout: publish
| Field | Type |
|---|---|
| topic | text prefixed by u16 |
| packet_id | u16 if qos > 0 |
| message | text |
)";

TEST_CASE("MQTT packets share their header, and their type chooses the body", "[layout]") {
  LayoutReader mqtt(kMqtt);
  REQUIRE(mqtt.errors().empty());
  struct Case {
    const char* message;
    const char* hex;
  };
  const std::vector<Case> cases{
      {"packet type=connect clean=true keep_alive=60 client=\"abc\"",
       "10 0f 00 04 4d 51 54 54 04 02 00 3c 00 03 61 62 63"},
      {"packet type=connect has_user=true keep_alive=60 client=\"\" user=\"bob\"",
       "10 11 00 04 4d 51 54 54 04 80 00 3c 00 00 00 03 62 6f 62"},
      {"packet type=connack code=accepted", "20 02 00 00"},
      {"packet type=connack present=true code=identifier_rejected", "20 02 01 02"},
      {"packet type=publish qos=0 topic=\"a/b\" message=\"hi\"", "30 07 00 03 61 2f 62 68 69"},
      {"packet type=publish qos=1 topic=\"a/b\" packet_id=10 message=\"hi\"",
       "32 09 00 03 61 2f 62 00 0a 68 69"},
      {"packet type=pingreq", "c0 00"}};
  for (const Case& one : cases) {
    CAPTURE(one.message);
    CHECK(mqtt.sent(one.message) == one.hex);
    CHECK(mqtt.received(one.message, one.hex).empty());
    CHECK(mqtt.complete());
  }
}

TEST_CASE("what is wrong with an MQTT packet is said at its field", "[layout]") {
  LayoutReader mqtt(kMqtt);
  CHECK(mqtt.received("packet type=connack code=accepted", "20 02 00 02") ==
        "3 body.code: accepted / identifier_rejected");
  CHECK(mqtt.received("packet type=connack", "20 02 00 07") ==
        "3 body.code: accepted|unacceptable_version|identifier_rejected / 7");
  CHECK(mqtt.received("packet type=connack", "30 07 00 03 61 2f 62 68 69") ==
        "0 type: connack / publish");
  CHECK(mqtt.received("packet type=publish", "36 07 00 03 61 2f 62 68 69") == "0 qos: 0..2 / 3");
  CHECK(mqtt.received("packet type=connack", "20 82 00 00 00") ==
        "1 length: the number in as few bytes as it needs / \"\\x82\\x00\\x00\\x00\"");
  CHECK(mqtt.received("packet type=connack", "20 03 00 00") == "1 length: 2 (size of body) / 3");
  CHECK(mqtt.sent("packet type=connack user=\"bob\"") ==
        "`body.user` is not in this message: what it depends on has another value");
  CHECK(mqtt.sent("packet type=connect client=\"abc\" user=\"bob\"") ==
        "`body.user` is not in this message: what it depends on has another value");
}

// RFC 1350 §5, RFC 2347 §2 (OACK).
constexpr const char* kTftp = R"(
## Layout: tftp
| Field | Type |
|---|---|
| opcode | u16 {rrq=1, wrq=2, data=3, ack=4, error=5, oack=6} |
| body | switch opcode {rrq: ask, wrq: ask, data: data, ack: u16, error: error, else: oack} |

## Layout: ask
| Field | Type | Value |
|---|---|---|
| file | text until "\0" | |
| mode | text until "\0" | "octet"\|"netascii" |
| options | option repeat until end | |

## Layout: oack
| Field | Type |
|---|---|
| options | option repeat until end |

## Layout: option
| Field | Type |
|---|---|
| name | text until "\0" |
| value | text until "\0" |

## Layout: data
| Field | Type |
|---|---|
| block | u16 |
| data | bytes |

## Layout: error
| Field | Type |
|---|---|
| code | u16 {undefined=0, not_found=1, denied=2, ...} |
| message | text until "\0" |
)";

TEST_CASE("TFTP datagrams are what RFC 1350 and RFC 2347 draw", "[layout]") {
  LayoutReader tftp(kTftp);
  REQUIRE(tftp.errors().empty());
  struct Case {
    const char* message;
    const char* hex;
  };
  const std::vector<Case> cases{
      {"tftp opcode=rrq file=\"a.txt\" mode=\"octet\"",
       "00 01 61 2e 74 78 74 00 6f 63 74 65 74 00"},
      {"tftp opcode=rrq file=\"a\" mode=\"octet\" body.options[0].name=\"blksize\" "
       "body.options[0].value=\"8\"",
       "00 01 61 00 6f 63 74 65 74 00 62 6c 6b 73 69 7a 65 00 38 00"},
      {"tftp opcode=data block=1 data=\"hi\"", "00 03 00 01 68 69"},
      {"tftp opcode=ack body=1", "00 04 00 01"},
      {"tftp opcode=error code=not_found message=\"no\"", "00 05 00 01 6e 6f 00"},
      {"tftp opcode=oack body.options[0].name=\"tsize\" body.options[0].value=\"0\"",
       "00 06 74 73 69 7a 65 00 30 00"}};
  for (const Case& one : cases) {
    CAPTURE(one.message);
    CHECK(tftp.sent(one.message) == one.hex);
    CHECK(tftp.received(one.message, one.hex).empty());
  }
  CHECK(tftp.received("tftp opcode=ack body=1", "00 04 00 02") == "3 body: 1 / 2");
  CHECK(tftp.received("tftp", "00 09 00 02") == "1 opcode: rrq|wrq|data|ack|error|oack / 9");
}

// RFC 791 §3.1.
constexpr const char* kIpv4 = R"(
## Layout: ipv4
| Field | Type | Value | Offset | Size |
|---|---|---|---|---|
| version | bits 4 | 4 | 0 | 4 bits |
| ihl | bits 4 | size of version..options / 4 | 0 | 4 bits |
| service | u8 | | 1 | 1 |
| total_length | u16 | size of all | 2 | 2 |
| id | u16 | | 4 | |
| reserved | bits 1 | 0 | 6 | 1 bit |
| dont_fragment | flag | | 6 | |
| more_fragments | flag | | 6 | |
| fragment_offset | bits 13 | | 6 | |
| ttl | u8 | | 8 | |
| protocol | u8 {icmp=1, tcp=6, udp=17, ...} | | 9 | |
| checksum | u16 | internet of version..options | 10 | |
| source | u8[4] | | 12 | |
| destination | u8[4] | | 16 | |
| options | bytes | | 20 | varies |
| payload | bytes | | varies | varies |
)";

TEST_CASE("an IPv4 header computes its sizes and its checksum", "[layout]") {
  LayoutReader ip(kIpv4);
  REQUIRE(ip.errors().empty());
  const std::string message =
      "ipv4 dont_fragment=true ttl=64 protocol=udp source=[192, 168, 0, 1] "
      "destination=[192, 168, 0, 199] payload=95 * \"x\"";
  std::string expected = "45 00 00 73 00 00 40 00 40 11 b8 61 c0 a8 00 01 c0 a8 00 c7";
  for (int i = 0; i < 95; ++i) expected += " 78";
  CHECK(ip.sent(message) == expected);
  CHECK(ip.received(message, expected).empty());
  CHECK(ip.complete());
  // A no-operation option of four bytes: one more word.
  const std::string with_options =
      "ipv4 ttl=1 source=[1, 1, 1, 1] destination=[2, 2, 2, 2] options=\"\\x01\\x01\\x01\\x01\" "
      "payload=\"ab\"";
  const std::string bytes =
      "46 00 00 1a 00 00 00 00 01 00 b0 dd 01 01 01 01 02 02 02 02 01 01 01 01 61 62";
  CHECK(ip.sent(with_options) == bytes);
  CHECK(ip.received(with_options, bytes).empty());
  CHECK(ip.received("ipv4", bytes).empty());
  CHECK(ip.received("ipv4 options=?o payload=?p", bytes).empty());
  CHECK(ip.variables().at("o") == "\x01\x01\x01\x01");
  CHECK(ip.variables().at("p") == "ab");
}

TEST_CASE("a wrong checksum and a wrong header length are named", "[layout]") {
  LayoutReader ip(kIpv4);
  const std::string header = "45 00 00 14 00 00 40 00 40 11 b8 c0 c0 a8 00 01 c0 a8 00 c7";
  CHECK(ip.received("ipv4", header).empty());
  CHECK(ip.received("ipv4", "45 00 00 14 00 00 40 00 40 11 b8 c1 c0 a8 00 01 c0 a8 00 c7") ==
        "11 checksum: 47296 (internet of version..options) / 47297");
  CHECK(ip.received("ipv4", "45 00 00 15 00 00 40 00 40 11 b8 bf c0 a8 00 01 c0 a8 00 c7") ==
        "20 payload: 21 bytes / 20 bytes, then the end");
  CHECK(ip.received("ipv4", "4f 00 00 14 00 00 40 00 40 11 b8 c0 c0 a8 00 01 c0 a8 00 c7") ==
        "20 options: 60 bytes / 20 bytes, then the end");
}

// PNG (W3C) §5.3 to §5.5: the signature, and the chunk IEND as it always is.
TEST_CASE("a magic number and a CRC at the end are constants and computed", "[layout]") {
  LayoutReader png(R"(
## Layout: file
| Field | Type | Value |
|---|---|---|
| signature | bytes[8] | hex 89 50 4e 47 0d 0a 1a 0a |
| chunks | chunk repeat until type == "IEND" | |

## Layout: chunk
| Field | Type | Value |
|---|---|---|
| length | u32 | size of data |
| type | text[4] | |
| data | bytes | |
| crc | u32 | crc32 of type..data |
)");
  REQUIRE(png.errors().empty());
  const std::string message = "file chunks[0].type=\"IEND\"";
  const std::string bytes = "89 50 4e 47 0d 0a 1a 0a 00 00 00 00 49 45 4e 44 ae 42 60 82";
  CHECK(png.sent(message) == bytes);
  CHECK(png.received(message, bytes).empty());
  CHECK(png.complete());
  CHECK(png.received("file", "89 50 4e 48 0d 0a 1a 0a 00 00 00 00 49 45 4e 44 ae 42 60 82")
            .starts_with("3 signature: "));
  CHECK(png.received("file", "89 50 4e 47 0d 0a 1a 0a 00 00 00 00 49 45 4e 44 ae 42 60 83") ==
        "19 chunks[0].crc: 2923585666 (crc32 of type..data) / 2923585667");
}

// RFC 9000 §16 and §19.8: a STREAM frame with an offset and a length.
TEST_CASE("a QUIC frame has its variable numbers, and a longer form is the same", "[layout]") {
  LayoutReader quic(R"(
## Layout: stream frame
| Field | Type | Value |
|---|---|---|
| type | bits 5 | 1 |
| has_offset | flag | |
| has_length | flag | |
| fin | flag | |
| id | quic-varint | |
| offset | quic-varint if has_offset | |
| length | quic-varint if has_length | size of data |
| data | text | |
)");
  REQUIRE(quic.errors().empty());
  const std::string message =
      "stream frame has_offset=true has_length=true id=37 offset=15293 data=\"hi\"";
  CHECK(quic.sent(message) == "0e 25 7b bd 02 68 69");
  CHECK(quic.received(message, "0e 25 7b bd 02 68 69").empty());
  CHECK(quic.complete());
  CHECK(quic.received(message, "0e 40 25 7b bd 40 02 68 69").empty());
  CHECK(quic.received(message, "0e 26 7b bd 02 68 69") == "1 id: 37 / 38");
  CHECK(quic.received(message, "0e 25 7b be 02 68 69") == "3 offset: 15293 / 15294");
}

}  // namespace
}  // namespace wireproof
