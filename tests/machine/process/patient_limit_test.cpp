#include "catch.h"
#include "machine/process/server_process.h"

namespace wireproof {
namespace {

constexpr Duration kShort{1};

// How often the limit asked what was missing, until it was over.
int asked_until_over(PatientLimit& limit, Duration missing) {
  int asked = 0;
  const auto tell = [&] {
    ++asked;
    return missing;
  };
  while (!limit.is_over(tell)) {
  }
  return asked;
}

}  // namespace

TEST_CASE("a start that had its time is over at the limit", "[server]") {
  PatientLimit limit(kShort);
  CHECK(asked_until_over(limit, Duration(0)) == 1);
  CHECK_FALSE(limit.lacked_time());
}

TEST_CASE("what a start did not get is added to its limit, and the limit has an end", "[server]") {
  PatientLimit limit(kShort);
  CHECK(asked_until_over(limit, std::chrono::hours(1)) == 2);
  CHECK(limit.lacked_time());
}

TEST_CASE("what was added is not missing again", "[server]") {
  PatientLimit limit(kShort);
  CHECK(asked_until_over(limit, 2 * kShort) == 2);
  CHECK_FALSE(limit.lacked_time());
}

TEST_CASE("before the limit nothing is asked", "[server]") {
  PatientLimit limit(std::chrono::hours(1));
  CHECK_FALSE(limit.is_over([]() -> Duration { throw std::logic_error("asked"); }));
}

}  // namespace wireproof
