#include <fmt/format.h>

#include "base/text/bytes.h"
#include "expect/payload/payload.h"
#include "sheet/session/session_script.h"

namespace wireproof {
namespace {

std::string quoted(const std::string& text) {
  return render_quoted(as_bytes(text), text.size());
}

std::string slashed(const std::string& pattern) {
  std::string text = "/";
  for (const char c : pattern) {
    if (c == '/') text += '\\';
    text += c;
  }
  return text + "/";
}

struct ActionRenderer {
  std::string operator()(const StepConnect& step) const {
    return step.from.empty() ? "connect" : "connect from " + step.from;
  }
  std::string operator()(const StepSend& step) const {
    std::string text = "send " + render_message_script(step.message);
    if (step.piece_size) text += fmt::format(" in pieces of {}", *step.piece_size);
    if (step.piece_pause) text += " every " + render_duration(*step.piece_pause);
    if (!step.split_after.empty()) {
      text += fmt::format(" split after {}", fmt::join(step.split_after, " "));
    }
    return step.no_delay ? text + " nodelay" : text;
  }
  std::string operator()(const StepRecvMessage& step) const {
    return "recv " + render_message_script(step.message);
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
  std::string operator()(const StepWait& step) const {
    return "wait " + render_duration(step.duration);
  }
  std::string operator()(const StepSockets& step) const { return "sockets " + quoted(step.name); }
  std::string operator()(const StepRun& step) const { return "run " + quoted(step.command); }
  std::string operator()(const StepType& step) const { return "type " + quoted(step.text); }
  std::string operator()(const StepPrints& step) const {
    return "prints " + (step.is_pattern ? slashed(step.text) : quoted(step.text));
  }
  std::string operator()(const StepExits& step) const { return fmt::format("exits {}", step.code); }
  std::string operator()(const StepServer& step) const {
    return std::string(kServerActionNames.at(static_cast<std::size_t>(step.action)));
  }
  std::string operator()(const StepRepeat& step) const {
    return fmt::format("repeat {} {{ {} steps }}", step.times, step.steps.size());
  }
};

}  // namespace

std::string render_step(const Step& step) {
  std::string text = step.actor == "client" ? "" : step.actor + ": ";
  text += std::visit(ActionRenderer{}, step.action);
  if (step.within) text += " within " + render_duration(*step.within);
  return text;
}

}  // namespace wireproof
