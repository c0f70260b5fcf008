// Runs a case of program_cases.cpp under trace and holds what was seen against calls.md and against
// the case's golden table:  program_runner CASE [RUNS]. Exit code 77: what it needs is not there.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "machine/host/network.h"
#include "play/tracing/trace_run.h"
#include "programs/canonical_table.h"
#include "programs/program_case.h"
#include "support/call_account.h"

namespace wireproof {
namespace {

constexpr int kSkipped = 77;
const std::filesystem::path kSource = PROGRAMS_SOURCE;

std::string fill(std::string command) {
  for (const auto& [name, value] :
       {std::pair{"{c}", PROGRAMS_BINARY}, {"{src}", PROGRAMS_SOURCE}}) {
    for (std::size_t at = 0; (at = command.find(name, at)) != std::string::npos;) {
      command.replace(at, std::string_view(name).size(), value);
    }
  }
  return command;
}

bool is_installed(const std::string& tool) {
  return std::system(("command -v " + tool + " >/dev/null").c_str()) == 0;
}

// What the run must not show; empty when all is well.
std::vector<std::string> find_faults(const ProgramCase& program, const TraceResult& result) {
  std::vector<std::string> faults;
  for (const TracedProgram& ran : result.programs) {
    const bool is_server = ran.side == Side::server;
    const int signal = is_server ? program.server_signal : 0;
    const bool well = signal != 0 ? ran.signal == signal : ran.exit_code == 0;
    if (!well && !(is_server && ran.stopped)) faults.push_back(ran.name + " failed: " + ran.output);
  }
  if (!result.connections_ended) faults.emplace_back("a connection was still open at the end");
  if (result.timed_out) faults.emplace_back("a client did not end in time");
  const bool noted = std::ranges::any_of(result.notes, [&](const std::string& note) {
    return note.find(program.note) != std::string::npos;
  });
  if (!program.note.empty() && !noted) faults.push_back("no note says: " + program.note);
  return faults;
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Each connection's table, told apart by a blank line. Clients that do the same may come in any
// order.
std::string render_tables(const TraceResult& result, std::vector<std::string>& faults) {
  const std::vector<Packet> packets = result.packets.decode_all();
  const Conversations conversations = build_conversations(packets, result.tcp_port, 0);
  std::vector<std::string> tables;
  for (const TcpConnection& connection : conversations.tcp) {
    tables.push_back(render_canonical_table(connection, result.calls));
    for (const std::string& violation : check_calls_account_for(connection, result.calls)) {
      faults.push_back(violation);
    }
  }
  std::ranges::sort(tables);
  std::string text;
  for (const std::string& table : tables) text += (text.empty() ? "" : "\n") + table;
  return text;
}

int compare(const ProgramCase& program, const std::string& text, bool well) {
  const std::filesystem::path golden = kSource / "golden" / (program.name + ".txt");
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(golden) << text;
  const std::string expected = read_text(golden);
  if (text == expected && well) return 0;
  std::cout << "expected (" << golden.string() << "):\n" << expected << "\nwas:\n" << text;
  return 1;
}

int run_once(const ProgramCase& program) {
  TraceRequest request;
  // Limits of what hangs alone: a busy machine may take its time.
  request.start_limit = request.timeout = request.end_limit = std::chrono::minutes(1);
  request.server = fill(program.server);
  for (const std::string& client : program.clients) request.clients.push_back({fill(client), ""});
  const TraceResult result = run_trace(request);
  std::vector<std::string> faults = find_faults(program, result);
  const std::string text = render_tables(result, faults);
  for (const std::string& fault : faults) std::cout << program.name << ": " << fault << "\n";
  return compare(program, text, faults.empty());
}

int run(const ProgramCase& program, int runs) {
  for (const std::string& tool : program.tools) {
    if (is_installed(tool)) continue;
    std::cout << "SKIP " << program.name << ": " << tool << " is not installed\n";
    return kSkipped;
  }
  if (!program.build.empty() && std::system(fill(program.build).c_str()) != 0) {
    std::cout << program.name << " cannot be built: " << fill(program.build) << "\n";
    return 1;
  }
  int failed = 0;
  for (int done = 0; done < runs; ++done) failed += run_once(program);
  std::cout << program.name << ": " << runs - failed << " of " << runs << " runs as expected\n";
  return failed == 0 ? 0 : 1;
}

int run_named(const std::string& name, int runs) {
  const auto& cases = program_cases();
  const auto found = std::ranges::find(cases, name, &ProgramCase::name);
  if (found == cases.end()) {
    std::cout << "no case is called " << name << "\n";
    return 2;
  }
  try {
    return run(*found, runs);
  } catch (const std::exception& error) {
    std::cout << name << ": " << error.what() << "\n";
    return 1;
  }
}

}  // namespace
}  // namespace wireproof

int main(int count, char** arguments) {
  if (count != 2 && count != 3) {
    for (const auto& program : wireproof::program_cases()) std::cout << program.name << "\n";
    return 2;
  }
  const auto kind = wireproof::probe_network().kind;
  if (kind == wireproof::NetworkKind::host_loopback) {
    std::cout << "SKIP: this machine refuses private networks\n";
    return wireproof::kSkipped;
  }
  return wireproof::run_named(arguments[1], count == 3 ? std::atoi(arguments[2]) : 1);
}
