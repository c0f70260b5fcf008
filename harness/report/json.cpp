#include <nlohmann/json.hpp>

#include "report/report.h"
#include "report/trace_report.h"
#include "result/result_codec.h"

namespace wireproof {

using Json = nlohmann::ordered_json;

// docs/result.schema.json publishes this form; `run` is what read_json() takes back.
std::string render_json(const RunResult& run) {
  const Json report{{"format", "wireproof"},
                    {"format_version", 1},
                    {"exit_code", exit_code(run)},
                    {"run", Json::parse(write_json(run))}};
  return report.dump(1) + "\n";
}

std::string render_trace_json(const TraceResult& result, const TraceAnalysis& analysis) {
  Json trace = Json::parse(write_json(result));
  trace.update(Json::parse(write_json(analysis)));
  const Json report{{"format", "wireproof trace"}, {"format_version", 1}, {"trace", trace}};
  return report.dump(1) + "\n";
}

}  // namespace wireproof
