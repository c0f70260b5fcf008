#include "sheet/table/path_table.h"

#include <chrono>

#include "catch.h"

namespace wireproof {
namespace {

std::optional<PathAction> action_of(const std::string& text) {
  Problems problems;
  const auto action = parse_path_action(make_fragment(text, 0), problems);
  CHECK(action.has_value() != problems.has_errors());
  return action;
}

std::optional<PathChoice> choice_of(const std::string& text) {
  Problems problems;
  const auto choice = parse_path_choice(make_fragment(text, 0), problems);
  CHECK(choice.has_value() != problems.has_errors());
  return choice;
}

}  // namespace

TEST_CASE("each deed of a path is read with its numbers", "[path]") {
  const std::vector<std::pair<const char*, PathAction>> cases{
      {"lose", {PathDeed::lose, {}, 0, false, 0}},
      {"Lose", {PathDeed::lose, {}, 0, false, 0}},
      {"delay 40ms", {PathDeed::delay, std::chrono::milliseconds(40), 0, false, 0}},
      {"delay 1m", {PathDeed::delay, std::chrono::minutes(1), 0, false, 0}},
      {"duplicate", {PathDeed::duplicate, {}, 0, false, 0}},
      {"swap with next", {PathDeed::swap, {}, 0, false, 0}},
      {"corrupt byte 0", {PathDeed::corrupt, {}, 0, false, 0}},
      {"corrupt byte 65506", {PathDeed::corrupt, {}, 65506, false, 0}},
      {"corrupt byte 3, checksum right", {PathDeed::corrupt, {}, 3, true, 0}},
      {"cut to 0", {PathDeed::cut, {}, 0, false, 0}},
      {"cut to 10", {PathDeed::cut, {}, 0, false, 10}},
      {"answer ICMP port unreachable", {PathDeed::port_unreachable, {}, 0, false, 0}},
      {"answer icmp Port Unreachable", {PathDeed::port_unreachable, {}, 0, false, 0}},
      {"answer ICMP fragmentation needed 68", {PathDeed::fragmentation_needed, {}, 0, false, 68}},
      {"answer ICMP fragmentation needed 65535",
       {PathDeed::fragmentation_needed, {}, 0, false, 65535}},
  };
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    const auto action = action_of(text);
    REQUIRE(action);
    CHECK(*action == expected);
  }
}

TEST_CASE("what a path cannot do is refused", "[path]") {
  for (const char* const text : {"",
                                 "drop",
                                 "lose it",
                                 "delay",
                                 "delay 40",
                                 "delay -1ms",
                                 "delay 0s",
                                 "delay 61s",
                                 "delay 1s 2s",
                                 "duplicate 2",
                                 "swap",
                                 "swap next",
                                 "swap with",
                                 "corrupt",
                                 "corrupt 3",
                                 "corrupt byte",
                                 "corrupt byte -1",
                                 "corrupt byte 65507",
                                 "corrupt byte 3,",
                                 "corrupt byte 3 checksum right",
                                 "corrupt byte 3, checksum",
                                 "cut 10",
                                 "cut to",
                                 "cut to 65507",
                                 "cut to 10 20",
                                 "answer",
                                 "answer ICMP",
                                 "answer port unreachable",
                                 "answer ICMP port",
                                 "answer ICMP port unreachable 3",
                                 "answer ICMP fragmentation needed",
                                 "answer ICMP fragmentation needed 67",
                                 "answer ICMP fragmentation needed 65536"}) {
    CAPTURE(text);
    CHECK_FALSE(action_of(text));
  }
}

TEST_CASE("a choice has its numbers in their order", "[path]") {
  const std::vector<std::pair<const char*, PathChoice>> cases{
      {"", {}},
      {"*", {}},
      {"1", {{{1, 1}}, 0}},
      {"2..3", {{{2, 3}}, 0}},
      {"2 .. 3", {{{2, 3}}, 0}},
      {"1, 3", {{{1, 1}, {3, 3}}, 0}},
      {"5,1..2", {{{1, 2}, {5, 5}}, 0}},
      {"1000000", {{{1'000'000, 1'000'000}}, 0}},
      {"every 1", {{}, 1}},
      {"every 4", {{}, 4}},
  };
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    const auto choice = choice_of(text);
    REQUIRE(choice);
    CHECK(*choice == expected);
  }
}

TEST_CASE("what chooses no packet, or one twice, is refused", "[path]") {
  for (const char* const text : {"0",
                                 "0..2",
                                 "3..2",
                                 "1..",
                                 "..2",
                                 "1,",
                                 ",1",
                                 "1,,2",
                                 "one",
                                 "-1",
                                 "1 2",
                                 "1000001",
                                 "18446744073709551616",
                                 "1, 1",
                                 "1..3, 3",
                                 "3, 1..5",
                                 "every",
                                 "every 0",
                                 "every 1000001",
                                 "every 4 packets",
                                 "every 2, 3",
                                 "all"}) {
    CAPTURE(text);
    CHECK_FALSE(choice_of(text));
  }
}

}  // namespace wireproof
