// The examples about reliable transfer, whose sheets lose, delay and corrupt packets by rule: right
// programs in two languages pass all of them, each wrong one fails the sheet that is about it.

#include <filesystem>
#include <string>
#include <vector>

#include "catch.h"
#include "machine/host/doctor.h"
#include "support/contains.h"
#include "support/program.h"
#include "support/skip_test.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(WIREPROOF_SOURCE_DIR) / "docs/examples";

using Words = std::vector<std::string>;

// False where no path can be made, or there is no Python; the test then says that it is skipped.
bool can_play_paths() {
  const ProgramResult run = run_wireproof(kFolder, {"run", "stop-and-wait/receiver-data-lost.md"});
  if (!contains(run.out, "SKIP ")) return true;
  skip_test(run.out);
  return false;
}

// A program of the folder, built, as a command; empty where there is no compiler.
Words build(const std::string& source, const TemporaryFolder& folder) {
  if (!is_installed("cc")) return {};
  const std::string program = folder.file("program").string();
  const ProgramResult built =
      run_words(kFolder, {"cc", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-O1",
                          "-o", program, source});
  INFO(built.out << built.error);
  REQUIRE(built.exit_code == 0);
  return {program};
}

ProgramResult judge(Words words, const Words& command) {
  words.emplace_back("--");
  words.insert(words.end(), command.begin(), command.end());
  return run_wireproof(kFolder, words);
}

// A client that is wrong, the sheet that is about it, and what is told first.
struct WrongClient {
  std::string fault;
  std::string sheet;
  std::string told;
};

void check_wrong(const std::string& folder, const Words& program, const WrongClient& wrong) {
  Words command = program;
  command.insert(command.end(), {"--fault", wrong.fault});
  const ProgramResult result =
      judge({"verify-client", folder, "--only", wrong.sheet, "-q"}, command);
  INFO(wrong.fault << "\n" << result.out << result.error);
  CHECK(result.exit_code == 1);
  CHECK(contains(result.out, "\n1. " + wrong.told));
}

}  // namespace

TEST_CASE("servers of reliable transfer pass their sheets, and their mistakes do not", "[live]") {
  if (!can_play_paths()) return;
  const auto [name, sheets, faults] = GENERATE(table<std::string, int, int>(
      {{"udp-pinger", 13, 5}, {"stop-and-wait", 21, 7}, {"go-back-n", 19, 9}}));
  const ProgramResult run = run_wireproof(kFolder, {"run", name});
  INFO(run.out << run.error);
  CHECK(run.exit_code == 0);
  CHECK(contains(run.out, std::to_string(sheets) + " PASS"));
  const ProgramResult proven = run_wireproof(kFolder, {"selftest", name});
  INFO(proven.out << proven.error);
  CHECK(proven.exit_code == 0);
  CHECK(contains(proven.out, std::to_string(faults) + " of " + std::to_string(faults) + " faults"));
}

TEST_CASE("the same programs in C pass the same sheets", "[live]") {
  if (!can_play_paths()) return;
  const auto [verb, name, source, sheets] = GENERATE(table<std::string, std::string, Words, int>(
      {{"verify-client", "udp-pinger", {"udp-pinger/pinger.c", "{host}", "{port}", "0.2"}, 8},
       {"verify-client", "stop-and-wait", {"stop-and-wait/sender.c", "{host}", "{port}"}, 12},
       {"verify", "stop-and-wait", {"stop-and-wait/receiver.c", "{port}"}, 21},
       {"verify-client", "go-back-n", {"go-back-n/sender.c", "{host}", "{port}"}, 11},
       {"verify", "go-back-n", {"go-back-n/receiver.c", "{port}"}, 19}}));
  const TemporaryFolder folder;
  Words command = build(source.front(), folder);
  if (command.empty()) return skip_test("cc is not installed");
  command.insert(command.end(), source.begin() + 1, source.end());
  const ProgramResult right = judge({verb, name}, command);
  INFO(right.out << right.error);
  CHECK(right.exit_code == 0);
  CHECK(contains(right.out, std::to_string(sheets) + " PASS"));
}

