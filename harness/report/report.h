#pragma once

#include <string>
#include <vector>

#include "base/text/diagnostic.h"
#include "base/text/text_table.h"
#include "result/run_result.h"

namespace wireproof {

// Each report is a function from values to bytes; they do not know one another.

enum class Language { english, german };  // of headings

// The annotated packet table. `columns` by name ("No.", "Time", "From", "To", "Info", "Len",
// "Payload", "Cause", "Blocked", "Row", "Src Port", "Dst Port", "Flags", "Side", "Remark", or the
// German heading), case does not count; empty: the default choice, which has more of them for csv
// and json. What was inferred stands in parentheses. Throws std::invalid_argument for a column that
// is not one of packet_columns().
std::string render_packet_table(const std::vector<PacketLine>& packets, TableFormat format,
                                const std::vector<std::string>& columns,
                                Language language = Language::english);

// The same before it has a form: each cell on one line.
TextTable make_packet_table(const std::vector<PacketLine>& packets,
                            const std::vector<std::string>& columns, Language language);

const std::vector<std::string>& packet_columns();  // in English, then in German where that differs

// How often a sheet was played again before its verdict: "after 2 replays"; empty: it was not.
std::string render_replays(std::uint64_t replays);
// The line of one scenario: verdict, id, packets, time.
std::string render_text_line(const ScenarioSummary& scenario, Style style);
// Failure blocks; with `verbose` also steps and the annotated table.
std::string render_text_details(const ScenarioSummary& scenario, Style style, bool verbose);
// "12 PASS, 1 FAIL", with the points where sheets give any.
std::string render_text_totals(const RunResult& run, Style style);
// The same and the time: "12 PASS, 1 FAIL in 48.120 ms".
std::string render_text_counts(const RunResult& run, Style style);
// The table of all scenarios and the counts.
std::string render_text_summary(const RunResult& run, Style style);

std::string render_junit(const RunResult& run);  // JUnit XML
std::string render_json(const RunResult& run);

// GitHub draws diagrams below this size.
constexpr std::size_t kMaxMermaidSize = 50000;

// The packets as a Mermaid sequence diagram: an arrow each, with the call that caused it and the
// one whose wait it ended; pure ACKs are dashed. What does not fit is counted in a note.
std::string render_mermaid(const std::vector<PacketLine>& packets);

// A sheet that takes longer is said to be slow.
constexpr std::chrono::milliseconds kSlowSheet{500};

// Where the time of slow sheets goes: a table with the steps that took most of it, and what came
// behind the last step (the ends of connections, the capture's own). Empty when none is slow.
std::string render_slow_sheets(const RunResult& run);

}  // namespace wireproof
