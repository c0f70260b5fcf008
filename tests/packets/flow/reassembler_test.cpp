#include "packets/flow/reassembler.h"

#include "catch.h"

namespace wireproof {
namespace {

using Ranges = std::vector<PositionRange>;

struct Stream {
  GapBudget budget;
  Reassembler bytes{budget};

  Ranges add(std::int64_t begin, std::int64_t end) { return bytes.add({begin, end}); }
  // Adds and stores the text that begins at the position.
  void write(std::int64_t begin, std::string_view text) {
    for (const PositionRange part : add(begin, begin + static_cast<std::int64_t>(text.size()))) {
      bytes.store(part, begin, as_bytes(text));
    }
  }
  std::string take() { return std::string(as_text(bytes.take_stream())); }
};

}  // namespace

TEST_CASE("an empty range is nothing new", "[flow]") {
  Stream stream;
  CHECK(stream.add(5, 5).empty());
  CHECK(stream.add(5, 4).empty());
  CHECK(stream.bytes.top() == 0);
  CHECK(stream.bytes.gaps({0, 3}) == Ranges{{0, 3}});
}

TEST_CASE("a range that follows the last one goes on with it", "[flow]") {
  Stream stream;
  CHECK(stream.add(1, 5) == Ranges{{1, 5}});
  CHECK(stream.add(5, 9) == Ranges{{5, 9}});
  CHECK(stream.bytes.top() == 9);
  CHECK(stream.bytes.gaps({1, 9}).empty());
}

TEST_CASE("what was seen before is not new: whole, its begin, its end, its middle", "[flow]") {
  struct Case {
    PositionRange range;
    Ranges added;
  };
  // Seen before: [10, 20) and [30, 40).
  const Case cases[] = {
      {{10, 20}, {}},
      {{12, 15}, {}},
      {{5, 10}, {{5, 10}}},                      // touches the begin
      {{5, 12}, {{5, 10}}},                      // covers the begin
      {{18, 25}, {{20, 25}}},                    // covers the end
      {{20, 30}, {{20, 30}}},                    // fills the gap
      {{15, 35}, {{20, 30}}},                    // covers the gap
      {{5, 45}, {{5, 10}, {20, 30}, {40, 45}}},  // covers all
      {{22, 25}, {{22, 25}}},                    // stands in the gap
      {{50, 60}, {{50, 60}}},                    // leaves another gap
      {{40, 41}, {{40, 41}}},                    // touches the end
  };
  for (const Case& item : cases) {
    INFO(item.range.begin << ".." << item.range.end);
    Stream stream;
    stream.add(10, 20);
    stream.add(30, 40);
    CHECK(stream.add(item.range.begin, item.range.end) == item.added);
    CHECK(stream.bytes.gaps(item.range).empty());
    CHECK(stream.add(item.range.begin, item.range.end).empty());
  }
}

TEST_CASE("gaps are what was not seen of a range", "[flow]") {
  Stream stream;
  stream.add(10, 20);
  stream.add(30, 40);
  CHECK(stream.bytes.gaps({0, 50}) == Ranges{{0, 10}, {20, 30}, {40, 50}});
  CHECK(stream.bytes.gaps({10, 40}) == Ranges{{20, 30}});
  CHECK(stream.bytes.gaps({19, 31}) == Ranges{{20, 30}});
  CHECK(stream.bytes.gaps({20, 30}) == Ranges{{20, 30}});
  CHECK(stream.bytes.gaps({12, 15}).empty());
  CHECK(stream.bytes.gaps({8, 8}).empty());
}

TEST_CASE("bytes stand where their positions are, whatever their order", "[flow]") {
  Stream stream;
  stream.write(4, "def");
  stream.write(1, "abc");
  CHECK(stream.bytes.stream_begin() == 1);
  CHECK(stream.take() == "abcdef");
}

TEST_CASE("bytes that are sent again keep their first content", "[flow]") {
  Stream stream;
  stream.write(1, "abc");
  stream.write(2, "XYZ");
  CHECK(stream.take() == "abcZ");
}

TEST_CASE("a gap holds zeros, and so does what snaplen cut", "[flow]") {
  Stream stream;
  stream.write(3, "c");
  CHECK(stream.take() == std::string("\0\0c", 3));

  Stream cut;
  for (const PositionRange part : cut.add(1, 5)) cut.bytes.store(part, 1, as_bytes("ab"));
  CHECK(cut.take() == std::string("ab\0\0", 4));

  Stream none;  // nothing of the new part was captured
  none.write(1, "ab");
  for (const PositionRange part : none.add(1, 5)) none.bytes.store(part, 1, as_bytes("ab"));
  CHECK(none.take() == std::string("ab\0\0", 4));
}

TEST_CASE("earlier bytes move the begin of the stream down", "[flow]") {
  Stream stream;
  stream.write(1, "cd");
  stream.write(-1, "ab");
  CHECK(stream.bytes.stream_begin() == -1);
  CHECK(stream.take() == "abcd");

  Stream far;
  far.write(-3, "a");
  CHECK(far.bytes.stream_begin() == -3);
  CHECK(far.take() == std::string("a\0\0\0", 4));
}

TEST_CASE("the gap before a position is what its budget must hold", "[flow]") {
  Stream stream;
  stream.budget.left_bytes = 10;
  CHECK(stream.bytes.believes(11));  // nothing was seen: the stream begins at 1
  CHECK_FALSE(stream.bytes.believes(12));
  CHECK(stream.add(12, 13).empty());
  CHECK(stream.add(11, 13) == Ranges{{11, 13}});
  CHECK(stream.budget.left_bytes == 0);
  CHECK(stream.bytes.believes(13));
  CHECK_FALSE(stream.bytes.believes(14));
  CHECK(stream.add(13, 14) == Ranges{{13, 14}});
}

TEST_CASE("a gap that is filled can be made again", "[flow]") {
  Stream stream;
  stream.budget.left_bytes = 10;
  stream.add(11, 12);
  stream.add(1, 4);
  CHECK(stream.budget.left_bytes == 3);
  stream.add(2, 20);
  CHECK(stream.budget.left_bytes == 10);
  CHECK(stream.add(31, 32).empty());
  CHECK(stream.add(30, 31) == Ranges{{30, 31}});
}

TEST_CASE("a gap before the begin of the stream counts too", "[flow]") {
  Stream stream;
  stream.budget.left_bytes = 10;
  stream.add(1, 2);
  CHECK(stream.add(-12, -10).empty());
  CHECK(stream.add(-12, -9) == Ranges{{-12, -9}});
  CHECK(stream.budget.left_bytes == 0);
  CHECK(stream.add(-13, -12) == Ranges{{-13, -12}});
}

TEST_CASE("made-up numbers cannot choose how much memory a stream takes", "[flow]") {
  GapBudget budget;
  Reassembler one(budget);
  Reassembler other(budget);
  std::size_t believed = 0;
  for (std::int64_t count = 1; count <= 40; ++count) {
    const std::int64_t far = count * kMaxGapBytes;
    for (Reassembler* stream : {&one, &other}) {
      if (!stream->add({far + 1, far + 2}).empty()) ++believed;
    }
  }
  CHECK(believed == 1);
}

}  // namespace wireproof
