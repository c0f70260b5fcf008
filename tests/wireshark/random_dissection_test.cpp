#include <random>

#include "catch.h"
#include "corpus/random_messages.h"
#include "report/dissector/dissector.h"
#include "sheet/layout/layout_reader.h"
#include "support/packet_builder.h"
#include "support/skip_test.h"
#include "wireshark/dissection.h"
#include "wireshark/tshark_run.h"

namespace wireproof {
namespace {

constexpr std::size_t kMessages = 400;

// Messages by chance, and each once more with a bit turned round and cut off.
std::vector<Bytes> messages_of(const LayoutSet& layouts, const std::string& name) {
  RandomMessages messages(layouts, name, 20261130);
  std::mt19937_64 engine(1);
  std::vector<Bytes> all;
  for (std::size_t step = 0; step < 60 * kMessages && all.size() < 2 * kMessages; ++step) {
    if (!messages.step() || messages.bytes().empty()) continue;
    Bytes bytes = messages.bytes();
    all.push_back(bytes);
    bytes[engine() % bytes.size()] ^= static_cast<std::uint8_t>(1U << engine() % 8);
    if (engine() % 2 == 0) bytes.resize(1 + engine() % bytes.size());
    all.push_back(std::move(bytes));
  }
  return all;
}

constexpr const char* kLayouts = R"(
## Layout: mixed
| Field  | Type                                | Value                   |
|--------|-------------------------------------|-------------------------|
| kind   | u8 {none=0, one=1, two=2, big=200, ...} |                     |
| size   | u16                                 | size of a..c - 1        |
| a      | i32le                               |                         |
| b      | switch kind {one: u16, two: text[3], 3: pair, else: bytes[1]} | |
| c      | leb128 repeat until c > 100         |                         |
| n      | zigzag                              |                         |
| list   | pair[n] if n > 0 and n < 9          |                         |
| m      | u8                                  | count of words          |
| words  | word[rest]                          |                         |
| hi     | bits 11                             |                         |
| mid    | bits 3                              |                         |
| lo     | bits 34                             |                         |
| over   | u64 if hi >= 1000                   |                         |
| neg    | i64 if a < -1                       |                         |

## Layout: pair
| Field  | Type                                |
|--------|-------------------------------------|
| x      | i16                                 |
| y      | quic-varint if x != 0 and kind <= 2 |
| align  | align 2                             |

## Layout: word
| Field  | Type                                |
|--------|-------------------------------------|
| text   | text until ";"                      |
| more   | bytes prefixed by u8 if text == "x" |

## Layout: open
| Field  | Type                                | Value               |
|--------|-------------------------------------|---------------------|
| all    | u16le                               | size of all / 2     |
| signed | sleb128                             |                     |
| items  | item repeat until flag == true or n == 7 |                |
| rest   | bytes                               |                     |
| end    | i8                                  |                     |

## Layout: item
| Field  | Type   |
|--------|--------|
| flag   | flag   |
| n      | bits 7 |

## Layout: native
```layout
struct "@BLh3sQ": a b c d e
```
)";

// Of a field in all packets.
std::vector<std::string> all_values(const TsharkRun& run, const std::string& field) {
  std::vector<std::string> all;
  for (const auto& packet : run.values(field)) all.insert(all.end(), packet.begin(), packet.end());
  return all;
}

// All messages that are whole, one behind the other, in segments of a few bytes each.
PacketStore in_small_segments(const std::vector<Bytes>& messages) {
  std::string stream;
  for (const Bytes& one : messages) stream += as_text(one);
  PacketStore store;
  TestConversation tcp(store, endpoint("10.0.0.1:60000"), endpoint("10.0.0.2:50000"));
  tcp.handshake();
  std::mt19937_64 engine(2);
  for (std::size_t begin = 0; begin < stream.size();) {
    const std::size_t size = 1 + engine() % (engine() % 4 == 0 ? 100 : 9);
    tcp.client(std::string_view(stream).substr(begin, size));
    begin += size;
  }
  return store;
}

}  // namespace

TEST_CASE("tshark sees the values that a message is read with, also in broken ones",
          "[wireshark]") {
  if (!has_tshark()) {
    skip_test("tshark is not installed");
    return;
  }
  const LayoutReader reader(kLayouts);
  REQUIRE(reader.errors() == "");
  for (const char* const name : {"mixed", "open", "native"}) {
    INFO(name);
    const std::vector<Bytes> messages = messages_of(reader.layouts(), name);
    CHECK(messages.size() == 2 * kMessages);
    CHECK(first_other_value(reader.layouts(), name, messages) == "");
  }
}

TEST_CASE("tshark finds the same messages wherever TCP cuts them", "[wireshark]") {
  if (!has_tshark()) {
    skip_test("tshark is not installed");
    return;
  }
  const LayoutReader reader(kLayouts);
  const Layout& layout = reader.layouts().at("mixed");
  std::vector<Bytes> messages;
  std::vector<std::string> kinds;
  std::vector<std::string> sizes;
  for (const Bytes& one : messages_of(reader.layouts(), "mixed")) {
    const DecodedLayout decoded = decode_layout(layout, {reader.layouts(), {}, {}}, one, 0);
    if (!decoded.complete || decoded.end != one.size()) continue;
    messages.push_back(one);
    kinds.push_back(std::to_string(one[0]));
    sizes.push_back(std::to_string(one[1] * 256 + one[2]));
  }
  REQUIRE(messages.size() > kMessages);
  const auto script = render_dissector(layout, reader.layouts(), {std::uint16_t{50'000}, {}});
  REQUIRE(script);
  const TsharkRun run(in_small_segments(messages), *script);
  CHECK(all_values(run, "wireproof_mixed.kind") == kinds);
  CHECK(all_values(run, "wireproof_mixed.size") == sizes);
}

}  // namespace wireproof
