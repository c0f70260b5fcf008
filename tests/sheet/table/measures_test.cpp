#include "sheet/table/measures.h"

#include "catch.h"

namespace wireproof {

TEST_CASE("what a measure may be is a range with or without its limits", "[scenario]") {
  struct Case {
    const char* name;
    const char* expected;
    std::vector<double> inside;
    std::vector<double> outside;
  };
  const std::vector<Case> cases{
      {"reply time", "< 100ms", {0, 99'999'999}, {1e8}},
      {"reply time", "<= 100ms", {1e8}, {100'000'001}},
      {"packets", "12..16", {12, 16}, {11, 17}},
      {"packets", "12", {12}, {11, 13}},
      {"packets", "> 12", {13}, {12}},
      {"packets", ">= 12", {12}, {11}},
      {"packets", "= 12", {12}, {11, 13}},
      {"server cpu", "< 5%", {4.9}, {5}},
      {"server descriptors", "+0", {0, -1}, {1}},
      {"server threads", "+1..+2", {1, 2}, {0, 3}},
      {"server threads", "< 3", {2}, {3}},
      {"server memory", "< 50 MB", {49'999'999}, {5e7}},
      {"server memory", "+2kB", {2000, -5}, {2001}},
      {"server memory", "<= 1 GB", {1e9}, {1'000'000'001}},
  };
  for (const Case& entry : cases) {
    INFO(entry.name << " " << entry.expected);
    const auto range = parse_measure_range(entry.name, entry.expected);
    REQUIRE(range);
    for (const double value : entry.inside) CHECK(range->holds(value));
    for (const double value : entry.outside) CHECK_FALSE(range->holds(value));
  }
}

TEST_CASE("a number in another unit than the measure's is none", "[scenario]") {
  CHECK_FALSE(parse_measure_range("reply time", "< 100"));
  CHECK_FALSE(parse_measure_range("packets", "12ms"));
  CHECK_FALSE(parse_measure_range("server cpu", "5"));
  CHECK_FALSE(parse_measure_range("server threads", "0"));
  CHECK_FALSE(parse_measure_range("server memory", "< 50"));
  CHECK_FALSE(parse_measure_range("server memory", "50 MB"));
  CHECK_FALSE(parse_measure_range("server speed", "+0"));
}

}  // namespace wireproof
