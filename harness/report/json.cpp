#include <nlohmann/json.hpp>

#include "report/report.h"
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

}  // namespace wireproof
