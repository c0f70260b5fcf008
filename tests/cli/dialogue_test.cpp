#include "cli/new/dialogue.h"

#include <string>

#include "catch.h"
#include "packets/capture/pcap_file.h"
#include "support/contains.h"

namespace wireproof {
namespace {

PacketStore read_packets(const std::string& name) {
  const auto source = open_capture(std::string(WIREPROOF_SOURCE_DIR) + "/captures/" + name);
  return store_packets(*source).packets;
}

std::string session_of(const Dialogue& dialogue) {
  const std::string sheet = write_sheet("made", dialogue);
  const std::string open = "```session\n";
  const std::size_t begin = sheet.find(open) + open.size();
  return sheet.substr(begin, sheet.rfind("```") - begin);
}

Turn said(Side from, const std::string& text) {
  return {from, Bytes(text.begin(), text.end()), false};
}

Turn ends(Side from) {
  return {from, {}, true};
}

TEST_CASE("the first whole conversation of a capture becomes turns", "[new]") {
  const auto dialogue = find_dialogue(read_packets("tcp-request-reply.pcap"), 0);
  REQUIRE(dialogue);
  CHECK_FALSE(dialogue->udp);
  CHECK(dialogue->port == 80);
  CHECK(session_of(*dialogue) == "connect\nsend \"ping\"\nrecv \"pong\"\nclose\n");
  const std::string replay = write_replay(*dialogue);
  CHECK(contains(replay,
                 "    (\"reads\", 4),\n    (\"writes\", b\"pong\"),\n"
                 "    (\"awaits\", None),\n    (\"ends\", None),\n]"));
}

TEST_CASE("why a capture gives no conversation is said", "[new]") {
  const auto reason = [](const char* name, std::uint16_t port) {
    const auto dialogue = find_dialogue(read_packets(name), port);
    return dialogue ? std::string() : dialogue.error();
  };
  const std::string none = "no conversation is whole, of the first one: ";
  CHECK(reason("tcp-retransmission-reset.pcap", 0) == none + "it was reset");
  CHECK(reason("udp-port-unreachable.pcap", 0) == none + "nobody listened");
  CHECK(reason("malformed.pcap", 0) == none + "its opening was not captured");
  CHECK(reason("tcp-request-reply.pcap", 81) == "it holds no conversation");
}

TEST_CASE("ends stand in the session where they were seen", "[new]") {
  Dialogue dialogue;
  dialogue.turns = {said(Side::client, "a"), ends(Side::client), said(Side::server, "b"),
                    ends(Side::server)};
  CHECK(session_of(dialogue) == "connect\nsend \"a\"\nshutdown\nrecv \"b\"\nrecv eof\nclose\n");
  dialogue.turns = {said(Side::server, "b"), ends(Side::server), ends(Side::client)};
  CHECK(session_of(dialogue) == "connect\nrecv \"b\"\nrecv eof\nclose\n");
  dialogue.turns = {said(Side::server, "b"), ends(Side::client), ends(Side::server)};
  CHECK(session_of(dialogue) == "connect\nrecv \"b\"\nclose\n");
}

TEST_CASE("a message is a text, fields of a layout, or bytes that nothing fills in", "[new]") {
  Dialogue dialogue;
  dialogue.turns = {said(Side::client, "say \"ü\"\n"), said(Side::server, "\x01\x02"),
                    said(Side::client, "{\"a\": 1}"),  said(Side::server, "\x03\x04"),
                    said(Side::client, "{name}"),      said(Side::server, "{n}")};
  CHECK(session_of(dialogue) ==
        "connect\n"
        "send \"say \\x22ü\\x22\\n\"\n"
        "recv reply 1 data=\"\\x01\\x02\"\n"
        "send \"{\\x22a\\x22: 1}\"\n"
        "recv reply 1 data=\"\\x03\\x04\"\n"
        "send request 1 data=\"\\x7b\\x6e\\x61\\x6d\\x65\\x7d\"\n"
        "recv hex 7b 6e 7d\n"
        "close\n");
  CHECK(contains(write_sheet("made", dialogue), "## Layout: reply 1\n| Field | Type |\n"));
}

TEST_CASE("datagrams are answered one by one", "[new]") {
  Dialogue dialogue;
  dialogue.udp = true;
  dialogue.turns = {said(Side::client, "a"), said(Side::server, "b"), said(Side::server, "\""),
                    said(Side::client, "c")};
  CHECK(contains(write_replay(dialogue), "REPLIES = [\n    [b\"b\", b\"\\x22\", ],\n    [],\n]"));
}

}  // namespace
}  // namespace wireproof
