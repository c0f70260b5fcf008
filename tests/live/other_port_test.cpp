#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "base/system/deadline.h"
#include "base/system/process.h"
#include "catch.h"
#include "live/python.h"
#include "machine/host/network.h"
#include "machine/host/socket_list.h"
#include "support/contains.h"
#include "support/program.h"
#include "support/skip_test.h"

namespace wireproof {
namespace {

// One request, two answers; with the word `same` from the port that was asked.
constexpr const char* kServer = R"(
import socket, sys
asked = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asked.bind(("127.0.0.1", int(sys.argv[1])))
while True:
    request, client = asked.recvfrom(100)
    own = asked
    if "same" not in sys.argv:
        own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        own.bind(("127.0.0.1", 0))
    own.sendto(b"first", client)
    next, client = own.recvfrom(100)
    own.sendto(b"then " + next, client)
)";

constexpr const char* kSheet = R"(---
command: python3 server.py {port}
port: 6969
transport: udp
---
# Transfers

## Session

```session
connect
send "get"
recv "first" from another port
send "more"
recv "then more"
close
```

## Packets

| From   | To     | Info      |
|--------|--------|-----------|
| client | server | UDP Len=3 |
| server | client | UDP Len=5 |
| client | server | UDP Len=4 |
| server | client | UDP Len=9 |
)";

void write_server(const TemporaryFolder& folder) {
  std::ofstream(folder.file("server.py")) << kServer;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  return text.replace(text.find(what), what.size(), with);
}

// Of the sheet own.md; its capture is kept.
ProgramResult run_kept(const TemporaryFolder& folder) {
  return run_wireproof(folder.path(),
                       {"run", "own.md", "--pcap-dir", "kept", "--pcap-keep", "always"});
}

ProgramResult check_kept(const TemporaryFolder& folder) {
  return run_wireproof(folder.path(), {"check", "own.md", "--capture", "kept/own.pcapng"});
}

}  // namespace

TEST_CASE("a UDP server may answer from a port of its own", "[live]") {
  if (!has_python()) return;
  const TemporaryFolder folder;
  write_server(folder);
  std::ofstream(folder.file("own.md")) << kSheet;
  const ProgramResult run = run_kept(folder);
  INFO(run.out << run.error);
  CHECK(run.exit_code == 0);
  const ProgramResult offline = check_kept(folder);
  INFO(offline.out << offline.error);
  CHECK(offline.exit_code == 0);
}

TEST_CASE("an answer from the port that was asked is none from another", "[live]") {
  if (!has_python()) return;
  const TemporaryFolder folder;
  write_server(folder);
  std::ofstream(folder.file("own.md")) << replaced(kSheet, "{port}", "{port} same");
  const ProgramResult run = run_kept(folder);
  INFO(run.out << run.error);
  CHECK(run.exit_code == 1);
  CHECK(contains(run.out, "which was asked, where another port is expected"));
  const ProgramResult offline = check_kept(folder);
  INFO(offline.out << offline.error);
  CHECK(offline.exit_code == 1);
  CHECK(contains(offline.out, "which was asked, where another port is expected"));
}

// The kernel refuses it for a socket that is connected, as it does for a client that is.
TEST_CASE("without the words an answer from another port is none", "[live]") {
  if (!has_python()) return;
  const TemporaryFolder folder;
  write_server(folder);
  for (const std::string& session : {replaced(kSheet, " from another port", ""),
                                     replaced(kSheet, "recv \"first\" from another port\n",
                                              "recv \"first\"\nrecv \"x\" from another port\n")}) {
    std::ofstream(folder.file("own.md"))
        << replaced(session, "transport: udp", "transport: udp\ntimeout: 300ms");
    const ProgramResult run = run_wireproof(folder.path(), {"run", "own.md"});
    INFO(run.out << run.error);
    CHECK(run.exit_code == 1);
    CHECK(contains(run.out, "no answer within 300ms"));
  }
}

// The second answer of a transfer comes from a third port.
TEST_CASE("a transfer stays at its port, live and offline", "[live]") {
  if (!has_python()) return;
  const TemporaryFolder folder;
  std::ofstream(folder.file("server.py"))
      << replaced(kServer, "    own.sendto(b\"then ",
                  "    own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                  "    own.bind((\"127.0.0.1\", 0))\n    own.sendto(b\"then ");
  std::ofstream(folder.file("own.md"))
      << replaced(kSheet, "transport: udp", "transport: udp\ntimeout: 300ms");
  const ProgramResult run = run_kept(folder);
  INFO(run.out << run.error);
  CHECK(run.exit_code == 1);
  CHECK(contains(run.out, "and its socket takes no other"));
  const ProgramResult offline = check_kept(folder);
  INFO(offline.out << offline.error);
  CHECK(offline.exit_code == 1);
  CHECK(contains(offline.out, "the capture has no such datagram"));
}

TEST_CASE("an actor that listens answers from a port of its own", "[live]") {
  const TemporaryFolder folder;
  std::ofstream(folder.file("own.md")) << R"(---
transport: udp
---
# Both ends are ours

## Session

```session
origin: listen 6969 udp
connect
send "get"
origin: accept
origin: recv "get"
origin: send "first" from another port
recv "first" or "last" from another port
send "more"
origin: recv "more"
origin: send "then"
recv "then"
close
origin: close
```

## Packets

| From   | To     | Info      | Cause  |
|--------|--------|-----------|--------|
| client | origin | UDP Len=3 | sendto |
| origin | client | UDP Len=5 | send   |
| client | origin | UDP Len=4 | send   |
| origin | client | UDP Len=4 | send   |
)";
  const ProgramResult run = run_kept(folder);
  INFO(run.out << run.error);
  CHECK(run.exit_code == 0);
  const ProgramResult offline = check_kept(folder);
  INFO(offline.out << offline.error);
  CHECK(offline.exit_code == 0);
}

TEST_CASE("Debian's TFTP server passes the example's sheets by address", "[live]") {
  if (::geteuid() != 0 || ::access("/usr/sbin/in.tftpd", X_OK) != 0) {
    return skip_test("in.tftpd needs root and its package tftpd-hpa");
  }
  const std::uint16_t port = choose_free_port(IpVersion::v4);
  const std::string place = "127.0.0.1:" + std::to_string(port);
  const std::filesystem::path examples = kSourceTree / "docs/examples";
  const std::string files = examples / "tftp/files";
  const pid_t server = fork_process([&] {
    ::execl("/usr/sbin/in.tftpd", "in.tftpd", "--foreground", "--user", "root", "--address",
            place.c_str(), "--secure", files.c_str(), nullptr);
    return kCannotExecute;
  });
  const Deadline deadline(std::chrono::seconds(10));
  while (!is_listening(ListenProtocol::udp, port) && !deadline.is_over()) ::sched_yield();
  const ProgramResult verified = run_wireproof(examples, {"verify", "tftp", place});
  ::kill(server, SIGTERM);
  await_process(server);
  INFO(verified.out << verified.error);
  CHECK(verified.exit_code == 0);
  CHECK(contains(verified.out, "3 PASS"));
}

}  // namespace wireproof
