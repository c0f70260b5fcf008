#include "machine/host/work_thread.h"

#include <stdexcept>
#include <thread>

#include "catch.h"

namespace wireproof {

TEST_CASE("all work is done on one thread that is not the caller's", "[host]") {
  WorkThread worker;
  std::thread::id first;
  std::thread::id second;
  worker.run([&] { first = std::this_thread::get_id(); });
  worker.run([&] { second = std::this_thread::get_id(); });
  CHECK(first == second);
  CHECK(first != std::this_thread::get_id());
}

TEST_CASE("what a piece of work throws comes out where it was asked for, and once", "[host]") {
  WorkThread worker;
  CHECK_THROWS_WITH(worker.run([] { throw std::runtime_error("no luck"); }), "no luck");
  bool is_done = false;
  worker.run([&] { is_done = true; });
  CHECK(is_done);
}

}  // namespace wireproof
