#pragma once

#include <string>
#include <vector>

#include "base/text/text_table.h"
#include "report/report.h"
#include "result/trace_result.h"

namespace wireproof {

enum class TraceFormat { text, markdown, csv, json, html, mermaid, svg };

// That of the table; text for what is no table.
TableFormat table_format(TraceFormat format);

struct TraceReport {
  TraceFormat format = TraceFormat::text;
  std::vector<std::string> columns;  // as of render_packet_table()
  Language language = Language::english;
  bool table_only = false;  // without what happened, programs and sockets
};

// What came of programs that were traced: the annotated packet table, then in words what happened
// in each conversation, the sockets, the programs and what they wrote. CSV is the table alone; JSON
// has all of it with every call and the join of packets and calls in both directions (indexes count
// from 0, times are nanoseconds since 1970); Mermaid draws the packets. HTML and SVG have their own
// room.
std::string render_trace(const TraceResult& result, const TraceAnalysis& analysis,
                         const TraceReport& report);

// What the forms of a trace's report have in common. Its texts are as untrusted as what they are
// made of: each form makes them safe.

struct TraceWords {
  const char* title;
  const char* conversations;
  const char* sockets;
  const char* programs;
  const char* output;  // behind a program's name
  const char* doubts;
};
const TraceWords& trace_words(Language language);

// "client.py 127.0.0.1:40000 > server.py 127.0.0.1:12345".
std::string render_conversation_ends(const TraceConversation& told);
// "server.py (python3 server.py) exited with code 0" of each, and what is to be said about the run
// besides.
std::vector<std::string> program_lines(const TraceResult& result);
// As `ss` prints them.
TextTable make_socket_table(const TraceResult& result);
// For when none are named: rows are of a sheet, and here is none. With the ports where two
// conversations have the same programs, with the process where several serve.
std::vector<std::string> trace_columns(const TraceAnalysis& analysis);

}  // namespace wireproof
