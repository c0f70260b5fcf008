#pragma once

#include <string>
#include <vector>

#include "base/diagnostic.h"
#include "session/run_result.h"

namespace wireproof {

// Each report is a function from values to bytes; they do not know one another.

enum class TableFormat { text, markdown, csv, json };

// The annotated packet table. `columns` by name ("No.", "Time", "From", "To", "Info", "Len",
// "Payload", "Cause", "Blocked", "Row", "Remark"); empty: the default choice.
std::string render_packet_table(const std::vector<PacketLine>& packets, TableFormat format,
                                const std::vector<std::string>& columns);

// The line of one scenario: verdict, id, packets, time.
std::string render_text_line(const ScenarioSummary& scenario, Style style);
// Failure blocks; with `verbose` also steps and the annotated table.
std::string render_text_details(const ScenarioSummary& scenario, Style style, bool verbose);
// The table of all scenarios and the counts.
std::string render_text_summary(const RunResult& run, Style style);

std::string render_junit(const RunResult& run);  // JUnit XML
std::string render_json(const RunResult& run);

}  // namespace wireproof
