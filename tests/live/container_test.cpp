#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "catch.h"
#include "machine/host/doctor.h"
#include "support/contains.h"
#include "support/program.h"
#include "support/skip_test.h"

namespace wireproof {
namespace {

using Words = std::vector<std::string>;
using nlohmann::json;

// Debian's own programs: what lies in root's home folder another user cannot read.
const Words kEnvironment{"PATH=/usr/bin:/bin"};

ProgramResult run_inside(const Words& rights, const Words& words) {
  Words all{IN_CONTAINER};
  all.insert(all.end(), rights.begin(), rights.end());
  all.insert(all.end(), words.begin(), words.end());
  return run_words(kSourceTree, all, kEnvironment);
}

bool can_be_tried() {
  const ProgramResult tried = run_inside({}, {"true"});
  if (tried.exit_code == 0) return true;
  skip_test("no container can be played here: " + tried.error);
  return false;
}

// A check of a section of a sheet.
struct SectionCheck {
  std::string sheet;
  std::string kind;
  std::string verdict;
};

struct Played {
  std::vector<std::string> limits;
  std::map<std::string, std::string> verdicts;  // by sheet
  std::vector<SectionCheck> checks;
  std::string out;
};

Played play_inside(const Words& rights, const Words& words) {
  const TemporaryFolder folder;
  const std::string report = folder.file("report.json").string();
  Words all{WIREPROOF_PROGRAM};
  all.insert(all.end(), words.begin(), words.begin() + 2);
  for (const char* const word : {"--report-json", report.c_str(), "-j", "4"}) {
    all.emplace_back(word);
  }
  all.insert(all.end(), words.begin() + 2, words.end());
  const ProgramResult result = run_inside(rights, all);
  INFO(result.out << result.error);
  Played played;
  played.out = result.out;
  const json run = json::parse(read_text(report)).at("run");
  played.limits = run.at("limits");
  for (const json& scenario : run.at("scenarios")) {
    const json& one = scenario.at("result");
    played.verdicts[one.at("id")] = one.at("verdict");
    for (const json& check : one.at("checks")) {
      played.checks.push_back({one.at("id"), check.at("kind"), check.at("verdict")});
    }
  }
  return played;
}

std::string check_of(const Played& played, const std::string& sheet, const std::string& kind) {
  const auto found = std::ranges::find_if(played.checks, [&](const SectionCheck& check) {
    return check.sheet == sheet && check.kind == kind;
  });
  return found == played.checks.end() ? "none" : found->verdict;
}

const std::map<std::string, std::string> kHandful{
    {"calc/client-address", "pass"},       // has an address of its own
    {"calc/ipv6", "pass"},                 // and this one the only one of its kind
    {"calc/seven-clients", "pass"},        // a table of sockets
    {"calc/who-waits", "pass"},            // the same
    {"echo-text/one-message", "pass"},     //
    {"echo-text/slow-reader", "skip"},     // sets an MTU
    {"upper-udp/four-datagrams", "pass"},  //
};

Words handful() {
  Words words{"run", "scenarios"};
  for (const auto& [sheet, verdict] : kHandful) {
    words.emplace_back("--only");
    words.push_back(sheet);
  }
  return words;
}

}  // namespace

TEST_CASE("in a container without privileges sheets share the loopback and are judged in full",
          "[live]") {
  if (!can_be_tried()) return;
  const Played played = play_inside({}, handful());
  INFO(played.out);
  CHECK(played.verdicts == kHandful);
  CHECK(played.limits == Words{"shared_loopback", "no_tracing"});
  CHECK(check_of(played, "echo-text/one-message", "packets") == "pass");
  CHECK(contains(played.out, "note: this machine gives no network to each sheet"));
}

TEST_CASE("where nothing can be captured sessions and sockets are judged, and packets are SKIP",
          "[live]") {
  if (!can_be_tried()) return;
  const Played played = play_inside({"--no-capture"}, handful());
  INFO(played.out);
  CHECK(played.verdicts == kHandful);
  CHECK(played.limits == Words{"shared_loopback", "no_capture", "no_tracing"});
  CHECK(check_of(played, "echo-text/one-message", "packets") == "skip");
  CHECK(check_of(played, "calc/seven-clients", "sockets") == "pass");
  CHECK(check_of(played, "echo-text/one-message", "session") == "pass");
}

TEST_CASE("programs under test are in the reduced sandbox, whose name the report has", "[live]") {
  if (!can_be_tried()) return;
  const Played played =
      play_inside({}, {"verify", "echo-text", "--only", "echo-text/one-message", "--only",
                       "echo-text/seven-clients", "--", WIREPROOF_PROGRAM, "serve", "echo-text",
                       "--host", "{host}", "--port", "{port}"});
  INFO(played.out);
  CHECK(played.verdicts == std::map<std::string, std::string>{{"echo-text/one-message", "pass"},
                                                              {"echo-text/seven-clients", "pass"}});
  CHECK(contains(played.out, "run in the reduced sandbox (another user, seccomp, rlimits"));
}

TEST_CASE("a hostile program in the reduced sandbox gets its verdict and leaves nothing behind",
          "[live]") {
  if (!is_installed("/usr/bin/python3")) return skip_test("/usr/bin/python3 is not installed");
  if (!can_be_tried()) return;
  const std::string script = std::string(WIREPROOF_SOURCE_DIR) + "/tests/hostile/runs.py";
  const ProgramResult result =
      run_inside({}, {"python3", "-B", script, "1", WIREPROOF_PROGRAM, "400", "forks"});
  INFO(result.out << result.error);
  CHECK(result.exit_code == 0);
  CHECK(contains(result.out, "; nothing"));
}

TEST_CASE("doctor's word is what a run then does", "[live]") {
  if (!can_be_tried()) return;
  const auto states = [](const Words& rights) {
    const ProgramResult result = run_inside(rights, {WIREPROOF_PROGRAM, "doctor", "--json"});
    INFO(result.out << result.error);
    std::map<std::string, std::string> found;
    for (const json& finding : json::parse(result.out)) {
      found[finding.at("what")] = finding.at("state");
    }
    return found;
  };
  auto root = states({});
  CHECK(root["private network"] == "limited");
  CHECK(root["capture on lo"] == "ok");
  CHECK(root["tracing"] == "missing");
  CHECK(root["sandbox"] == "limited");
  auto bare = states({"--no-capture", "--no-ptrace"});
  CHECK(bare["capture on lo"] == "missing");
  CHECK(bare["tracing"] == "missing");
  CHECK(bare["loopback"] == "ok");
}

}  // namespace wireproof
