#pragma once

#include <string>

#include "result/gradebook.h"

namespace wireproof {

// A class's gradebook. Names and reasons come from the programs' authors: each format escapes them.

// A row for each submission, then how many there are of each verdict.
std::string render_gradebook_text(const Gradebook& book);
// RFC 4180; a row for each submission, a column for each sheet's points. A text that a spreadsheet
// would take for a formula gets an apostrophe before it.
std::string render_gradebook_csv(const Gradebook& book);
// With the points of every check.
std::string render_gradebook_json(const Gradebook& book);
// One file that opens from disk and needs no script: a table, and what is wrong with each below.
std::string render_gradebook_html(const Gradebook& book);

// As a word; of one that was not reached before an interrupt: "not graded".
std::string render_grade_verdict(const SubmissionGrade& submission);
std::string render_grade_points(double points);  // at most two digits behind the point

}  // namespace wireproof
