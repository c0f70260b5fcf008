#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "result/diagnosis.h"
#include "result/explanation.h"
#include "result/run_result.h"

namespace wireproof {

// Where a finding shows.
struct FindingPlace {
  std::string sheet;     // id
  std::string title;     // of the sheet
  std::string message;   // what was observed there
  std::string expected;  // as the message says it; may be empty, as may what came
  std::string captured = {};
  std::string bytes = {};        // that came, the wrong ones in brackets; may be empty
  std::vector<Note> notes = {};  // what else is said of it, with labels of its own
  std::string place = {};        // in the sheet: "calc/a.md:52: recv reply"; may be empty
  std::string rendered = {};     // the whole message, with no other cause than the finding's
  std::size_t further = 0;       // other messages of that sheet, which may follow from this one
  std::string said = {};         // what the server wrote that reads like an error; untrusted

  std::string why = {};                   // this sheet's own words for the finding's cause
  bool is_simple = false;                 // the sheet is one to begin with
  bool is_as_set = false;                 // it is of the exercise as set
  std::optional<Mismatch> mismatch = {};  // of its session's first failure; none: it has not failed

  bool operator==(const FindingPlace&) const = default;
};

// One thing that is wrong with a server, however many sheets it makes fail.
struct Finding {
  ExplanationId explanation = ExplanationId::none;
  std::vector<ExplanationId> twins;  // that nothing tells from it
  std::string why;                   // in plain words, of the first place; empty: nobody knows
  std::vector<FindingPlace> places;  // the plainest first

  bool operator==(const Finding&) const = default;
};

// The text of a message's note with that label; empty: it has none.
std::string find_note(const Diagnostic& failure, std::string_view label);

// Whether findings tell why, instead of the sheet itself.
bool has_failed(const ScenarioResult& result);

// What is wrong, the most fundamental first, whether it starts again last: what the diagnosis of
// all sheets says of each that failed, and of the others what they say themselves, unless a sheet
// that passed says otherwise. Of each sheet one message counts, that with this cause where there is
// one; the others may follow from it. Sheets with the same cause (without one: with a message that
// a sheet of the finding has, too) are one finding.
std::vector<Finding> find_findings(const RunResult& run, const Signatures& known);
// Of sheets that were played once each.
std::vector<Finding> find_findings(const std::vector<ScenarioResult>& results,
                                   const Signatures& known);

}  // namespace wireproof
