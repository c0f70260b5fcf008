#pragma once

#include <map>
#include <string>
#include <vector>

#include "result/explanation.h"
#include "result/run_result.h"
#include "result/signature.h"

namespace wireproof {

// What is wrong with a program, concluded from all sheets that judged it: the smallest set of known
// faults that shows every failure and none where the program passed (docs/diagnosis.md).

// What one sheet found out about a program.
struct SheetFacts {
  std::vector<Symptom> symptoms;  // of ScenarioResult; empty: it passed
  // Of its first failure, as far as that sheet alone tells.
  ExplanationId explanation = ExplanationId::none;

  bool operator==(const SheetFacts&) const = default;
};
// By sheet id; those that could not be judged are left out.
using ProgramFacts = std::map<std::string, SheetFacts>;

// One thing that is wrong.
struct DiagnosisMember {
  ExplanationId explanation = ExplanationId::none;
  std::vector<ExplanationId> twins;  // that nothing tells from it
  std::vector<std::string> sheets;   // that fail because of it

  bool operator==(const DiagnosisMember&) const = default;
};

// Whether bytes or packets of one failure show it, so that it needs no other sheet: it is neither
// ruled out by another nor does it give way to another explanation.
bool is_seen(ExplanationId id);

// Failures of which the cause was seen have that; what else a fault with this cause is known to
// show is counted with them. What is left is explained by as few faults as possible, at most
// three, that agree with all sheets: among equal sets the one that the sheets themselves name, then
// the one that shows more of it, then the more fundamental. Sheets that no member has stay without.
std::vector<DiagnosisMember> diagnose(const ProgramFacts& program, const Signatures& known);

// Whether a sheet says of all faults with this cause that the program does not have them. Not where
// the cause was seen, or is that of no known fault.
bool is_ruled_out(ExplanationId id, const ProgramFacts& program, const Signatures& known);

// The faults that the diagnosis of a program that shows just what is recorded of them takes for
// others, by name. Not those that show nothing that is the same in every run.
std::vector<std::string> list_mistaken(const Signatures& known);

}  // namespace wireproof
