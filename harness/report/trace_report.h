#pragma once

#include <string>
#include <vector>

#include "report/report.h"
#include "result/trace_result.h"

namespace wireproof {

enum class TraceFormat { text, markdown, csv, json, html, mermaid };

struct TraceReport {
  TraceFormat format = TraceFormat::text;
  std::vector<std::string> columns;  // as of render_packet_table()
  Language language = Language::english;
  bool table_only = false;  // without what happened, programs and sockets
};

// What came of programs that were traced: the annotated packet table, then in words what happened
// in each conversation, the sockets, the programs and what they wrote. CSV is the table alone; JSON
// has all of it with every call and the join of packets and calls in both directions; Mermaid draws
// the packets.
std::string render_trace(const TraceResult& result, const TraceAnalysis& analysis,
                         const TraceReport& report);

}  // namespace wireproof
