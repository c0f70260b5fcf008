#include "judge/explain/session_walk.h"

#include <algorithm>

#include "expect/payload/payload.h"
#include "sheet/session/step_traits.h"

namespace wireproof {
namespace {

Variables variables_at(const Variables& variables, const PlayedStep& at) {
  Variables result = variables;
  if (at.repetition != 0) result["i"] = std::to_string(at.repetition);
  return result;
}

// A part that is a message of the protocol by itself.
bool is_whole(const MessagePart& part) {
  return std::holds_alternative<LayoutPart>(part) || std::holds_alternative<HttpPart>(part);
}

// A message sent at once may hold several of the protocol: its layouts, each with what no layout
// describes behind it.
std::vector<EncodedMessage> encode_requests(const Message& message, const LayoutSet& layouts,
                                            const Variables& variables) {
  std::vector<EncodedMessage> result;
  bool open = false;  // the last one may go on
  for (const MessagePart& part : message.parts) {
    const bool begins = is_whole(part);
    const Message alone{{part}, message.span};
    auto encoded = encode_message(alone, layouts, variables);
    if (!encoded) return result;
    if (begins || !open) {
      result.push_back(*std::move(encoded));
    } else {
      Bytes& bytes = result.back().bytes;
      bytes.insert(bytes.end(), encoded->bytes.begin(), encoded->bytes.end());
    }
    open = !begins;
  }
  return result;
}

bool is_open(const FieldArgument& argument) {
  return argument.kind == FieldArgument::Kind::anything ||
         argument.kind == FieldArgument::Kind::remember;
}

// The bytes of a layout before its first open field.
Bytes layout_head(const LayoutPart& part, const LayoutSet& layouts, const Variables& variables) {
  LayoutPart known = part;
  std::erase_if(known.arguments, is_open);
  const auto encoded = encode_message(Message{{known}, {}}, layouts, variables);
  const auto arguments = resolve_arguments(part, layouts);
  if (!encoded || !arguments) return {};
  Bytes bytes = encoded->bytes;
  for (const FieldPlace& place : encoded->fields) {
    const auto argument = arguments->find(place.field);
    const bool open = argument != arguments->end() && is_open(*argument->second);
    if (open) bytes.resize(std::min(bytes.size(), place.begin));
  }
  return bytes;
}

// A message's bytes up to what the script leaves open.
Bytes known_head(const Message& message, const LayoutSet& layouts, const Variables& variables) {
  Bytes head;
  for (const MessagePart& part : message.parts) {
    const auto whole = encode_message(Message{{part}, {}}, layouts, variables);
    const auto* const layout = std::get_if<LayoutPart>(&part);
    if (whole) {
      head.insert(head.end(), whole->bytes.begin(), whole->bytes.end());
      continue;
    }
    if (layout != nullptr) {
      const Bytes begin = layout_head(*layout, layouts, variables);
      head.insert(head.end(), begin.begin(), begin.end());
    }
    break;
  }
  return head;
}

class Walker {
 public:
  Walker(const Scenario& scenario, const FailedStep& failed)
      : scenario_(scenario), failed_(failed) {}

  void before(const PlayedStep& at) {
    const Variables variables = variables_at(failed_.variables, at);
    const StepTraits traits = step_traits(at.step->action);
    if (traits.goal == StepGoal::connect) {
      out_ = SessionWalk();
    } else if (traits.sends != nullptr) {
      auto requests = encode_requests(*traits.sends, scenario_.layouts, variables);
      out_.requests.insert(out_.requests.end(), requests.begin(), requests.end());
      out_.request_in_pieces = traits.in_pieces;
    }
    if (!traits.takes_reply) return;
    EncodedMessage reply;
    std::optional<std::size_t> size = traits.reply_size;
    if (traits.expects != nullptr) {
      if (auto encoded = encode_message(*traits.expects, scenario_.layouts, variables)) {
        reply = *std::move(encoded);
        size = reply.bytes.size();
      }
    }
    out_.received_known = out_.received_known && size.has_value();
    out_.received_size += size.value_or(0);
    out_.replies.push_back(std::move(reply));
  }

