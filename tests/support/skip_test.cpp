#include "support/skip_test.h"

#include <iostream>

namespace wireproof {
namespace {

bool& has_skipped() {
  static bool skipped = false;
  return skipped;
}

}  // namespace

void skip_test(const std::string& reason) {
  std::cout << "skipped: " << reason << std::endl;
  has_skipped() = true;
}

int exit_code_of_tests(int failures) {
  return failures == 0 && has_skipped() ? kSkippedExit : failures;
}

}  // namespace wireproof
