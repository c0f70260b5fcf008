#include "report/trace_json.h"

#include <nlohmann/json.hpp>

#include "result/result_codec.h"

namespace wireproof {

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
