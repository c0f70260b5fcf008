#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <stdexcept>

#include "base/system/process.h"
#include "base/system/socket_address.h"
#include "base/system/system_call.h"
#include "cli/commands.h"
#include "talk/talk.h"
#include "talk/talk_packets.h"

namespace wireproof {
namespace {

struct TalkOptions {
  std::string peer;  // "HOST:PORT"
  std::optional<std::uint16_t> listen_port;
  std::string host;  // to listen on
  bool packets = false;
};

class TalkReset : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What is said beside the pipe goes to standard error: standard output is the peer's bytes alone.
void say(const std::string& text) {
  print_error("talk: " + text + "\n");
}

// One call of the command: the signals that end it, and the packets where they are wanted.
class Talk {
 public:
  explicit Talk(const TalkOptions& options) : options_(options) { aside_.stop_fd = stop_.fd(); }

  // The exit code. Throws SystemError, and TalkReset when the peer reset the connection.
  int run(const std::vector<Endpoint>& addresses) {
    std::optional<TalkPeer> peer =
        options_.listen_port ? accept(addresses.front()) : connect(addresses);
    if (!peer) {
      if (packets_) packets_->finish();
      return stop("no peer came");
    }
    return carry(std::move(*peer));
  }

 private:
  // Before the first packet can be sent.
  void watch(const Endpoint& endpoint) {
    if (!options_.packets) return;
    packets_ =
        std::make_unique<TalkPackets>(talk_interface(endpoint.address), endpoint.port, std::cerr);
    aside_.packets_fd = packets_->readable_fd();
    aside_.on_packets = [this] { packets_->drain(); };
  }

  std::optional<TalkPeer> connect(const std::vector<Endpoint>& addresses) {
    watch(addresses.front());
    try {
      return connect_talk(addresses, aside_);
    } catch (const SystemError&) {
      if (packets_) packets_->finish();
      throw;
    }
  }

  std::optional<TalkPeer> accept(const Endpoint& address) {
    const UniqueFd listener = bind_talk(address);
    const Endpoint bound = local_endpoint(listener.get());
    watch(bound);
    listen_talk(listener.get());
    say("listens on " + render_endpoint(bound) + "; Ctrl-C ends it");
    return accept_talk(listener.get(), aside_);
  }

  int carry(TalkPeer peer) {
    const std::string name = render_endpoint(peer.remote);
    say("connected to " + name + " from " + render_endpoint(peer.local));
    if (packets_) packets_->show(peer.local, peer.remote);
    const TalkResult result =
        run_talk_pipe({STDIN_FILENO, STDOUT_FILENO, peer.socket.get()}, aside_);
    peer.socket.reset();
    if (packets_) packets_->finish();
    const std::string counts =
        fmt::format("{} bytes sent, {} received", result.sent_bytes, result.received_bytes);
    switch (result.end) {
      case TalkEnd::closed:
        say(name + " closed: " + counts);
        return kExitPassed;
      case TalkEnd::stopped:
        return stop(counts);
      case TalkEnd::reset:
        break;
    }
    throw TalkReset(name + " reset the connection: " + counts);
  }

  int stop(const std::string& state) const {
    say("stopped: " + state);
    return kExitInterrupted;
  }

  const TalkOptions& options_;
  const StopSignals stop_;
  std::unique_ptr<TalkPackets> packets_;
  TalkAside aside_;
};

// What is known about a refusal, beside its name.
std::vector<Note> explain_refusal(const SystemError& error, const TalkOptions& options) {
  const int number = error.code().value();
  if (number == ECONNREFUSED) {
    const std::string port = options.peer.substr(options.peer.rfind(':') + 1);
    return {{"why", "nothing listens there: the answer to the SYN was a RST (RFC 9293 3.10.7.1)"},
            {"help", "start the server first, or `wireproof talk --listen " + port + "`"}};
  }
  const bool is_capture = dynamic_cast<const CaptureRefused*>(&error) != nullptr;
  if (is_capture && (number == EPERM || number == EACCES)) {
    return {
        {"missing", "the right to open a packet socket (CAP_NET_RAW)"},
        {"help", "sudo setcap cap_net_raw+ep $(command -v wireproof)"},
        {"help", "without --packets no right is needed; `wireproof doctor` says what works here"}};
  }
  if (number == EADDRINUSE) return {{"help", "another port, or end the program that has this one"}};
  return {};
}

std::optional<std::uint16_t> parse_listen_port(std::string_view text) {
  return text == "0" ? std::uint16_t{0} : parse_port(text);
}

std::optional<int> check_options(const ArgumentParser& parser, const TalkOptions& options) {
  if (options.peer.empty() && !options.listen_port) {
    return parser.refuse("talk", "talk needs a peer",
                         {{"help",
                           "`wireproof talk HOST:PORT` connects, "
                           "`wireproof talk --listen PORT` waits for a client"}});
  }
  if (!options.peer.empty() && options.listen_port) {
    return parser.refuse(options.peer, "a talk connects or listens, not both", {});
  }
  if (!options.host.empty() && !options.listen_port) {
    return parser.refuse(options.host, "--host is the address to listen on: it needs --listen", {});
  }
  if (!options.peer.empty() && !parse_talk_address(options.peer)) {
    return parser.refuse(options.peer, "`" + options.peer + "` is not HOST:PORT",
                         {{"help",
                           "127.0.0.1:12345, localhost:12345 or [::1]:12345, "
                           "ports from 1 to 65535"}});
  }
  return std::nullopt;
}

std::vector<Endpoint> look_up(const TalkOptions& options) {
  if (!options.listen_port) return look_up_talk(*parse_talk_address(options.peer));
  const std::string host = options.host.empty() ? "127.0.0.1" : options.host;
  return look_up_talk({host, *options.listen_port});
}

}  // namespace

int talk_command(const CommandLine& line) {
  TalkOptions options;
  ArgumentParser parser(line, "talk HOST:PORT | talk --listen PORT [OPTIONS]",
                        "A raw pipe between the console and one TCP peer: what is typed is sent, "
                        "what comes is printed. The end of input (Ctrl-D) closes our direction; "
                        "the talk ends when the peer has closed.");
  parser.text("HOST:PORT", options.peer, "the server to connect to; [::1]:PORT for IPv6");
  parser.value<std::uint16_t>("--listen", options.listen_port, parse_listen_port,
                              "a port from 0 to 65535",
                              "be the server of one client on this port (0: the system chooses)");
  parser.text("--host", options.host, "the address to listen on (default: 127.0.0.1)");
  parser.flag("--packets", options.packets, "show the packets as they happen, on standard error");
  if (const auto code = parser.parse()) return *code;
  if (const auto code = check_options(parser, options)) return *code;
  const std::string place = options.listen_port ? "--listen" : options.peer;
  try {
    return Talk(options).run(look_up(options));
  } catch (const SystemError& error) {
    parser.refuse(place, error.what(), explain_refusal(error, options));
  } catch (const TalkReset& reset) {
    parser.refuse(place, reset.what(),
                  {{"why",
                    "the peer closed while bytes were unread or still came, or aborted "
                    "(RFC 1122 4.2.2.13)"}});
  }
  return kExitCouldNotRun;
}

}  // namespace wireproof
