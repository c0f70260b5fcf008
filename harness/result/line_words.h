#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "result/run_result.h"

namespace wireproof {

// The words for what a packet line holds as facts: the only place that makes them. Tables, JSON,
// messages and stories print them.

// "connect", "write + close", "kernel"; empty for nobody.
std::string render_doers(const Doers& doers);

// The same in parentheses where it was inferred.
std::string render_call(const Doers& doers, bool inferred);

// "released by the ACK of packet 7": packets are counted from 1.
std::string render_fact(const CauseFact& fact);
// "2 calls; already waiting for 0.200 ms"; empty where nothing is known.
std::string render_facts(std::span<const CauseFact> facts);

// "pure ACK", "unexpected", "pure ACK; inside connect"
std::string render_remark(const PacketRemark& remark);

// "4", "4, alice 6"; empty when no row has the packet.
std::string render_rows(std::span<const RowLabel> rows);

// Back from the words, for what reads a result's JSON. Nothing where they are no such words; the
// facts of a remark are not read.
Doers parse_doers(std::string_view text);
std::optional<PacketRemark> parse_remark(std::string_view text);
std::optional<std::vector<RowLabel>> parse_rows(std::string_view text);

}  // namespace wireproof
