// Twenty small servers in six languages, half of them wrong, judged by tables of calls that were
// written by hand before the programs were run: tests/fixtures/judged_calls.
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "catch.h"
#include "machine/host/doctor.h"
#include "support/program.h"
#include "support/temporary_folder.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

struct CallingProgram {
  std::string source;
  std::string tool;
  std::string build;  // a shell command in the folder of the sources; empty: none
};

const CallingProgram kPrograms[] = {{"python_serial", "python3", ""},
                                    {"python_select", "python3", ""},
                                    {"perl_serial", "perl", ""},
                                    {"node_echo", "node", ""},
                                    {"java_serial", "javac", "javac JavaSerial.java"},
                                    {"rust_serial", "rustc", "rustc -o rust_serial rust_serial.rs"},
                                    {"c_fork", "gcc", "gcc -o c_fork c_fork.c"},
                                    {"c_threads", "gcc", "gcc -pthread -o c_threads c_threads.c"},
                                    {"c_udp", "gcc", "gcc -o c_udp c_udp.c"},
                                    {"c_pieces", "gcc", "gcc -o c_pieces c_pieces.c"}};

// "PASS", or "FAIL" and the message, as the sheet's prose has it.
std::string expected_of(const fs::path& sheet) {
  const std::string text = read_text(sheet);
  const std::string label = "\nExpected: ";
  const std::size_t begin = text.find(label) + label.size();
  return text.substr(begin, text.find('\n', begin) - begin);
}

std::string judged(const nlohmann::json& result) {
  const std::string verdict = result.at("verdict");
  if (verdict == "pass") return "PASS";
  const nlohmann::json& failures = result.at("failures");
  if (verdict != "fail" || failures.empty())
    return verdict + " " + std::string(result.at("reason"));
  return "FAIL " + std::string(failures.front().at("message"));
}

}  // namespace

TEST_CASE("programs in several languages are judged by tables of their calls", "[live]") {
  const TemporaryFolder folder;
  fs::copy(fs::path(WIREPROOF_SOURCE_DIR) / "tests/fixtures/judged_calls", folder.path(),
           fs::copy_options::recursive);
  std::map<std::string, std::string> expected;  // by the sheet's id
  for (const CallingProgram& program : kPrograms) {
    if (!is_installed(program.tool)) {
      WARN("skipped: " << program.source << ", " << program.tool << " is not installed");
      continue;
    }
    const std::string build = "cd '" + folder.path().string() + "' && " + program.build;
    REQUIRE((program.build.empty() || std::system(build.c_str()) == 0));
    for (const auto& entry : fs::directory_iterator(folder.path())) {
      const std::string name = entry.path().stem().string();
      const bool is_sheet = entry.path().extension() == ".md";
      if (is_sheet && name.starts_with(program.source)) expected[name] = expected_of(entry.path());
    }
  }
  if (expected.empty()) return;
  std::vector<std::string> arguments{"run", "--report-json", "report.json"};
  for (const auto& [name, verdict] : expected) arguments.push_back(name + ".md");
  run_wireproof(folder.path(), arguments);
  const nlohmann::json report = nlohmann::json::parse(read_text(folder.file("report.json")));
  std::map<std::string, std::string> seen;
  for (const nlohmann::json& scenario : report.at("run").at("scenarios")) {
    const nlohmann::json& result = scenario.at("result");
    seen[std::string(result.at("id"))] = judged(result);
  }
  CHECK(seen == expected);
}

}  // namespace wireproof
