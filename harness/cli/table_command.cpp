#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iostream>

#include "base/system/system_call.h"
#include "base/text/bytes.h"
#include "base/text/words.h"
#include "cli/commands.h"
#include "cli/options/folded_output.h"
#include "cli/options/output.h"
#include "cli/table/drawn_capture.h"
#include "cli/table/packet_choice.h"
#include "packets/capture/packet_filter.h"
#include "report/capture/capture_table.h"
#include "report/capture/conversation_table.h"

namespace wireproof {
namespace {

struct TableOptions {
  std::string file;
  TraceFormat output = TraceFormat::text;
  std::string columns;  // "No.,Info"
  std::string filter;
  PacketRange packets;
  TimeRange times;
  std::optional<StreamName> stream;
  bool follow = false;  // the stream
  bool summary = false;
  bool story = false;
  bool explain = false;
  bool tcp_options = false;

  TableFormat format() const { return table_format(output); }
  bool is_drawn() const {
    return output == TraceFormat::html || output == TraceFormat::mermaid ||
           output == TraceFormat::svg;
  }
  bool has_rows() const { return !summary && !story && !follow; }
  // Whether it takes more than one look at each packet in its turn.
  bool needs_whole() const {
    if (summary || story || explain || stream || is_drawn()) return true;
    return std::ranges::any_of(split_columns(columns), [](const std::string& name) {
      return std::ranges::any_of(conversation_columns(), [&](const std::string& column) {
        return is_column_name(name, column);
      });
    });
  }

  // People have them where they ask for them, programs always.
  CaptureTableForm form() const {
    const bool is_for_people = output == TraceFormat::text || output == TraceFormat::markdown;
    return {format(), column_names(),
            is_for_people && !tcp_options ? SummaryParts::without_options : SummaryParts::all};
  }

  // By default those that are asked for, and with room for an explanation.
  std::vector<std::string> column_names() const {
    std::vector<std::string> names = split_columns(columns);
    const bool is_named = std::ranges::any_of(
        names, [](const std::string& name) { return is_column_name(name, "Explanation"); });
    if (explain && !names.empty() && !is_named) names.emplace_back("Explanation");
    if (!names.empty() || !needs_whole()) return names;
    if (explain) return {"No.", "Source", "Destination", "Info", "Explanation"};
    return {"No.", "Time", "Source", "Destination", "Info", "Cause", "Blocked", "Remark"};
  }
};

std::vector<std::string> all_columns() {
  std::vector<std::string> names = capture_columns();
  names.insert(names.end(), conversation_columns().begin(), conversation_columns().end());
  return names;
}

// What is said behind the table, or what stands in its place.
int tell_end(const TableOptions& options, const PacketSource& source, const UnreadPackets& unread) {
  if (!std::cout.flush()) throw SystemError("standard output", errno);
  print_unread(options.file, unread);
  const std::optional<CaptureDamage> damage = source.damage();
  if (!damage) return unread.all() ? kExitCouldNotRun : kExitPassed;
  print_error(fmt::format("error: {}\n  = the {} packets before it are {}\n",
                          render_damage(options.file, *damage), damage->packets_before,
                          options.has_rows() ? "in the table" : "all that was read"));
  return kExitCheckFailed;
}

int write_rows(const TableOptions& options, const PacketChoice& choice) {
  const std::unique_ptr<PacketSource> source = open_capture(options.file);
  const UnreadPackets unread = write_capture_table(*source, options.form(), std::cout, choice);
  return tell_end(options, *source, unread);
}

// A capture that is read as a whole.
struct WholeCapture {
  WholeCapture(PacketStore stored, const PacketChoice& choice)
      : store(std::move(stored)),
        packets(store.decode_all()),
        conversations(build_conversations(packets, ServedPorts{})) {
    std::uint64_t number = 0;
    for (const Packet& packet : packets) {
      unread.see(packet);
      chosen.shown.push_back(choice(packet.raw, ++number));
    }
    const auto first =
        std::ranges::find_if(packets, [](const Packet& packet) { return packet.raw.has_time; });
    if (first != packets.end()) chosen.start = first->raw.time;
  }

  WholeCapture(const WholeCapture&) = delete;
  WholeCapture& operator=(const WholeCapture&) = delete;
  ~WholeCapture() = default;

  std::size_t count(StreamKind kind) const {
    return kind == StreamKind::udp ? conversations.udp.size() : conversations.tcp.size();
  }
  void choose(const StreamName& stream, const std::vector<KnownPacket>& known) {
    for (std::size_t i = 0; i < known.size(); ++i) {
      chosen.shown[i] = chosen.shown[i] && known[i].stream == stream;
    }
  }

