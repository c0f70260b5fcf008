#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "catch.h"
#include "support/program.h"

namespace wireproof {

namespace {

std::string read_text(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::filesystem::path golden_folder(const std::string& name) {
  return std::filesystem::path(WIREPROOF_SOURCE_DIR) / "tests/golden/cli" / name;
}

}  // namespace

TEST_CASE("a sheet with errors is in the reports, as an error", "[cli]") {
  const TemporaryFolder folder;
  const std::string json = folder.file("report.json").string();
  const std::string junit = folder.file("report.xml").string();
  const ProgramResult result =
      run_wireproof(golden_folder("sheet-broken"),
                    {"run", "broken.md", "--report-json", json, "--report-junit", junit});
  CHECK(result.exit_code == 3);
  const auto report = nlohmann::json::parse(read_text(json));
  const auto& scenario = report.at("run").at("scenarios").at(0).at("result");
  CHECK(scenario.at("verdict") == "error");
  CHECK(scenario.at("rendered").size() == 2);
  CHECK(report.at("run").at("command_line").at(1) == "run");
  CHECK(read_text(junit).find("<error message=\"the sheet has errors\"") != std::string::npos);
}

TEST_CASE("a capture that cannot be read is in the reports, as an error", "[cli]") {
  const TemporaryFolder folder;
  const std::string json = folder.file("report.json").string();
  const ProgramResult result =
      run_wireproof(golden_folder("capture-missing"),
                    {"check", "sheet.md", "--capture", "nosuch.pcap", "--report-json", json});
  CHECK(result.exit_code == 4);
  const auto report = nlohmann::json::parse(read_text(json));
  CHECK(report.at("run").at("scenarios").at(0).at("result").at("verdict") == "error");
}

TEST_CASE("a report that cannot be written ends the program before anything runs", "[cli]") {
  const TemporaryFolder folder;
  const ProgramResult result = run_wireproof(golden_folder("report-unwritable"),
                                             {"run", "sheet.md", "--report-json", "nosuch/r.json"});
  CHECK(result.exit_code == 4);
  CHECK(result.error.find("nosuch/r.json") != std::string::npos);
  CHECK(result.out.empty());
}

TEST_CASE("colours follow --color whatever the output is", "[cli]") {
  const std::vector<std::string> wrong = {"run", "broken.md", "--color", "always"};
  const ProgramResult result = run_wireproof(golden_folder("sheet-broken"), wrong);
  CHECK(result.error.find("\x1b[1;31merror") != std::string::npos);
}

}  // namespace wireproof
