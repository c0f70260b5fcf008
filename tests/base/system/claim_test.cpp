#include "base/system/claim.h"

#include "catch.h"

namespace wireproof {

TEST_CASE("a number that is claimed is nobody else's until the claim ends", "[base]") {
  const auto any = [](std::uint32_t) { return true; };
  {
    const Claim first = claim_number("test", 2, any);
    const Claim second = claim_number("test", 2, any);
    CHECK(first.number + second.number == 1);
    CHECK_THROWS_AS(claim_number("test", 2, any), SystemError);
    CHECK_NOTHROW(claim_number("other test", 2, any));
  }
  const auto one = [](std::uint32_t number) { return number == 1; };
  CHECK(claim_number("test", 2, one).number == 1);
}

}  // namespace wireproof
