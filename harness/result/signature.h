#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/diagnostic.h"
#include "base/text/expected.h"
#include "result/explanation.h"
#include "result/run_result.h"
#include "result/selftest_result.h"

namespace wireproof {

// What a fault of a reference server shows over all its sheets: a hypothesis about somebody's
// server. `selftest` records them beside the sheets, and holds every later run against the record.
struct Signature {
  std::string fault;
  ExplanationId explanation = ExplanationId::none;
  // By sheet id, how it fails first; none: that is not the same in every run. All other sheets that
  // were played pass.
  std::map<std::string, std::optional<Symptom>> failing;

  bool operator==(const Signature&) const = default;
};

// The signatures of one server.
using Signatures = std::vector<Signature>;

// What came of all trials with a fault. A sheet that could not be judged may pass or fail.
Signatures make_signatures(const std::vector<TrialOutcome>& outcomes);

// Those of `newer` in place of what was known of the same faults; by the fault's name.
Signatures replace_signatures(Signatures signatures, const Signatures& newer);

// What two records of the same faults have in common: what is not the same in both is none.
Signatures common_signatures(const Signatures& first, const Signatures& second);

// A line for each fault, `FAULT EXPLANATION` (`-`: any), and below it one for each
// sheet that fails, `SHEET SECTION PLACE MISMATCH [DETAIL]` or `SHEET varies`; `#` begins a
// comment.
std::string write_signatures(const std::string& server, const Signatures& signatures);
Expected<Signatures, Diagnostics> parse_signatures(const SourceText& source);

// What a selftest shows otherwise than was recorded, one line each: "fault no-blank in
// echo-text/one-message: passes, recorded is session 4 beginning". Sheets that were not played, and
// faults of which nothing is recorded, say nothing.
std::vector<std::string> list_changes(const std::vector<TrialOutcome>& outcomes,
                                      const std::map<std::string, Signatures>& recorded);

}  // namespace wireproof
