#include "base/text/bytes.h"
#include "report/html/exchange.h"
#include "report/html/html.h"
#include "report/html/page.h"
#include "report/safe_text.h"

namespace wireproof {
namespace {

void add_conversations(pugi::xml_node main, const TraceAnalysis& analysis,
                       const TraceWords& words) {
  add(main, "h2", words.conversations);
  for (const TraceConversation& told : analysis.conversations) {
    pugi::xml_node heading = add(main, "h3", one_line(render_conversation_ends(told)) + " ");
    if (!told.history.empty()) add(heading, "code", told.history);
    add_list(main, told.story);
  }
}

void add_programs(pugi::xml_node main, const TraceResult& result, const TraceWords& words) {
  if (!result.sockets.empty()) {
    add(main, "h2", words.sockets);
    add_table(main, words.sockets, make_socket_table(result));
  }
  if (result.programs.empty()) return;
  add(main, "h2", words.programs);
  add_list(main, program_lines(result));
  for (const TracedProgram& program : result.programs) {
    if (program.output.empty()) continue;
    add(main, "h3", one_line(program.name) + " " + words.output);
    add(main, "pre", escape_control(program.output));
  }
}

}  // namespace

std::string render_trace_html(const TraceResult& result, const TraceAnalysis& analysis,
                              const TraceReport& report) {
  const TraceWords& words = trace_words(report.language);
  Page page(words.title, report.language == Language::german ? "de" : "en");
  pugi::xml_node main = page.main();
  const ExchangeView view{"t",
                          analysis.packets,
                          result.calls,
                          analysis.call_packets,
                          report.columns.empty() ? trace_columns(analysis) : report.columns,
                          report.language};
  if (!report.table_only) add_ladder(main, view);
  add_packets(main, view);
  if (!report.table_only) {
    add_bytes(main, view);
    add_calls(main, view);
    add_conversations(main, analysis, words);
    add_programs(main, result, words);
  }
  if (!analysis.soundness.faults.empty()) {
    add(main, "h2", words.doubts);
    add_list(main, analysis.soundness.faults);
  }
  return page.render();
}

std::string render_trace_report(const TraceResult& result, const TraceAnalysis& analysis,
                                const TraceReport& report) {
  if (report.format == TraceFormat::html) return render_trace_html(result, analysis, report);
  if (report.format == TraceFormat::svg) return render_trace_svg(result, analysis);
  return render_trace(result, analysis, report);
}

}  // namespace wireproof
