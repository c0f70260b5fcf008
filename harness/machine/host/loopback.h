#pragma once

#include <cstdint>

namespace wireproof {

// Raises `lo` in the process's network namespace. Throws SystemError.
void raise_loopback();

// Sets the MTU of `lo` and turns segmentation offloads off: with them on, segments still reach
// 64 KiB whatever the MTU is. Throws SystemError.
void set_loopback_mtu(std::uint32_t mtu_bytes);

}  // namespace wireproof
