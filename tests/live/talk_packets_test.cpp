#include "talk/talk_packets.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <sstream>

#include "base/system/socket_address.h"
#include "catch.h"
#include "support/in_private_network.h"
#include "support/program.h"
#include "talk/talk.h"

namespace wireproof {
namespace {

// The Info and Payload cells, without the blanks between: "[SYN] Seq=0 …".
std::vector<std::string> shown_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    const std::size_t info = line.find('[');
    if (info != std::string::npos) lines.push_back(line.substr(info));
  }
  return lines;
}

std::string count_starting(const std::vector<std::string>& lines, const std::string& start) {
  const auto starts = [&](const std::string& line) { return line.starts_with(start); };
  return start + " " + std::to_string(std::ranges::count_if(lines, starts)) + "\n";
}

// Two connections to one port; the packets of the second are wanted.
std::string talk_once() {
  const UniqueFd listener = bind_talk(parse_endpoint("127.0.0.1:0").value());
  const Endpoint address = local_endpoint(listener.get());
  std::ostringstream out;
  TalkPackets packets(talk_interface(address.address), address.port, out);
  listen_talk(listener.get());
  const std::optional<TalkPeer> other = connect_talk({address}, {});
  const std::optional<TalkPeer> other_server = accept_talk(listener.get(), {});
  std::optional<TalkPeer> client = connect_talk({address}, {});
  std::optional<TalkPeer> server = accept_talk(listener.get(), {});
  packets.show(client->local, client->remote);
  ::send(other->socket.get(), "other", 5, 0);
  ::send(client->socket.get(), "hello", 5, 0);
  client->socket.reset();
  packets.finish();
  const std::vector<std::string> lines = shown_lines(out.str());
  return count_starting(lines, "[SYN]") + count_starting(lines, "[SYN, ACK]") +
         count_starting(lines, "[PSH, ACK] Seq=1 Ack=1") + count_starting(lines, "[FIN, ACK]") +
         (out.str().find("\"hello\"") != std::string::npos ? "payload" : out.str());
}

}  // namespace

TEST_CASE("a talk shows the packets of its own connection, from the SYN to what was sent last",
          "[live]") {
  CHECK(run_in_private_network(talk_once) ==
        "[SYN] 1\n[SYN, ACK] 1\n[PSH, ACK] Seq=1 Ack=1 1\n[FIN, ACK] 1\npayload");
}

TEST_CASE("where capturing is not allowed, a talk says what is missing and how to get it",
          "[live]") {
  const std::string said = run_in_child([] {
    // Of an ordinary user there is nothing to take away.
    ::prctl(PR_CAPBSET_DROP, CAP_NET_RAW, 0, 0, 0);
    const ProgramResult result = run_wireproof(".", {"talk", "--listen", "0", "--packets"});
    return std::to_string(result.exit_code) + result.error;
  });
  INFO(said);
  CHECK(said.starts_with("4error: capture on lo"));
  CHECK(said.find("= missing: the right to open a packet socket") != std::string::npos);
  CHECK(said.find("= help: sudo setcap cap_net_raw+ep") != std::string::npos);
}

}  // namespace wireproof
