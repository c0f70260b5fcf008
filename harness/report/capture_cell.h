#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text/time.h"
#include "packets/wire/packet.h"
#include "packets/wire/summary.h"

namespace wireproof {

enum class CaptureColumn : std::uint8_t {
  number,
  time,
  source,
  destination,
  protocol,
  length,
  info,
  payload,
  defect,
};

// What one row of a capture's table is made of.
struct CaptureRow {
  std::uint64_t number = 0;  // from 1
  Duration time{};           // since the first packet
  const Packet& packet;      // lives longer than the row
  RelativeNumbers numbers;
};

std::string_view capture_column_name(CaptureColumn column);
// Case does not count.
std::optional<CaptureColumn> find_capture_column(std::string_view name);

// Numbers: aligned right in text, without quotes in JSON.
constexpr bool is_number(CaptureColumn column) {
  return column == CaptureColumn::number || column == CaptureColumn::time ||
         column == CaptureColumn::length;
}

// Writes a cell from `out` on, at most kMaxCellSize bytes, and gives the end. Only the column
// `payload` allocates.
constexpr std::size_t kMaxCellSize = 1024;
char* render_cell_to(char* out, CaptureColumn column, const CaptureRow& row);
// What it will write of a number, so that blanks can go in front.
std::size_t number_cell_size(CaptureColumn column, const CaptureRow& row);

}  // namespace wireproof
