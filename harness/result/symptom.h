#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wireproof {

// The sections of a sheet that are judged.
enum class CheckKind : std::uint8_t { session, packets, sockets, measures, calls, path };

// How what came differs from what was expected, as a class: without the texts, numbers and times of
// a run.
enum class Mismatch : std::uint8_t {
  // no byte came; how the wait for it ended
  nothing,
  closed,
  reset,
  refused,
  // of what came instead of a message
  in_front,     // the right answer stands behind something
  beginning,    // the right text behind another prefix
  zeros,        // zero bytes stand behind it
  line_end,     // a line end does
  behind,       // anything else does
  cut,          // its first bytes alone
  earlier,      // the answer to an earlier request
  byte_order,   // numbers with their bytes turned round
  letter_case,  // capital letters for small ones, or the other way
  other_bytes,
  // of what is no message
  unasked,     // bytes where the end of the stream, or silence, should be
  stays_open,  // the end of the stream did not come
  in_use,      // the server's port, when it was started again
  state,       // of processes, sockets or programs
  row          // of a packet table, a measure, or a rule of the path
};

// As files and JSON write it: "byte-order".
std::string_view mismatch_name(Mismatch mismatch);
std::optional<Mismatch> find_mismatch(std::string_view name);

// How one failure looks. Two that look alike may have the same cause; what comes first has the
// smaller one.
struct Symptom {
  CheckKind section = CheckKind::session;
  // Of a session the failed step by the order in which all are played, from 0; else 0.
  std::uint64_t place = 0;
  Mismatch mismatch = Mismatch::nothing;
  std::string detail;  // the first field that differs, a row's explanation; may be empty

  auto operator<=>(const Symptom&) const = default;
};

}  // namespace wireproof
