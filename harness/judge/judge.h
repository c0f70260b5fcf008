#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "judge/traffic/evidence.h"

namespace wireproof {

// Judges a scenario by its evidence: the same code for live runs and for `check`. Pure.
ScenarioResult judge(const Scenario& scenario, const Evidence& evidence);

// A result that says whose it is and what it is worth (the front matter's points or those of all
// rows, whichever is more), and nothing else yet.
ScenarioResult begin_result(const Scenario& scenario);

// What is known about a captured packet after all tables were matched.
struct PacketNote {
  std::vector<RowLabel> rows;
  PacketRemark remark;
};

// What one section of a sheet comes to by the evidence.
struct SectionJudgement {
  CheckResult check;
  Diagnostics failures;  // with spans into the sheet; warnings are of a level that does not count
  std::map<std::size_t, PacketNote> notes;  // of a packet table, by capture index
};

// Matches one packet table against the conversations of its actors: each connection on its own
// (matching.md §6). There must be traffic. Pure.
SectionJudgement judge_table(const PacketTable& table, const Scenario& scenario,
                             const Evidence& evidence);

// Judges one table of sockets by every snapshot that was taken under its name. Pure.
SectionJudgement judge_sockets(const SocketTable& table, const Scenario& scenario,
                               const Evidence& evidence);

// Judges the table of measures. What cannot be measured here is named in the check's reason; a
// check of which nothing can be measured is SKIP. Numbers of packets are those of the sheet's own
// connections. Pure.
SectionJudgement judge_measures(const Scenario& scenario, const Evidence& evidence);

// Why what became of packets is not judged of a saved capture that does not say it.
constexpr std::string_view kFatesUnknown = "a saved capture does not tell what a path did";

// Judges the rules of a sheet's path: each has acted on all the packets that it names. Pure.
SectionJudgement judge_path(const Scenario& scenario, const Evidence& evidence);

// Judges a table of calls (docs/calls.md), each connection that it is about on its own. Pure.
SectionJudgement judge_calls(const CallTable& table, const Evidence& evidence);
// Whether a row has no call yet that may only not have been made yet.
bool may_still_be_met(const CallTable& table, const Evidence& evidence);

// The annotated packet table of a result: one line per captured packet, in capture order. `notes`
// by the packet's index in the capture.
std::vector<PacketLine> make_packet_lines(const Traffic& traffic,
                                          const std::map<std::size_t, PacketNote>& notes,
                                          const std::string& server_name);

}  // namespace wireproof
