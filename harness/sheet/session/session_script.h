#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/system/socket_option.h"
#include "base/text/diagnostic.h"
#include "base/text/time.h"
#include "expect/payload/payload.h"

namespace wireproof {

// What is no actor of its own: all clients of `clients N`, and the server.
constexpr std::string_view kGroupName = "each";
constexpr std::string_view kServerName = "server";
constexpr std::string_view kNoActor;  // whose a `note` is

enum class Transport : std::uint8_t { tcp, udp, tcp_udp };

// The steps of docs/sheet.md, one struct each.
struct StepConnect {
  std::string from;  // HOST:PORT as written, empty: the system chooses
  std::vector<SocketOptionValue> options = {};
  bool operator==(const StepConnect&) const = default;
};
struct StepSend {
  Message message;
  std::optional<std::uint64_t> piece_size;
  std::optional<Duration> piece_pause;
  std::vector<std::string> split_after;  // field names
  bool no_delay = false;
  bool partly = false;             // what is not taken within the time limit is left out
  bool from_another_port = false;  // a server's own for the transfer (UDP, RFC 1350 §4)
  bool operator==(const StepSend&) const = default;
};
struct StepRecvMessage {
  Message message;
  bool from_another_port = false;  // than the one that was asked; it is talked to from here on
  bool operator==(const StepRecvMessage&) const = default;
};
// The first of them that what comes is.
struct StepRecvEither {
  std::vector<Message> messages;  // two or more
  bool from_another_port = false;
  bool operator==(const StepRecvEither&) const = default;
};
struct StepRecvCount {
  std::uint64_t count = 0;  // bytes
  bool operator==(const StepRecvCount&) const = default;
};
struct StepRecvUntil {
  Bytes terminator;
  bool operator==(const StepRecvUntil&) const = default;
};
struct StepRecvPattern {
  std::string pattern;  // RE2, over the bytes as text
  bool operator==(const StepRecvPattern&) const = default;
};
struct StepRecvEof {
  bool operator==(const StepRecvEof&) const = default;
};
struct StepRecvReset {
  bool operator==(const StepRecvReset&) const = default;
};
struct StepRecvNothing {
  Duration duration{};
  bool operator==(const StepRecvNothing&) const = default;
};
struct StepShutdown {
  bool operator==(const StepShutdown&) const = default;
};
struct StepClose {
  bool operator==(const StepClose&) const = default;
};
struct StepAbort {
  bool operator==(const StepAbort&) const = default;
};
struct StepRefused {
  bool operator==(const StepRefused&) const = default;
};
// The server's part: the actor listens on a port (of UDP: is bound to it).
struct StepListen {
  std::uint16_t port = 0;
  std::optional<Transport> transport;  // tcp or udp; none: the sheet's
  bool operator==(const StepListen&) const = default;
};
struct StepAccept {
  std::string from;  // who listens; empty: the actor itself
  bool operator==(const StepAccept&) const = default;
};
// Nobody listens any more: who waits is reset, who comes is refused.
struct StepRefuse {
  bool operator==(const StepRefuse&) const = default;
};
struct StepWait {
  Duration duration{};
  bool operator==(const StepWait&) const = default;
};
struct StepSockets {
  std::string name;
  bool operator==(const StepSockets&) const = default;
};
// What the steps behind it are about, quoted where one of them fails.
struct StepNote {
  std::string text;
  bool operator==(const StepNote&) const = default;
};
struct StepRun {
  std::string command;
  bool operator==(const StepRun&) const = default;
};
struct StepType {
  std::string text;
  bool if_running = false;  // a program that has ended is not told
  bool operator==(const StepType&) const = default;
};
struct StepPrints {
  std::string text;
  bool is_pattern = false;
  bool operator==(const StepPrints&) const = default;
};
struct StepExits {
  std::optional<int> code;  // none: however it ends
  bool operator==(const StepExits&) const = default;
};
enum class ServerAction : std::uint8_t { restart, stop, alive, idle };
// In the order of ServerAction.
constexpr std::array<std::string_view, 4> kServerActionNames{"restart", "stop", "alive", "idle"};
struct StepServer {
  ServerAction action = ServerAction::alive;
  bool operator==(const StepServer&) const = default;
};

struct Step;
struct StepRepeat {
  std::uint64_t times = 0;
  std::vector<Step> steps;
  bool operator==(const StepRepeat&) const;
};

using StepAction =
    std::variant<StepConnect, StepSend, StepRecvMessage, StepRecvEither, StepRecvCount,
                 StepRecvUntil, StepRecvPattern, StepRecvEof, StepRecvReset, StepRecvNothing,
                 StepShutdown, StepClose, StepAbort, StepRefused, StepListen, StepAccept,
                 StepRefuse, StepWait, StepSockets, StepNote, StepRun, StepType, StepPrints,
                 StepExits, StepServer, StepRepeat>;

struct Step {
  std::string actor = "client";  // an actor, or the group "each"
  StepAction action = StepClose{};
  std::optional<Duration> within;  // none: the sheet's timeout
  Span span;
  bool operator==(const Step&) const = default;
};

inline bool StepRepeat::operator==(const StepRepeat& other) const {
  return times == other.times && steps == other.steps;
}

// `clients 20` declares c1…c20; actors named in steps declare themselves, in order of appearance.
struct SessionScript {
  std::uint64_t group_size = 0;  // of `each`; 0: no group
  std::vector<std::string> actors;
  std::vector<Step> steps;
  Span span;
  bool operator==(const SessionScript&) const = default;
};

// A message as a sheet writes it: `"abc" hex 01 02`, `request id=1`; of many bytes the first.
std::string render_message_script(const Message& message);

// What the script says, in one line per step, for messages and `--verbose`.
std::string render_step(const Step& step);

}  // namespace wireproof
