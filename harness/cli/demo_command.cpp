#include "base/system/file.h"
#include "base/system/process.h"
#include "cli/commands.h"
#include "cli/tracing/demo.h"
#include "cli/tracing/traced_run.h"
#include "report/html/html.h"

namespace wireproof {

int demo_command(const CommandLine& line) {
  std::string page = "wireproof-demo.html";
  ArgumentParser parser(line, "demo [OPTIONS]",
                        "Shows on two small programs what wireproof sees: every packet with the "
                        "calls behind it, as a table and as a page.");
  parser.text("--html", page, "where to write the page (default: wireproof-demo.html)");
  if (const auto code = parser.parse()) return *code;
  OutputFile file(page, "write the page " + page);
  const StopSignals stop;
  TraceWatch watch;
  watch.stop_fd = stop.fd();
  const DemoPrograms programs;
  try {
    const TraceResult result = run_trace(programs.request(), watch);
    const TraceAnalysis analysis = analyse_trace(result);
    print_text(render_demo_opening() + render_trace(result, analysis, {}));
    file.write(render_trace_html(result, analysis, {}));
    print_text(render_demo_end(std::filesystem::absolute(page)));
    return exit_code_of(result, analysis);
  } catch (const TraceRefused& refused) {
    parser.refuse(refused.command, refused.what(), refused.notes);
  }
  return kExitCouldNotRun;
}

}  // namespace wireproof
