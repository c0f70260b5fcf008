#pragma once

#include "result/call_fields.h"
#include "result/gradebook.h"

namespace wireproof {

// As in result_fields.h, of a gradebook's values.

template <class Visit, SameAs<CheckGrade> Value>
void visit_fields(Visit& visit, Value& check) {
  visit("name", check.name);
  visit("verdict", check.verdict);
  visit("points", check.points);
  visit("max_points", check.max_points);
}

template <class Visit, SameAs<SheetGrade> Value>
void visit_fields(Visit& visit, Value& sheet) {
  visit("sheet", sheet.sheet);
  visit("verdict", sheet.verdict);
  visit("reason", sheet.reason);
  visit("points", sheet.points);
  visit("max_points", sheet.max_points);
  visit("checks", sheet.checks);
  visit("server_failed_to_start", sheet.server_failed_to_start);
}

template <class Visit, SameAs<SubmissionGrade> Value>
void visit_fields(Visit& visit, Value& submission) {
  visit("name", submission.name);
  visit("error", submission.error);
  visit("sheets", submission.sheets);
}

}  // namespace wireproof
