
#include <set>

#include "catch.h"
#include "result/explanation.h"
#include "servers/faulty_service.h"

namespace wireproof {
namespace {

std::vector<std::string> message_faults_of(const std::string& server) {
  std::vector<std::string> names;
  for (const QuirkEntry& entry : message_faults()) {
    if (entry.applies(*find_server(server))) names.push_back(entry.quirk.name);
  }
  return names;
}

// {length, request} and {length, reply} of calc.
const std::string kSumOfThree =
    "00 00 00 14 00 00 00 07 53 55 4d 03 00 00 00 01 00 00 00 02 00 00 00 03";
const std::string kSumOfThreeReply = "00 00 00 07 00 00 00 06";
const std::string kReplyLength = "00 00 00 08";
const std::string kMaximum = "00 00 00 0c 00 00 00 08 4d 41 58 01 00 00 00 2a";
const std::string kMaximumReply = "00 00 00 08 00 00 00 2a";
// The same without the lengths, which is what UDP takes.
const std::string kSumOfThreeDatagram = kSumOfThree.substr(12);

const std::string kSizedUmlaut = "01 00 00 00 03 00 00 00 02 61 c3 a4";  // "aä"

const ServerParameters kKeep = {{"connection", "keep"}};

}  // namespace

TEST_CASE("every server has the message faults that its protocol can have, and no other",
          "[servers]") {
  const std::vector<std::string> chunks = {"drop-last-byte", "extra-byte", "stale-reply"};
  const auto and_also = [](std::vector<std::string> names, const std::vector<std::string>& more) {
    names.insert(names.end(), more.begin(), more.end());
    return names;
  };
  const std::vector<std::string> udp = {"reply-from-other-port", "duplicate-reply", "drop-third",
                                        "truncate", "die-on-empty"};
  const std::vector<std::string> text_chunks =
      and_also(chunks, {"cut-30", "cut-1024", "latin1", "no-blank", "whole-buffer", "line-end",
                        "waits-for-end", "die-on-invalid-utf8", "strict-decode"});
  CHECK(message_faults_of("calc") ==
        and_also(and_also(chunks,
                          {"swap-bytes", "swap-fields", "wrong-id", "one-recv", "merge-next",
                           "early-reply", "die-on-garbage", "trust-length", "no-overflow-check"}),
                 udp));
  const std::vector<std::string> both = and_also(and_also(chunks, {"waits-for-end"}), udp);
  CHECK(message_faults_of("echo-both") == both);
  CHECK(message_faults_of("reverse") == both);
  CHECK(message_faults_of("echo-chunks") ==
        and_also(chunks, {"cut-30", "no-blank", "waits-for-end"}));
  CHECK(message_faults_of("echo-once") ==
        std::vector<std::string>{"drop-last-byte", "extra-byte", "cut-30", "latin1", "no-blank",
                                 "whole-buffer", "line-end", "waits-for-end",
                                 "die-on-invalid-utf8"});
  CHECK(message_faults_of("upper-tcp") ==
        std::vector<std::string>{"drop-last-byte", "extra-byte", "cut-30", "latin1", "whole-buffer",
                                 "line-end", "waits-for-end", "die-on-invalid-utf8"});
  CHECK(message_faults_of("echo-select") == text_chunks);
  CHECK(message_faults_of("echo-text") == text_chunks);
  CHECK(message_faults_of("echo-threads") == text_chunks);
  CHECK(message_faults_of("print-udp") ==
        std::vector<std::string>{"die-on-invalid-utf8", "die-on-empty"});
  CHECK(message_faults_of("record") ==
        and_also(chunks, {"swap-bytes", "native-layout", "swap-fields", "zero-padding", "wrong-id",
                          "one-recv", "merge-next", "early-reply", "die-on-invalid-utf8"}));
  CHECK(message_faults_of("record-sized") ==
        and_also(chunks, {"swap-bytes", "native-layout", "swap-fields", "wrong-id", "count-chars",
                          "one-recv", "merge-next", "early-reply", "die-on-garbage",
                          "die-on-invalid-utf8", "trust-length"}));
  CHECK(message_faults_of("upper-udp") ==
        and_also(and_also(chunks, {"latin1", "whole-buffer", "line-end", "die-on-invalid-utf8"}),
                 udp));
}

TEST_CASE("no two message faults have one name, and each says what a sheet must name",
          "[servers]") {
  std::set<std::string> names;
  for (const QuirkEntry& entry : message_faults()) {
    INFO(entry.quirk.name);
    CHECK(names.insert(entry.quirk.name).second);
    CHECK_FALSE(entry.quirk.meaning.empty());
    CHECK(find_explanation(entry.quirk.explanation));
  }
}

TEST_CASE("drop-last-byte shortens replies and leaves lengths alone", "[servers]") {
  CHECK(play(faulty("calc", "drop-last-byte"), {kSumOfThree}) ==
        Played{{kReplyLength, "00 00 00 07 00 00 00"}, Ending::close});
  CHECK(play(faulty("record", "drop-last-byte"), {kSecondRecord + kSecondRecord}).sends ==
        std::vector<std::string>(2, kSecondRecord.substr(0, kSecondRecord.size() - 3)));
  CHECK(reply_to(faulty("upper-udp", "drop-last-byte"), hex("ab")) ==
        std::vector<std::string>{hex("A")});
  CHECK(reply_to(faulty("upper-udp", "drop-last-byte"), "") == std::vector<std::string>{""});
}

TEST_CASE("extra-byte lengthens replies by a zero and leaves lengths alone", "[servers]") {
  CHECK(play(faulty("calc", "extra-byte"), {kSumOfThree}).sends ==
        std::vector<std::string>{kReplyLength, kSumOfThreeReply + " 00"});
  CHECK(reply_to(faulty("calc", "extra-byte"), kSumOfThreeDatagram) ==
        std::vector<std::string>{kSumOfThreeReply + " 00"});
}

TEST_CASE("no-blank, whole-buffer and line-end change the ends of a text", "[servers]") {
  CHECK(play(faulty("echo-text", "no-blank"), {hex("ab")}).sends ==
        std::vector<std::string>{hex("ECHO:ab")});
  CHECK(play(faulty("upper-tcp", "line-end"), {hex("ab")}).sends ==
        std::vector<std::string>{hex("AB\n")});
  CHECK(play(faulty("upper-tcp", "whole-buffer"), {hex("ab")}).sends ==
        std::vector<std::string>{hex("AB" + std::string(126, '\0'))});
}

TEST_CASE("waits-for-end keeps what is no line", "[servers]") {
  CHECK(play(faulty("echo-text", "waits-for-end"), {hex("ab")}).sends.empty());
  CHECK(play(faulty("echo-text", "waits-for-end"), {hex("ab"), hex("c\n")}).sends ==
        std::vector<std::string>{hex("ECHO: abc\n")});
}

TEST_CASE("zero-padding fills the text of a record up with zeros", "[servers]") {
  const std::string zeros = " 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";
  CHECK(play(faulty("record", "zero-padding"), {kSecondRecord}).sends ==
        std::vector<std::string>{kSecondRecord.substr(0, 14 * 3 - 1) + zeros});
}

TEST_CASE("stale-reply is one request behind, on every connection by itself", "[servers]") {
  const Service service = faulty("calc", "stale-reply", kKeep);
  CHECK(play(service, {kSumOfThree, kMaximum, kMaximum}).sends ==
        std::vector<std::string>{kReplyLength, kSumOfThreeReply, kReplyLength, kSumOfThreeReply,
                                 kReplyLength, kMaximumReply});
  CHECK(play(service, {kMaximum}).sends == std::vector<std::string>{kReplyLength, kMaximumReply});
}

TEST_CASE("swap-bytes turns the numbers of a reply round and nothing else", "[servers]") {
  CHECK(play(faulty("calc", "swap-bytes"), {kSumOfThree}).sends ==
        std::vector<std::string>{"08 00 00 00", "07 00 00 00 06 00 00 00"});
  CHECK(play(faulty("record-sized", "swap-bytes"), {kSizedUmlaut}).sends ==
        std::vector<std::string>{"01 03 00 00 00 02 00 00 00 61 c3 a4"});
}

TEST_CASE("native-layout replies what Python packs without an exclamation mark", "[servers]") {
  // struct.pack("BLL20s", 1, 2, 5, b"hello" + 15 * b"-"): 44 bytes
  CHECK(play(faulty("record", "native-layout"), {kSecondRecord}).sends ==
        std::vector<std::string>{"01 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00 05 00 00 00 00 "
                                 "00 00 00 " +
                                 kSecondRecord.substr(27)});
  // struct.pack("BLL", 1, 3, 2) + "aä".encode(): 24 bytes and the text
  CHECK(play(faulty("record-sized", "native-layout"), {kSizedUmlaut}).sends ==
        std::vector<std::string>{"01 00 00 00 00 00 00 00 03 00 00 00 00 00 00 00 02 00 00 00 00 "
                                 "00 00 00 61 c3 a4"});
}

TEST_CASE("swap-fields exchanges two neighbours and leaves the rest", "[servers]") {
  CHECK(play(faulty("calc", "swap-fields"), {kSumOfThree}).sends ==
        std::vector<std::string>{kReplyLength, "00 00 00 06 00 00 00 07"});
  CHECK(play(faulty("record-sized", "swap-fields"), {kSizedUmlaut}).sends ==
        std::vector<std::string>{"01 00 00 00 02 00 00 00 03 61 c3 a4"});
}

TEST_CASE("wrong-id changes the number of the request and nothing else", "[servers]") {
  CHECK(play(faulty("calc", "wrong-id"), {kSumOfThree}).sends ==
        std::vector<std::string>{kReplyLength, "00 00 04 d2 00 00 00 06"});
  CHECK(play(faulty("record-sized", "wrong-id"), {kSizedUmlaut}).sends ==
        std::vector<std::string>{"01 00 00 00 03 00 00 04 d2 61 c3 a4"});
}

TEST_CASE("count-chars gives a size in characters, which only other letters show", "[servers]") {
  const Service service = faulty("record-sized", "count-chars");
  CHECK(play(service, {kSizedUmlaut}).sends ==
        std::vector<std::string>{"01 00 00 00 02 00 00 00 02 61 c3 a4"});
  const std::string ascii = "01 00 00 00 02 00 00 00 02 61 62";
  CHECK(play(service, {ascii}).sends == std::vector<std::string>{ascii});
}

TEST_CASE("cut-30 and cut-1024 read that much and decode each read by itself", "[servers]") {
  CHECK(faulty("echo-text", "cut-30").stream_read_size == 30);
  CHECK(faulty("echo-text", "cut-1024").stream_read_size == 1024);
  const std::vector<std::string> halves = {hex("ECHO: a\uFFFD"), hex("ECHO: \uFFFDb")};
  CHECK(play(faulty("echo-text", "cut-30"), {"61 c3", "a4 62"}).sends == halves);
  CHECK(play(faulty("echo-text", "cut-1024"), {"61 c3", "a4 62"}).sends == halves);
  CHECK(play(faulty("echo-text", "cut-30"), {hex("ä")}).sends ==
        std::vector<std::string>{hex("ECHO: ä")});
  CHECK(play(faulty("echo-chunks", "cut-30"), {"61 c3"}).sends ==
        std::vector<std::string>{hex("server got: a\uFFFD")});
}

TEST_CASE("latin1 answers a byte for a character, and a question mark where it has none",
          "[servers]") {
  CHECK(reply_to(faulty("upper-udp", "latin1"), hex("aé€")) ==
        std::vector<std::string>{"41 c9 3f"});
  CHECK(play(faulty("echo-text", "latin1"), {hex("ä")}).sends ==
        std::vector<std::string>{hex("ECHO: ") + " e4"});
}

TEST_CASE("no fault and no variant changes how long clients wait", "[servers]") {
  for (const ServerInfo& server : reference_servers()) {
    Service service = service_of(server.name);
    service.conduct.patience = std::chrono::milliseconds(7);
    for (const ServerQuirk& fault : server.faults) {
      CAPTURE(server.name, fault.name);
      CHECK(with_fault(service, server, fault.name).conduct.patience == service.conduct.patience);
    }
    for (const ServerQuirk& variant : server.variants) {
      CAPTURE(server.name, variant.name);
      CHECK(with_variant(service, server, variant.name).conduct.patience ==
            service.conduct.patience);
    }
  }
}

}  // namespace wireproof
