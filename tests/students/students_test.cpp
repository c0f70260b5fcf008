#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "catch.h"
#include "machine/host/doctor.h"
#include "students/student_programs.h"
#include "support/in_private_network.h"
#include "support/program.h"
#include "support/skip_test.h"

namespace wireproof {
namespace {

// What verifying a program must come to, by command and by address: "PASS", or "FAIL" with the id
// of the first explanation. A right program is judged by all sheets, a wrong one by the sheets that
// its mistake is about; its others hold or fail for the same reason.
// Where an interpreter takes its time to end after it has closed its sockets, what the client met
// may be told before its end is seen: "A or B".
struct Expectation {
  std::string program;
  std::string server;
  std::string verdict;
  std::string only = "*";
  std::vector<std::string> settings = {};  // of the form that it speaks
};

const std::vector<Expectation>& expectations() {
  static const std::vector<Expectation> kAll{
      {"calc_correct.py", "calc", "PASS"},
      {"calc_correct.c", "calc", "PASS"},
      {"echo_correct.py", "echo-text", "PASS"},
      {"EchoCorrect.java", "echo-text", "PASS"},
      {"echo_correct.js", "echo-text", "PASS"},
      {"calc_one_recv.py", "calc", "FAIL one-recv", "calc/half-then-half"},
      {"calc_native_order.py", "calc", "FAIL byte-order", "calc/one-request"},
      {"calc_never_closes.py", "calc", "FAIL never-closed", "calc/one-request"},
      {"calc_wraps.c", "calc", "FAIL wrapped-number", "calc/result-too-large"},
      {"echo_select_dies.py", "echo-text", "FAIL died-on-input or FAIL closed-before-reply",
       "echo-text/not-utf-8"},
      {"echo_thread_dies.py", "echo-text", "FAIL not-decoded", "echo-text/not-utf-8"},
      {"echo_one_at_a_time.py", "echo-text", "FAIL one-at-a-time", "echo-text/two-clients"},
      {"echo_fork_leak.c", "echo-text", "FAIL fin-held or FAIL close-wait",
       "echo-text/half-closed"},
      {"echo_fork_keeps.c", "echo-text", "FAIL fin-held", "echo-text/half-closed"},
      {"echo_short.c", "echo-text", "FAIL short-reply", "echo-text/one-message"},
      {"EchoLatin1.java", "echo-text", "FAIL latin1", "echo-text/thirtieth-byte"},
      {"echo_threads_stray.py", "echo-threads", "FAIL stray-after-eof", "echo-threads/one-line"},
      {"record_native.py", "record", "FAIL native-layout", "record/one-record"},
      {"record_struct.c", "record", "FAIL native-layout", "record/glued-records"},
      {"RecordSizedCharacters.java", "record-sized", "FAIL counted-characters",
       "record-sized/size-counts-bytes"},
      {"upper_tcp_deaf.js", "upper-tcp", "FAIL half-close-deaf", "upper-tcp/half-closed"},
      {"upper_udp_other_port.c", "upper-udp", "FAIL other-port", "upper-udp/one-datagram"},
      {"echo_bytes.c", "echo-text", "PASS", "*", {"prefix="}},
      {"echo_pool.py", "echo-text", "PASS", "echo-text/nothing-left"},
      {"echo_zombies.c", "echo-text", "FAIL left-behind", "echo-text/nothing-left"},
      {"echo_greets.py", "echo-text", "FAIL sent-unasked", "echo-text/*"},
      {"echo_other_words.py", "echo-text", "FAIL wrong-beginning", "echo-text/*"},
      {"upper_udp_buffer.c", "upper-udp", "FAIL zeros-behind", "upper-udp/one-datagram"},
      {"UpperLine.java", "upper-tcp", "FAIL waits-for-end", "upper-tcp/one-sentence"},
      {"calc_reads_native.py", "calc", "FAIL byte-order", "calc/one-request"},
      {"calc_unknown_ends.py", "calc", "FAIL died-on-input", "calc/unknown-operation"},
      {"calc_words_one_recv.py",
       "calc",
       "FAIL died-on-input or FAIL one-recv",
       "calc/form-split-every-byte",
       {"framing=none", "layout=op-10", "order=little", "ops=long"}}};
  return kAll;
}

constexpr std::uint16_t kPort = 15000;
constexpr std::uint16_t kUdpPort = kPort + 1;  // of a server that has two

constexpr const char* kNothing = "nothing judged";

// The worst verdict of a run with its first explanation.
std::string summarize(const std::filesystem::path& report) {
  const nlohmann::json run = nlohmann::json::parse(std::ifstream(report)).at("run");
  std::string verdict = kNothing;
  for (const auto& scenario : run.at("scenarios")) {
    const auto& result = scenario.at("result");
    if (result.at("verdict") == "pass" && verdict == kNothing) verdict = "PASS";
    if (result.at("verdict") == "error") {
      return "ERROR " + result.at("reason").get<std::string>();
    }
    if (result.at("verdict") == "inconclusive" && verdict != "FAIL") {
      verdict = "INCONCLUSIVE " + result.at("reason").get<std::string>();
    }
    if (result.at("verdict") != "fail") continue;
    verdict = "FAIL";
    for (const auto& failure : result.at("failures")) {
      if (failure.at("explanation") != "") {
        return "FAIL " + failure.at("explanation").get<std::string>();
      }
    }
  }
  return verdict;
}

std::string verify(const Expectation& expected, const std::vector<std::string>& target) {
  const TemporaryFolder output;
  const std::string report = output.file("report.json");
  std::vector<std::string> arguments{"verify",        expected.server, "--only", expected.only,
                                     "--report-json", report,          "-q"};
  for (const std::string& setting : expected.settings) {
    arguments.insert(arguments.end(), {"--set", setting});
  }
  arguments.insert(arguments.end(), target.begin(), target.end());
  run_wireproof(WIREPROOF_SOURCE_DIR, arguments);
  return summarize(report);
}

std::string by_command(const Expectation& expected, const std::vector<std::string>& command) {
  std::vector<std::string> target{"--"};
  target.insert(target.end(), command.begin(), command.end());
  target.insert(target.end(), {"{host}", "{port}"});
  return verify(expected, target);
}

// Starts it in a network of its own, where `verify_there` gets what `verify` needs.
std::string beside(const Expectation& expected, std::vector<std::string> command,
                   const std::function<std::string(std::vector<std::string>)>& verify_there) {
  return run_in_private_network([&] {
    command.insert(command.end(), {"127.0.0.1", std::to_string(kPort)});
    const StudentProcess process(command, kPort);
    std::vector<std::string> target{"127.0.0.1:" + std::to_string(kPort)};
    if (expected.server == "calc") {
      target.insert(target.end(), {"--udp-port", std::to_string(kUdpPort)});
    }
    return verify_there(target);
  });
}

std::string by_address(const Expectation& expected, const std::vector<std::string>& command) {
  return beside(expected, command,
                [&](const std::vector<std::string>& target) { return verify(expected, target); });
}

// "A or B" allows A and B, and nothing that either is only a part of.
bool allows(const std::string& expected, const std::string& outcome) {
  constexpr std::string_view kOr = " or ";
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(expected.find(kOr, begin), expected.size());
    if (expected.compare(begin, end - begin, outcome) == 0) return true;
    if (end == expected.size()) return false;
    begin = end + kOr.size();
  }
}

}  // namespace

