#pragma once

#include <string>
#include <vector>

#include "base/text/text_table.h"
#include "report/report.h"
#include "result/trace_result.h"

namespace wireproof {

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
// "server.py (python3 server.py) exited with code 0".
std::string render_program(const TracedProgram& program);
// What is to be said about the run besides.
std::vector<std::string> trace_notes(const TraceResult& result);
// As `ss` prints them.
TextTable make_socket_table(const TraceResult& result);
// For when none are named: rows are of a sheet, and here is none.
std::vector<std::string> trace_columns();

}  // namespace wireproof
