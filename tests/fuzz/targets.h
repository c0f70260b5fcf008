#pragma once

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/text/bytes.h"

// Every entrance for foreign bytes or text as a function of any bytes. It returns, or throws
// BrokenPromise, or lets through what the product should not have thrown; sanitizers see the rest.
// tests/fuzz/libfuzzer makes a program of each, scripts/fuzz runs them, and corpus_test.cpp replays
// what they have found.
namespace wireproof {

class BrokenPromise : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

// What holds for every input.
inline void promise(bool kept, const char* what) {
  if (!kept) throw BrokenPromise(what);
}

void fuzz_calls(ByteView input);
void fuzz_capture_file(ByteView input);
void fuzz_cells(ByteView input);
void fuzz_connections(ByteView input);
void fuzz_dialogues(ByteView input);
void fuzz_frames(ByteView input);
void fuzz_http(ByteView input);
void fuzz_judgements(ByteView input);
void fuzz_layout(ByteView input);
void fuzz_packet(ByteView input);
void fuzz_payload(ByteView input);
void fuzz_protocols(ByteView input);
void fuzz_results(ByteView input);
void fuzz_session(ByteView input);
void fuzz_sheet(ByteView input);
void fuzz_words(ByteView input);

// Their names are those of the folders of their inputs.
struct FuzzTarget {
  std::string_view name;
  void (*run)(ByteView input);
};
constexpr std::array<FuzzTarget, 16> kFuzzTargets{{{"calls", fuzz_calls},
                                                   {"capture_file", fuzz_capture_file},
                                                   {"cells", fuzz_cells},
                                                   {"connections", fuzz_connections},
                                                   {"dialogues", fuzz_dialogues},
                                                   {"frames", fuzz_frames},
                                                   {"http", fuzz_http},
                                                   {"judgements", fuzz_judgements},
                                                   {"layout", fuzz_layout},
                                                   {"packet", fuzz_packet},
                                                   {"payload", fuzz_payload},
                                                   {"protocols", fuzz_protocols},
                                                   {"results", fuzz_results},
                                                   {"session", fuzz_session},
                                                   {"sheet", fuzz_sheet},
                                                   {"words", fuzz_words}}};

}  // namespace wireproof
