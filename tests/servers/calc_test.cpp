#include "servers/protocols/reference_servers.h"

#include "catch.h"
#include "servers/stream_play.h"

namespace wireproof {
namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view kSum = "00000001 53554d 05 00000001 00000002 00000003 00000004 00000005";
constexpr std::string_view kFramedSum =
    "0000001c 00000001 53554d 05 00000001 00000002 00000003 00000004 00000005";
constexpr std::string_view kProduct = "00000002 50524f 03 00000002 00000003 00000004";
constexpr std::string_view kFramedProduct =
    "00000014 00000002 50524f 03 00000002 00000003 00000004";

Texts sum_reply() {
  return {"00 00 00 08", "00 00 00 01 00 00 00 0f"};
}

}  // namespace

TEST_CASE("calc answers the published requests with length and body in sends of their own",
          "[servers]") {
  struct Case {
    std::string request;
    Texts reply;
  };
  const std::vector<Case> cases = {
      {std::string(kFramedSum), sum_reply()},
      {std::string(kFramedProduct), {"00 00 00 08", "00 00 00 02 00 00 00 18"}},
      {"00000018 00000003 4d494e 04 fffffffb 00000000 00000005 0000000a",
       {"00 00 00 08", "00 00 00 03 ff ff ff fb"}},
      {"00000018 00000004 4d4158 04 00000001 00000064 00000032 00000019",
       {"00 00 00 08", "00 00 00 04 00 00 00 64"}},
  };
  for (const Case& one : cases) {
    INFO(one.request);
    CHECK(play(service_of("calc"), {one.request}) == Played{one.reply, Ending::close});
  }
}

TEST_CASE("calc reads messages, not recv calls: any split gives the same reply", "[servers]") {
  CHECK(play_in_all_splits(service_of("calc"), std::string(kFramedSum)) ==
        Played{sum_reply(), Ending::close});
  const Service keep = service_of("calc", {{"connection", "keep"}});
  const Played both = {{"00 00 00 08", "00 00 00 01 00 00 00 0f",  //
                        "00 00 00 08", "00 00 00 02 00 00 00 18"},
                       Ending::none};
  CHECK(play_in_all_splits(keep, glue({kFramedSum, kFramedProduct})) == both);
  const Service bare = service_of("calc", {{"framing", "none"}, {"connection", "keep"}});
  CHECK(play_in_all_splits(bare, glue({kSum, kProduct})) ==
        Played{{"00 00 00 01 00 00 00 0f", "00 00 00 02 00 00 00 18"}, Ending::none});
}

TEST_CASE("calc answers one request and drops what is glued to it unless connection=keep",
          "[servers]") {
  CHECK(play(service_of("calc"), {glue({kFramedSum, kFramedSum})}) ==
        Played{sum_reply(), Ending::close});
}

TEST_CASE("calc with ops=long takes names of five and seven letters", "[servers]") {
  const Service bare = service_of("calc", {{"framing", "none"}, {"ops", "long"}});
  const std::string numbers = "02 00000004 fffffffe";
  struct Case {
    std::string name;
    std::string result;
  };
  const std::vector<Case> cases = {{"Summe", "00 00 00 02"},
                                   {"Produkt", "ff ff ff f8"},
                                   {"Minimum", "ff ff ff fe"},
                                   {"Maximum", "00 00 00 04"}};
  for (const Case& one : cases) {
    INFO(one.name);
    CHECK(play_in_all_splits(bare, "00000007" + hex(one.name) + numbers) ==
          Played{{"00 00 00 07 " + one.result}, Ending::close});
  }
  CHECK(play(bare, {std::string(kSum)}) == Played{{}, Ending::refuse});
}

