#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/system/system_call.h"

namespace wireproof {

// A number that no other process of this network namespace has claimed in the same way, for as long
// as this object lives: an abstract UNIX socket of that name, which ends with its process.
struct Claim {
  UniqueFd name;
  std::uint32_t number = 0;
};

// One of `count` numbers, tried from a random one on; `suits` may turn one down. Throws SystemError
// where none is left.
Claim claim_number(const std::string& kind, std::uint32_t count,
                   const std::function<bool(std::uint32_t)>& suits);

}  // namespace wireproof
