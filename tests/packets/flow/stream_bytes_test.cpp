#include "packets/flow/stream_bytes.h"

#include "catch.h"

namespace wireproof {
namespace {

using Ranges = std::vector<PositionRange>;

struct Stream {
  SeenRanges seen;
  StreamBytes bytes;
  ZeroBudget zeros;

  Ranges add(std::int64_t begin, std::int64_t end) { return seen.add({begin, end}); }
  // Adds and stores the text that begins at the position.
  void write(std::int64_t begin, std::string_view text) {
    for (const PositionRange part : add(begin, begin + static_cast<std::int64_t>(text.size()))) {
      bytes.store(part, begin, as_bytes(text));
    }
  }
  std::string take() { return std::string(as_text(bytes.take_stream(zeros))); }
};

}  // namespace

TEST_CASE("an empty range is nothing new", "[flow]") {
  Stream stream;
  CHECK(stream.add(5, 5).empty());
  CHECK(stream.add(5, 4).empty());
  CHECK(stream.seen.top() == 0);
  CHECK(stream.seen.gaps({0, 3}) == Ranges{{0, 3}});
}

TEST_CASE("a range that follows the last one goes on with it", "[flow]") {
  Stream stream;
  CHECK(stream.add(1, 5) == Ranges{{1, 5}});
  CHECK(stream.add(5, 9) == Ranges{{5, 9}});
  CHECK(stream.seen.top() == 9);
  CHECK(stream.seen.gaps({1, 9}).empty());
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
    CHECK(stream.seen.gaps(item.range).empty());
    CHECK(stream.add(item.range.begin, item.range.end).empty());
  }
}

TEST_CASE("gaps are what was not seen of a range", "[flow]") {
  Stream stream;
  stream.add(10, 20);
  stream.add(30, 40);
  CHECK(stream.seen.gaps({0, 50}) == Ranges{{0, 10}, {20, 30}, {40, 50}});
  CHECK(stream.seen.gaps({10, 40}) == Ranges{{20, 30}});
  CHECK(stream.seen.gaps({19, 31}) == Ranges{{20, 30}});
  CHECK(stream.seen.gaps({20, 30}) == Ranges{{20, 30}});
  CHECK(stream.seen.gaps({12, 15}).empty());
  CHECK(stream.seen.gaps({8, 8}).empty());
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

TEST_CASE("what lies too far from all that was seen is not believed", "[flow]") {
  Stream stream;
  CHECK(stream.seen.believes(kMaxGapBytes + 1));  // nothing was seen: the stream begins at 1
  CHECK_FALSE(stream.seen.believes(kMaxGapBytes + 2));
  CHECK(stream.add(kMaxGapBytes + 2, kMaxGapBytes + 3).empty());
  CHECK(stream.add(kMaxGapBytes + 1, kMaxGapBytes + 3).size() == 1);
  CHECK(stream.seen.believes(2 * kMaxGapBytes + 3));
  CHECK_FALSE(stream.seen.believes(2 * kMaxGapBytes + 4));
}

TEST_CASE("what lies too far before the begin of the stream is not believed", "[flow]") {
  Stream stream;
  stream.add(1, 2);
  CHECK(stream.add(-kMaxGapBytes - 2, -kMaxGapBytes).empty());
  CHECK(stream.add(-kMaxGapBytes - 2, 1 - kMaxGapBytes).size() == 1);
}

TEST_CASE("a stream ends before the gap that its zeros do not suffice for", "[flow]") {
  Stream stream;
  stream.zeros.left_bytes = 10;
  stream.write(1, "ab");
  stream.write(10, "c");  // behind 7
  stream.write(15, "d");  // behind 4
  CHECK(stream.take() == std::string("ab\0\0\0\0\0\0\0c", 10));
  CHECK(stream.zeros.left_bytes == 3);
}

TEST_CASE("a gap that is filled takes no zeros, however large it was", "[flow]") {
  Stream stream;
  stream.zeros.left_bytes = 0;
  const std::string text(200'000, 'x');
  stream.write(100'001, std::string_view(text).substr(100'000));
  stream.write(50'001, std::string_view(text).substr(50'000));
  stream.write(1, text);
  CHECK(stream.take() == text);
}

TEST_CASE("neither gaps nor lengths that nobody captured make a stream long", "[flow]") {
  ZeroBudget zeros;
  std::size_t size = 0;
  for (int count = 0; count < 200; ++count) {
    Stream stream;
    stream.write(1, "a");
    stream.write(60'000'000, "b");  // behind bytes that were not captured
    for (const PositionRange part : stream.add(60'000'001, 4'000'000'000)) {
      stream.bytes.store(part, 60'000'001, as_bytes("c"));  // a length that only the header claims
    }
    CHECK(stream.seen.top() == 4'000'000'000);
    size += stream.bytes.take_stream(zeros).size();
  }
  CHECK(size == 200);
}

}  // namespace wireproof
