#include "judge/explain/class_failure.h"

#include <algorithm>

#include "base/text/bytes.h"

namespace wireproof {
namespace {

Mismatch class_end(StepEnd end) {
  switch (end) {
    case StepEnd::end_of_stream:
      return Mismatch::closed;
    case StepEnd::reset:
      return Mismatch::reset;
    case StepEnd::refused:
      return Mismatch::refused;
    case StepEnd::port_in_use:
      return Mismatch::in_use;
    case StepEnd::bytes:
    case StepEnd::timed_out:
    case StepEnd::other:
      break;
  }
  return Mismatch::nothing;
}

std::optional<Mismatch> class_answers(const FailureEvidence& evidence) {
  const auto seen = explain_answers(evidence);
  if (!seen) return std::nullopt;
  switch (seen->id) {
    case ExplanationId::sent_unasked:
      return Mismatch::in_front;
    case ExplanationId::wrong_beginning:
      return Mismatch::beginning;
    case ExplanationId::zeros_behind:
      return Mismatch::zeros;
    case ExplanationId::line_end_behind:
      return Mismatch::line_end;
    default:
      return std::nullopt;
  }
}

bool is_earlier(const FailureEvidence& evidence) {
  return std::ranges::any_of(evidence.replies, [&](const EncodedMessage& reply) {
    return reply.bytes.size() > 1 && begins_with(evidence.came, reply.bytes);
  });
}

bool differs_in_case(ByteView wanted, ByteView came) {
  const auto lower = [](std::uint8_t byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<std::uint8_t>(byte - 'A' + 'a') : byte;
  };
  return std::ranges::equal(wanted, came, {}, lower, lower);
}

Mismatch class_message(const FailureEvidence& evidence) {
  if (evidence.came.empty()) return class_end(evidence.end);
  const Bytes& wanted = evidence.expected ? evidence.expected->bytes : evidence.expected_head;
  if (const auto fields = explain_fields(evidence)) {
    const bool is_order =
        fields->id == ExplanationId::byte_order || fields->id == ExplanationId::native_layout;
    return is_order ? Mismatch::byte_order : Mismatch::other_bytes;
  }
  if (begins_with(evidence.came, wanted)) return Mismatch::behind;
  if (evidence.expected && is_earlier(evidence)) return Mismatch::earlier;
  if (begins_with(wanted, evidence.came)) return Mismatch::cut;
  if (differs_in_case(wanted, evidence.came)) return Mismatch::letter_case;
  return Mismatch::other_bytes;
}

Mismatch class_goal(const FailureEvidence& evidence) {
  switch (evidence.goal) {
    case StepGoal::message:
      return class_message(evidence);
    case StepGoal::end:
    case StepGoal::silence:
      if (!evidence.came.empty()) return Mismatch::unasked;
      return evidence.end == StepEnd::timed_out ? Mismatch::stays_open : class_end(evidence.end);
    case StepGoal::reset:
    case StepGoal::connect:
    case StepGoal::accept:
    case StepGoal::refusal:
    case StepGoal::send:
    case StepGoal::server_restart:
      return class_end(evidence.end);
    case StepGoal::program_output:
    case StepGoal::program_end:
    case StepGoal::server_alive:
    case StepGoal::server_idle:
    case StepGoal::other:
      break;
  }
  return Mismatch::state;
}

Symptom class_evidence(const FailureEvidence& evidence) {
  Symptom symptom;
  symptom.mismatch = class_answers(evidence).value_or(class_goal(evidence));
  const bool is_wrong =
      symptom.mismatch == Mismatch::byte_order || symptom.mismatch == Mismatch::other_bytes;
  if (is_wrong) symptom.detail = first_wrong_field(evidence);
  return symptom;
}

}  // namespace

Symptom class_failure(const FailureEvidence& evidence) {
  if (evidence.end != StepEnd::timed_out) return class_evidence(evidence);
  // How much came after the time limit depends on how fast its connection was ended then.
  FailureEvidence at_limit = evidence;
  at_limit.came.resize(std::min(evidence.came.size(), evidence.in_time));
  return class_evidence(at_limit);
}

}  // namespace wireproof
