#include "cli/check/each_connection.h"
#include "cli/commands.h"
#include "cli/options/server_table.h"
#include "judge/judge.h"
#include "judge/offline/one_connection.h"
#include "judge/offline/read_evidence.h"
#include "packets/capture/pcap_file.h"
#include "play/stage/stage_plan.h"

namespace wireproof {
namespace {

struct ReadCapture {
  StoredPackets stored;
  FileReading reading;
};

ReadCapture read_capture(const std::string& path) {
  ReadCapture capture;
  const std::unique_ptr<PacketSource> source = open_capture(path);
  capture.stored = store_packets(*source);
  capture.reading.left_out = capture.stored.left_out;
  capture.reading.is_empty = capture.stored.packets.size() == 0;
  if (!capture.stored.left_out) capture.reading.damage = source->damage();
  return capture;
}

ServerPorts ports_in_capture(const Scenario& scenario, const CheckOptions& options) {
  ServerPorts ports = plan_ports(scenario, make_server_table());
  if (!options.port) return ports;
  if (ports.wants_tcp) ports.tcp = *options.port;
  if (ports.wants_udp) ports.udp = *options.port;
  return ports;
}

bool lacks_port(const ServerPorts& ports) {
  return (ports.wants_tcp && ports.tcp == 0) || (ports.wants_udp && ports.udp == 0);
}

RunResult judge_capture(const Scenario& scenario, ReadCapture& capture, const ServerPorts& ports,
                        const CheckOptions& options) {
  Evidence evidence = read_evidence(scenario, capture.stored.packets, ports.tcp, ports.udp);
  evidence.again = options.again;
  evidence.strict = options.strict;
  for (const Packet& packet : evidence.traffic->packets()) capture.reading.unread.see(packet);
  print_unread(options.capture, capture.reading.unread);
  add_file_faults(capture.reading, evidence.soundness);
  return single_result(judge(scenario, evidence));
}

int refuse_all(const Diagnostic& problem, const Sheet& sheet, ReportFiles& reports) {
  RunResult run = cut_short({sheet}, {}, problem.message);
  reports.write(run);
  print_diagnostic(problem, sheet.source);
  reports.require_written();
  return kExitUsage;
}

int check_sheet(const Sheet& sheet, const CheckOptions& options, const ArgumentParser& parser,
                ReportFiles& reports) {
  if (sheet.has_errors()) {
    RunResult run = sheets_wrong({sheet});
    reports.write(run);
    print_diagnostics({sheet}, options.output.color);
    print_annotations(run);
    reports.require_written();
    return kExitSheetWrong;
  }
  print_diagnostics({sheet}, options.output.color);  // warnings
  const ServerPorts ports = ports_in_capture(*sheet.scenario, options);
  if (lacks_port(ports)) {
    return parser.refuse(options.scenario, "the sheet leaves the server's port open",
                         {{"help", "say which port it had in the capture: `--port N`"}});
  }
  if (options.all) {
    if (const auto problem = refuse_each_connection(*sheet.scenario, ports.wants_tcp)) {
      return refuse_all(*problem, sheet, reports);
    }
    return check_each_connection(sheet, options, ports.tcp, reports);
  }
  ReadCapture capture;
  RunResult run;
  try {
    capture = read_capture(options.capture);
    run = judge_capture(*sheet.scenario, capture, ports, options);
  } catch (const std::exception& error) {
    run = cut_short({sheet}, {}, error.what());
    reports.write(run);
    throw;
  }
  conceal(run, {sheet});
  const std::string things = render_feedback_text(run, {}, options.reports.hints);
  reports.write(run, things);
  print_results(run, things, options.output);
  print_file_faults(capture.reading, options, ports.wants_tcp ? ports.tcp : ports.udp);
  reports.require_written();
  return exit_code(run);
}

}  // namespace

int check_command(const CommandLine& line) {
  CheckOptions options;
  ArgumentParser parser(line, "check SCENARIO --capture FILE [OPTIONS]",
                        "Judges a pcap or pcapng file by a sheet, without privileges. The "
                        "capture's connections go to the clients in the order of their SYNs.");
  parser.required_text("SCENARIO", options.scenario, "the sheet");
  parser.required_text("--capture", options.capture, "the capture, `-` for standard input");
  parser.port("--port", options.port, "the server's port in the capture (default: the sheet's)");
  parser.flag("--strict", options.strict, "what a sheet says should be must be");
  parser.flag("--all", options.all,
              "each connection to the server's port, however many, against a sheet of one");
  add_sheet_options(parser, options.sheet);
  add_report_options(parser, options.reports);
  add_hints_option(parser, options.reports.hints);
  add_output_options(parser, options.output);
  if (const auto code = parser.parse()) return *code;
  options.sheet.paths = {options.scenario};
  options.again = line.source.text();
  if (const auto code = check_selection(parser, options.sheet)) return *code;
  ReportFiles reports(options.reports, line);
  return check_sheet(read_sheet(options.scenario, options.sheet), options, parser, reports);
}

}  // namespace wireproof
