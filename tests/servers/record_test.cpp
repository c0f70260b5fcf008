#include "catch.h"
#include "servers/protocols/reference_servers.h"
#include "servers/stream_play.h"

namespace wireproof {
namespace {

// struct.pack("!BLL20s", 1, 1, 5, b"hello" + 15 * b"-")
constexpr std::string_view kRecord =
    "01 00 00 00 01 00 00 00 05 68 65 6c 6c 6f 2d 2d 2d 2d 2d 2d 2d 2d 2d 2d 2d 2d 2d 2d 2d";
// struct.pack("!BLL", 1, 5, 1) + b"hello"
constexpr std::string_view kSized = "01 00 00 00 05 00 00 00 01 68 65 6c 6c 6f";

}  // namespace

TEST_CASE("record answers every 29 bytes by the same record, however they arrive", "[servers]") {
  const Service service = service_of("record");
  CHECK(play_in_all_splits(service, std::string(kRecord)) ==
        Played{{std::string(kRecord)}, Ending::none});
  CHECK(play_in_all_splits(service, glue({kRecord, kRecord})) ==
        Played{{std::string(kRecord), std::string(kRecord)}, Ending::none});
}

TEST_CASE("record closes a stream that ends inside a record", "[servers]") {
  CHECK(play_to_eof(service_of("record"), {"01 00 00 00 01"}) == Played{{}, Ending::close});
}

TEST_CASE("record with reply=none reads and never answers", "[servers]") {
  CHECK(play_to_eof(service_of("record", {{"reply", "none"}}), {std::string(kRecord)}) ==
        Played{{}, Ending::close});
}

TEST_CASE("record with reply=text answers the twenty bytes of text", "[servers]") {
  const std::string text = "68 65 6c 6c 6f 2d 2d 2d 2d 2d 2d 2d 2d 2d 2d 2d 2d 2d 2d 2d";
  CHECK(play_in_all_splits(service_of("record", {{"reply", "text"}}), glue({kRecord, kRecord})) ==
        Played{{text, text}, Ending::none});
}

TEST_CASE("record-sized answers header and bytes in one send, however they arrive", "[servers]") {
  const Service service = service_of("record-sized");
  CHECK(play_in_all_splits(service, glue({kSized, kSized})) ==
        Played{{std::string(kSized), std::string(kSized)}, Ending::none});
  CHECK(play_to_eof(service, {"01 00 00 00 05 00 00 00 01 68"}) == Played{{}, Ending::close});
}

TEST_CASE("record-sized takes an empty text", "[servers]") {
  const std::string empty = "01 00 00 00 00 00 00 00 07";
  CHECK(play(service_of("record-sized"), {empty}) == Played{{empty}, Ending::none});
}

TEST_CASE("record-sized refuses a size above its limit when the header is there", "[servers]") {
  CHECK(kMaxRecordText == 0x00100000);
  const Service service = service_of("record-sized");
  CHECK(play(service, {"01 00100000 00000001"}) == Played{{}, Ending::none});
  CHECK(play(service, {"01 00100001 00000001"}) == Played{{}, Ending::refuse});
  CHECK(play(service, {glue({kSized, "01 ffffffff 00000001"})}) ==
        Played{{std::string(kSized)}, Ending::refuse});
}

TEST_CASE("record-sized with reply=text answers the text, and nothing to an empty one",
          "[servers]") {
  const Service service = service_of("record-sized", {{"reply", "text"}});
  CHECK(play_in_all_splits(service, glue({kSized, "01 00 00 00 00 00 00 00 07", kSized})) ==
        Played{{"68 65 6c 6c 6f", "68 65 6c 6c 6f"}, Ending::none});
}

TEST_CASE("record-sized with reply=none reads and never answers", "[servers]") {
  CHECK(play(service_of("record-sized", {{"reply", "none"}}), {std::string(kSized)}) ==
        Played{{}, Ending::none});
}

}  // namespace wireproof
