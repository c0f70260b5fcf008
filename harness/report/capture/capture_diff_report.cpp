#include "report/capture/capture_diff_report.h"

#include <fmt/format.h>

#include "base/text/words.h"
#include "judge/story/segment_words.h"
#include "report/capture/conversation_table.h"
#include "result/json_writer.h"

namespace wireproof {

// The names that JSON has.
BOOST_DESCRIBE_ENUM(Side, client, server)
BOOST_DESCRIBE_ENUM(FirstClose, nobody, client, server, client_alone, server_alone, both)
BOOST_DESCRIBE_ENUM(TimedSpan, until_answer, whole)
BOOST_DESCRIBE_STRUCT(TimeDifference, (), (span, lasted))
BOOST_DESCRIBE_STRUCT(MessageDifference, (), (from, datagram, sizes, at, shown, bytes, is_there))
BOOST_DESCRIBE_STRUCT(ConversationDifference, (),
                      (tcp, port, number, streams, clients, unseen, messages, orders, closes,
                       times))

namespace {

std::string name_of(const ConversationDifference& one) {
  return fmt::format("{} port {}, conversation {}", one.tcp ? "tcp" : "udp", one.port, one.number);
}

// Whether it is so in A, in B.
std::string in_which(const std::pair<bool, bool>& is_so) {
  if (is_so.first && is_so.second) return "in either";
  return is_so.first ? "in A" : "in B";
}

std::string describe_message(const MessageDifference& message) {
  const std::string who =
      message.datagram
          ? fmt::format("datagram {} of the {}", *message.datagram + 1, side_name(message.from))
          : fmt::format("what the {} sent", side_name(message.from));
  if (message.is_there.first != message.is_there.second) {
    return fmt::format("{} is only {}", who, in_which(message.is_there));
  }
  const auto [here, there] = message.sizes;
  const std::string sizes =
      fmt::format("{} in A, {} in B", counted(here, "byte"), counted(there, "byte"));
  if (message.at < std::min(here, there)) {
    return fmt::format("{} differs from byte {} on ({})", who, message.at, sizes);
  }
  return fmt::format("{} ends sooner {} ({})", who, here < there ? "in A" : "in B", sizes);
}

// The most fundamental.
std::string headline_of(const ConversationDifference& one) {
  if (one.is_missing()) return one.streams.first ? "only in A" : "only in B";
  if (one.is_unseen()) {
    return "not compared, as not all of it was captured " + in_which(one.unseen);
  }
  if (!one.messages.empty()) return describe_message(one.messages.front());
  if (one.orders) return "the order differs";
  if (one.closes) return "its end differs";
  return "only the time differs";
}

std::string close_words(FirstClose close) {
  const std::string words = render_first_close(close);
  return words.empty() ? "nobody closed" : words;
}

std::string render_bytes(const char* name, const Bytes& bytes, std::uint64_t offset) {
  if (bytes.empty()) return fmt::format("    {}  nothing there\n", name);
  std::string text = fmt::format("    {}", name);
  append_hex(bytes, offset, text);
  return text;
}

std::string render_message(const MessageDifference& message) {
  return render_bytes("A", message.bytes.first, message.shown) +
         render_bytes("B", message.bytes.second, message.shown);
}

std::string render_where(const ConversationDifference& one) {
  std::string text;
  const auto add = [&](const char* name, const std::optional<std::size_t>& stream,
                       const Endpoint& client) {
    if (!stream) return;
    const StreamName known{one.tcp ? StreamKind::tcp : StreamKind::udp, *stream};
    text += fmt::format("{}{}: {} of {}", text.empty() ? "" : ", ", name, render_stream(known),
                        render_endpoint(client));
  };
  add("A", one.streams.first, one.clients.first);
  add("B", one.streams.second, one.clients.second);
  return text;
}

std::string render_conversation(const ConversationDifference& one) {
  std::string text =
      fmt::format("{}: {}\n  {}\n", name_of(one), headline_of(one), render_where(one));
  for (std::size_t i = 0; i < one.messages.size(); ++i) {
    if (i > 0) text += fmt::format("  {}\n", describe_message(one.messages[i]));
    text += render_message(one.messages[i]);
  }
  if (one.orders) {
    text += fmt::format("  order: {} in A, {} in B\n", one.orders->first, one.orders->second);
  }
  if (one.closes) {
    text += fmt::format("  end: {} in A, {} in B\n", close_words(one.closes->first),
                        close_words(one.closes->second));
  }
  for (const TimeDifference& time : one.times) {
    const bool is_answer = time.span == TimedSpan::until_answer;
    text += fmt::format("  {}: {} in A, {} in B (told only)\n",
                        is_answer ? "until the first answer" : "from begin to end",
                        render_milliseconds(time.lasted.first),
                        render_milliseconds(time.lasted.second));
  }
  return text;
}

}  // namespace

std::string render_capture_diff(const CaptureDifference& difference) {
  const std::size_t differing = difference.count_differing();
  std::string text = fmt::format("{}, {} {}", counted(difference.conversations, "conversation"),
                                 differing, differing == 1 ? "differs" : "differ");
  const std::size_t unseen = difference.count_unseen();
  if (unseen > 0) text += fmt::format(", {} not compared", unseen);
  text += "\n";
  std::size_t shown = 0;
  for (const ConversationDifference& one : difference.told) {
    if (shown++ == kShownDifferences) break;
    text += "\n" + render_conversation(one);
  }
  if (difference.told.size() > kShownDifferences) {
    text +=
        fmt::format("\n{} more: `--json` has all\n", difference.told.size() - kShownDifferences);
  }
  return text;
}

std::string render_capture_diff_json(const CaptureDifference& difference, int exit_code) {
  const Json report{{"format", "wireproof-diff"},
                    {"format_version", 1},
                    {"exit_code", exit_code},
                    {"conversations", difference.conversations},
                    {"differ", difference.count_differing()},
                    {"not_compared", difference.count_unseen()},
                    {"differences", JsonWriter::write(difference.told)}};
  return report.dump(1) + "\n";
}

}  // namespace wireproof
