#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "catch.h"
#include "support/program.h"
#include "support/temporary_folder.h"

namespace wireproof {
namespace {

namespace fs = std::filesystem;

using Words = std::vector<std::string>;

ProgramResult verify_client(const std::string& server, const Words& options, const Words& command) {
  Words words{"verify-client", server};
  words.insert(words.end(), options.begin(), options.end());
  words.emplace_back("--");
  words.insert(words.end(), command.begin(), command.end());
  return run_wireproof(kSourceTree, words);
}

// A client of echo-text in Python. `ask` sends the line `t`, which may be changed before, and reads
// the answer; `end` comes when the input has ended.
struct EchoClient {
  std::string change = "pass";
  std::string ask = "s.sendall(t)";
  std::string read =
      "a = b''\n"
      "    while len(a) < 6 + len(t):\n"
      "        m = s.recv(1024)\n"
      "        if not m: sys.exit('gone')\n"
      "        a += m";
  std::string end = "s.close()";
  std::string port = "int(sys.argv[1])";
  std::string host = "127.0.0.1";

  Words write(const TemporaryFolder& folder) const {
    const fs::path file = folder.file("my_client.py");
    std::ofstream(file) << "import socket, sys\n"
                        << "s = socket.create_connection(('" << host << "', " << port << "))\n"
                        << "for line in sys.stdin:\n"
                        << "    t = line.strip().encode()\n"
                        << "    " << change << "\n"
                        << "    " << ask << "\n"
                        << "    " << read << "\n"
                        << "    print('> ' + a.decode(), flush=True)\n"
                        << end << "\n";
    return {"python3", file.string(), "{port}"};
  }
};

// The first thing that is told of it, with its cause.
std::string first_finding(const EchoClient& client, const Words& options = {}) {
  const TemporaryFolder folder;
  Words all{"--only", "clients/one-question", "--only", "clients/split-answer"};
  all.insert(all.end(), options.begin(), options.end());
  const ProgramResult result = verify_client("echo-text", all, client.write(folder));
  UNSCOPED_INFO(result.out << result.error);
  CHECK(result.exit_code == 1);
  const std::size_t begin = result.out.find("\n1. ");
  if (begin == std::string::npos) return "nothing is wrong";
  const std::size_t end = result.out.find("\n\n", begin);
  return result.out.substr(begin + 4, end - begin - 4);
}

bool has(const std::string& text, const std::string& part) {
  UNSCOPED_INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a right client passes the sheets of each server of the notes", "[live]") {
  struct Client {
    std::string server;
    Words options;
    Words words;  // behind the program
  };
  const std::vector<Client> clients{
      {"echo-text", {}, {"talk", "{host}", "{port}", "6"}},
      {"echo-select", {}, {"talk", "{host}", "{port}", "6"}},
      {"echo-threads", {}, {"talk", "{host}", "{port}", "13"}},
      {"echo-chunks", {}, {"talk", "{host}", "{port}", "12"}},
      {"echo-both", {}, {"talk", "{host}", "{port}", "0"}},
      {"echo-both", {"--set", "transport=udp"}, {"datagram", "{host}", "{port}"}},
      {"reverse", {}, {"talk", "{host}", "{port}", "0"}},
      {"reverse", {"--set", "transport=udp"}, {"datagram", "{host}", "{port}"}},
      {"echo-once", {}, {"once", "{host}", "{port}"}},
      {"upper-tcp", {}, {"once", "{host}", "{port}"}},
      {"upper-udp", {"--exclude", "upper-udp/*"}, {"datagram", "{host}", "{port}"}},
      {"record", {}, {"record", "{host}", "{port}"}},
      {"record-sized", {}, {"sized", "{host}", "{port}"}},
  };
  for (const Client& client : clients) {
    Words command{"python3", "scenarios/clients/ask.py"};
    command.insert(command.end(), client.words.begin(), client.words.end());
    const ProgramResult result = verify_client(client.server, client.options, command);
    INFO(client.server << "\n" << result.out << result.error);
    CHECK(result.exit_code == 0);
    CHECK(result.out.find("FAIL") == std::string::npos);
  }
  const ProgramResult calc =
      verify_client("calc", {}, {"bash", "scenarios/calc/client.bash", "{host}", "{port}"});
  INFO(calc.out << calc.error);
  CHECK(calc.exit_code == 0);
}

TEST_CASE("a client that connects elsewhere meets the server there, and that is said", "[live]") {
  for (const std::string host : {"127.0.0.1", "10.126.58.94"}) {
    EchoClient client;
    client.port = "6001";
    client.host = host;
    const TemporaryFolder folder;
    const ProgramResult result =
        verify_client("echo-text", {}, {"python3", client.write(folder)[1]});
    INFO(result.out << result.error);
    CHECK(result.exit_code == 0);
    CHECK(result.out.starts_with("my_client.py connects to " + host +
                                 ":6001: redirected to the server\n"));
    CHECK(result.out.find("FAIL") == std::string::npos);
  }
  EchoClient client;
  client.port = "6001";
  const TemporaryFolder folder;
  const Words command{"python3", client.write(folder)[1]};
  const ProgramResult told = verify_client("echo-text", {"--port", "6001"}, command);
  INFO(told.out << told.error);
  CHECK(told.exit_code == 0);
  CHECK(told.out.find("redirected") == std::string::npos);
  const ProgramResult wrong = verify_client("echo-text", {"--port", "6002"}, command);
  INFO(wrong.out);
  CHECK(wrong.exit_code == 1);
  CHECK(has(wrong.out, "1. my_client.py connected to 127.0.0.1:6001, where nothing listens"));
}

TEST_CASE("what a client does wrong is told first, by its own name and with its cause", "[live]") {
  EchoClient newline;
  newline.ask = "s.sendall(t + b'\\n')";
  CHECK(has(first_finding(newline), "my_client.py sent a line end behind \"hello\""));
  EchoClient half;
  half.ask = "s.sendall(t[:2])";
  half.read = "a = s.recv(1024)";
  CHECK(has(first_finding(half), "my_client.py sent only 2 of 5 bytes: \"he\""));
  EchoClient zeros;
  zeros.ask = "s.sendall(t + bytes(3))";
  CHECK(has(first_finding(zeros), "my_client.py sent 3 zero bytes behind \"hello\""));
  EchoClient other;
  other.change = "t = t.upper()";
  CHECK(has(first_finding(other), "my_client.py sent \"HELLO\" instead of \"hello\""));
  EchoClient once;
  once.read = "a = s.recv(1024)";
  const std::string finding = first_finding(once);
  CHECK(has(finding, "my_client.py printed \"ECHO:\" of the answer \"ECHO: hello\""));
  CHECK(has(finding, "in 1 sheet: clients/split-answer"));
  CHECK(has(finding, "why: the answer came in 2 pieces"));
  EchoClient unread;
  unread.read = "s.recv(3); a = b'ECHO: ' + t";
  CHECK(has(first_finding(unread), "my_client.py reset the connection"));
  EchoClient crash;
  crash.end = "raise KeyError('end')";
  CHECK(has(first_finding(crash), "an error that it does not handle ended it: KeyError: 'end'"));
  EchoClient endless;
  endless.end = "s.recv(1024)";
  CHECK(has(first_finding(endless), "it waits in recv"));
}

TEST_CASE("a client is told to end in its own way", "[live]") {
  EchoClient client;
  client.change = "if t == b'quit': break";
  client.end = "s.close() if t == b'quit' else sys.exit('no quit')";
  const TemporaryFolder folder;
  const Words command = client.write(folder);
  const ProgramResult by_word = verify_client("echo-text", {"--end", "quit"}, command);
  INFO(by_word.out << by_word.error);
  CHECK(by_word.exit_code == 0);
  CHECK(verify_client("echo-text", {}, command).exit_code == 1);
  EchoClient deaf;
  deaf.end = "s.recv(1024)";  // the end of its input is not its end
  const Words interrupted = deaf.write(folder);
  const ProgramResult by_key = verify_client("echo-text", {"--end", "ctrl-c"}, interrupted);
  INFO(by_key.out << by_key.error);
  CHECK(by_key.exit_code == 0);
}

TEST_CASE("hints of a client are as many as were asked for", "[live]") {
  EchoClient client;
  client.ask = "s.sendall(t + b'\\n')";
  CHECK_FALSE(has(first_finding(client, {"--hints", "0"}), "why:"));
  CHECK(has(first_finding(client, {"--hints", "2"}), "to mend it: take the line end off"));
}

}  // namespace wireproof
