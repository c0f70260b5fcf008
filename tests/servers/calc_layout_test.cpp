#include "servers/protocols/calc_layout.h"
#include "catch.h"
#include "servers/stream_play.h"

namespace wireproof {
namespace {

using Texts = std::vector<std::string>;

struct Case {
  std::string layout;
  std::string order;
  std::string ops;
  std::string request;
  std::string reply;
};

std::string zeros(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "00";
  return text;
}

// The sum of 20 and 22, id 7, as the programs of the exercise's variants write it.
const std::vector<Case>& cases() {
  const std::string big = "00000014 00000016";
  const std::string little = "14000000 16000000";
  const std::string big_reply = "00 00 00 07 00 00 00 2a";
  const std::string little_reply = "07 00 00 00 2a 00 00 00";
  static const std::vector<Case> kTable = {
      {"plain", "big", "short", "00000007" + hex("SUM") + "02" + big, big_reply},
      {"plain", "little", "short", "07000000" + hex("SUM") + "02" + little, little_reply},
      {"plain", "little", "long", "07000000" + hex("Summe") + "02" + little, little_reply},
      {"op-64", "big", "short", "00000007" + hex("SUM") + zeros(61) + "02" + big, big_reply},
      {"op-10", "little", "long", "07000000" + hex("Summe") + zeros(5) + "02" + little,
       little_reply},
      {"op-7", "little", "long", "07000000" + hex("Summe  ") + "02" + little, little_reply},
      {"op-7-digit", "little", "long", "07000000" + hex("Summe") + zeros(2) + hex("2") + little,
       little_reply},
      {"lengths-first", "little", "short", "07000000 03 02" + hex("SUM") + little, little_reply},
      {"opcode", "little", "short", "01000000 02000000" + little, "2a 00 00 00 00 00 00 00"},
      {"opcode", "big", "short", "00000001 00000002" + big, "00 00 00 00 00 00 00 2a"},
      {"text", "big", "short", hex("<7><SUM><2><20><22>"), hex("<7><42>")},
  };
  return kTable;
}

ServerParameters bare(const Case& one) {
  return {{"framing", "none"}, {"layout", one.layout}, {"order", one.order}, {"ops", one.ops}};
}

std::string reply_of(const std::string& layout, const std::string& request) {
  const Service service =
      service_of("calc", {{"framing", "none"}, {"layout", layout}, {"order", "big"}});
  const Played played = play(service, {request});
  if (played.ending == Ending::refuse) return "refused";
  return played.sends.empty() ? "waits" : played.sends.front();
}

}  // namespace

TEST_CASE("calc reads each layout of a request, however it is cut", "[servers]") {
  for (const Case& one : cases()) {
    INFO(one.layout << " " << one.order << " " << one.ops);
    const Service service = service_of("calc", bare(one));
    CHECK(play_in_all_splits(service, one.request) == Played{{one.reply}, Ending::close});
    CHECK(reply_to(service, one.request) == Texts{one.reply});
    CHECK(reply_to(service, one.request + "00").empty());
  }
}

TEST_CASE("calc knows the size of a request in each layout as soon as its header is there",
          "[servers]") {
  for (const Case& one : cases()) {
    INFO(one.layout);
    const Service keep = [&one] {
      ServerParameters parameters = bare(one);
      parameters["connection"] = "keep";
      return service_of("calc", parameters);
    }();
    CHECK(play(keep, {glue({one.request, one.request})}).sends == Texts{one.reply, one.reply});
  }
}

TEST_CASE("a request that does not say where it ends has the length's size, or ends at EOF",
          "[servers]") {
  const std::string request = "00000007 03" + hex("SUM") + "00000014 00000016";
  const std::string reply = "00 00 00 07 00 00 00 2a";
  const Service bare = service_of("calc", {{"framing", "none"}, {"layout", "op-length"}});
  CHECK(play(bare, {request}) == Played{{}, Ending::none});
  CHECK(play_to_eof(bare, {request}) == Played{{reply}, Ending::close});
  CHECK(play_to_eof(bare, {request + "00"}) == Played{{}, Ending::close});
  CHECK(play_to_eof(bare, {}) == Played{{}, Ending::close});
  CHECK(play(bare, {zeros(2000)}) == Played{{}, Ending::refuse});
  CHECK(reply_to(bare, request) == Texts{reply});
  const Service framed = service_of("calc", {{"layout", "op-length"}});
  CHECK(play_in_all_splits(framed, "00000010" + request) ==
        Played{{"00 00 00 08", reply}, Ending::close});
}

TEST_CASE("the length before a request has the order of its numbers", "[servers]") {
  const Service service = service_of("calc", {{"order", "little"}});
  CHECK(play(service, {"10000000 07000000" + hex("SUM") + "02 14000000 16000000"}) ==
        Played{{"08 00 00 00", "07 00 00 00 2a 00 00 00"}, Ending::close});
}

TEST_CASE("calc refuses what no layout of its own has", "[servers]") {
  CHECK(reply_of("op-64", "00000007" + hex("DIV") + zeros(61)) == "refused");
  CHECK(reply_of("op-7", "00000007" + hex("SUM") + zeros(4)) == "refused");
  CHECK(reply_of("op-7-digit", "00000007" + hex("SUM") + zeros(4) + "02") == "refused");
  CHECK(reply_of("lengths-first", "00000007 03 02" + hex("Sum")) == "refused");
  CHECK(reply_of("opcode", "00000005 00000000") == "refused");
  CHECK(reply_of("opcode", "00000000 00000000") == "refused");
  CHECK(reply_of("opcode", "00000001 00000100") == "refused");
  CHECK(reply_of("text", hex("7><SUM>")) == "refused");
  CHECK(reply_of("text", hex("<7><DIV>")) == "refused");
  CHECK(reply_of("text", hex("<7><SUM><256>")) == "refused");
  CHECK(reply_of("text", hex("<7><SUM><1><2147483648>")) == "refused");
  CHECK(reply_of("text", hex("<7><SUM><1><1x>")) == "refused");
  CHECK(reply_of("text", hex("<123456789012")) == "refused");
  CHECK(reply_of("text", hex("<12345678901")) == "waits");
}

TEST_CASE("negative results have their sign in each kind of reply", "[servers]") {
  CHECK(reply_of("opcode", "00000003 00000001 fffffffb") == "ff ff ff ff ff ff ff fb");
  CHECK(reply_of("text", hex("<7><MIN><2><-5><0>")) == hex("<7><-5>"));
  CHECK(reply_of("op-64", "00000007" + hex("MIN") + zeros(61) + "01 fffffffb") ==
        "00 00 00 07 ff ff ff fb");
}

TEST_CASE("every layout has its name, and takes 255 numbers", "[servers]") {
  REQUIRE(calc_layout_names().size() == 9);
  CHECK(parse_calc_layout("plain") == CalcLayout::plain);
  CHECK(parse_calc_layout("lengths-first") == CalcLayout::lengths_first);
  CHECK(parse_calc_layout("text") == CalcLayout::text);
  std::string request = "<4294967295><Minimum><255>";
  for (int i = 0; i < 255; ++i) request += "<-2147483648>";
  CHECK(max_calc_request({CalcLayout::text}) == request.size());
  const Service framed = service_of("calc", {{"layout", "text"}, {"ops", "long"}});
  ByteWriter length;
  length.write_u32(static_cast<std::uint32_t>(request.size()));
  const std::string head = hex(std::string(as_text(length.bytes())));
  CHECK(play(framed, {head + hex(request)}).sends.at(1) == hex("<4294967295><-2147483648>"));
}

}  // namespace wireproof