  PacketStore store;
  std::vector<Packet> packets;
  Conversations conversations;
  ChosenPackets chosen;
  UnreadPackets unread;
};

void write_known_rows(const TableOptions& options, const WholeCapture& capture,
                      const std::vector<KnownPacket>& known) {
  CaptureTable table(options.form(), std::cout);
  for (std::size_t i = 0; i < capture.packets.size() && std::cout; ++i) {
    table.add(capture.packets[i], capture.chosen.shown[i], &known[i]);
  }
  table.finish();
}

int refuse_stream(const TableOptions& options, std::size_t count) {
  const std::string what =
      options.stream->kind == StreamKind::udp ? "UDP exchange" : "TCP connection";
  print_error(fmt::format("error: {} has no stream {}: {}\n  = `--summary` lists them\n",
                          escape_control(options.file), render_stream(*options.stream),
                          count == 0
                              ? "it has no " + what
                              : fmt::format("it has {}, counted from 0", counted(count, what))));
  return kExitNothingSelected;
}

int write_whole(const TableOptions& options, const PacketChoice& choice) {
  const std::unique_ptr<PacketSource> source = open_capture(options.file);
  StoredPackets stored = store_packets(*source);
  if (stored.left_out) {
    print_too_large(options.file, "is read for this", "keep some of them", "FILTER");
    return kExitCouldNotRun;
  }
  WholeCapture capture(std::move(stored.packets), choice);
  std::vector<KnownPacket> known;  // a summary and a story need none
  if (options.stream || options.has_rows()) {
    known = know_packets(capture.conversations, capture.packets.size());
  }
  if (options.stream) {
    const std::size_t count = capture.count(options.stream->kind);
    if (options.stream->number >= count) {
      tell_end(options, *source, capture.unread);
      return refuse_stream(options, count);
    }
    capture.choose(*options.stream, known);
  }
  if (options.summary) {
    std::cout << render_conversations(capture.conversations, capture.chosen, options.format());
  } else if (options.follow) {
    write_followed(capture.conversations, *options.stream, std::cout);
  } else if (options.story) {
    std::cout << render_stories(capture.conversations, capture.chosen);
  } else if (options.is_drawn()) {
    std::cout << draw_capture(std::move(capture.store), capture.chosen.shown, options.output);
  } else {
    write_known_rows(options, capture, known);
  }
  return tell_end(options, *source, capture.unread);
}

std::optional<int> check_together(const ArgumentParser& parser, const TableOptions& options) {
  if (options.summary + options.story + options.follow > 1) {
    return parser.refuse(options.story ? "--story" : "--summary",
                         "one of `--summary`, `--story` and `--follow` is printed");
  }
  if (options.follow && !options.stream) {
    return parser.refuse("--follow", "says nothing of which conversation: `--stream 0`");
  }
  if (options.times.since > options.times.until) {
    return parser.refuse("--until", "is over before `--since` begins");
  }
  if (!options.has_rows() && (options.explain || !options.columns.empty())) {
    return parser.refuse(options.explain ? "--explain" : "--columns",
                         "is for a table of packets, which this does not print");
  }
  if ((options.story || options.follow) && options.output != TraceFormat::text) {
    return parser.refuse("--format", "a story is text, and so is what is followed");
  }
  if (options.is_drawn() && (options.summary || options.explain || !options.columns.empty())) {
    return parser.refuse("--format", "a picture has neither a summary nor other columns");
  }
  return std::nullopt;
}

}  // namespace

int table_command(const CommandLine& line) {
  TableOptions options;
  ArgumentParser parser(line, "table FILE [OPTIONS]",
                        "The packet table of a pcap or pcapng file, compressed ones too.");
  parser.required_text("FILE", options.file, "the capture, `-` for standard input");
  add_trace_format_option(parser, options.output);
  add_columns_option(parser, options.columns, all_columns());
  parser.text(
      "--filter", options.filter,
      "only packets that match, in the language of tcpdump: `tcp port 80` (pcap-filter(7))");
  parser.value("--packets", options.packets, parse_range, "a range of packets like `5..9`",
               "only these, counted from 1: `5..9`, `5..`, `..9` or `5`");
  parser.duration("--since", options.times.since,
                  "only packets from so long behind the first one on: `1.5s`");
  parser.duration("--until", options.times.until,
                  "only packets up to so long behind the first one: `2s`");
  parser.value(
      "--stream", options.stream, parse_stream, "a stream like `3`, `tcp:3` or `udp:0`",
      "only this conversation, counted from 0 as Wireshark does, with Cause and Blocked as "
      "inferred from the packets");
  parser.flag(
      "--options", options.tcp_options,
      "with TCP's options in Info (MSS, window scale, timestamps, SACK), which csv and json "
      "always have");
  parser.flag("--summary", options.summary, "a line for each conversation instead");
  parser.flag("--story", options.story, "what happened in each conversation, in words");
  parser.flag("--follow", options.follow,
              "what the ends of the conversation of `--stream` said to each other, in hex and as "
              "text, instead");
  parser.flag("--explain", options.explain, "a sentence for each packet: what it is for, and why");
  if (const auto code = parser.parse()) return *code;
  if (const auto code = check_columns(parser, options.columns, all_columns())) return *code;
  if (const auto code = check_together(parser, options)) return *code;
  // Nothing else prints while the table is written: no need to share a buffer with stdio.
  std::ios::sync_with_stdio(false);
  std::optional<FoldedOutput> folded;
  if (options.output == TraceFormat::text) folded.emplace();
  std::optional<PacketFilter> filter;
  if (!options.filter.empty()) {
    auto parsed = PacketFilter::parse(options.filter);
    if (!parsed) {
      return parser.refuse(
          options.filter, fmt::format("`{}` is no filter: {}", options.filter, parsed.error()),
          {{"help", "`tcp port 80`, `host 10.0.0.1 and not udp`: pcap-filter(7)"}});
    }
    filter.emplace(*std::move(parsed));
  }
  const PacketChoice choice =
      make_choice(options.packets, options.times, filter ? &*filter : nullptr);
  const int code =
      options.needs_whole() ? write_whole(options, choice) : write_rows(options, choice);
  if (filter && filter->unasked()) {
    print_error(
        fmt::format("note: {}: packets that the filter cannot be asked of are not shown: {}\n",
                    escape_control(options.file), *filter->unasked()));
  }
  return code;
}

}  // namespace wireproof
