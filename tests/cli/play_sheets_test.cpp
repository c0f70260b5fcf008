#include "cli/options/play_sheets.h"

#include <limits>

#include "catch.h"

namespace wireproof {

TEST_CASE("more sheets at a time than the processors can play are fewer, and that is told once",
          "[cli]") {
  CHECK(limit_jobs(300, 2) == 16);
  CHECK(render_fewer_jobs(300, 2) == "-j 300: 16 at a time, 8 for each of 2 processors\n");
  CHECK(render_fewer_jobs(9, 1) == "-j 9: 8 at a time, 8 for each of 1 processor\n");
  CHECK(limit_jobs(std::numeric_limits<std::size_t>::max(), 4) == 32);
}

TEST_CASE("as many sheets at a time as were asked for are nothing to tell", "[cli]") {
  const std::size_t jobs = GENERATE(1U, 2U, 15U, 16U);
  CHECK(limit_jobs(jobs, 2) == jobs);
  CHECK(render_fewer_jobs(jobs, 2).empty());
  CHECK(limit_jobs(0, 2) == 1);
  CHECK(render_fewer_jobs(0, 2).empty());
}

}  // namespace wireproof
