#include <fmt/format.h>

#include "base/text/bytes.h"
#include "catch.h"
#include "servers/faulty_service.h"
#include "servers/protocols/reference_servers.h"

namespace wireproof {
namespace {

// calc without and with its length.
const std::string kSumOfTwo = "00 00 00 07 53 55 4d 02 00 00 00 01 00 00 00 02";
const std::string kFramedSumOfTwo = "00 00 00 10 " + kSumOfTwo;
const std::string kSumOfTwoReply = "00 00 00 07 00 00 00 03";
const std::vector<std::string> kFramedReply = {"00 00 00 08", kSumOfTwoReply};
const std::string kTooLarge = "00 00 00 09 53 55 4d 02 7f ff ff ff 00 00 00 01";
const std::string kProductTooLarge = "00 00 00 09 50 52 4f 02 00 01 00 01 00 01 00 00";

const std::string kSizedRecord = "01 00 00 00 02 00 00 00 01 61 62";
const std::string kOther = "01 00 00 00 01 00 00 00 02 63";
const std::string kHuge = "01 ff ff ff ff 00 00 00 01";

const Played kClosed = {{}, Ending::close};
const Played kWaits = {{}, Ending::none};

std::string bytes(const std::string& text, std::size_t begin, std::size_t end) {
  return text.substr(3 * begin, 3 * (end - begin));
}

Played answered(const std::vector<std::string>& sends) {
  return {sends, Ending::none};
}

}  // namespace

TEST_CASE("one-recv ends a connection whose read is less than a message", "[servers]") {
  CHECK(play(faulty("record", "one-recv"), {kSecondRecord, kSecondRecord}) ==
        answered({kSecondRecord, kSecondRecord}));
  CHECK(play(faulty("record", "one-recv"), {bytes(kSecondRecord, 0, 28)}) == kClosed);
  CHECK(play(faulty("calc", "one-recv"), {bytes(kFramedSumOfTwo, 0, 3)}) == kClosed);
  CHECK(play(faulty("calc", "one-recv", {{"framing", "none"}}), {bytes(kSumOfTwo, 0, 4)}) ==
        kClosed);
}

TEST_CASE("one-recv takes a header by itself, and then the rest in one read", "[servers]") {
  CHECK(play(faulty("calc", "one-recv"), {bytes(kFramedSumOfTwo, 0, 4), kSumOfTwo}) ==
        Played{kFramedReply, Ending::close});
  CHECK(play(faulty("calc", "one-recv"), {bytes(kFramedSumOfTwo, 0, 4), bytes(kSumOfTwo, 0, 8)}) ==
        kClosed);
  CHECK(play(faulty("record-sized", "one-recv"), {bytes(kSizedRecord, 0, 9), "61 62"}) ==
        answered({kSizedRecord}));
}

TEST_CASE("one-recv and merge-next answer what came together by the first reply", "[servers]") {
  const std::string records = fmt::format("{} {}", kSizedRecord, kOther);
  const std::string sums = fmt::format("{0} {0}", kFramedSumOfTwo);
  for (const std::string fault : {"one-recv", "merge-next"}) {
    INFO(fault);
    CHECK(play(faulty("record-sized", fault), {records, kOther}) ==
          answered({kSizedRecord, kOther}));
    CHECK(play(faulty("calc", fault, {{"connection", "keep"}}), {sums}) == answered(kFramedReply));
  }
}

TEST_CASE("merge-next and early-reply take a message in pieces", "[servers]") {
  CHECK(play_in_all_splits(faulty("record-sized", "merge-next"), kSizedRecord) ==
        answered({kSizedRecord}));
  CHECK(play(faulty("record-sized", "early-reply"), {kSizedRecord, kOther}) ==
        answered({kSizedRecord, kOther}));
}

TEST_CASE("early-reply answers with zeros for what is missing, and once", "[servers]") {
  const std::string zeros = "01 00 00 00 02 00 00 00 01 00 00";
  CHECK(play(faulty("record-sized", "early-reply"), {bytes(kSizedRecord, 0, 8)}) == kWaits);
  CHECK(play(faulty("record-sized", "early-reply"), {bytes(kSizedRecord, 0, 9), "61 62", kOther}) ==
        answered({zeros, kOther}));
  const Service calc = faulty("calc", "early-reply", {{"connection", "keep"}});
  CHECK(play(calc, {bytes(kFramedSumOfTwo, 0, 4)}) == kWaits);
  CHECK(play(calc, {bytes(kFramedSumOfTwo, 0, 16), "00 00 00 02"}) ==
        answered({"00 00 00 08", "00 00 00 07 00 00 00 01"}));
}

TEST_CASE("messages that are refused stay so where only their boundaries are wrong", "[servers]") {
  for (const std::string fault : {"one-recv", "merge-next", "early-reply"}) {
    INFO(fault);
    CHECK(play(faulty("record-sized", fault), {kHuge}) == Played{{}, Ending::refuse});
    CHECK(play(faulty("calc", fault), {"00 00 00 02 00 00"}) == Played{{}, Ending::refuse});
  }
}

TEST_CASE("die-on-garbage dies of what is refused or ignored, and of nothing else", "[servers]") {
  CHECK(play(faulty("calc", "die-on-garbage"), {kFramedSumOfTwo}) ==
        Played{kFramedReply, Ending::close});
  CHECK_THROWS_AS(play(faulty("calc", "die-on-garbage"), {hex("GET / HTTP/1.1")}), DeadlyInput);
  CHECK_THROWS_AS(reply_to(faulty("calc", "die-on-garbage"), hex("hello")), DeadlyInput);
  CHECK_THROWS_AS(play(faulty("record-sized", "die-on-garbage"), {kHuge}), DeadlyInput);
}

TEST_CASE("die-on-invalid-utf8 dies of bytes that no text has, not of a cut", "[servers]") {
  const Service echo = faulty("echo-text", "die-on-invalid-utf8");
  CHECK(play(echo, {"61 c3", "a4"}) == play(service_of("echo-text"), {"61 c3", "a4"}));
  CHECK_THROWS_AS(play(echo, {"61 c3", "61"}), DeadlyInput);
  CHECK_THROWS_AS(reply_to(faulty("print-udp", "die-on-invalid-utf8"), "ff"), DeadlyInput);
}

TEST_CASE("strict-decode ends a connection at a read that is no whole text", "[servers]") {
  const Service echo = faulty("echo-text", "strict-decode");
  CHECK(play(echo, {"61", "c3 a4"}) == play(service_of("echo-text"), {"61", "c3 a4"}));
  CHECK(play(echo, {"61 c3", "a4"}) == Played{{}, Ending::close});
  CHECK(play(echo, {"ff"}) == Played{{}, Ending::close});
}

TEST_CASE("die-on-invalid-utf8 looks at the text of a record, not at its numbers", "[servers]") {
  const Service service = faulty("record-sized", "die-on-invalid-utf8");
  const std::string large_order = "01 00 00 00 01 ff ff ff ff 61";
  CHECK(play(service, {large_order}) == answered({large_order}));
  CHECK_THROWS_AS(play(service, {"01 00 00 00 01 00 00 00 01 ff"}), DeadlyInput);
}

TEST_CASE("trust-length waits for what a header announces, and refuses it then", "[servers]") {
  const Service service = faulty("record-sized", "trust-length");
  CHECK(play_in_all_splits(service, kSizedRecord + " " + kOther) ==
        answered({kSizedRecord, kOther}));
  CHECK(play(service, {kHuge}) == kWaits);
  const std::size_t size = kMaxRecordText + 5;
  const std::string announced = "01 00 10 00 05 00 00 00 01";
  CHECK(play(service, {announced, render_hex(Bytes(size - 1))}) == kWaits);
  CHECK(play(service, {announced, render_hex(Bytes(size - 1)), "00"}) ==
        Played{{}, Ending::refuse});
}

TEST_CASE("no-overflow-check wraps a result modulo 2^32", "[servers]") {
  const Service service = faulty("calc", "no-overflow-check");
  CHECK(reply_to(service_of("calc"), kTooLarge).empty());
  CHECK(reply_to(service, kTooLarge) == std::vector<std::string>{"00 00 00 09 80 00 00 00"});
  CHECK(reply_to(service, kProductTooLarge) == std::vector<std::string>{"00 00 00 09 00 01 00 00"});
  CHECK(reply_to(service, kSumOfTwo) == std::vector<std::string>{kSumOfTwoReply});
  CHECK(reply_to(service, "00 00 00 09 4d 49 4e 00").empty());  // the minimum of nothing
  CHECK(play(service, {"00 00 00 10 " + kTooLarge}).sends ==
        std::vector<std::string>{"00 00 00 08", "00 00 00 09 80 00 00 00"});
}

TEST_CASE("duplicate-reply answers twice, drop-third two of three", "[servers]") {
  CHECK(reply_to(faulty("upper-udp", "duplicate-reply"), hex("a")) ==
        std::vector<std::string>(2, hex("A")));
  const std::unique_ptr<DatagramProtocol> protocol =
      faulty("upper-udp", "drop-third").open_datagrams();
  std::vector<std::size_t> counts;
  for (int i = 0; i < 6; ++i) counts.push_back(protocol->on_datagram(as_bytes("a")).size());
  CHECK(counts == std::vector<std::size_t>{1, 1, 0, 1, 1, 0});
}

TEST_CASE("truncate reads no more than 512 bytes of a datagram", "[servers]") {
  CHECK(faulty("calc", "truncate").datagram_read_size == 512);
  CHECK(service_of("calc").datagram_read_size > 512);
}

TEST_CASE("die-on-empty dies of an empty datagram and of no other", "[servers]") {
  const Service service = faulty("echo-both", "die-on-empty");
  CHECK(reply_to(service, hex("a")) == std::vector<std::string>{hex("a")});
  CHECK_THROWS_AS(reply_to(service, ""), DeadlyInput);
}

TEST_CASE("a reply from another port is a matter of the socket, not of the replies", "[servers]") {
  CHECK_FALSE(service_of("calc").datagrams_from_other_port);
  const Service service = faulty("calc", "reply-from-other-port");
  CHECK(service.datagrams_from_other_port);
  CHECK(reply_to(service, kSumOfTwo) == std::vector<std::string>{kSumOfTwoReply});
}

}  // namespace wireproof
