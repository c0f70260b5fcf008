#include "machine/process/missing_time.h"

#include "catch.h"

namespace wireproof {
namespace {

using std::chrono::seconds;

constexpr MissingTime::Time kBegun{};

MissingTime::Time at(int second) {
  return kBegun + seconds(second);
}

void see(MissingTime& missing, const std::map<pid_t, Duration>& waited, int ran, int second,
         bool is_asleep = false) {
  missing.see({waited, seconds(ran), is_asleep}, at(second));
}

}  // namespace

TEST_CASE("what a program and its children waited for a CPU is missing", "[server]") {
  MissingTime missing(kBegun);
  see(missing, {{1, seconds(2)}, {2, seconds(3)}}, 2, 6);
  CHECK(missing.sum() == seconds(5));
}

TEST_CASE("what a child waited that has ended stays missing", "[server]") {
  MissingTime missing(kBegun);
  see(missing, {{1, seconds(0)}, {2, seconds(3)}}, 2, 4);
  see(missing, {{1, seconds(0)}}, 3, 5);
  CHECK(missing.sum() == seconds(3));
  CHECK(missing.ran() == seconds(3));
}

TEST_CASE("a wait for a CPU that lasts is missing, whoever ran before it", "[server]") {
  MissingTime missing(kBegun);
  see(missing, {{1, seconds(0)}}, 1, 1);
  see(missing, {{1, seconds(0)}}, 1, 4);
  see(missing, {{1, seconds(0)}}, 1, 8);
  CHECK(missing.sum() == seconds(7));
  // The kernel tells of it behind its end: it is not missing twice.
  see(missing, {{1, seconds(7)}}, 2, 9);
  CHECK(missing.sum() == seconds(7));
}

TEST_CASE("a wait that the kernel never tells of is missing all the same", "[server]") {
  MissingTime missing(kBegun);
  see(missing, {{1, seconds(0)}}, 0, 3);
  see(missing, {{1, seconds(0)}}, 1, 4);
  see(missing, {{1, seconds(0)}}, 1, 9);
  see(missing, {{1, seconds(0)}}, 2, 10);
  CHECK(missing.sum() == seconds(8));
}

TEST_CASE("what children waited that ended between two looks is missing", "[server]") {
  MissingTime missing(kBegun);
  see(missing, {{1, seconds(0)}, {2, seconds(0)}}, 1, 5);
  see(missing, {{1, seconds(0)}, {3, seconds(0)}}, 3, 10);
  CHECK(missing.sum() == seconds(7));
  CHECK(missing.ran() == seconds(3));
}

TEST_CASE("a program that works and sleeps in turns lacks nothing", "[server]") {
  MissingTime missing(kBegun);
  for (int second = 1; second <= 20; ++second) {
    // Awake at every other look, and half of the time.
    see(missing, {{1, seconds(0)}}, second / 2, second, second % 2 == 0);
  }
  CHECK(missing.sum() == Duration(0));
  CHECK(missing.ran() == seconds(10));
}

TEST_CASE("what a child ran that vanished is no debt of its parent's", "[server]") {
  MissingTime missing(kBegun);
  see(missing, {{1, seconds(0)}, {2, seconds(0)}}, 3, 3);
  see(missing, {{1, seconds(0)}}, 0, 3);
  for (int second = 4; second <= 6; ++second) {
    see(missing, {{1, seconds(0)}}, second - 3, second);
  }
  CHECK(missing.sum() == Duration(0));
  CHECK(missing.ran() == seconds(6));
}

TEST_CASE("what was before the begin is not missing", "[server]") {
  MissingTime missing(at(10), {{{1, seconds(6)}}, seconds(4), false});
  see(missing, {{1, seconds(8)}}, 5, 13);
  CHECK(missing.sum() == seconds(2));
  CHECK(missing.ran() == seconds(1));
}

TEST_CASE("nothing is missing for a program that runs, or sleeps", "[server]") {
  const bool is_asleep = GENERATE(false, true);
  MissingTime missing(kBegun);
  for (int second = 1; second < 10; ++second) {
    const int ran = is_asleep ? 1 : second;
    see(missing, {{1, seconds(0)}}, ran, second, is_asleep);
  }
  CHECK(missing.sum() == Duration(0));
}

}  // namespace wireproof
