#include "machine/host/address_space.h"

#include <unistd.h>

#include "base/system/process.h"
#include "catch.h"

namespace wireproof {

TEST_CASE("a process near the limit of its address space may have been refused some", "[host]") {
  constexpr std::uint64_t kMuch = std::uint64_t{1} << 60;
  CHECK_FALSE(may_lack_address_space(::getpid(), kMuch));
  CHECK(may_lack_address_space(::getpid(), kThreadReserve));
  CHECK(may_lack_address_space(::getpid(), 1));
}

TEST_CASE("of a process that is gone nobody knows how much address space it had", "[host]") {
  const pid_t gone = fork_process([] { return 0; });
  await_process(gone);
  CHECK(may_lack_address_space(gone, std::uint64_t{1} << 60));
}

}  // namespace wireproof
