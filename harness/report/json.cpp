#include <nlohmann/json.hpp>

#include "report/report.h"
#include "report/trace_report.h"
#include "result/result_codec.h"

namespace wireproof {

std::string render_json(const RunResult& run) {
  // docs/result.schema.json publishes this form; `run` is what read_run() takes back.
  constexpr int kFormatVersion = 1;
  nlohmann::ordered_json report;
  report["format"] = "wireproof";
  report["format_version"] = kFormatVersion;
  report["exit_code"] = exit_code(run);
  report["run"] = nlohmann::ordered_json::parse(write_run(run));
  return report.dump(1) + "\n";
}

std::string render_trace_json(const TraceResult& result, const TraceAnalysis& analysis) {
  using Json = nlohmann::ordered_json;
  constexpr int kFormatVersion = 1;
  Json report;
  report["format"] = "wireproof trace";
  report["format_version"] = kFormatVersion;
  Json trace = Json::parse(write_trace(result));
  trace.update(Json::parse(write_analysis(analysis)));
  report["trace"] = std::move(trace);
  return report.dump(1) + "\n";
}

}  // namespace wireproof