TEST_CASE("a verdict is allowed only as a whole", "[rule]") {
  CHECK(allows("FAIL latin1", "FAIL latin1"));
  CHECK_FALSE(allows("FAIL latin1", "FAIL"));
  CHECK_FALSE(allows("PASS", ""));
  CHECK(allows("FAIL a or FAIL b", "FAIL a"));
  CHECK(allows("FAIL a or FAIL b", "FAIL b"));
  CHECK_FALSE(allows("FAIL a or FAIL b", "FAIL a or FAIL b"));
}

TEST_CASE("every student's program has an expectation", "[rule]") {
  const std::filesystem::path programs =
      std::filesystem::path(WIREPROOF_SOURCE_DIR) / "tests" / "students" / "programs";
  for (const auto& entry : std::filesystem::directory_iterator(programs)) {
    INFO(entry.path());
    CHECK(std::ranges::count(expectations(), entry.path().filename().string(),
                             &Expectation::program) > 0);
  }
}

TEST_CASE("a student's program gets its verdict and first explanation, both ways", "[program]") {
  for (const Expectation& expected : expectations()) {
    DYNAMIC_SECTION(expected.program) {
      const TemporaryFolder folder;
      const auto command = prepare_student(expected.program, folder.file("built").parent_path());
      if (!command) return skip_test("this machine cannot run " + expected.program);
      INFO("expected: " << expected.verdict);
      const std::string commanded = by_command(expected, *command);
      INFO("by command: " << commanded);
      CHECK(allows(expected.verdict, commanded));
      const std::string addressed = by_address(expected, *command);
      INFO("by address: " << addressed);
      CHECK(allows(expected.verdict, addressed));
      if (expected.verdict != "PASS") return;
      // A right program that is traced by its address does not notice.
      const std::string traced =
          beside(expected, *command, [&](std::vector<std::string> target) -> std::string {
            target.push_back("--trace");
            const std::string first = verify(expected, target);
            target.pop_back();
            return first + ", then " + verify(expected, target);
          });
      CHECK(traced == "PASS, then PASS");
    }
  }
}

