#include "base/text/time.h"

#include "catch.h"

namespace wireproof {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST_CASE("a duration is a number with a unit", "[base]") {
  struct Case {
    const char* text;
    Duration expected;
  };
  const Case cases[] = {{"500ms", milliseconds(500)},
                        {"2s", seconds(2)},
                        {"1.5ms", nanoseconds(1'500'000)},
                        {"20us", nanoseconds(20'000)},
                        {"20µs", nanoseconds(20'000)},
                        {"100ns", nanoseconds(100)},
                        {"1m", minutes(1)},
                        {"1.5m", seconds(90)},
                        {"0s", nanoseconds(0)},
                        {"1.000000001s", nanoseconds(1'000'000'001)},
                        {"9223372036854775807ns", nanoseconds(9223372036854775807)}};
  for (const Case& item : cases) {
    INFO(item.text);
    CHECK(parse_duration(item.text) == item.expected);
  }
}

TEST_CASE("text that is no exact duration is refused", "[base]") {
  for (const char* text :
       {"", "5", "ms", "-1s", "1 s", "1.s", ".5s", "1.5ns", "1.0000000001s", "1h", "1s ", "1e3ms",
        "9223372036854775808ns", "9223372037s", "99999999999999999999s"}) {
    INFO(text);
    CHECK_FALSE(parse_duration(text).has_value());
  }
}

TEST_CASE("a duration is rendered in the largest unit that it fills", "[base]") {
  struct Case {
    Duration duration;
    const char* expected;
  };
  const Case cases[] = {{milliseconds(500), "500ms"},
                        {seconds(2), "2s"},
                        {nanoseconds(1'500'000), "1.5ms"},
                        {seconds(90), "90s"},
                        {minutes(2), "2m"},
                        {nanoseconds(0), "0s"},
                        {nanoseconds(1'000'000'001), "1.000000001s"},
                        {milliseconds(-1500), "-1.5s"},
                        {nanoseconds(7), "7ns"}};
  for (const Case& item : cases) CHECK(render_duration(item.duration) == item.expected);
}

TEST_CASE("a rendered duration reads back as itself", "[base]") {
  for (std::int64_t count = 1; count < 1'000'000'000'000'000; count = count * 7 + 3) {
    CHECK(parse_duration(render_duration(Duration(count))) == Duration(count));
  }
}

TEST_CASE("times that lie too far apart are as far apart as can be told", "[base]") {
  const Timestamp one{seconds(1)};
  CHECK(time_between(one, Timestamp{seconds(3)}) == seconds(2));
  CHECK(time_between(Timestamp{seconds(3)}, one) == seconds(-2));
  CHECK(time_between(Timestamp::min(), one) == Duration::max());
  CHECK(time_between(one, Timestamp::min()) == Duration::min());
}

TEST_CASE("milliseconds have three decimals, rounded", "[base]") {
  CHECK(render_milliseconds(nanoseconds(2'114'000)) == "2.114 ms");
  CHECK(render_milliseconds(nanoseconds(499)) == "0.000 ms");
  CHECK(render_milliseconds(nanoseconds(500)) == "0.001 ms");
  CHECK(render_milliseconds(nanoseconds(-1'500'000)) == "-1.500 ms");
  CHECK(render_milliseconds(seconds(12)) == "12000.000 ms");
}

}  // namespace
}  // namespace wireproof
