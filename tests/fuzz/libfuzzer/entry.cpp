#include "fuzz/targets.h"

// libFuzzer's entrance; the build names the target.
// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wireproof::WIREPROOF_FUZZ_TARGET({data, size});
  return 0;
}
