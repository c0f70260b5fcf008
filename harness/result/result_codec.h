#pragma once

#include <string>

#include "result/gradebook.h"
#include "result/run_result.h"
#include "result/trace_result.h"

namespace wireproof {

// Results as JSON: between the process that plays a scenario and the one that reports it, and the
// body of the JSON report. Byte strings that are not UTF-8 survive the round trip. The readers
// throw std::runtime_error on anything that the writers did not make.
std::string write_result(const ScenarioResult& result);
ScenarioResult read_result(const std::string& text);
std::string write_run(const RunResult& run);
RunResult read_run(const std::string& text);
std::string write_submission(const SubmissionGrade& submission);
SubmissionGrade read_submission(const std::string& text);

// All but the packets, which are bytes and go their own way.
std::string write_trace(const TraceResult& result);
TraceResult read_trace(const std::string& text);
std::string write_analysis(const TraceAnalysis& analysis);
std::string write_calls(const std::vector<SocketCall>& calls);
std::vector<SocketCall> read_calls(const std::string& text);
std::string write_diagnostic(const Diagnostic& diagnostic);
Diagnostic read_diagnostic(const std::string& text);

}  // namespace wireproof
