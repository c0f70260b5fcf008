#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "packets/capture/pcap_file.h"
#include "report/report.h"

namespace wireproof {

// The columns of a capture's packet table, in their usual order; the last two are not among the
// default ones: No., Time (seconds since the first packet), Source, Destination, Protocol, Len
// (payload bytes on the wire), Info; Payload (at most 64 bytes, quoted), Defect.
const std::vector<std::string>& capture_columns();

// Writes one row per packet while reading, so captures of any size take little memory. `columns`
// by name, case does not count; empty: the default ones. Throws std::invalid_argument for a column
// that is not one of capture_columns(), before anything is written. A damaged source gives the
// rows that precede the damage: ask source.damage() afterwards. Failed output is left in the
// stream's state (`out.fail()`), and reading ends with it. How `wireproof table FILE` calls it:
//
//   const std::unique_ptr<PacketSource> source = open_capture(path);
//   write_capture_table(*source, TableFormat::text, columns, std::cout);
//   if (source->damage()) …  // message and exit code 1
void write_capture_table(PacketSource& source, TableFormat format,
                         const std::vector<std::string>& columns, std::ostream& out);

}  // namespace wireproof
