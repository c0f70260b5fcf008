#include "cli/new/first_files.h"

#include <fmt/format.h>

#include <boost/algorithm/string/replace.hpp>
#include <nlohmann/json.hpp>

#include "sheet/server_description.h"

namespace wireproof {
namespace {

constexpr std::uint16_t kExamplePort = 5000;
constexpr std::uint16_t kFirstUserPort = 1024;  // below it only root may listen

constexpr const char* kExampleServer =
    R"("""Answers each line with a greeting, for many clients: change it to your protocol."""
import socketserver
import sys


class Client(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(b"hello " + line)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


try:
    with Server(("127.0.0.1", int(sys.argv[1])), Client) as server:
        server.serve_forever()
except KeyboardInterrupt:
    pass
)";

constexpr const char* kExampleSheet = R"(---
server: {server}
---
# Each line is greeted

The client sends two lines, says that it has no more, and reads until the server closes, too.

## Session
```session
connect
send "world\n"
recv "hello world\n"
send "moon\n"
recv "hello moon\n"
shutdown
recv eof
close
```

## Packets
| From   | To     | Info       | Payload         |
|--------|--------|------------|-----------------|
| client | server | [SYN]      |                 |
| server | client | [SYN, ACK] |                 |
| client | server | [ACK]      |                 |
| client | server | [PSH, ACK] | "world\n"       |
| server | client | [PSH, ACK] | "hello world\n" |
| client | server | [PSH, ACK] | "moon\n"        |
| server | client | [PSH, ACK] | "hello moon\n"  |
| client | server | [FIN, ACK] |                 |
| server | client | [FIN, ACK] |                 |
| client | server | [ACK]      |                 |
)";

// A YAML text in double quotes; JSON's are such.
std::string yaml_text(const std::string& text) {
  return nlohmann::json(text).dump();
}

NewFile description(const std::string& title, bool udp, std::uint16_t port,
                    const std::string& command) {
  return {kServerDescription,
          fmt::format("title: {}\ntransport: {}\nport: {}\ncommand: {}\n", yaml_text(title),
                      udp ? "udp" : "tcp", port, yaml_text(command)),
          "the server: its port, and the command that starts it"};
}

constexpr const char* kStartPython = "python3 server.py {port}";

std::uint16_t port_of(const Dialogue& dialogue) {
  return dialogue.port < kFirstUserPort ? kExamplePort : dialogue.port;
}

}  // namespace

std::vector<NewFile> example_files(const std::string& server) {
  return {description("each line is greeted", false, kExamplePort, kStartPython),
          {"server.py", kExampleServer, "the reference program, an example to change"},
          {kFirstSheet, boost::replace_first_copy(std::string(kExampleSheet), "{server}", server),
           "the first sheet"}};
}

std::vector<NewFile> replay_files(const Dialogue& dialogue, const std::string& sheet) {
  return {description("as it was captured", dialogue.udp, port_of(dialogue), kStartPython),
          {"server.py", write_replay(dialogue), "answers as the captured server did"},
          {kFirstSheet, sheet, "the first sheet: the conversation of the capture"}};
}

std::vector<NewFile> program_files(const Dialogue& dialogue, const std::string& command,
                                   const std::string& sheet) {
  return {description("as it was traced", dialogue.udp, dialogue.port, command),
          {kFirstSheet, sheet, "the first sheet: what the two programs said"}};
}

}  // namespace wireproof
