#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/system/file.h"
#include "catch.h"
#include "support/contains.h"
#include "support/mount_root.h"
#include "support/program.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

const fs::path kExamples = fs::path(WIREPROOF_SOURCE_DIR) / "docs/examples";

using Words = std::vector<std::string>;

// The example's server as a stranger's: it is started where wireproof was called.
Words with_program(Words words, const std::string& option = "") {
  for (const char* const word : {"--", "python3", "kv/kv.py", "{port}"}) words.emplace_back(word);
  if (!option.empty()) words.push_back(option);
  return words;
}

}  // namespace

TEST_CASE("a folder of one's own is a server for every command", "[live]") {
  const ProgramResult run = run_wireproof(kExamples, {"run", "kv"});
  INFO(run.out << run.error);
  CHECK(run.exit_code == 0);
  CHECK(contains(run.out, "4 PASS"));
  const ProgramResult verified = run_wireproof(kExamples, with_program({"verify", "kv"}));
  INFO(verified.out << verified.error);
  CHECK(verified.exit_code == 0);
  const ProgramResult wrong =
      run_wireproof(kExamples, with_program({"verify", "kv", "-q"}, "--forgets"));
  INFO(wrong.out << wrong.error);
  CHECK(wrong.exit_code == 1);
  CHECK(contains(wrong.out, "expected  \"green\\n\""));
  const ProgramResult client = run_wireproof(
      kExamples, {"verify-client", "kv", "--", "python3", "kv/client.py", "{host}", "{port}"});
  INFO(client.out << client.error);
  CHECK(client.exit_code == 0);
  const ProgramResult servers = run_wireproof(kExamples, {"servers"});
  CHECK(contains(servers.out, "kv "));
}

TEST_CASE("a folder that was made runs at once", "[live]") {
  const TemporaryFolder folder;
  const auto wireproof = [&folder](const Words& words) {
    return run_wireproof(folder.path(), words);
  };
  const auto copy_example = [&folder](const char* name) {
    fs::copy(kExamples / "kv" / name, folder.file(name));
  };
  copy_example("kv.py");
  copy_example("client.py");
  const std::string capture =
      (fs::path(WIREPROOF_SOURCE_DIR) / "captures/tcp-request-reply.pcap").string();
  const std::vector<Words> ways{
      {"new", "made"},
      {"new", "labs/made", "--from", capture},
      {"new", "labs/traced", "--server", "python3 kv.py {port}", "--client",
       "python3 client.py {host} {port}", "--stdin", "SET a b\\nGET a\\n"},
      {"new", "labs/shell", "--server", "UNUSED=1 python3 kv.py {port}", "--client",
       "python3 client.py {host} {port}", "--stdin", "GET a\\n"}};
  for (const Words& way : ways) {
    const std::string& name = way.at(1);
    CAPTURE(name);
    const ProgramResult made = wireproof(way);
    INFO(made.out << made.error);
    REQUIRE(made.exit_code == 0);
    const ProgramResult run = wireproof({"run", name, "--repeat", "3"});
    INFO(run.out << run.error);
    CHECK(run.exit_code == 0);
    CHECK(wireproof({"lint", name}).exit_code == 0);
    CHECK(wireproof({"fmt", "--check", name}).exit_code == 0);
    CHECK(wireproof({"new", name}).exit_code == 2);  // nothing is overwritten
  }
  const ProgramResult verified =
      wireproof({"verify", "made", "--", "python3", "made/server.py", "{port}"});
  INFO(verified.out << verified.error);
  CHECK(verified.exit_code == 0);
  const ProgramResult wrong = wireproof({"verify", "made", "--", "python3", "kv.py", "{port}"});
  CHECK(wrong.exit_code == 1);
  std::ifstream sheet(folder.file("labs/traced/first.md"));
  const std::string text((std::istreambuf_iterator<char>(sheet)), {});
  CHECK(contains(text, "| client | server | [SYN]      |     | connect | accept  |"));
}

TEST_CASE("actors that listen judge a client and a relay without a server", "[live]") {
  const ProgramResult run = run_wireproof(kExamples, {"run", "listening"});
  INFO(run.out << run.error);
  CHECK(run.exit_code == 0);
  CHECK(contains(run.out, "3 PASS"));
  const TemporaryFolder folder;
  fs::copy(kExamples / "listening", folder.file("listening"), fs::copy_options::recursive);
  std::ifstream sheet(kExamples / "listening/relay.md");
  std::string text((std::istreambuf_iterator<char>(sheet)), {});
  text.replace(text.find("{port} 8080"), 11, "{port} 8080 --shouts");
  std::ofstream(folder.file("listening/relay.md")) << text;
  const ProgramResult wrong =
      run_wireproof(folder.path(), {"run", "listening/relay.md", "--verbose"});
  INFO(wrong.out << wrong.error);
  CHECK(wrong.exit_code == 1);
  CHECK(contains(wrong.out, "row 12 is \"PING\", the table expects \"ping\""));
}

TEST_CASE("a sheet with a command of its own has layouts of a real protocol", "[live]") {
  const ProgramResult run = run_wireproof(kExamples, {"run", "layouts"});
  INFO(run.out << run.error);
  CHECK(run.exit_code == 0);
  CHECK(contains(run.out, "1 PASS"));
}

