#include <fmt/format.h>

#include "base/text/bytes.h"
#include "expect/payload/payload.h"
#include "sheet/session/session_script.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxShownBytes = 256;

// Numbers stand bare; whatever else was written in quotes gets them back.
std::string render_written(const std::string& value) {
  const bool number =
      !value.empty() &&
      value.find_first_not_of("0123456789abcdefxABCDEFX.-+{n}i") == std::string::npos &&
      value.find_first_of("0123456789{") != std::string::npos;
  return number ? value : render_quoted(as_bytes(value), kMaxShownBytes);
}

std::string slashed(const std::string& pattern) {
  std::string text = "/";
  for (const char c : pattern) {
    if (c == '/') text += '\\';
    text += c;
  }
  return text + "/";
}

std::string render_argument(const FieldArgument& argument) {
  switch (argument.kind) {
    case FieldArgument::Kind::anything:
      return argument.field + "=?";
    case FieldArgument::Kind::remember:
      return argument.field + "=?" + argument.variable;
    case FieldArgument::Kind::recall:
      return argument.field + "=$" + argument.variable;
    case FieldArgument::Kind::pattern:
      return argument.field + "=" + slashed(argument.values.front());
    case FieldArgument::Kind::values:
      break;
  }
  std::vector<std::string> values;
  for (const std::string& value : argument.values) {
    values.push_back(argument.is_name ? value : render_written(value));
  }
  const std::string list = fmt::format("{}", fmt::join(values, ", "));
  return argument.is_list ? fmt::format("{}=[{}]", argument.field, list)
                          : fmt::format("{}={}", argument.field, list);
}

struct PartRenderer {
  std::string operator()(const Bytes& bytes) const {
    if (bytes.empty()) return "\"\"";  // of a file
    const std::string begin =
        "hex " + render_hex(ByteView(bytes).first(std::min(bytes.size(), kMaxShownBytes)));
    return bytes.size() <= kMaxShownBytes ? begin
                                          : fmt::format("{} … ({} bytes)", begin, bytes.size());
  }
  std::string operator()(const TextPart& part) const {
    const std::string text = render_quoted(as_bytes(part.text), kMaxShownBytes);
    return part.times == 1 ? text : fmt::format("{} * {}", part.times, text);
  }
  std::string operator()(const LayoutPart& part) const {
    std::string text = part.layout;
    for (const FieldArgument& argument : part.arguments) text += " " + render_argument(argument);
    return text;
  }
  std::string operator()(const VariablePart& part) const { return "$" + part.variable; }
  std::string operator()(const HttpPart& part) const {
    std::string text = "http " + part.status + (part.answers_head ? " head" : "");
    if (part.role == HttpRole::request)
      text = fmt::format("http {} {}", part.method,
                         render_quoted(as_bytes(part.target), kMaxShownBytes));
    for (const FieldArgument& argument : part.arguments) text += " " + render_argument(argument);
    return text;
  }
};

std::string quoted(const std::string& text) {
  return render_quoted(as_bytes(text), text.size());
}

std::string render_other_port(bool is_another) {
  return is_another ? " from another port" : "";
}

struct ActionRenderer {
  std::string operator()(const StepConnect& step) const {
    std::string text = step.from.empty() ? "connect" : "connect from " + step.from;
    for (const SocketOptionValue& each : step.options) {
      text += fmt::format(" {}={}", each.option->name, each.value);
    }
    return text;
  }
  std::string operator()(const StepSend& step) const {
    std::string text = "send " + render_message_script(step.message);
    if (step.piece_size) text += fmt::format(" in pieces of {}", *step.piece_size);
    if (step.piece_pause) text += " every " + render_duration(*step.piece_pause);
    if (!step.split_after.empty()) {
      text += fmt::format(" split after {}", fmt::join(step.split_after, " "));
    }
    if (step.no_delay) text += " nodelay";
    if (step.partly) text += " partly";
    return text + render_other_port(step.from_another_port);
  }
  std::string operator()(const StepRecvMessage& step) const {
    return "recv " + render_message_script(step.message) +
           render_other_port(step.from_another_port);
  }
  std::string operator()(const StepRecvEither& step) const {
    std::vector<std::string> messages;
    for (const Message& one : step.messages) messages.push_back(render_message_script(one));
    return fmt::format("recv {}", fmt::join(messages, " or ")) +
           render_other_port(step.from_another_port);
  }
  std::string operator()(const StepRecvCount& step) const {
    return fmt::format("recv {} bytes", step.count);
  }
  std::string operator()(const StepRecvUntil& step) const {
    return "recv until " + render_quoted(step.terminator);
  }
  std::string operator()(const StepRecvPattern& step) const {
    return "recv " + slashed(step.pattern);
  }
  std::string operator()(const StepRecvEof&) const { return "recv eof"; }
  std::string operator()(const StepRecvReset&) const { return "recv reset"; }
  std::string operator()(const StepRecvNothing& step) const {
    return "recv nothing for " + render_duration(step.duration);
  }
  std::string operator()(const StepShutdown&) const { return "shutdown"; }
  std::string operator()(const StepClose&) const { return "close"; }
  std::string operator()(const StepAbort&) const { return "abort"; }
  std::string operator()(const StepRefused&) const { return "refused"; }
  std::string operator()(const StepListen& step) const {
    const char* const transport = step.transport == Transport::udp ? " udp" : " tcp";
    return fmt::format("listen {}{}", step.port, step.transport ? transport : "");
  }
  std::string operator()(const StepAccept& step) const {
    return step.from.empty() ? "accept" : "accept from " + step.from;
  }
  std::string operator()(const StepRefuse&) const { return "refuse"; }
  std::string operator()(const StepWait& step) const {
    return "wait " + render_duration(step.duration);
  }
  std::string operator()(const StepSockets& step) const { return "sockets " + quoted(step.name); }
  std::string operator()(const StepNote& step) const { return "note " + quoted(step.text); }
  std::string operator()(const StepRun& step) const { return "run " + quoted(step.command); }
  std::string operator()(const StepType& step) const {
    return "type " + quoted(step.text) + (step.if_running ? " if running" : "");
  }
  std::string operator()(const StepPrints& step) const {
    return "prints " + (step.is_pattern ? slashed(step.text) : quoted(step.text));
  }
  std::string operator()(const StepExits& step) const {
    return step.code ? fmt::format("exits {}", *step.code) : "exits";
  }
  std::string operator()(const StepServer& step) const {
    return std::string(kServerActionNames.at(static_cast<std::size_t>(step.action)));
  }
  std::string operator()(const StepRepeat& step) const {
    return fmt::format("repeat {} {{ {} steps }}", step.times, step.steps.size());
  }
};

}  // namespace

std::string render_message_script(const Message& message) {
  std::vector<std::string> parts;
  for (const MessagePart& part : message.parts) parts.push_back(std::visit(PartRenderer{}, part));
  return fmt::format("{}", fmt::join(parts, " "));
}

std::string render_step(const Step& step) {
  std::string text = step.actor == "client" ? "" : step.actor + ": ";
  text += std::visit(ActionRenderer{}, step.action);
  if (step.within) text += " within " + render_duration(*step.within);
  return text;
}

}  // namespace wireproof
