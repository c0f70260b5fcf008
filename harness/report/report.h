#pragma once

#include <string>
#include <vector>

#include "base/text/diagnostic.h"
#include "base/text/text_table.h"
#include "result/gradebook.h"
#include "result/selftest_result.h"

namespace wireproof {

// Each report is a function from values to bytes; they do not know one another.

enum class Language { english, german };  // of headings

// The annotated packet table. `columns` by name ("No.", "Time", "From", "To", "Info", "Len",
// "Payload", "Cause", "Blocked", "Row", "Src Port", "Dst Port", "Flags", "Side", "Process",
// "Remark", or the German heading), case does not count; empty: the default choice, which has more
// of them for csv and json. What was inferred stands in parentheses. Throws std::invalid_argument
// for a column that is not one of packet_columns().
std::string render_packet_table(const std::vector<PacketLine>& packets, TableFormat format,
                                const std::vector<std::string>& columns,
                                Language language = Language::english);

// The same before it has a form: each cell on one line.
TextTable make_packet_table(const std::vector<PacketLine>& packets,
                            const std::vector<std::string>& columns, Language language);

const std::vector<std::string>& packet_columns();  // in English, then in German where that differs

// How often a sheet was played again before its verdict: "after 2 replays"; empty: it was not.
std::string render_replays(std::uint64_t replays);
// The rows of its tables of calls, each with the calls that met it; empty: it has none.
std::string render_call_rows(const ScenarioResult& result);
// The line of one scenario: verdict, id, packets, time.
std::string render_text_line(const ScenarioSummary& scenario, Style style);
// Of all connections of a capture: "84 connections: 83 PASS, 1 FAIL", and with `histories` how
// often each history was seen, with what verdicts.
std::string render_connections(const ScenarioSummary& scenario, Style style, bool histories);
// What stands before the sheets of a level, where a level decides.
std::string render_level_heading(SheetLevel level, Style style);
// Of several sheets that are SKIP for one reason.
std::string render_text_skips(const std::string& reason, std::size_t count, Style style);
// What is to be said of one sheet alone: its packets' file, its histories, why it could not be
// judged; with `verbose` also its failures, steps and the annotated table.
std::string render_text_details(const ScenarioSummary& scenario, Style style, bool verbose);
// "as set: 5 of 5; beyond: 6 of 11": how many sheets of each level passed.
std::string render_levels(LevelCount exercise, LevelCount robust);
// "12 PASS, 1 FAIL", with the points where sheets give any (and of how many, where not all do);
// where a level decides, those of each level, too.
std::string render_text_totals(const RunResult& run, Style style);
// What the machine could not give to any sheet, a line each: "note: nothing can be captured …".
std::string render_run_limits(const std::vector<RunLimit>& limits);
// The totals and the time: "12 PASS, 1 FAIL in 48.120 ms".
std::string render_text_counts(const RunResult& run, Style style);

std::string render_json(const RunResult& run);
// What render_json() made; throws std::runtime_error on anything else.
RunResult read_json_report(const std::string& text);

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

// What the trials of a selftest showed.

// The matrix of faults and variants, server by server, each with the sheets that told.
std::string render_selftest(const std::vector<TrialOutcome>& outcomes);

// What is wrong with the suite, one paragraph for each trial that is not good, with the command
// that shows it again; then the counts. `scenario_files` are the paths of sheets by id.
std::string render_survivors(const std::vector<TrialOutcome>& outcomes,
                             const std::map<std::string, std::string>& scenario_files);
std::string render_selftest_counts(const std::vector<TrialOutcome>& outcomes, Duration lasted);

// A class's gradebook. Names and reasons come from the programs' authors: each format escapes them.

// A row for each submission, then how many there are of each verdict.
std::string render_gradebook_text(const Gradebook& book);
// RFC 4180; a row for each submission, a column for each sheet's points. A text that a spreadsheet
// would take for a formula gets an apostrophe before it.
std::string render_gradebook_csv(const Gradebook& book);
// With the points of every check.
std::string render_gradebook_json(const Gradebook& book);
// An Excel workbook (ECMA-376): a summary, and a sheet for each of the sheets that were played.
// Throws SystemError, or std::runtime_error naming the limit of workbooks that it is beyond.
std::string render_gradebook_xlsx(const Gradebook& book);

// As a word; of one that was not reached before an interrupt: "not graded".
std::string render_grade_verdict(const SubmissionGrade& submission);
std::string render_level_count(const SubmissionGrade& submission, SheetLevel level);  // "5 of 6"
std::string render_grade_points(double points);  // at most two digits behind the point

}  // namespace wireproof
