#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <iostream>

#include "base/hex.h"
#include "base/system_call.h"
#include "capture/pcap_file.h"
#include "cli/argument_parser.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/terminal.h"
#include "report/capture_table.h"

namespace wireproof {

namespace {

struct TableOptions {
  std::string file;
  TableFormat format = TableFormat::text;
  std::string columns;  // "No.,Info"
};

std::vector<std::string> split_columns(const std::string& text) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    if (end > begin) names.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

bool is_column(const std::string& name) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::ranges::any_of(capture_columns(), [&](const std::string& known) {
    return std::ranges::equal(known, name, {}, lower, lower);
  });
}

std::optional<int> check_columns(const ArgumentParser& parser, const TableOptions& options,
                                 const std::vector<std::string>& columns) {
  for (const std::string& name : columns) {
    if (is_column(name)) continue;
    std::vector<Note> notes = nearest_note(name, capture_columns());
    notes.push_back({"help", fmt::format("one of {}", fmt::join(capture_columns(), ", "))});
    return parser.refuse(options.columns, "there is no column `" + name + "`", notes);
  }
  return std::nullopt;
}

int write_table(const TableOptions& options, const std::vector<std::string>& columns) {
  const std::unique_ptr<PacketSource> source = open_capture(options.file);
  // Nothing else prints while the table is written: no need to share a buffer with stdio.
  std::ios::sync_with_stdio(false);
  write_capture_table(*source, options.format, columns, std::cout);
  if (!std::cout.flush()) throw SystemError("standard output", errno);
  const std::optional<CaptureDamage> damage = source->damage();
  if (!damage) return kExitPassed;
  print_error(
      fmt::format("error: {} is damaged at offset {}: {}\n"
                  "  = the {} packets before it are in the table\n",
                  escape_control(options.file), damage->offset, escape_control(damage->reason),
                  damage->packets_before));
  return kExitCheckFailed;
}

}  // namespace

int table_command(const CommandLine& line) {
  TableOptions options;
  ArgumentParser parser(line, "table FILE [OPTIONS]",
                        "The packet table of a pcap or pcapng file, compressed ones too.");
  parser.text("FILE", options.file, "the capture, `-` for standard input");
  parser.required("FILE");
  parser.choice<TableFormat>("--format", options.format,
                             {{"text", TableFormat::text},
                              {"markdown", TableFormat::markdown},
                              {"csv", TableFormat::csv},
                              {"json", TableFormat::json}},
                             "how to write the table (default: text)");
  parser.text("--columns", options.columns,
              fmt::format("some of {}, with commas between", fmt::join(capture_columns(), ",")));
  if (const auto code = parser.parse()) return *code;
  const std::vector<std::string> columns = split_columns(options.columns);
  if (const auto code = check_columns(parser, options, columns)) return *code;
  return write_table(options, columns);
}

}  // namespace wireproof
