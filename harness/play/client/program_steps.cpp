#include <fmt/format.h>

#include <algorithm>

#include "base/text/bytes.h"
#include "judge/traffic/message_end.h"
#include "machine/process/client_program.h"
#include "play/client/actor_step.h"

// The steps of an actor that is a program.

namespace wireproof {
namespace {

constexpr std::size_t kMaxShownOutput = 2000;

// What it printed last, for a message.
std::string render_output(const std::string& output) {
  if (output.empty()) return "nothing";
  const std::size_t shown = std::min(output.size(), kMaxShownOutput);
  std::string text = output.substr(output.size() - shown);
  while (text.ends_with('\n')) text.pop_back();
  return (shown < output.size() ? "… " : "") + text;
}

std::string describe_end(ClientProgram& program) {
  const auto end = program.how_ended();
  return end ? render_process_end(*end) : "still runs";
}

StepOutcome program_failed(std::string message, const ClientProgram& program) {
  return StepOutcome::failed(std::move(message), {{"output", render_output(program.output())}});
}

StepOutcome program_timed_out(std::string message, const ClientProgram& program) {
  StepOutcome outcome = program_failed(std::move(message), program);
  outcome.end = StepEnd::timed_out;
  outcome.timed_out = true;
  return outcome;
}

std::string render_wanted(const StepPrints& step, const std::string& text) {
  if (step.is_pattern) return "/" + text + "/";
  return render_quoted(as_bytes(text), text.size());
}

}  // namespace

ActorStep::Outcome ActorStep::operator()(const StepRun& step) {
  const std::string command = fill_in(step.command, variables_);
  program_.start(command, setting_.folder);
  co_return StepOutcome::met(command);
}

ActorStep::Outcome ActorStep::operator()(const StepType& step) {
  const std::string text = fill_in(step.text, variables_);
  const bool typed = co_await program_.type(text, setting_.limit);
  if (typed) co_return StepOutcome::met(render_received(as_bytes(text)));
  if (program_.has_ended()) {
    co_return program_failed(
        fmt::format("the program {} before this was typed", describe_end(program_)), program_);
  }
  co_return program_timed_out(fmt::format("the program did not take what was typed within {}",
                                          render_duration(setting_.limit)),
                              program_);
}

ActorStep::Outcome ActorStep::operator()(const StepPrints& step) {
  const std::string wanted = fill_in(step.text, variables_);
  MessagePattern pattern(wanted);
  std::string found;
  ClientProgram::Find find = [&](const std::string& unread) -> std::optional<std::size_t> {
    const auto end = step.is_pattern ? pattern.matched_size(as_bytes(unread))
                                     : terminated_size(as_bytes(unread), as_bytes(wanted));
    if (end) found = unread.substr(0, *end);
    return end;
  };
  const bool printed = co_await program_.await_output(std::move(find), setting_.limit);
  if (printed) co_return StepOutcome::met(render_quoted(as_bytes(found), kMaxShownOutput));
  const std::string what = render_wanted(step, wanted);
  if (!pattern.error().empty()) {
    co_return program_failed(fmt::format("cannot search for {}: {}", what, pattern.error()),
                             program_);
  }
  if (program_.output_ended()) {
    static_cast<void>(co_await program_.await_end(setting_.limit));
    co_return program_failed(
        fmt::format("the program {} and did not print {}", describe_end(program_), what), program_);
  }
  co_return program_timed_out(
      fmt::format("the program did not print {} within {}", what, render_duration(setting_.limit)),
      program_);
}

ActorStep::Outcome ActorStep::operator()(const StepExits& step) {
  const bool ended = co_await program_.await_end(setting_.limit);
  if (!ended) {
    co_return program_timed_out(
        fmt::format("the program still runs after {}", render_duration(setting_.limit)), program_);
  }
  const ProcessEnd wanted{ProcessEnd::Way::exited, step.code, ""};
  if (program_.how_ended() == wanted) co_return StepOutcome::met(describe_end(program_));
  co_return program_failed(
      fmt::format("the program {}, expected code {}", describe_end(program_), step.code), program_);
}

}  // namespace wireproof
