#pragma once

#include <string>

#include "result/gradebook.h"
#include "result/run_result.h"
#include "result/trace_result.h"

namespace wireproof {

// Results as JSON: between the process that plays a scenario and the one that reports it, and the
// body of the JSON report. Of ScenarioResult, RunResult, SubmissionGrade, TraceResult (all but its
// packets, which are bytes and go their own way), TraceAnalysis, std::vector<SocketCall> and
// Diagnostic; what is missing here does not link. Byte strings that are not UTF-8 survive the round
// trip.
template <class Value>
std::string write_json(const Value& value);
// Throws std::runtime_error on anything that the writer did not make.
template <class Value>
Value read_json(const std::string& text);
// The value of one field of an object; of RunResult.
template <class Value>
Value read_json_field(const std::string& text, const char* field);

}  // namespace wireproof
