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

void see(MissingTime& missing, const std::map<pid_t, CpuAccount>& accounts, int ran, int second,
         bool is_asleep = false) {
  missing.see({accounts, seconds(ran), is_asleep}, at(second));
}

}  // namespace

TEST_CASE("what a program and its children waited for a CPU is missing", "[server]") {
  MissingTime missing(kBegun);
  see(missing, {{1, account(1, 2)}, {2, account(1, 3)}}, 2, 6);
  CHECK(missing.sum() == seconds(5));
}

TEST_CASE("what a child waited that has ended stays missing", "[server]") {
  MissingTime missing(kBegun);
  see(missing, {{1, account(1, 0)}, {2, account(1, 3)}}, 2, 4);
  see(missing, {{1, account(2, 0)}}, 3, 5);
  CHECK(missing.sum() == seconds(3));
  CHECK(missing.ran() == seconds(3));
}

TEST_CASE("a wait for a CPU that lasts is missing, whoever ran before it", "[server]") {
  MissingTime missing(kBegun);
  see(missing, {{1, account(1, 0)}}, 1, 1);
  see(missing, {{1, account(1, 0)}}, 1, 4);
  see(missing, {{1, account(1, 0)}}, 1, 8);
  CHECK(missing.sum() == seconds(7));
  // The kernel tells of it behind its end: it is not missing twice.
  see(missing, {{1, account(2, 7)}}, 2, 9);
  CHECK(missing.sum() == seconds(7));
}

TEST_CASE("a wait that the kernel never tells of is missing all the same", "[server]") {
  MissingTime missing(kBegun);
  see(missing, {{1, account(0, 0)}}, 0, 3);
  see(missing, {{1, account(1, 0)}}, 1, 4);
  see(missing, {{1, account(1, 0)}}, 1, 9);
  see(missing, {{1, account(2, 0)}}, 2, 10);
  CHECK(missing.sum() == seconds(8));
}

TEST_CASE("what children waited that ended between two looks is missing", "[server]") {
  MissingTime missing(kBegun);
  see(missing, {{1, account(1, 0)}, {2, account(0, 0)}}, 1, 5);
  see(missing, {{1, account(1, 0)}, {3, account(0, 0)}}, 3, 10);
  CHECK(missing.sum() == seconds(7));
  CHECK(missing.ran() == seconds(3));
}

TEST_CASE("nothing is missing for a program that runs, or sleeps", "[server]") {
  const bool is_asleep = GENERATE(false, true);
  MissingTime missing(kBegun);
  for (int second = 1; second < 10; ++second) {
    const int ran = is_asleep ? 1 : second;
    see(missing, {{1, account(ran, 0)}}, ran, second, is_asleep);
  }
  CHECK(missing.sum() == Duration(0));
}

}  // namespace wireproof
