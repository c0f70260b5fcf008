#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "expect/match/item.h"

namespace wireproof {

// Packets and rows as people count them, for reasons and differences.
std::string packet_words(std::size_t packet);  // "packet 7"
std::string row_words(const Row& row);         // "row 4"
std::string byte_words(std::uint64_t count);   // "1 byte", "13 bytes"
std::string range_words(const Range& range);   // "4", "4..8"
std::string side_words(Side side);             // "client"
std::string flag_words(std::uint16_t flags);   // "[FIN, ACK]"
std::string event_words(EventKind kind);       // "SYN", "data", "FIN", "RST"

// Why a search gave up, at the row with that index (or the last one); empty without rows.
std::string limit_words(std::span<const Row> rows, std::size_t row, const std::string& things);

}  // namespace wireproof
