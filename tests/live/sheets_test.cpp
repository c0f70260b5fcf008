#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "catch.h"
#include "support/program.h"

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

// At rest no sheet needs a second play. On a machine that does other work, too, one in fifty may.
constexpr std::size_t kSheetsPerReplayedOne = 50;

struct Play {
  int exit_code = -1;
  nlohmann::json results;
  std::string said;
};

Play play_sheets(const std::string& sheets, const TemporaryFolder& folder) {
  const std::string report = folder.file("live.json").string();
  const ProgramResult run =
      run_wireproof(kSheets, {"run", sheets, "--pcap-dir", folder.file("captures").string(),
                              "--pcap-keep", "always", "--report-json", report});
  return {run.exit_code, read_results(report), run.out + run.error};
}

std::size_t count_replayed(const nlohmann::json& results) {
  return static_cast<std::size_t>(std::ranges::count_if(
      results, [](const nlohmann::json& one) { return one.at("result").at("replays") > 0; }));
}

std::filesystem::path offline_report(const TemporaryFolder& folder, std::size_t index) {
  return folder.file("offline-" + std::to_string(index) + ".json");
}

// `check` of the captures of all results, as many at a time as there are processors.
std::vector<ProgramResult> check_captures(const std::vector<nlohmann::json>& played,
                                          const TemporaryFolder& folder) {
  std::vector<ProgramResult> checks(played.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < played.size(); i = next++) {
      checks[i] = run_wireproof(
          kSheets, {"check", played[i].at("file"), "--capture", played[i].at("capture_file"),
                    "--report-json", offline_report(folder, i).string()});
    }
  };
  std::vector<std::future<void>> workers;
  for (unsigned k = 0; k < std::max(std::thread::hardware_concurrency(), 1U); ++k) {
    workers.push_back(std::async(std::launch::async, work));
  }
  for (std::future<void>& worker : workers) worker.get();
  return checks;
}

}  // namespace

TEST_CASE("every sheet passes live, and its saved capture gives the same verdict and rows",
          "[live]") {
  const TemporaryFolder folder;
  const Play all = play_sheets(".", folder);
  INFO(all.said);
  REQUIRE(all.results.size() > 60);
  CHECK(all.exit_code == 0);
  CHECK(count_replayed(all.results) * kSheetsPerReplayedOne <= all.results.size());
  std::vector<nlohmann::json> played;
  for (const auto& scenario : all.results) {
    const nlohmann::json& live = scenario.at("result");
    // A sheet about somebody else's program cannot be played where that is not installed, nor one
    // with a path where the machine has no TUN device for this user.
    const auto reason = live.at("reason").get<std::string>();
    const bool is_unmet = reason.find(" is not installed (") != std::string::npos ||
                          reason.find("needs a path for its packets") != std::string::npos;
    if (live.at("verdict") != "skip" || !is_unmet) played.push_back(live);
  }
  const std::vector<ProgramResult> checks = check_captures(played, folder);
  std::size_t unsound = 0;
  for (std::size_t i = 0; i < played.size(); ++i) {
    INFO(played[i].at("id"));
    INFO(checks[i].out << checks[i].error);
    CHECK(played[i].at("verdict") == "pass");
    const nlohmann::json checked = read_results(offline_report(folder, i));
    const auto& offline = checked.at(0).at("result");
    // Live, a session is judged by its calls, also where its capture lost packets.
    const bool is_sound = played[i].at("soundness").at("faults").empty();
    if (!is_sound) {
      ++unsound;
      CHECK(offline.at("verdict") != "fail");
      continue;
    }
    CHECK(checks[i].exit_code == 0);
    CHECK(offline.at("verdict") == "pass");
    CHECK(matched_rows(offline) == matched_rows(played[i]));
  }
  CHECK(unsound * kSheetsPerReplayedOne <= all.results.size());
}

}  // namespace wireproof