TEST_CASE("faults and variants of one's own server are proven like the others", "[live]") {
  const TemporaryFolder folder;
  fs::copy(kExamples / "kv", folder.file("kv"), fs::copy_options::recursive);
  const ProgramResult proven = run_wireproof(folder.path(), {"selftest", "kv"});
  INFO(proven.out << proven.error);
  CHECK(proven.exit_code == 0);
  CHECK(contains(proven.out, "of 2 faults no signature is recorded"));
  CHECK(contains(proven.out, "2 of 2 faults caught with their explanations, 1 of 1 variants"));
  // What is late is so by a time of its own: where a machine is busy, a step that waits longer for
  // that has it, and shows something else than what is recorded.
  std::string description = read_text(folder.file("kv/server.yaml"));
  const std::size_t late = description.find("  late:\n");
  description.erase(late, description.find("variants:\n") - late);
  write_file(folder.file("kv/server.yaml"), description);
  const ProgramResult recorded = run_wireproof(folder.path(), {"selftest", "kv", "--record"});
  CHECK(recorded.exit_code == 0);
  const ProgramResult again = run_wireproof(folder.path(), {"selftest", "kv"});
  INFO(again.out << again.error);
  CHECK(again.exit_code == 0);
  CHECK_FALSE(contains(again.out, "no signature is recorded"));
}

TEST_CASE("a sheet with a command stands for its server", "[live]") {
  const TemporaryFolder folder;
  fs::copy(kExamples / "kv/kv.py", folder.file("kv.py"));
  fs::copy(kExamples / "kv/kv.py", folder.file("other.py"));
  std::ofstream(folder.file("one.md")) << "---\ncommand: python3 kv.py {port}\nport: 6000\n---\n"
                                          "# One\n\n## Session\n\n```session\nconnect\n"
                                          "send \"GET a\\n\"\nrecv \"none\\n\"\nclose\n```\n";
  const auto verify = [&](const std::string& unknown) {
    return run_wireproof(folder.path(), {"verify", "one.md", "--", "python3", "other.py", "{port}",
                                         "--unknown", unknown});
  };
  CHECK(verify("none").exit_code == 0);
  CHECK(verify("nothing").exit_code == 1);
}

TEST_CASE("the folder of a built-in server stands for it", "[live]") {
  const std::string folder = std::string(WIREPROOF_SOURCE_DIR) + "/scenarios/print-udp";
  const ProgramResult shown = run_wireproof(kExamples, {"servers", folder});
  INFO(shown.out << shown.error);
  CHECK(shown.exit_code == 0);
  CHECK(shown.out == run_wireproof(kExamples, {"servers", "print-udp"}).out);
  CHECK(shown.error.empty());
  const TemporaryFolder elsewhere;
  fs::create_directory(elsewhere.file("nobody"));
  std::ofstream(elsewhere.file("nobody/server.yaml")) << "builtin: true\n";
  const ProgramResult none = run_wireproof(elsewhere.path(), {"servers", "nobody"});
  CHECK(none.exit_code == 3);
  CHECK(contains(none.error, "no server `nobody` is built in"));
}

TEST_CASE("a description that is wrong starts nothing", "[live]") {
  const TemporaryFolder folder;
  fs::create_directory(folder.file("kv"));
  std::ofstream(folder.file("kv/server.yaml")) << "port: 5000\ncomand: touch started\n";
  std::ofstream(folder.file("kv/one.md")) << "---\nserver: kv\n---\n# One\n\n## Session\n\n"
                                             "```session\nconnect\nclose\n```\n";
  for (const Words& words : {Words{"run", "kv"}, Words{"verify", "kv", "--", "true"},
                             Words{"selftest", "kv"}, Words{"servers"}}) {
    const ProgramResult result = run_wireproof(folder.path(), words);
    INFO(words.front() << ": " << result.out << result.error);
    CHECK(result.exit_code == 3);
    CHECK(contains(result.error, "unknown key `comand` in the description"));
    CHECK(contains(result.error, "kv/server.yaml:2:1"));
  }
  fs::create_directory(folder.file("empty"));
  const ProgramResult none = run_wireproof(folder.path(), {"verify", "empty", "--", "true"});
  CHECK(none.exit_code == 2);
  CHECK(contains(none.error, "empty has no server.yaml"));
}

TEST_CASE("what a server of one's own cannot follow is refused", "[live]") {
  for (const auto& [words, message] : std::vector<std::pair<Words, std::string>>{
           {{"serve", "kv", "--fault", "late", "--fault", "forgets"}, "has one fault at a time"},
           {{"serve", "kv", "--serve", "fork"}, "its own affair"},
           {{"verify", "127.0.0.1:5000", "kv"}, "verify kv 127.0.0.1:5000"}}) {
    const ProgramResult refused = run_wireproof(kExamples, words);
    INFO(refused.out << refused.error);
    CHECK(refused.exit_code == 2);
    CHECK(contains(refused.error, message));
  }
}

