#include "report/trace_words.h"

#include <fmt/format.h>

#include <cstring>

namespace wireproof {
namespace {

constexpr TraceWords kEnglish{"Packets and calls", "What happened", "Sockets at the end",
                              "Programs",          "wrote",         "The capture is unsound"};
constexpr TraceWords kGerman{
    "Pakete und Befehle", "Was geschah", "Sockets am Ende",
    "Programme",          "schrieb",     "Die Aufzeichnung ist nicht verlässlich"};

}  // namespace

const TraceWords& trace_words(Language language) {
  return language == Language::german ? kGerman : kEnglish;
}

std::string render_conversation_ends(const TraceConversation& told) {
  return fmt::format("{} {} > {} {}", told.client_name, render_endpoint(told.client),
                     told.server_name, render_endpoint(told.server));
}

std::string render_program(const TracedProgram& program) {
  std::string text = fmt::format("{} ({}) ", program.name, program.command);
  if (program.stopped) text += "was stopped at the end: ";
  if (program.exit_code) return text + fmt::format("exited with code {}", *program.exit_code);
  return text +
         fmt::format("was ended by signal {} ({})", program.signal, ::strsignal(program.signal));
}

std::vector<std::string> trace_notes(const TraceResult& result) {
  std::vector<std::string> notes = result.notes;
  if (result.timed_out) notes.push_back("a client ran still when its time was over");
  if (!result.connections_ended) notes.push_back("some connections were still open at the end");
  return notes;
}

TextTable make_socket_table(const TraceResult& result) {
  TextTable table{{"Netid", "State", "Recv-Q", "Send-Q", "Local", "Remote"},
                  {Align::left, Align::left, Align::right, Align::right},
                  {}};
  for (const SocketEntry& socket : result.sockets) {
    table.rows.push_back({socket.tcp ? "tcp" : "udp", socket.state,
                          std::to_string(socket.receive_queue), std::to_string(socket.send_queue),
                          render_endpoint(socket.local),
                          socket.remote.port == 0 ? "*" : render_endpoint(socket.remote)});
  }
  return table;
}

std::vector<std::string> trace_columns() {
  return {"No.", "Time", "From", "To", "Info", "Cause", "Blocked", "Remark"};
}

}  // namespace wireproof