  void meet(const PlayedStep& at) {
    out_.failed = at.step;
    const StepTraits traits = step_traits(at.step->action);
    if (traits.expects != nullptr) {
      auto wanted = encode_message(*traits.expects, scenario_.layouts, failed_.variables);
      out_.expected_head = known_head(*traits.expects, scenario_.layouts, failed_.variables);
      if (wanted) out_.expected = *std::move(wanted);
    }
    if (traits.sends == nullptr) return;
    for (auto& one : encode_requests(*traits.sends, scenario_.layouts, failed_.variables)) {
      out_.requests.push_back(std::move(one));
    }
  }

  void after(const PlayedStep& at) {
    const StepTraits traits = step_traits(at.step->action);
    if (traits.expects == nullptr) return;
    auto reply =
        encode_message(*traits.expects, scenario_.layouts, variables_at(failed_.variables, at));
    if (reply) out_.later.push_back(*std::move(reply));
  }

  SessionWalk take() { return std::move(out_); }

 private:
  const Scenario& scenario_;
  const FailedStep& failed_;
  SessionWalk out_;
};

// How many messages one `send` holds.
std::size_t count_requests(const Message& message) {
  const auto whole = std::ranges::count_if(message.parts, is_whole);
  const bool more = whole > 0 && !is_whole(message.parts.back());
  return std::max<std::size_t>(1, static_cast<std::size_t>(whole)) + (more ? 1 : 0);
}

}  // namespace

SessionWalk walk_session(const Scenario& scenario, const SessionPlan& plan,
                         const FailedStep& failed) {
  if (failed.playing >= plan.steps.size()) return {};
  Walker walker(scenario, failed);
  const SheetActor* const actor = plan.find(failed.actor);
  for (std::size_t index = 0; index < plan.steps.size(); ++index) {
    const PlayedStep& at = plan.steps[index];
    if (index == failed.playing) {
      walker.meet(at);
    } else if (actor == nullptr || !plan.plays(at, *actor)) {
      continue;
    } else if (index < failed.playing) {
      walker.before(at);
    } else {
      walker.after(at);
    }
  }
  return walker.take();
}

ExchangeCounts count_exchanges(const SessionPlan& plan, const std::string& actor) {
  ExchangeCounts counts;
  const SheetActor* const own = plan.find(actor);
  for (const PlayedStep& at : plan.steps) {
    const StepTraits traits = step_traits(at.step->action);
    counts.waits_for_end |= traits.goal == StepGoal::end;
    if (own == nullptr || !plan.plays(at, *own)) continue;
    counts.waits_for_end |= traits.makes == ActorKind::program;
    if (traits.sends != nullptr) counts.requests += count_requests(*traits.sends);
    counts.replies += traits.takes_reply ? 1 : 0;
  }
  return counts;
}

Bytes expected_bytes(const Scenario& scenario, const SessionPlan& plan, const std::string& actor,
                     const Variables& variables) {
  Bytes all;
  const SheetActor* const own = plan.find(actor);
  if (own == nullptr) return all;
  Variables known = variables;
  known["n"] = std::to_string(own->number);
  for (const PlayedStep& at : plan.steps) {
    const StepTraits traits = step_traits(at.step->action);
    if (traits.expects == nullptr || !plan.plays(at, *own)) continue;
    const Bytes head = known_head(*traits.expects, scenario.layouts, variables_at(known, at));
    all.insert(all.end(), head.begin(), head.end());
  }
  return all;
}

const Layout* only_layout(const Message& message, const LayoutSet& layouts) {
  const Layout* found = nullptr;
  for (const MessagePart& part : message.parts) {
    const auto* const layout = std::get_if<LayoutPart>(&part);
    if (layout == nullptr) continue;
    if (found != nullptr || !layouts.contains(layout->layout)) return nullptr;
    found = &layouts.at(layout->layout);
  }
  return found;
}

}  // namespace wireproof
