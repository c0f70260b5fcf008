#pragma once

#include <pugixml.hpp>
#include <set>
#include <string>

#include "report/trace_report.h"
#include "result/gradebook.h"
#include "result/run_result.h"

namespace wireproof {

// Pages that open from disk, without a server or a network, and say everything without JavaScript.

// A run: the summary, then a page for each sheet. `things` is what is wrong, each thing once.
std::string render_run_html(const RunResult& run, const std::string& things);
std::string render_trace_html(const TraceResult& result, const TraceAnalysis& analysis,
                              const TraceReport& report);
// The ladder alone, as an SVG file: for documents and slides. Of many packets the first
// kMostShownPackets are drawn.
std::string render_trace_svg(const TraceResult& result, const TraceAnalysis& analysis);
std::string render_gradebook_html(const Gradebook& book);

// A trace in any format: what render_trace() writes, HTML and SVG.
std::string render_trace_report(const TraceResult& result, const TraceAnalysis& analysis,
                                const TraceReport& report);

// The form that hides rows of the table behind it by their verdicts, tags and text; without a
// script there is none.
void add_filter(pugi::xml_node parent, const std::set<std::string>& verdicts,
                const std::set<std::string>& tags);

}  // namespace wireproof
