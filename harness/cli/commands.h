#pragma once

#include <vector>

#include "cli/options/argument_parser.h"
#include "cli/options/command_facts.h"
#include "result/verdict.h"

namespace wireproof {

// Every command: its arguments in (ArgumentParser), an exit code out (verdict.h). Each prints to
// standard output, and messages to standard error. They throw SystemError where the system refuses.
int run_command(const CommandLine& line);
int check_command(const CommandLine& line);
int merge_command(const CommandLine& line);
int table_command(const CommandLine& line);
int diff_command(const CommandLine& line);
int record_command(const CommandLine& line);
int lint_command(const CommandLine& line);
int explain_command(const CommandLine& line);
int new_command(const CommandLine& line);
int fmt_command(const CommandLine& line);
int serve_command(const CommandLine& line);
int servers_command(const CommandLine& line);
int trace_command(const CommandLine& line);
int demo_command(const CommandLine& line);
int talk_command(const CommandLine& line);
int list_command(const CommandLine& line);
int selftest_command(const CommandLine& line);
int verify_command(const CommandLine& line);
int verify_client_command(const CommandLine& line);
int grade_command(const CommandLine& line);
int layout_command(const CommandLine& line);
int wireshark_command(const CommandLine& line);
int doctor_command(const CommandLine& line);
int completion_command(const CommandLine& line);
int manual_command(const CommandLine& line);

// All of them, in the order in which `wireproof --help` lists them, with what their parsers know.
std::vector<CommandFacts> describe_commands();

// Finds the command and runs it; what the program does, but for its exceptions.
int run_program(const CommandLine& line);

}  // namespace wireproof