TEST_CASE("calc: the sum of nothing is 0, the product of nothing 1, the rest has no result",
          "[servers]") {
  const Service bare = service_of("calc", {{"framing", "none"}});
  CHECK(play(bare, {"00000001" + hex("SUM") + "00"}).sends == Texts{"00 00 00 01 00 00 00 00"});
  CHECK(play(bare, {"00000001" + hex("PRO") + "00"}).sends == Texts{"00 00 00 01 00 00 00 01"});
  CHECK(play(bare, {"00000001" + hex("MIN") + "00"}) == Played{{}, Ending::refuse});
  CHECK(play(bare, {"00000001" + hex("MAX") + "00"}) == Played{{}, Ending::refuse});
}

TEST_CASE("calc refuses a result outside of int32 and only that", "[servers]") {
  const Service bare = service_of("calc", {{"framing", "none"}});
  const auto played = [&](const std::string& name, const std::string& numbers) {
    return play(bare, {"00000001" + hex(name) + numbers});
  };
  const Played refused = {{}, Ending::refuse};
  CHECK(played("SUM", "02 7fffffff 00000001") == refused);
  CHECK(played("SUM", "02 80000000 ffffffff") == refused);
  CHECK(played("SUM", "03 7fffffff 00000001 ffffffff").sends == Texts{"00 00 00 01 7f ff ff ff"});
  CHECK(played("PRO", "02 00010000 00010000") == refused);
  CHECK(played("PRO", "02 80000000 ffffffff") == refused);
  CHECK(played("PRO", "03 80000000 ffffffff ffffffff").sends == Texts{"00 00 00 01 80 00 00 00"});
  CHECK(played("PRO", "04 7fffffff 7fffffff 7fffffff 00000000").sends ==
        Texts{"00 00 00 01 00 00 00 00"});
}

TEST_CASE("calc takes 255 numbers, the most that n can say", "[servers]") {
  std::string numbers;
  for (int i = 0; i < 255; ++i) numbers += "00000002";
  CHECK(play_in_all_splits(service_of("calc"), "00000404 00000001 53554d ff" + numbers) ==
        Played{{"00 00 00 08", "00 00 00 01 00 00 01 fe"}, Ending::close});
}

TEST_CASE("calc refuses what is no request as soon as that is certain", "[servers]") {
  const Service framed = service_of("calc");
  const Played refused = {{}, Ending::refuse};
  CHECK(play(framed, {"00000007"}) == refused);                   // below any request
  CHECK(play(framed, {"00000405"}) == Played{{}, Ending::none});  // a long name's size
  CHECK(play(framed, {"00000409"}) == refused);                   // above any request
  CHECK(play(framed, {"ffffffff"}) == refused);
  CHECK(play(framed, {"0000000c 00000001 444956 01 00000001"}) == refused);  // DIV
  CHECK(play(framed, {"0000000c 00000001 53554d 02 00000001"}) == refused);  // one number missing
  CHECK(play(framed, {"0000000c 00000001 53554d 00 00000001"}) == refused);  // one too many
  CHECK(play(service_of("calc", {{"framing", "none"}}), {"00000001 5358"}) == refused);
}

TEST_CASE("calc closes a stream that ends, inside a request without a reply", "[servers]") {
  const Service keep = service_of("calc", {{"connection", "keep"}});
  CHECK(play_to_eof(keep, {}) == Played{{}, Ending::close});
  CHECK(play_to_eof(keep, {"0000001c 00000001 5355"}) == Played{{}, Ending::close});
  CHECK(play_to_eof(keep, {std::string(kFramedSum)}) == Played{sum_reply(), Ending::close});
}

TEST_CASE("calc over UDP answers a whole request without a length and ignores the rest",
          "[servers]") {
  const Service calc = service_of("calc");
  CHECK(reply_to(calc, std::string(kSum)) == Texts{"00 00 00 01 00 00 00 0f"});
  CHECK(reply_to(calc, "") == Texts{});
  CHECK(reply_to(calc, std::string(kFramedSum)) == Texts{});
  CHECK(reply_to(calc, glue({kSum, "00"})) == Texts{});
  CHECK(reply_to(calc, "00000001 53554d 05 00000001") == Texts{});
  CHECK(reply_to(calc, "00000001" + hex("MIN") + "00") == Texts{});
}

}  // namespace wireproof
