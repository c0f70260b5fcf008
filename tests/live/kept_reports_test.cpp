#include <signal.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/system/deadline.h"
#include "base/system/file.h"
#include "base/system/process.h"
#include "catch.h"
#include "report/formats/format.h"
#include "support/program.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

void write_sheet(const fs::path& path, const std::string& front, const std::string& session) {
  write_file(path, "---\nserver: echo-threads\n" + front +
                       "---\n# What comes back\n\n## Session\n```session\nconnect\n" + session +
                       "close\n```\n");
}

constexpr const char* kRight = "send \"hello\"\nrecv \"You told me: hello\"\n";

// All reports that there are, in the folder.
std::vector<std::string> report_options(const fs::path& folder) {
  std::vector<std::string> options = {"--feedback", folder / "feedback.md"};
  for (const ReportFormat& format : report_formats()) {
    options.emplace_back(format.option);
    options.push_back(folder / std::string(format.option.substr(2)));
  }
  return options;
}

}  // namespace

TEST_CASE("no output of a hidden sheet holds what it expects", "[live]") {
  const TemporaryFolder folder;
  const std::string reveal = GENERATE("observed", "verdict");
  CAPTURE(reveal);
  write_sheet(folder.file("hidden.md"), "reveal: " + reveal + "\npoints: 2\n",
              "send \"hello\"\nrecv \"the-secret\"\n");
  const fs::path sheet = folder.file("hidden.md");
  write_file(sheet,
             read_text(sheet) +
                 "\n## Packets\n| From | To | Info | Len | Payload |\n|---|---|---|---|---|\n"
                 "| server | client | [PSH, ACK] | 10 | \"the-secret\" |\n");
  fs::create_directory(folder.file("reports"));
  std::vector<std::string> words = {"run", "hidden.md", "--verbose"};
  const std::vector<std::string> reports = report_options(folder.file("reports"));
  words.insert(words.end(), reports.begin(), reports.end());
  const ProgramResult result = run_wireproof(
      folder.path(), words, {"GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY=reports/summary.md"});
  CHECK(result.exit_code == 1);
  std::size_t files = 0;
  for (const fs::directory_entry& file : fs::directory_iterator(folder.file("reports"))) {
    CAPTURE(file.path());
    const std::string text = read_text(file.path());
    CHECK_FALSE(text.empty());
    CHECK(text.find("secret") == std::string::npos);
    ++files;
  }
  CHECK(files == report_formats().size() + 2);
  CHECK(result.out.find("FAIL") != std::string::npos);
  CHECK((result.out + result.error).find("secret") == std::string::npos);
  words.insert(words.end(), {"--reveal", "all"});
  CHECK(run_wireproof(folder.path(), words).out.find("the-secret") != std::string::npos);
}

TEST_CASE("a run that is killed leaves reports of what was played", "[live]") {
  const TemporaryFolder folder;
  write_sheet(folder.file("a.md"), "", kRight);
  write_sheet(folder.file("b.md"), "timeout: 600s\n", "recv \"nothing comes\"\n");
  const fs::path json = folder.file("report.json");
  const pid_t run = fork_process([&] {
    fs::current_path(folder.path());
    ::execl(WIREPROOF_PROGRAM, WIREPROOF_PROGRAM, "run", "a.md", "b.md", "-j", "2", "-q",
            "--report-json", json.c_str(), nullptr);
    return kCannotExecute;
  });
  const bool is_there =
      look_until(Deadline(std::chrono::minutes(5)), [&json] { return fs::exists(json); });
  CHECK(is_there);
  ::kill(run, SIGKILL);
  await_process(run);
  const auto report = nlohmann::json::parse(read_text(json));
  CHECK(report.at("run").at("interrupted") == true);
  const auto& scenarios = report.at("run").at("scenarios");
  REQUIRE(scenarios.size() == 2);
  CHECK(scenarios.at(0).at("result").at("verdict") == "pass");
  CHECK(scenarios.at(1).at("result").at("verdict") == "error");
  CHECK(scenarios.at(1).at("result").at("reason") == "the run has not come to this sheet");
}

TEST_CASE("the parts of a run, merged, are the run", "[live]") {
  const TemporaryFolder folder;
  for (const char* const name : {"a.md", "b.md", "c.md", "d.md"}) {
    const bool fails = std::string_view(name) == "b.md";
    write_sheet(folder.file(name), "tags: [x]\n",
                fails ? "send \"hello\"\nrecv \"another\"\n" : kRight);
  }
  const auto wireproof = [&folder](std::vector<std::string> words, const char* report) {
    words.insert(words.end(), {"--report-json", folder.file(report)});
    return run_wireproof(folder.path(), words);
  };
  wireproof({"run", "."}, "whole.json");
  for (const std::string part : {"1/3", "2/3", "3/3"}) {
    const auto played =
        wireproof({"run", ".", "--shard", part}, (part.substr(0, 1) + ".json").c_str());
    CHECK(played.exit_code == (part == "2/3" ? 1 : 0));
  }
  const auto merged = wireproof({"merge", "3.json", "1.json", "2.json"}, "merged.json");
  INFO(merged.out << merged.error);
  CHECK(merged.exit_code == 1);
  const auto verdicts_in = [&folder](const char* report) {
    std::vector<std::pair<std::string, std::string>> verdicts;
    const auto json = nlohmann::json::parse(read_text(folder.file(report)));
    for (const auto& scenario : json.at("run").at("scenarios")) {
      const auto& result = scenario.at("result");
      verdicts.emplace_back(result.at("id"), result.at("verdict"));
    }
    return verdicts;
  };
  CHECK(verdicts_in("merged.json") == verdicts_in("whole.json"));
  CHECK(verdicts_in("merged.json").size() == 4);
  CHECK(merged.out.find("\"another\"") != std::string::npos);
  const auto lacking = wireproof({"merge", "1.json", "2.json"}, "lacking.json");
  CHECK(lacking.exit_code == 130);
  CHECK(lacking.error == "error: part 3/3 is missing, or was cut short\n");
  const auto more = wireproof({"run", ".", "--shard", "7/9"}, "more.json");
  CHECK(more.exit_code == 0);  // more parts than sheets
  CHECK(verdicts_in("more.json").empty());
}

TEST_CASE("a server has as long to start as is said", "[live]") {
  const TemporaryFolder folder;
  const std::string session = "\n## Session\n```session\nconnect\nrecv eof\nclose\n```\n";
  const auto write_command = [&](const std::string& front) {
    write_file(folder.file("late.md"),
               "---\ncommand: sleep 600\nport: 4711\n" + front + "---\n# It is late\n" + session);
  };
  write_command("start_within: 50ms\n");
  const ProgramResult own = run_wireproof(folder.path(), {"run", "late.md"});
  CHECK(own.exit_code == 4);
  CHECK(own.out.find("it did not listen within 50ms") != std::string::npos);
  write_command("start_within: 600s\n");
  const ProgramResult option =
      run_wireproof(folder.path(), {"run", "late.md", "--start-within", "60ms"});
  CHECK(option.out.find("it did not listen within 60ms") != std::string::npos);
}

}  // namespace wireproof
