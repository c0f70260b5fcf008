#include "judge/explain/session_walk.h"

#include <algorithm>

#include "expect/payload/payload.h"
#include "judge/traffic/actor_map.h"

namespace wireproof {
namespace {

// A step as it is played: those of a repetition once for each value of `i`.
struct PlayedStep {
  const Step* step = nullptr;
  std::string repetition;
};

constexpr std::size_t kMaxPlayedSteps = 100'000;

void unfold(const std::vector<Step>& steps, const std::string& repetition,
            std::vector<PlayedStep>& all) {
  for (const Step& step : steps) {
    if (all.size() >= kMaxPlayedSteps) return;
    const auto* const repeat = std::get_if<StepRepeat>(&step.action);
    if (repeat == nullptr) {
      all.push_back({&step, repetition});
      continue;
    }
    for (std::uint64_t i = 1; i <= repeat->times && all.size() < kMaxPlayedSteps; ++i) {
      unfold(repeat->steps, std::to_string(i), all);
    }
  }
}

bool plays(const Step& step, const std::string& actor, const SessionScript& script) {
  if (step.actor == actor) return true;
  const bool in_group = actor.size() > 1 && actor.front() == 'c' &&
                        std::ranges::all_of(actor.substr(1), [](unsigned char letter) {
                          return letter >= '0' && letter <= '9';
                        });
  return step.actor == "each" && in_group && script.group_size > 0;
}

std::vector<PlayedStep> steps_of(const Scenario& scenario, const std::string& actor) {
  std::vector<PlayedStep> all;
  unfold(scenario.session->steps, "", all);
  std::erase_if(all,
                [&](const PlayedStep& one) { return !plays(*one.step, actor, *scenario.session); });
  return all;
}

Variables variables_at(const Variables& variables, const PlayedStep& at) {
  Variables result = variables;
  if (!at.repetition.empty()) result["i"] = at.repetition;
  return result;
}

// A message sent at once may hold several of the protocol: its layouts, each with what no layout
// describes behind it.
std::vector<EncodedMessage> encode_requests(const Message& message, const LayoutSet& layouts,
                                            const Variables& variables) {
  std::vector<EncodedMessage> result;
  bool open = false;  // the last one may go on
  for (const MessagePart& part : message.parts) {
    const bool is_layout = std::holds_alternative<LayoutPart>(part);
    const Message alone{{part}, message.span};
    auto encoded = encode_message(alone, layouts, variables);
    if (!encoded) return result;
    if (is_layout || !open) {
      result.push_back(*std::move(encoded));
    } else {
      Bytes& bytes = result.back().bytes;
      bytes.insert(bytes.end(), encoded->bytes.begin(), encoded->bytes.end());
    }
    open = !is_layout;
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

  SessionWalk walk();

 private:
  void before(const PlayedStep& at);
  void after(const PlayedStep& at);
  void meet(const PlayedStep& at);

  const Scenario& scenario_;
  const FailedStep& failed_;
  SessionWalk out_;
};

void Walker::before(const PlayedStep& at) {
  const Variables variables = variables_at(failed_.variables, at);
  const StepAction& action = at.step->action;
  if (std::holds_alternative<StepConnect>(action)) {
    out_ = SessionWalk();
  } else if (const auto* const send = std::get_if<StepSend>(&action)) {
    auto requests = encode_requests(send->message, scenario_.layouts, variables);
    out_.requests.insert(out_.requests.end(), requests.begin(), requests.end());
    out_.request_in_pieces = send->piece_size.has_value() || !send->split_after.empty();
  } else if (const auto* const recv = std::get_if<StepRecvMessage>(&action)) {
    auto reply = encode_message(recv->message, scenario_.layouts, variables);
    out_.received_known = out_.received_known && reply.has_value();
    out_.received_size += reply ? reply->bytes.size() : 0;
    out_.replies.push_back(reply ? *std::move(reply) : EncodedMessage());
  } else if (const auto* const count = std::get_if<StepRecvCount>(&action)) {
    out_.received_size += count->count;
    out_.replies.emplace_back();
  } else if (std::holds_alternative<StepRecvUntil>(action) ||
             std::holds_alternative<StepRecvPattern>(action)) {
    out_.received_known = false;
    out_.replies.emplace_back();
  }
}

void Walker::meet(const PlayedStep& at) {
  out_.failed = at.step;
  if (const auto* const recv = std::get_if<StepRecvMessage>(&at.step->action)) {
    auto wanted = encode_message(recv->message, scenario_.layouts, failed_.variables);
    out_.expected_head = known_head(recv->message, scenario_.layouts, failed_.variables);
    if (wanted) out_.expected = *std::move(wanted);
  } else if (const auto* const send = std::get_if<StepSend>(&at.step->action)) {
    for (auto& one : encode_requests(send->message, scenario_.layouts, failed_.variables)) {
      out_.requests.push_back(std::move(one));
    }
  }
}

void Walker::after(const PlayedStep& at) {
  const auto* const recv = std::get_if<StepRecvMessage>(&at.step->action);
  if (recv == nullptr) return;
  auto reply =
      encode_message(recv->message, scenario_.layouts, variables_at(failed_.variables, at));
  if (reply) out_.later.push_back(*std::move(reply));
}

SessionWalk Walker::walk() {
  const auto repetition = failed_.variables.find("i");
  const std::string i = repetition == failed_.variables.end() ? "" : repetition->second;
  for (const PlayedStep& at : steps_of(scenario_, failed_.actor)) {
    const bool is_failed = out_.failed == nullptr && at.step->span == failed_.step &&
                           (at.repetition.empty() || at.repetition == i);
    if (is_failed) {
      meet(at);
    } else if (out_.failed == nullptr) {
      before(at);
    } else {
      after(at);
    }
  }
  return std::move(out_);
}

}  // namespace

SessionWalk walk_session(const Scenario& scenario, const FailedStep& failed) {
  return Walker(scenario, failed).walk();
}

ExchangeCounts count_exchanges(const Scenario& scenario, const std::string& actor) {
  ExchangeCounts counts;
  if (!scenario.session) return counts;
  for (const PlayedStep& at : steps_of(scenario, actor)) {
    const StepAction& action = at.step->action;
    if (const auto* const send = std::get_if<StepSend>(&action)) {
      const auto layouts = std::ranges::count_if(send->message.parts, [](const MessagePart& part) {
        return std::holds_alternative<LayoutPart>(part);
      });
      const bool more = !send->message.parts.empty() && layouts > 0 &&
                        !std::holds_alternative<LayoutPart>(send->message.parts.back());
      counts.requests += std::max<std::size_t>(1, static_cast<std::size_t>(layouts)) + more;
    }
    const bool is_reply = std::holds_alternative<StepRecvMessage>(action) ||
                          std::holds_alternative<StepRecvCount>(action) ||
                          std::holds_alternative<StepRecvUntil>(action) ||
                          std::holds_alternative<StepRecvPattern>(action);
    counts.replies += is_reply ? 1 : 0;
  }
  return counts;
}

Bytes expected_bytes(const Scenario& scenario, const std::string& actor,
                     const Variables& variables) {
  Bytes all;
  Variables own = variables;
  own["n"] = client_number(actor);
  for (const PlayedStep& at : steps_of(scenario, actor)) {
    const auto* const recv = std::get_if<StepRecvMessage>(&at.step->action);
    if (recv == nullptr) continue;
    const Bytes head = known_head(recv->message, scenario.layouts, variables_at(own, at));
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
