#include <fmt/format.h>

#include "base/text/bytes.h"
#include "base/text/words.h"
#include "cli/commands.h"
#include "cli/options/output.h"
#include "judge/traffic/traffic.h"
#include "report/capture/capture_diff_report.h"

namespace wireproof {
namespace {

struct DiffOptions {
  std::string first;
  std::string second;
  std::optional<std::uint16_t> port;
  bool json = false;
};

struct ComparedFile {
  std::string name;
  StoredPackets stored;
  std::optional<CaptureDamage> damage;
  DecodedCapture decoded;  // views into the store

  bool is_empty() const {
    return decoded.conversations.tcp.empty() && decoded.conversations.udp.empty();
  }
};

void read_compared(const std::string& name, std::uint16_t port, ComparedFile& file) {
  file.name = name;
  const std::unique_ptr<PacketSource> source = open_capture(name);
  file.stored = store_packets(*source);
  if (!file.stored.left_out) file.damage = source->damage();
  file.decoded = decode_capture(file.stored.packets, port, port);
}

// Says what of the file is not compared; whether there is anything.
bool tell_lacks(const ComparedFile& file) {
  UnreadPackets unread;
  for (const Packet& packet : file.decoded.packets) unread.see(packet);
  print_unread(file.name, unread);
  bool lacks = unread.all();
  const auto tell = [&](const std::string& what) {
    print_error(fmt::format("error: {}\n  = what it lacks cannot be compared\n", what));
    lacks = true;
  };
  const std::string name = escape_control(file.name);
  if (file.damage) tell(render_damage(file.name, *file.damage));
  if (file.decoded.conversations.cut_packets > 0) {
    tell(fmt::format("{}: the capture cut headers of {} (snaplen)", name,
                     counted(file.decoded.conversations.cut_packets, "packet")));
  }
  if (file.decoded.conversations.broken_packets > 0) {
    tell(name + ": fragments of packets could not be put together");
  }
  if (file.stored.left_out) {
    print_too_large(file.name, "is compared", "keep some of them", "FILTER");
    lacks = true;
  }
  return lacks;
}

int refuse_empty(const DiffOptions& options) {
  const std::string which = options.port ? fmt::format(" with port {}", *options.port) : "";
  print_error(
      fmt::format("error: neither capture has a conversation{}\n"
                  "  = `wireproof table {} --summary` lists those that there are\n",
                  which, quote_for_shell(escape_control(options.first))));
  return kExitNothingSelected;
}

}  // namespace

int diff_command(const CommandLine& line) {
  DiffOptions options;
  ArgumentParser parser(line, "diff A B [OPTIONS]",
                        "What differs between two captures, conversation by conversation: the n-th "
                        "one to a server's port in A with the n-th one in B. Exit code 0: nothing, "
                        "1: something.");
  parser.required_text("A", options.first, "a capture, `-` for standard input");
  parser.required_text("B", options.second, "another one");
  parser.port("--port", options.port, "only conversations with this port of a server");
  parser.flag("--json", options.json, "all differences as JSON");
  if (const auto code = parser.parse()) return *code;
  if (options.first == "-" && options.second == "-") {
    return parser.refuse("-", "standard input is one capture, and is not compared with itself");
  }
  ComparedFile first;
  ComparedFile second;
  read_compared(options.first, options.port.value_or(0), first);
  read_compared(options.second, options.port.value_or(0), second);
  const bool lacks_first = tell_lacks(first);
  const bool lacks = tell_lacks(second) || lacks_first;
  if (first.is_empty() && second.is_empty()) {
    return lacks ? kExitCouldNotRun : refuse_empty(options);
  }
  const CaptureDifference difference =
      compare_captures(first.decoded.conversations, second.decoded.conversations);
  int code = difference.count_differing() > 0 ? kExitCheckFailed : kExitPassed;
  if (lacks || (code == kExitPassed && difference.count_unseen() > 0)) code = kExitCouldNotRun;
  const auto print = options.json ? print_out : print_text;
  print(options.json ? render_capture_diff_json(difference, code)
                     : render_capture_diff(difference));
  return code;
}

}  // namespace wireproof
