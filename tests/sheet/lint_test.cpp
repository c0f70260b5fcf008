#include "sheet/lint.h"

#include <string>
#include <vector>

#include "base/system/file.h"
#include "catch.h"
#include "sheet/select/collect.h"

namespace wireproof {
namespace {

constexpr std::size_t kMostFileBytes = 1 << 20;  // of one that an example's message names

std::string messages(const std::string& session, const std::string& tables) {
  const std::string text =
      "---\nserver: echo-threads\n---\n# T\n## Session\n```session\n" + session + "```\n" + tables;
  const auto scenario = parse_scenario("t", SourceText("t.md", text), {});
  REQUIRE(scenario);
  std::string found;
  for (const Diagnostic& item : lint_scenario(*scenario)) found += item.message + "\n";
  return found;
}

std::string table(const std::string& rows) {
  return "## Packets\n| From | To | Info | Len | Payload | Level |\n|-|-|-|-|-|-|\n" + rows;
}

TEST_CASE("a reply time beside traced calls is not judged", "[lint]") {
  const std::string measures =
      "## Measures\n| Measure | Expected |\n|-|-|\n| reply time | < 1s |\n";
  const std::string calls =
      "## Packets\n| From | To | Info | Cause |\n|-|-|-|-|\n| client | server | [SYN] | connect "
      "|\n";
  CHECK(messages("connect\nrecv eof\nclose\n", measures) == "");
  CHECK(messages("connect\nrecv eof\nclose\n", calls + measures) ==
        "`reply time` is not judged where the server is traced, as Cause and Blocked have it\n");
}

TEST_CASE("a step on what has ended before it fails whatever the server does", "[lint]") {
  struct Case {
    const char* session;
    const char* reason;  // empty: it may pass
  };
  const std::vector<Case> cases{
      {"connect\nrecv \"a\"\nclose\nsend \"a\"\n", "the connection is closed already"},
      {"connect\nsend \"a\"\nabort\nrecv \"a\"\n", "the connection is closed already"},
      {"connect\nshutdown\nsend \"a\"\nrecv eof\n", "the direction to the server is closed"},
      {"connect\nrecv eof\nrecv \"a\"\n", "`recv eof` has seen the end before it"},
      {"connect\nrecv reset\nrecv eof\n", "the connection was reset before it"},
      {"connect\nrecv \"a\"\nrepeat 2 {\nsend \"a\"\nclose\n}\n",
       "the connection is closed already"},
      {"clients 2\neach: connect\nc2: close\neach: recv \"a\"\n",
       "the connection is closed already"},
      {"connect\nrecv eof\nclose\nconnect\nsend \"a\"\nrecv \"b\"\n", ""},
      {"repeat 2 {\nconnect\nsend \"a\"\nrecv \"b\"\nclose\n}\n", ""},
      {"connect\nshutdown\nrecv \"a\"\nrecv eof\nrecv eof\n", ""},
      {"connect\nrecv eof\nsend \"a\"\n", ""},
  };
  for (const auto& [session, reason] : cases) {
    CAPTURE(session);
    const std::string found = messages(session, "");
    const std::string whole =
        std::string("this step fails whatever the server does: ") + reason + "\n";
    CHECK(found == (*reason == '\0' ? "" : whole));
  }
}

TEST_CASE("of an actor that listens a step fails whatever its client does", "[lint]") {
  const std::string accepted = "origin: listen 8080\norigin: accept\norigin: shutdown\n";
  CHECK(messages(accepted + "origin: send \"a\"\n", "") ==
        "this step fails whatever the client does: the direction to the client is closed\n");
  CHECK(messages(accepted + "origin: close\norigin: accept\norigin: send \"a\"\n", "") == "");
}

TEST_CASE("a table that no session can fill is named", "[lint]") {
  const std::string session = "connect\nsend \"Hello\"\nrecv \"You\"\nclose\n";
  struct Case {
    std::string rows;
    const char* message;
  };
  const std::vector<Case> cases{
      {"| client | server | [PSH, ACK] | 6 | | |\n",
       "no run can be as this table: `client` sends 5 bytes, its rows have 6\n"},
      {"| client | server | [PSH, ACK] | | \"Hell\" | |\n",
       "no run can be as this table: `client` sends 5 bytes, its rows have 4\n"},
      {"| client | server | [PSH, ACK] | 5 | | |\n| server | client | [PSH, ACK] | 2 | | |\n",
       "no server can satisfy this sheet: `client` reads 3 bytes, the server's rows have 2\n"},
      {"| client | server | [PSH, ACK] | 5 | | |\n| server | client | [PSH, ACK] | 9 | | |\n", ""},
      {"| client | server | [PSH, ACK] | | | |\n",
       "no server can satisfy this sheet: `client` "
       "reads 3 bytes, the server's rows have 0\n"},
      {"| client | server | [PSH, ACK] | 6..7 | | |\n| server | client | [PSH, ACK] | | | |\n", ""},
      {"| client | server | [PSH, ACK] | 6 | | should |\n| server | client | [PSH, ACK] | | | |\n",
       ""},
      {"| client | server | [PSH, ACK] | 6 | | |\n| | | … | | | |\n", ""},
  };
  for (const auto& [rows, message] : cases) {
    CAPTURE(rows);
    CHECK(messages(session, table(rows)) == message);
  }
}

TEST_CASE("numbers of clients and repetitions are counted as they are sent", "[lint]") {
  const std::string rows =
      "| c1 | server | [PSH, ACK] | 3 | | |\n| c2 | server | [PSH, ACK] | 4 | | |\n";
  CHECK(messages("clients 2\neach: connect\nrepeat 3 {\neach: send \"{i}\"\n}\neach: recv \"\"\n"
                 "each: close\n",
                 table(rows)) ==
        "no run can be as this table: `c2` sends 3 bytes, its rows have 4\n");
}

TEST_CASE("nothing is asked in vain by the sheets of the repository", "[lint]") {
  const std::filesystem::path root(WIREPROOF_SOURCE_DIR);
  const std::vector<std::filesystem::path> roots{root / "scenarios", root / "docs/examples"};
  for (const SheetFile& sheet : collect_sheets(roots)) {
    ParseOptions options;
    options.read_file = [&sheet](const std::string& name) -> Expected<Bytes, std::string> {
      const std::string text = read_regular_file(sheet.path.parent_path() / name, kMostFileBytes);
      return Bytes(text.begin(), text.end());
    };
    const auto scenario = parse_scenario(sheet.id, read_sheet_file(sheet.path), options);
    CAPTURE(sheet.id);
    REQUIRE(scenario);
    CHECK(lint_scenario(*scenario).empty());
  }
}

}  // namespace
}  // namespace wireproof
