#pragma once

#include <optional>
#include <string>
#include <vector>

#include "result/explanation.h"
#include "result/run_result.h"

namespace wireproof {

// What a class gets for its programs. Nothing in it depends on time or on how many were played at
// once.

struct CheckGrade {
  std::string name;  // "Session", "Packets"
  Verdict verdict = Verdict::pass;
  double points = 0;
  double max_points = 0;

  bool operator==(const CheckGrade&) const = default;
};

// One sheet, one program.
struct SheetGrade {
  std::string sheet;  // id
  Verdict verdict = Verdict::error;
  std::string reason;
  double points = 0;
  double max_points = 0;  // 0: not judged, which costs nobody a point
  std::vector<CheckGrade> checks;
  bool server_failed_to_start = false;  // why there is an ERROR
  SheetLevel level = SheetLevel::exercise;
  bool counts = true;  // for points and verdict: it is not beyond the level that decides

  bool operator==(const SheetGrade&) const = default;
};

// One thing that is wrong with a program, concluded from all of its sheets.
struct GradedThing {
  ExplanationId explanation = ExplanationId::none;
  std::string what;                 // as it was seen; untrusted
  std::string why;                  // empty: nobody knows, or `what` says it
  std::vector<std::string> sheets;  // ids

  bool operator==(const GradedThing&) const = default;
};

struct SubmissionGrade {
  std::string name;
  std::string error;                     // why it could not be graded at all: it does not start
  std::vector<SheetGrade> sheets;        // by id
  std::vector<GradedThing> things = {};  // that are wrong, the most fundamental first

  bool operator==(const SubmissionGrade&) const = default;
};

struct Gradebook {
  std::string server;
  std::string command;
  std::vector<std::string> sheets;           // ids
  std::vector<SubmissionGrade> submissions;  // by name; without sheets: not graded (interrupted)

  bool operator==(const Gradebook&) const = default;
};

// `worth`: the sheet's points. Where its rows have points of their own, they share them; else its
// checks do, equally. None: the sheet does not count.
SheetGrade grade_sheet(const ScenarioResult& result, std::optional<double> worth);

double points_of(const SubmissionGrade& submission);
double max_points_of(const SubmissionGrade& submission);
// How many sheets of a level passed, of those that were judged.
LevelCount count_level(const SubmissionGrade& submission, SheetLevel level);
// Of the sheets that count. ERROR: it could not be graded; INCONCLUSIVE: a sheet is open; FAIL: not
// all points; PASS.
Verdict verdict_of(const SubmissionGrade& submission);
bool is_graded(const SubmissionGrade& submission);
// Whether the verdict is the program's affair, that of every sheet. What is the machine's
// (INCONCLUSIVE, any ERROR but a program that does not start) may be another one next time.
bool is_final(const SheetGrade& sheet);
bool is_final(const SubmissionGrade& submission);
// Neither that nor SKIP: its points say something.
bool is_judged(const SheetGrade& sheet);

}  // namespace wireproof