TEST_CASE("servers of labs that many courses give pass their sheets, and their mistakes do not",
          "[live]") {
  const auto [name, sheets, faults] = GENERATE(table<std::string, int, int>(
      {{"chat", 10, 5}, {"smtp-server", 14, 8}, {"web-proxy", 12, 13}, {"web-server", 11, 7}}));
  if (name == "web-proxy" && !is_mount_root("/")) {
    WARN("skipped: in a chroot a sheet has no host names of its own");
    return;
  }
  const ProgramResult run = run_wireproof(kExamples, {"run", name});
  INFO(run.out << run.error);
  CHECK(run.exit_code == 0);
  CHECK(contains(run.out, std::to_string(sheets) + " PASS"));
  const ProgramResult proven = run_wireproof(kExamples, {"selftest", name});
  INFO(proven.out << proven.error);
  CHECK(proven.exit_code == 0);
  CHECK(contains(proven.out, std::to_string(faults) + " of " + std::to_string(faults) + " faults"));
}

// A client of SMTP, which does what it is told wrong.
constexpr const char* kMailClient = R"(import socket, sys
fault = sys.argv[3] if len(sys.argv) > 3 else ""
server = socket.create_connection((sys.argv[1], int(sys.argv[2])))
stream = server.makefile("rb")

def is_refused(wanted):
    line = stream.readline()
    while line[3:4] == b"-" and fault != "first-line":
        line = stream.readline()
    return line[:1] != wanted and fault != "goes-on"

end = b"\n" if fault == "lf" else b"\r\n"
steps = [(b"HELO me" + end, b"2"), (b"MAIL FROM:<a@b>" + end, b"2"), (b"RCPT TO:<c@d>" + end, b"2"),
         (b"DATA" + end, b"3"), (b"hi" + end + b"." + end, b"2")]
if fault == "at-once":
    server.sendall(b"".join(line for line, wanted in steps))
if not is_refused(b"2"):
    for line, wanted in steps:
        if fault != "at-once":
            server.sendall(line)
        if is_refused(wanted):
            break
server.sendall(b"QUIT" + end)
is_refused(b"2")
)";

TEST_CASE("clients are judged by sheets that play the server's part", "[live]") {
  const TemporaryFolder folder;
  std::ofstream(folder.file("mail.py")) << kMailClient;
  const std::string sheets = (kExamples / "smtp-client").string();
  SECTION("all that RFC 5321 asks for passes") {
    const ProgramResult right = run_wireproof(
        folder.path(), {"verify-client", sheets, "--", "python3", "mail.py", "{host}", "{port}"});
    INFO(right.out << right.error);
    CHECK(right.exit_code == 0);
    CHECK(contains(right.out, "7 PASS"));
  }
  SECTION("a mistake fails the sheet that is about it") {
    const auto [fault, failing] =
        GENERATE(table<std::string, std::string>({{"at-once", "waits-for-the-greeting"},
                                                  {"first-line", "lines"},
                                                  {"goes-on", "no-such-recipient"},
                                                  {"lf", "one-mail"}}));
    const ProgramResult wrong = run_wireproof(
        folder.path(),
        {"verify-client", sheets, "--", "python3", "mail.py", "{host}", "{port}", fault});
    INFO(fault << "\n" << wrong.out << wrong.error);
    CHECK(wrong.exit_code == 1);
    CHECK(contains(wrong.out, "FAIL          " + failing + " "));
  }
  SECTION("the pinger that the examples have passes") {
    const ProgramResult right =
        run_wireproof(kExamples, {"verify-client", "pinger-client", "--", "python3",
                                  "pinger-client/client.py", "{host}", "{port}"});
    INFO(right.out << right.error);
    CHECK(right.exit_code == 0);
    CHECK(contains(right.out, "4 PASS"));
  }
  SECTION("a folder without such a sheet is no place for it") {
    const ProgramResult none =
        run_wireproof(folder.path(), {"verify-client", ".", "--", "python3", "mail.py"});
    CHECK(none.exit_code == 2);
    CHECK(contains(none.error, "has no server.yaml"));
  }
}

// Where a server is not installed its sheets are SKIP, with the package's name.
TEST_CASE("the examples' sheets hold for the servers that Debian has", "[live]") {
  const std::string name = GENERATE(as<std::string>{}, "dns", "http", "mqtt", "redis", "tftp");
  const ProgramResult run = run_wireproof(kExamples, {"run", name});
  INFO(run.out << run.error);
  CHECK(run.exit_code == 0);
  const std::string sheets = name == "tftp" ? "6" : "3";
  // Three of TFTP's are SKIP where no path can be made.
  CHECK((contains(run.out, sheets + " PASS") || contains(run.out, "3 PASS, 3 SKIP") ||
         contains(run.out, sheets + " SKIP")));
  if (contains(run.out, " SKIP")) return;
  const ProgramResult proven = run_wireproof(kExamples, {"selftest", name});
  INFO(proven.out << proven.error);
  CHECK(proven.exit_code == 0);
  CHECK(contains(proven.out, name == "tftp" ? "3 of 3 faults caught" : "1 of 1 faults caught"));
}

}  // namespace wireproof
