#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

namespace wireproof {

// RLIMIT_AS of this process and those that it starts, in bytes; none: unlimited.
std::optional<std::uint64_t> address_space_limit();

// What glibc reserves for one more thread: an arena of malloc and a stack.
constexpr std::uint64_t kThreadReserve = std::uint64_t{136} << 20;

// Whether under this limit a process, or one that descends from it, may have been refused address
// space: what one of them had at most, and a thread's reserve, go beyond it. One that is gone may
// have been.
bool may_lack_address_space(pid_t process, std::uint64_t limit_bytes);

}  // namespace wireproof
