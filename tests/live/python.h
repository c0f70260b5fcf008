#pragma once

#include "catch.h"
#include "machine/host/doctor.h"

namespace wireproof {

// False where there is no python3 to run fixtures with; the test then says that it is skipped.
inline bool has_python() {
  if (is_installed("python3")) return true;
  WARN("skipped: python3 is not installed");
  return false;
}

}  // namespace wireproof
