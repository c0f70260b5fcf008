#pragma once

#include <map>
#include <string>
#include <vector>

#include "result/explanation.h"
#include "result/selftest_result.h"
#include "result/signature.h"

namespace wireproof {

// What somebody is told whose program is wrong as a fault of a reference server is: the selftest's
// look at the diagnosis.

struct ToldFault {
  Trial trial;
  // Of what is told, in its order: the explanation, and those that nothing tells from it. Empty
  // where nothing failed.
  std::vector<std::vector<ExplanationId>> things;

  bool operator==(const ToldFault&) const = default;
};

// Those that were played to the end. `recorded` are the signatures of all faults by server.
std::vector<ToldFault> tell_faults(const std::vector<TrialOutcome>& outcomes,
                                   const std::map<std::string, Signatures>& recorded);

// Whether what is told first is the fault, or cannot be told from it; of two at once one of them.
bool is_told(const ToldFault& told);

// "calc one-recv is told as: late-reply or one-at-a-time, then left-behind", a line for each that
// is told as something else; then how many are not.
std::string render_told(const std::vector<ToldFault>& all);

// "calc one-recv in calc/halves is told as close-wait and as fin-held": messages of one sheet of
// which one says that the other is not so, a line each.
std::string render_contradictions(const std::vector<TrialOutcome>& outcomes);

}  // namespace wireproof
