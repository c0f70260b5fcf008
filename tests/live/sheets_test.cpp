#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "catch.h"
#include "cli/program.h"

namespace wireproof {
namespace {

const std::filesystem::path kSheets = std::filesystem::path(WIREPROOF_SOURCE_DIR) / "scenarios";

nlohmann::json read_results(const std::filesystem::path& path) {
  return nlohmann::json::parse(std::ifstream(path)).at("run").at("scenarios");
}

// What a packet is and which rows have it: the same live and from the saved capture. Causes are
// not: offline they are inferred.
std::vector<std::string> matched_rows(const nlohmann::json& result) {
  std::vector<std::string> rows;
  for (const auto& packet : result.at("packets")) {
    rows.push_back(packet.at("from").get<std::string>() + " " +
                   packet.at("info").get<std::string>() + ": " +
                   packet.at("rows").get<std::string>());
  }
  return rows;
}

}  // namespace

TEST_CASE("every sheet passes live, and its saved capture gives the same verdict and rows",
          "[live]") {
  const TemporaryFolder folder;
  const std::string captures = folder.file("captures").string();
  const std::string report = folder.file("live.json").string();
  const ProgramResult run = run_wireproof(
      kSheets,
      {"run", ".", "--pcap-dir", captures, "--pcap-keep", "always", "--report-json", report});
  INFO(run.out << run.error);
  REQUIRE(run.exit_code == 0);
  const nlohmann::json scenarios = read_results(report);
  REQUIRE(scenarios.size() > 60);
  for (const auto& scenario : scenarios) {
    const auto& live = scenario.at("result");
    INFO(live.at("id"));
    // A sheet about somebody else's program cannot be played where that is not installed.
    const bool lacks_program =
        live.at("reason").get<std::string>().find(" is not installed (") != std::string::npos;
    if (live.at("verdict") == "skip" && lacks_program) continue;
    CHECK(live.at("verdict") == "pass");
    const std::string again = folder.file("offline.json").string();
    const ProgramResult check = run_wireproof(
        kSheets,
        {"check", live.at("file"), "--capture", live.at("capture_file"), "--report-json", again});
    INFO(check.out << check.error);
    CHECK(check.exit_code == 0);
    const nlohmann::json checked = read_results(again);
    const auto& offline = checked.at(0).at("result");
    CHECK(offline.at("verdict") == live.at("verdict"));
    CHECK(matched_rows(offline) == matched_rows(live));
  }
}

}  // namespace wireproof
