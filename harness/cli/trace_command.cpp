#include <fmt/format.h>

#include "base/system/process.h"
#include "base/system/system_call.h"
#include "base/text/bytes.h"
#include "cli/commands.h"
#include "cli/options/play_sheets.h"
#include "cli/tracing/traced_run.h"
#include "play/tracing/trace_run.h"
#include "report/html/html.h"
#include "result/capture/capture_notes.h"

namespace wireproof {
namespace {

struct TraceOptions {
  TraceRequest request;
  std::vector<std::string> clients;
  std::vector<std::string> inputs;  // one for all clients, or one for each
  std::optional<Duration> timeout;
  std::optional<Duration> start_within;
  std::string columns;
  TraceReport report;
  bool follow = false;
  std::string capture_file;
  bool keep_calls = true;  // in that file
};

void add_options(ArgumentParser& parser, TraceOptions& options) {
  parser.text("--server", options.request.server,
              "the server's command; {port} and {host} are filled in");
  parser.texts("--client", options.clients,
               "a client's command, filled in likewise; several run at the same time, in the order "
               "of their connections");
  parser.texts("--stdin", options.inputs,
               "what the client reads from standard input (\\n ends a line); one for all clients, "
               "or one for each");
  parser.required("--server");
  parser.required("--client");
  parser.port("--port", options.request.port,
              "the server's port (default: that of its first listen() or UDP bind())");
  parser.value<Duration>("--timeout", options.timeout, parse_duration, "a duration like 500ms",
                         "how long the clients may run (default: 10s)");
  parser.duration("--start-within", options.start_within,
                  "until the server listens (default: 10s)");
  add_trace_format_option(parser, options.report.format);
  add_columns_option(parser, options.columns, packet_columns());
  parser.choice<Language>("--lang", options.report.language,
                          {{"en", Language::english}, {"de", Language::german}},
                          "the headings' language (default: en)");
  parser.flag("--quiet", options.report.table_only,
              "the table alone, without what happened, programs and sockets");
  parser.flag("--follow", options.follow, "show packets as they happen, on standard error");
  parser.text("--pcap", options.capture_file, "keep the capture in this file");
  add_pcap_calls_option(parser, options.keep_calls);
}

std::optional<int> check_options(const ArgumentParser& parser, const TraceOptions& options) {
  const std::size_t inputs = options.inputs.size();
  if (inputs > 1 && inputs != options.clients.size()) {
    return parser.refuse(
        options.inputs.back(),
        fmt::format("--stdin is given {} times for {} clients", inputs, options.clients.size()),
        {{"help", "once for all clients, or once for each"}});
  }
  return check_columns(parser, options.columns, packet_columns());
}

TraceRequest make_request(const TraceOptions& options) {
  TraceRequest request = options.request;
  for (std::size_t i = 0; i < options.clients.size(); ++i) {
    TracedClient& client = request.clients.emplace_back();
    client.command = options.clients[i];
    if (options.inputs.empty()) continue;
    client.input = read_input_text(options.inputs[options.inputs.size() == 1 ? 0 : i]);
  }
  if (options.start_within) {
    request.start_limit = std::chrono::ceil<std::chrono::milliseconds>(*options.start_within);
  }
  if (options.timeout) {
    request.timeout = std::chrono::ceil<std::chrono::milliseconds>(*options.timeout);
  }
  return request;
}

TraceResult run(const TraceOptions& options) {
  const StopSignals stop;
  TraceWatch watch;
  watch.stop_fd = stop.fd();
  if (options.follow) watch.on_packets = follow_packets();
  return run_trace(make_request(options), watch);
}

int report(const TraceResult& result, const TraceOptions& options) {
  const TraceAnalysis analysis = analyse_trace(result);
  if (!options.capture_file.empty()) {
    write_pcapng(
        options.capture_file, result.packets,
        make_capture_notes({result.packets, analysis.packets, result.calls, analysis.call_packets,
                            analysis.soundness, options.keep_calls}));
  }
  const auto print = options.report.format == TraceFormat::text ? print_text : print_out;
  print(render_trace_report(result, analysis, options.report));
  return exit_code_of(result, analysis);
}

}  // namespace

int trace_command(const CommandLine& line) {
  TraceOptions options;
  ArgumentParser parser(
      line, "trace --server COMMAND --client COMMAND [OPTIONS]",
      "Runs a server and its clients, in any language and unchanged, in a private network, and "
      "prints the packet table with the call that caused each packet and the call whose wait it "
      "ended, on both sides.");
  add_options(parser, options);
  if (const auto code = parser.parse()) return *code;
  if (const auto code = check_options(parser, options)) return *code;
  options.report.columns = split_columns(options.columns);
  try {
    return report(run(options), options);
  } catch (const TraceRefused& refused) {
    parser.refuse(refused.command, refused.what(), refused.notes);
  }
  return kExitCouldNotRun;
}

}  // namespace wireproof
