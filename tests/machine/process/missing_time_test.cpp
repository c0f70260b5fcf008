#include "machine/process/missing_time.h"

#include "catch.h"

namespace wireproof {
namespace {

using std::chrono::seconds;

constexpr MissingTime::Time kBegun{};

MissingTime::Time at(int second) {
  return kBegun + seconds(second);
}

CpuAccount account(int ran, int waited) {
  return {seconds(ran), seconds(waited)};
}

}  // namespace

TEST_CASE("what a program and its children waited for a CPU is missing", "[server]") {
  MissingTime missing(kBegun);
  missing.see({{1, account(1, 2)}, {2, account(1, 3)}}, false, at(6));
  CHECK(missing.sum() == seconds(5));
}

TEST_CASE("what a child waited that has ended stays missing", "[server]") {
  MissingTime missing(kBegun);
  missing.see({{1, account(1, 0)}, {2, account(1, 3)}}, false, at(4));
  missing.see({{1, account(2, 0)}}, false, at(5));
  CHECK(missing.sum() == seconds(3));
  CHECK(missing.ran() == seconds(3));
}

TEST_CASE("a wait for a CPU that lasts is missing, whoever ran before it", "[server]") {
  MissingTime missing(kBegun);
  missing.see({{1, account(1, 0)}}, false, at(1));
  missing.see({{1, account(1, 0)}}, false, at(4));
  missing.see({{1, account(1, 0)}}, false, at(8));
  CHECK(missing.sum() == seconds(7));
  // The kernel tells of it behind its end: it is not missing twice.
  missing.see({{1, account(2, 7)}}, false, at(9));
  CHECK(missing.sum() == seconds(7));
}

TEST_CASE("a wait that the kernel never tells of is missing all the same", "[server]") {
  MissingTime missing(kBegun);
  missing.see({{1, account(0, 0)}}, false, at(3));
  missing.see({{1, account(1, 0)}}, false, at(4));
  missing.see({{1, account(1, 0)}}, false, at(9));
  missing.see({{1, account(2, 0)}}, false, at(10));
  CHECK(missing.sum() == seconds(8));
}

TEST_CASE("nothing is missing for a program that runs, or sleeps", "[server]") {
  const bool is_asleep = GENERATE(false, true);
  MissingTime missing(kBegun);
  for (int second = 1; second < 10; ++second) {
    missing.see({{1, account(is_asleep ? 1 : second, 0)}}, is_asleep, at(second));
  }
  CHECK(missing.sum() == Duration(0));
}

}  // namespace wireproof