TEST_CASE("a pinger that is wrong fails the sheet about its mistake", "[live]") {
  if (!can_play_paths()) return;
  const WrongClient wrong = GENERATE(values<WrongClient>(
      {{"no-limit", "two-lost", "pinger.py did not print /^.*(?i:timed out).*\\n/ within 2s"},
       {"any-answer", "late-answer", "pinger.py exited with code 0 and did not print /^.*Ping 5 "},
       {"any-answer", "answer-twice", "pinger.py exited with code 0 and did not print /^.*Ping 4 "},
       {"first-loss-ends", "two-lost", "pinger.py exited with code 0 and did not print /^.*Ping 4"},
       {"no-loss-counted", "two-lost", "pinger.py exited with code 0 and did not print /(?i)\\b20"},
       {"mean-of-all", "statistics", "pinger.py exited with code 0 and did not print /(?i)min"},
       {"seconds", "statistics", "pinger.py exited with code 0 and did not print /(?i)min"},
       {"divides-by-zero", "all-lost", "pinger.py exited with code 1, expected code 0"},
       {"sends-again", "answer-lost", "pinger.py exited with code 0 and did not print"},
       {"refused-ends", "refused", "pinger.py exited with code 1 and did not print"},
       {"all-at-once", "two-lost", "pinger.py "}}));
  check_wrong("udp-pinger", {"python3", "udp-pinger/pinger.py", "{host}", "{port}", "0.2"}, wrong);
}

TEST_CASE("a sender that is wrong fails the sheet about its mistake", "[live]") {
  if (!can_play_paths()) return;
  const WrongClient wrong = GENERATE(values<WrongClient>(
      {{"no-limit", "data-lost", "sender.py did not print \"delivered\" within 2s"},
       {"no-number", "five-blocks", "sender.py sent 0 as `number` instead of 1"},
       {"no-checksum", "ack-corrupted", "sender.py sent \"\\x00\\x00\\xb4!\\x00\\x06three\\n\""},
       {"for-ever", "nobody-there", "sender.py sent a datagram with "},
       {"any-ack", "ack-late", "sender.py sent \"\\x00\\x00\\xb4!\\x00\\x06three\\n\" (packet 6)"},
       {"answers-old", "data-twice",
        "sender.py sent \"\\x01\\x00\\x1bz\\x00\\x04two\\n\" (packet "},
       {"goes-on", "data-lost", "sender.py sent \"\\x00\\x00\\xb4!\\x00\\x06three\\n\" (packet 4)"},
       {"new-number", "ack-lost", "sender.py sent 0 as `number` instead of 1"},
       {"all-at-once", "data-lost",
        "sender.py sent \"\\x00\\x00\\xb4!\\x00\\x06three\\n\" (packet"}}));
  check_wrong("stop-and-wait", {"python3", "stop-and-wait/sender.py", "{host}", "{port}"}, wrong);
}

TEST_CASE("a sender of a window that is wrong fails the sheet about its mistake", "[live]") {
  if (!can_play_paths()) return;
  const auto [window, wrong] = GENERATE(table<std::string, WrongClient>(
      {{"4", {"no-timer", "data-lost", "sender.py did not print \"delivered\" within 2s"}},
       {"4", {"one-only", "data-lost", "sender.py sent \"\\x06\\x00\\x0e\\x88\\x00\\x04six\\n\""}},
       {"5", {"none", "window-full", "sender.py sent \"\\x05\\x00\\x14,\\x00\\x05five\\n\""}},
       {"1", {"none", "window-full", "sender.py sent \"\\x01\\x00*\\x83\\x00\\x04one\\n\""}},
       {"4",
        {"whole-windows", "window-slides", "sender.py sent \"\\x02\\x00\\x1az\\x00\\x04two\\n\""}},
       {"4", {"single-acks", "ack-lost", "sender.py sent \"\\x02\\x00\\x1az\\x00\\x04two\\n\""}},
       {"4", {"no-checksum", "ack-corrupted", "sender.py sent \"\\x05\\x02\\xfa\\xfd"}},
       {"4",
        {"answers-old", "data-twice", "sender.py sent \"\\x03\\x00\\xb1!\\x00\\x06three\\n\""}},
       {"4", {"for-ever", "nobody-there", "sender.py sent a datagram with "}},
       {"4", {"from-zero", "six-blocks", "sender.py sent 0 as `number` instead of 1"}},
       {"4", {"no-modulo", "numbers-wrap", "sender.py exited with code 1 and did not print "}}}));
  check_wrong("go-back-n", {"python3", "go-back-n/sender.py", "{host}", "{port}", window}, wrong);
}

}  // namespace wireproof
