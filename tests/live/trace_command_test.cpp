#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"
#include "live/python.h"
#include "support/json_schema.h"
#include "support/program.h"
#include "support/temporary_folder.h"

namespace wireproof {
namespace {

using Cells = std::vector<std::string>;

const std::filesystem::path kCalculation =
    std::filesystem::path(WIREPROOF_SOURCE_DIR) / "tests/fixtures/calculation";

ProgramResult trace(std::vector<std::string> options) {
  options.insert(options.begin(),
                 {"trace", "--server", "python3 server.py", "--client", "python3 client.py"});
  return run_wireproof(kCalculation, options);
}

// The cells between the bars of a Markdown table, without its rule.
std::vector<Cells> read_table(const std::string& page) {
  std::vector<Cells> rows;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| ") || line.find("---") != std::string::npos) continue;
    Cells& cells = rows.emplace_back();
    for (std::size_t begin = 1; begin < line.size();) {
      const std::size_t end = line.find('|', begin);
      const std::size_t first = line.find_first_not_of(' ', begin);
      const std::size_t last = line.find_last_not_of(' ', end - 1);
      cells.push_back(first < end ? line.substr(first, last - first + 1) : "");
      begin = end + 1;
    }
  }
  return rows;
}

// A pure ACK behind the handshake may be merged into what its sender sends next.
bool is_later_ack(const Cells& row, std::size_t index) {
  return index > 3 && row.at(3) == "[ACK]";
}

}  // namespace

TEST_CASE("the table of the calculation exercise comes out of two plain programs", "[live]") {
  if (!has_python()) return;
  const ProgramResult result =
      trace({"--format", "markdown", "--lang", "de", "--quiet", "--columns",
             "Time,Src Port,Dst Port,Flags,Side,Cause,Blocked"});
  INFO(result.out << result.error);
  REQUIRE(result.exit_code == 0);
  const std::vector<Cells> rows = read_table(result.out);
  REQUIRE(rows.size() > 4);
  CHECK(rows.front() ==
        Cells{"Zeit", "Src Port", "Dst Port", "Flags", "Script", "Befehl", "blockierender Befehl"});
  const std::string port = rows.at(1).at(1);
  const std::vector<Cells> expected{
      {"[SYN]", "Client", "connect", "accept"},
      {"[SYN, ACK]", "Server", "accept", "connect"},
      {"[ACK]", "Client", "", ""},
      {"[PSH, ACK]", "Client", "send", "recv"},
      {"[PSH, ACK]", "Client", "send", "recv"},
      {"[PSH, ACK]", "Server", "send", "recv"},
      {"[PSH, ACK]", "Server", "send", "recv"},
      {"[FIN, ACK]", "Server", "close", ""},
      {"[FIN, ACK]", "Client", "close", ""},
  };
  std::vector<Cells> found;
  for (std::size_t index = 1; index < rows.size(); ++index) {
    const Cells& row = rows[index];
    REQUIRE(row.size() == 7);
    CHECK(row[1] == (row[4] == "Client" ? port : "12345"));
    CHECK(row[2] == (row[4] == "Client" ? "12345" : port));
    if (is_later_ack(row, index)) {
      CHECK((row[5].empty() && row[6].empty()));
    } else {
      found.push_back({row[3], row[4], row[5], row[6]});
    }
  }
  CHECK(found == expected);
  // Fifteen rows as published, unless an ACK was merged.
  CHECK(rows.size() <= 16);
}

TEST_CASE("a trace tells in words what happened, and shows sockets, programs and output",
          "[live]") {
  if (!has_python()) return;
  const ProgramResult result = trace({"--follow"});
  INFO(result.out << result.error);
  REQUIRE(result.exit_code == 0);
  for (const char* words :
       {"\nWhat happened\n", "server.py's close sent the FIN (packet ",
        "client.py sent 32 bytes with 2 calls (send) in ", "\nSockets at the end\n", "LISTEN",
        "  client.py (python3 client.py) exited with code 0\n",
        "\nclient.py wrote\n  | Ergebnis von Anfrage 1: 15\n"}) {
    INFO(words);
    CHECK(result.out.find(words) != std::string::npos);
  }
  // As it happens: whose address it is may only be known when connect() has returned, which the
  // first packets need not wait for; before it closes the client pauses.
  CHECK(result.error.find(" > server.py  [SYN]") != std::string::npos);
  CHECK(result.error.find("client.py > server.py  [FIN, ACK]") != std::string::npos);
}

TEST_CASE("a trace's JSON and kept capture hold every call and packet", "[live]") {
  if (!has_python()) return;
  const TemporaryFolder folder;
  const std::string capture = folder.file("kept.pcap").string();
  const ProgramResult result = trace({"--format", "json", "--pcap", capture});
  REQUIRE(result.exit_code == 0);
  const nlohmann::json report = nlohmann::json::parse(result.out);
  CHECK(find_schema_fault(report, published_schema("trace")) == "");
  const nlohmann::json& run = report.at("trace");
  const nlohmann::json& calls = run.at("calls");
  CHECK(run.at("call_packets").size() == calls.size());
  for (std::size_t packet = 0; packet < run.at("packets").size(); ++packet) {
    for (const auto& call : run.at("packets").at(packet).at("causing_calls")) {
      const auto& caused = run.at("call_packets").at(call.get<std::size_t>()).at("caused");
      CHECK(std::find(caused.begin(), caused.end(), packet) != caused.end());
    }
  }
  const ProgramResult table = run_wireproof(kCalculation, {"table", capture, "--format", "json"});
  CHECK(nlohmann::json::parse(table.out).size() == run.at("packets").size());
}

TEST_CASE("the demo needs no other program, and shows two as a table and as a page", "[live]") {
  const TemporaryFolder folder;
  const std::string page = folder.file("seen.html").string();
  const ProgramResult result = run_wireproof(folder.path(), {"demo", "--html", page});
  REQUIRE(result.exit_code == 0);
  CHECK(result.out.find("client  server  [SYN] Seq=0 Len=0") != std::string::npos);
  CHECK(result.out.find("The same as a page: " + page) != std::string::npos);
  const std::string text = read_text(page);
  CHECK(text.starts_with("<!DOCTYPE html>"));
  CHECK(text.find("HELLO") != std::string::npos);
  std::filesystem::create_directory(folder.path() / "with a blank");
  const std::string temporary = "TMPDIR=" + (folder.path() / "with a blank").string();
  CHECK(run_wireproof(folder.path(), {"demo", "--html", page}, {temporary}).exit_code == 0);
  CHECK(std::filesystem::is_empty(folder.path() / "with a blank"));
  const ProgramResult refused =
      run_wireproof(folder.path(), {"demo", "--html", folder.file("none").string() + "/"});
  CHECK(refused.exit_code == 4);
  CHECK(refused.out.empty());
}

TEST_CASE("programs that cannot be traced are refused at their place in the command line",
          "[live]") {
  const ProgramResult result =
      run_wireproof(kCalculation, {"trace", "--server", "./no-server", "--client", "true"});
  CHECK(result.exit_code == 4);
  CHECK(result.error.find("error: `./no-server` cannot be started") == 0);
  CHECK(result.error.find("^^^^^^^^^^^") != std::string::npos);
  CHECK(result.error.find("not found") != std::string::npos);
}

}  // namespace wireproof
