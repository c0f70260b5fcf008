#pragma once

#include <string>

#include "report/trace_report.h"

namespace wireproof {

// A page that opens from disk, without a server, a network or JavaScript.
std::string render_trace_html(const TraceResult& result, const TraceAnalysis& analysis,
                              const TraceReport& report);

}  // namespace wireproof
