#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/system/file.h"
#include "base/system/process.h"
#include "base/system/system_call.h"
#include "catch.h"
#include "packets/capture/pcap_file.h"
#include "support/program.h"

namespace wireproof {

namespace {

std::filesystem::path golden_folder(const std::string& name) {
  return std::filesystem::path(WIREPROOF_SOURCE_DIR) / "tests/golden/cli" / name;
}

// Starts the program with standard input, output and error as `prepare` leaves them.
pid_t start_prepared(std::vector<std::string> words, const std::vector<std::string>& more,
                     const std::function<void()>& prepare) {
  words.insert(words.begin(), WIREPROOF_PROGRAM);
  words.insert(words.end(), more.begin(), more.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  return fork_process([&] {
    prepare();
    ::execv(arguments.front(), arguments.data());
    return kCannotExecute;
  });
}

ProcessEnd run_prepared(const std::vector<std::string>& words, const std::vector<std::string>& more,
                        const std::function<void()>& prepare) {
  return read_wait_status(await_process(start_prepared(words, more, prepare)));
}

// More than a pipe takes that nobody reads (pipe(7)).
std::string large_capture() {
  constexpr std::size_t kPacketBytes = 100'000;
  constexpr int kPackets = 10;
  PacketStore packets;
  for (int number = 0; number < kPackets; ++number) {
    RawPacket packet;
    const Bytes bytes(kPacketBytes);
    packet.bytes = bytes;
    packet.original_size = kPacketBytes;
    packets.append(packet);
  }
  const TemporaryFolder folder;
  write_pcap(folder.file("a.pcap"), packets);
  return read_text(folder.file("a.pcap"));
}

ProcessEnd run_unread(const std::vector<std::string>& words, const std::vector<std::string>& more) {
  Pipe pipe = open_pipe();
  pipe.read.reset();
  return run_prepared(words, more, [&pipe] {
    ::signal(SIGPIPE, SIG_DFL);  // whatever this test was started with
    ::dup2(pipe.write.get(), STDOUT_FILENO);
    ::dup2(pipe.write.get(), STDERR_FILENO);
  });
}

ProcessEnd run_closed(const std::vector<std::string>& words, const std::vector<std::string>& more) {
  return run_prepared(words, more, [] {
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::close(standard);
  });
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
  CHECK(read_text(junit).find("<error message=\"the sheet has errors: ") != std::string::npos);
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

TEST_CASE("a check that is ended while it reads leaves the old report", "[cli]") {
  const TemporaryFolder folder;
  const std::string json = folder.file("report.json").string();
  write_file(json, "old");
  Pipe capture = open_pipe();
  const pid_t check = start_prepared({"check", golden_folder("capture-missing") / "sheet.md"},
                                     {"--capture", "-", "--report-json", json},
                                     [&] { ::dup2(capture.read.get(), STDIN_FILENO); });
  capture.read.reset();
  write_all(capture.write.get(), large_capture(),
            "write to the check");  // it reads: it owes the report
  ::kill(check, SIGTERM);
  CHECK(read_wait_status(await_process(check)) == ProcessEnd{ProcessEnd::Way::signal, SIGTERM, ""});
  CHECK(read_text(json) == "old");
}

TEST_CASE("a report is written though nobody reads what is printed", "[cli]") {
  const TemporaryFolder folder;
  const std::string json = folder.file("report.json").string();
  const std::vector<std::string> words =
      GENERATE(std::vector<std::string>{"run", golden_folder("sheet-broken") / "broken.md"},
               std::vector<std::string>{"check", golden_folder("capture-missing") / "sheet.md",
                                        "--capture", "nosuch.pcap"});
  const ProcessEnd end = run_unread(words, {"--report-json", json});
  CHECK(end == ProcessEnd{ProcessEnd::Way::signal, SIGPIPE, ""});
  const auto report = nlohmann::json::parse(read_text(json));
  CHECK(report.at("run").at("scenarios").size() == 1);
}

TEST_CASE("a report gets no number of a closed standard descriptor", "[cli]") {
  const TemporaryFolder folder;
  const std::string json = folder.file("report.json").string();
  const ProcessEnd end =
      run_closed({"run", golden_folder("sheet-broken") / "broken.md"}, {"--report-json", json});
  CHECK(end == ProcessEnd{ProcessEnd::Way::exited, 3, ""});
  CHECK(nlohmann::json::accept(read_text(json)));
}

TEST_CASE("a report that cannot be written ends the program before anything runs", "[cli]") {
  const TemporaryFolder folder;
  const ProgramResult result = run_wireproof(
      golden_folder("report-unwritable"), {"run", "sheet.md", "--report-json", "sheet.md/r.json"});
  CHECK(result.exit_code == 4);
  CHECK(result.error.find("sheet.md/r.json") != std::string::npos);
  CHECK(result.out.empty());
}

TEST_CASE("a sheet that cannot be read ends nothing but itself", "[cli]") {
  const TemporaryFolder folder;
  std::filesystem::copy_file(golden_folder("report-unwritable") / "sheet.md",
                             folder.file("sheet.md"));
  std::filesystem::create_symlink("loop.md", folder.file("loop.md"));
  std::filesystem::create_symlink("new\nline", folder.file("new\nline.md"));
  std::filesystem::create_symlink("new\nline.md", folder.file("new\nline"));
  const ProgramResult result = run_wireproof(folder.path(), {"list", "."});
  CHECK(result.exit_code == 4);
  CHECK(result.out.find("sheet     One echo") != std::string::npos);
  CHECK(result.error ==
        "error: read loop.md: too many levels of symbolic links\n"
        "error: read new line.md: too many levels of symbolic links\n");
  const std::string json = folder.file("report.json").string();
  CHECK(run_wireproof(folder.path(), {"run", "loop.md", "--report-json", json}).exit_code == 4);
  const auto report = nlohmann::json::parse(read_text(json));
  const auto& scenario = report.at("run").at("scenarios").at(0).at("result");
  CHECK(scenario.at("verdict") == "error");
  CHECK(scenario.at("reason") == "read loop.md: too many levels of symbolic links");
}

TEST_CASE("colours follow --color whatever the output is", "[cli]") {
  const std::vector<std::string> wrong = {"run", "broken.md", "--color", "always"};
  const ProgramResult result = run_wireproof(golden_folder("sheet-broken"), wrong);
  CHECK(result.error.find("\x1b[1;31merror") != std::string::npos);
}

}  // namespace wireproof
