#include <fmt/format.h>

#include <cerrno>
#include <iostream>

#include "base/system/system_call.h"
#include "base/text/bytes.h"
#include "cli/commands.h"
#include "cli/options/output.h"
#include "report/capture_table.h"

namespace wireproof {
namespace {

struct TableOptions {
  std::string file;
  TableFormat format = TableFormat::text;
  std::string columns;  // "No.,Info"
};

int write_table(const TableOptions& options, const std::vector<std::string>& columns) {
  const std::unique_ptr<PacketSource> source = open_capture(options.file);
  // Nothing else prints while the table is written: no need to share a buffer with stdio.
  std::ios::sync_with_stdio(false);
  const UnreadPackets unread = write_capture_table(*source, options.format, columns, std::cout);
  if (!std::cout.flush()) throw SystemError("standard output", errno);
  print_unread(options.file, unread);
  const std::optional<CaptureDamage> damage = source->damage();
  if (!damage) return unread.all() ? kExitCouldNotRun : kExitPassed;
  print_error(fmt::format("error: {}\n  = the {} packets before it are in the table\n",
                          render_damage(options.file, *damage), damage->packets_before));
  return kExitCheckFailed;
}

}  // namespace

int table_command(const CommandLine& line) {
  TableOptions options;
  ArgumentParser parser(line, "table FILE [OPTIONS]",
                        "The packet table of a pcap or pcapng file, compressed ones too.");
  parser.required_text("FILE", options.file, "the capture, `-` for standard input");
  parser.choice<TableFormat>("--format", options.format,
                             {{"text", TableFormat::text},
                              {"markdown", TableFormat::markdown},
                              {"csv", TableFormat::csv},
                              {"json", TableFormat::json}},
                             "how to write the table (default: text)");
  add_columns_option(parser, options.columns, capture_columns());
  if (const auto code = parser.parse()) return *code;
  const std::vector<std::string> columns = split_columns(options.columns);
  if (const auto code = check_columns(parser, options.columns, capture_columns())) return *code;
  return write_table(options, columns);
}

}  // namespace wireproof