// The servers that the lab notes print, typed as printed, and the sheets whose servers they are
// for.
TEST_CASE("a note's own server does its exercise, and what it lacks beyond is told apart",
          "[notes]") {
  if (!is_installed("python3")) return skip_test("python3 is not installed");
  const std::map<std::string, std::string> servers{{"chunks", "echo-chunks"},
                                                   {"threads", "echo-threads"},
                                                   {"once", "echo-once"},
                                                   {"upper_udp", "upper-udp"},
                                                   {"upper_tcp", "upper-tcp"}};
  const std::filesystem::path folder =
      std::filesystem::path(WIREPROOF_SOURCE_DIR) / "tests" / "students" / "notes";
  for (const auto& [program, server] : servers) {
    const TemporaryFolder output;
    const std::string report = output.file("report.json");
    const ProgramResult result =
        run_wireproof(WIREPROOF_SOURCE_DIR, {"verify", server, "--report-json", report, "--",
                                             "python3", "-u", folder / (program + ".py")});
    INFO(program << "\n" << result.out);
    CHECK(result.exit_code == 0);
    const nlohmann::json run = nlohmann::json::parse(std::ifstream(report)).at("run");
    std::size_t as_set = 0;
    std::size_t lacking = 0;
    for (const auto& scenario : run.at("scenarios")) {
      const auto& sheet = scenario.at("result");
      if (sheet.at("level") == "exercise") ++as_set;
      if (sheet.at("level") == "robust" && sheet.at("verdict") == "fail") ++lacking;
    }
    CHECK(as_set > 0);
    CHECK(lacking > 0);
  }
}

// It answers lines, and these clients send no line ends.
TEST_CASE("what holds of ncat as a server is said without hanging", "[ncat]") {
  if (!is_installed("ncat")) return skip_test("ncat is not installed");
  const Expectation expected{"", "echo-text", "", "echo-text/*half*"};
  const std::string verdict = run_in_private_network([&] {
    const StudentProcess process(
        {"ncat", "-k", "-l", "127.0.0.1", std::to_string(kPort), "-c", "sed -u 's/^/ECHO: /'"},
        kPort);
    return verify(expected, {"127.0.0.1:" + std::to_string(kPort)});
  });
  CHECK(verdict.starts_with("FAIL"));
}

}  // namespace wireproof
