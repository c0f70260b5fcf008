#pragma once

#include <string>

namespace wireproof {

// Notes that the running test case cannot be tried on this machine, and why. A test program that
// has noted one and failed nowhere ends with kSkippedExit, which CTest shows as "Skipped": what
// must not stay silent is registered as a CTest test of its own.
void skip_test(const std::string& reason);

constexpr int kSkippedExit = 77;

// The exit code of the test program whose cases came to `failures`.
int exit_code_of_tests(int failures);

}  // namespace wireproof
