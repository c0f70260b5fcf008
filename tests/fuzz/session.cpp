#include <algorithm>

#include "fuzz/sheets.h"
#include "fuzz/targets.h"
#include "sheet/session/session_parser.h"
#include "sheet/session/session_plan.h"
#include "sheet/session/step_traits.h"

// The lines of a session.
namespace wireproof {
namespace {

// A message says in a sheet's words what it is: read again it is the same.
void check_message(const Message& message, MessageUse use) {
  const std::string script = render_message_script(message);
  Problems problems;
  Cursor cursor(make_fragment(script, 0));
  auto again = parse_message(cursor, known_layouts(), use, problems);
  promise(again && !problems.has_errors() && cursor.at_end(), "a message can be read again");
  const auto encoded = encode_message(message, known_layouts(), {});
  const auto encoded_again = encode_message(*again, known_layouts(), {});
  promise(encoded.has_value() == encoded_again.has_value(), "it can be sent as before");
  if (encoded) promise(encoded->bytes == encoded_again->bytes, "it has the same bytes");
}

void check_step(const Step& step) {
  promise(!render_step(step).empty(), "a step can be shown");
  if (const auto* const send = std::get_if<StepSend>(&step.action)) {
    check_message(send->message, MessageUse::send);
  }
  for (const Message* const message : messages_of(step.action))
    check_message(*message, MessageUse::recv);
}

}  // namespace

void fuzz_session(ByteView input) {
  const SourceText source("session", std::string(as_text(input)));
  Fence fence;
  fence.language = "session";
  for (std::size_t line = 1; line <= source.line_count(); ++line) {
    fence.lines.push_back(make_fragment(source.line_text(line), source.line_start(line)));
  }
  Problems problems;
  const Parameters parameters{{"prefix", "a\"\\/b"}, {"long", std::string(100, 'x')}};
  const SessionScript script = parse_session(fence, known_layouts(), parameters, problems);
  check_diagnostics(problems.take(), source);
  visit_steps(script.steps, check_step);
  const SessionPlan plan = plan_session(script);
  promise(plan.steps.size() <= kMaxPlayedSteps, "no more is unfolded than is allowed");
  longest_session(plan, std::chrono::seconds(2));
}

}  // namespace wireproof
