#include "sheet/table/measures.h"

#include "catch.h"

namespace wireproof {

TEST_CASE("what a measure may be is a range with or without its limits", "[scenario]") {
  struct Case {
    MeasureKind kind;
    const char* expected;
    std::vector<double> inside;
    std::vector<double> outside;
  };
  const std::vector<Case> cases{
      {MeasureKind::reply_time, "< 100ms", {0, 99'999'999}, {1e8}},
      {MeasureKind::reply_time, "<= 100ms", {1e8}, {100'000'001}},
      {MeasureKind::packets, "12..16", {12, 16}, {11, 17}},
      {MeasureKind::packets, "12", {12}, {11, 13}},
      {MeasureKind::packets, "> 12", {13}, {12}},
      {MeasureKind::packets, ">= 12", {12}, {11}},
      {MeasureKind::packets, "= 12", {12}, {11, 13}},
      {MeasureKind::goodput, "> 1.5 Mbit/s", {1'500'001}, {1.5e6}},
      {MeasureKind::goodput, "1 kbit/s..1 Gbit/s", {1e3, 1e9}, {999, 1e9 + 1}},
      {MeasureKind::server_cpu, "< 5%", {4.9}, {5}},
      {MeasureKind::server_descriptors, "+0", {0, -1}, {1}},
      {MeasureKind::server_threads, "+1..+2", {1, 2}, {0, 3}},
      {MeasureKind::server_threads, "< 3", {2}, {3}},
      {MeasureKind::server_memory, "< 50 MB", {49'999'999}, {5e7}},
      {MeasureKind::server_memory, "+2kB", {2000, -5}, {2001}},
      {MeasureKind::server_memory, "<= 1 GB", {1e9}, {1'000'000'001}},
  };
  for (const Case& entry : cases) {
    INFO(measure_name(entry.kind) << " " << entry.expected);
    const auto range = parse_measure_range(entry.kind, entry.expected);
    REQUIRE(range);
    for (const double value : entry.inside) CHECK(range->holds(value));
    for (const double value : entry.outside) CHECK_FALSE(range->holds(value));
  }
}

TEST_CASE("a number in another unit than the measure's is none", "[scenario]") {
  CHECK_FALSE(parse_measure_range(MeasureKind::reply_time, "< 100"));
  CHECK_FALSE(parse_measure_range(MeasureKind::packets, "12ms"));
  CHECK_FALSE(parse_measure_range(MeasureKind::goodput, "> 100"));
  CHECK_FALSE(parse_measure_range(MeasureKind::goodput, "> -1 kbit/s"));
  CHECK_FALSE(parse_measure_range(MeasureKind::server_cpu, "5"));
  CHECK_FALSE(parse_measure_range(MeasureKind::server_threads, "0"));
  CHECK_FALSE(parse_measure_range(MeasureKind::server_memory, "< 50"));
  CHECK_FALSE(parse_measure_range(MeasureKind::server_memory, "50 MB"));
}

TEST_CASE("what is measured on the server is told from what the packets show", "[scenario]") {
  const std::vector<std::pair<MeasureKind, bool>> kinds{
      {MeasureKind::reply_time, false},        {MeasureKind::retransmissions, false},
      {MeasureKind::packets, false},           {MeasureKind::server_cpu, true},
      {MeasureKind::server_descriptors, true}, {MeasureKind::server_threads, true},
      {MeasureKind::server_memory, true}};
  for (const auto& [kind, of_server] : kinds) {
    INFO(measure_name(kind));
    CHECK(is_of_server(kind) == of_server);
    CHECK(measure_name(kind).starts_with("server ") == of_server);
  }
}

}  // namespace wireproof
