#include "result/json_reader.h"

#include <stdexcept>

#include "catch.h"

namespace wireproof {

enum class Colour : std::uint8_t { red, dark_green };
BOOST_DESCRIBE_ENUM(Colour, red, dark_green)

struct Point {
  std::uint8_t x = 0;
  std::int16_t y = 0;

  bool operator==(const Point&) const = default;
};
BOOST_DESCRIBE_STRUCT(Point, (), (x, y))

struct Drawing {
  std::string name;
  Colour colour = Colour::red;
  bool closed = false;
  double scale = 1;
  std::vector<Point> points;
  std::optional<Point> centre;
  std::pair<Colour, std::uint64_t> count;
  Bytes pixels;
  Duration lasted{};
  Timestamp drawn{};
  Endpoint from;

  bool operator==(const Drawing&) const = default;
};
BOOST_DESCRIBE_STRUCT(Drawing, (),
                      (name, colour, closed, scale, points, centre, count, pixels, lasted, drawn,
                       from))

namespace {

Drawing sample() {
  Drawing drawing;
  drawing.name = "ünïcode";
  drawing.colour = Colour::dark_green;
  drawing.closed = true;
  drawing.scale = 0.5;
  drawing.points = {{255, -32768}, {}};
  drawing.centre = Point{1, 2};
  drawing.count = {Colour::red, 18'446'744'073'709'551'615U};
  drawing.pixels = {0x00, 0xff};
  drawing.lasted = Duration(-1);
  drawing.drawn = Timestamp(Duration(12));
  drawing.from = *parse_endpoint("[::1]:80");
  return drawing;
}

const std::string kSample =
    R"({"name":"ünïcode","colour":"dark_green","closed":true,"scale":0.5,)"
    R"("points":[{"x":255,"y":-32768},{"x":0,"y":0}],"centre":{"x":1,"y":2},)"
    R"("count":["red",18446744073709551615],"pixels":"00 ff","lasted":-1,"drawn":12,)"
    R"("from":"[::1]:80"})";

// What the reader says of the sample with `from` replaced by `to`.
std::string refusal(const std::string& from, const std::string& to) {
  std::string text = kSample;
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
  try {
    static_cast<void>(read_json<Drawing>(text));
  } catch (const std::runtime_error& error) {
    constexpr std::string_view kBefore = "not a result of wireproof: ";
    const std::string said = error.what();
    REQUIRE(said.starts_with(kBefore));
    return said.substr(kBefore.size());
  }
  return "accepted";
}

TEST_CASE("a struct is an object of its fields in the order of their description", "[result]") {
  CHECK(JsonWriter::write(sample()).dump() == kSample);
  CHECK(read_json<Drawing>(kSample) == sample());
}

TEST_CASE("an optional without a value is null and comes back without one", "[result]") {
  Drawing drawing = sample();
  drawing.centre.reset();
  CHECK_THAT(JsonWriter::write(drawing).dump(), Catch::Contains(R"("centre":null)"));
  CHECK(read_json<Drawing>(JsonWriter::write(drawing).dump()) == drawing);
}

TEST_CASE("a text that is not UTF-8 goes as hex and comes back byte for byte", "[result]") {
  Drawing drawing = sample();
  for (const std::string name : {"\xff", "a\xc3", "\xed\xa0\x80", "\x01\x1b\"\\"}) {
    drawing.name = name;
    CHECK(read_json<Drawing>(JsonWriter::write(drawing).dump()) == drawing);
  }
  drawing.name = "\xff";
  CHECK_THAT(JsonWriter::write(drawing).dump(), Catch::StartsWith(R"({"name":{"hex":"ff"})"));
}

TEST_CASE("a value of another kind is refused by its place", "[result]") {
  struct Case {
    std::string from;
    std::string to;
    std::string said;
  };
  const std::vector<Case> cases = {
      {R"("ünïcode")", "7", "name: a text expected"},
      {R"("ünïcode")", R"({"hex":"f"})", "name: bytes in hex expected"},
      {R"("ünïcode")", R"({"hax":"ff"})", "name: a text expected"},
      {R"("dark_green")", R"("green")", R"(colour: the word "green" is unknown)"},
      {R"("dark_green")", "1", "colour: a word expected"},
      {"true", "1", "closed: true or false expected"},
      {"0.5", R"("0.5")", "scale: a number expected"},
      {"255", "256", "points[0].x: the integer 256 is out of range"},
      {"-32768", "-32769", "points[0].y: the integer -32769 is out of range"},
      {"255", "-1", "points[0].x: the integer -1 is out of range"},
      {"255", "1.5", "points[0].x: an integer expected"},
      {R"({"x":0,"y":0})", "[]", "points[1]: an object expected"},
      {R"({"x":0,"y":0})", R"({"x":0})", "points[1]: the field y is missing"},
      {R"({"x":0,"y":0})", R"({"x":0,"y":0,"z":0})", "points[1]: a field is unknown"},
      {R"([{"x":255,"y":-32768},{"x":0,"y":0}])", "{}", "points: a list expected"},
      {R"(["red",18446744073709551615])", R"(["red"])", "count: a pair expected"},
      {R"(["red",)", R"(["blue",)", R"(count[0]: the word "blue" is unknown)"},
      {"18446744073709551615", "18446744073709551616", "count[1]: an integer expected"},
      {R"("00 ff")", R"("00 f")", "pixels: bytes in hex expected"},
      {R"("lasted":-1)", R"("lasted":null)", "lasted: an integer expected"},
      {R"("[::1]:80")", R"("::1:80")", "from: an endpoint expected"},
  };
  for (const Case& each : cases) {
    INFO(each.from << " -> " << each.to);
    CHECK(refusal(each.from, each.to) == each.said);
  }
}

TEST_CASE("every shorter prefix, and anything behind, is refused", "[result]") {
  for (std::size_t size = 0; size < kSample.size(); ++size) {
    INFO("prefix of " << size << " bytes");
    CHECK_THROWS_AS(read_json<Drawing>(kSample.substr(0, size)), std::runtime_error);
  }
  CHECK_THROWS_AS(read_json<Drawing>(kSample + "{}"), std::runtime_error);
  CHECK_THROWS_AS(read_json<Drawing>("\xff"), std::runtime_error);
}

TEST_CASE("lists nested without end are refused, and do not exhaust the stack", "[result]") {
  CHECK_THROWS_AS(read_json<Drawing>(std::string(1'000'000, '[')), std::runtime_error);
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  CHECK_THROWS_AS(read_json<Drawing>(deep), std::runtime_error);
}

}  // namespace
}  // namespace wireproof
