#include "sheet/session/session_parser.h"

#include <fmt/format.h>

#include <algorithm>

namespace wireproof {
namespace {

constexpr std::uint64_t kMaxClients = 10'000;
constexpr std::uint64_t kMaxRepeats = 100'000;
constexpr std::size_t kMaxSteps = 10'000;
constexpr std::size_t kMaxRepeatDepth = 8;

class SessionParser {
 public:
  SessionParser(const Fence& fence, const MessageNames& names, const Parameters& parameters,
                Problems& problems)
      : fence_(fence), names_(names), parameters_(parameters), problems_(problems) {}

  SessionScript parse() {
    script_.span = fence_.span;
    for (const Fragment& line : fence_.lines) {
      const Fragment text = trim(without_comment(line));
      if (!text.empty()) parse_line(substitute(text, parameters_, problems_));
    }
    while (!blocks_.empty()) {
      problems_.error(ProblemCode::repeat_line, blocks_.back().step.span,
                      "the repeat is not closed", "a line of `}` ends it");
      close_repeat(blocks_.back().step.span);
    }
    return std::move(script_);
  }

 private:
  // An open `repeat N {`: where its steps go when it ends.
  struct Block {
    Step step;
    std::vector<Step> steps;
  };

  void parse_line(const Fragment& line) {
    Cursor cursor(line);
    const Span span = line.span();
    if (cursor.take_symbol("}")) {
      if (!cursor.at_end())
        problems_.error(ProblemCode::repeat_line, cursor.next_span(), "nothing follows a `}`");
      close_repeat(span);
      return;
    }
    if (cursor.is_word("clients")) {
      parse_clients(cursor);
      return;
    }
    parse_actor_line(cursor, span);
  }

  // A step, or the beginning of a repeat, with its actor before it.
  void parse_actor_line(Cursor& cursor, Span span) {
    const std::string actor = take_actor(cursor);
    if (cursor.take_word("repeat")) {
      open_repeat(cursor, actor, span);
    } else if (actor == kServerName) {
      parse_server_step(cursor, span);
    } else {
      parse_actor_step(cursor, actor, span);
    }
  }

  void parse_clients(Cursor& cursor) {
    const std::size_t begin = cursor.offset();
    cursor.take_word("clients");
    const Span place = cursor.next_span();
    const auto count = cursor.take_number();
    if (!count || *count == 0 || *count > kMaxClients || !cursor.at_end()) {
      problems_.error(ProblemCode::clients_line, place, "`clients` needs a number alone",
                      fmt::format("from 1 to {}, as: clients 20", kMaxClients));
      return;
    }
    if (script_.group_size != 0 || step_count_ != 0 || !blocks_.empty()) {
      problems_.error(ProblemCode::clients_line, cursor.span_from(begin),
                      "`clients` stands once, before all steps");
      return;
    }
    script_.group_size = *count;
    for (std::uint64_t i = 1; i <= *count; ++i) script_.actors.push_back(fmt::format("c{}", i));
  }

  void open_repeat(Cursor& cursor, std::string actor, Span span) {
    const Span place = cursor.next_span();
    const auto times = cursor.take_number();
    if (!times || *times == 0 || *times > kMaxRepeats) {
      problems_.error(ProblemCode::repeat_line, place, "`repeat` needs a number",
                      fmt::format("from 1 to {}, as: repeat 3 {{", kMaxRepeats));
    }
    if (blocks_.size() == kMaxRepeatDepth) {
      problems_.error(ProblemCode::too_many_steps, span,
                      fmt::format("repeats are nested more than {} deep", kMaxRepeatDepth));
    }
    if (!cursor.take_symbol("{")) {
      problems_.error(ProblemCode::repeat_line, cursor.next_span(), "`repeat N` is followed by `{`",
                      "its steps stand on the lines up to a `}`");
      return;
    }
    Block block;
    block.step.actor = std::move(actor);
    block.step.action = StepRepeat{times.value_or(1), {}};
    block.step.span = span;
    blocks_.push_back(std::move(block));
    if (!cursor.at_end() && blocks_.size() <= kMaxRepeatDepth) parse_repeat_line(cursor, span);
  }

  // `repeat 3 { send "a" }` on one line; its step may be a repeat again.
  void parse_repeat_line(Cursor& cursor, Span span) {
    const Fragment rest = trim(cursor.rest_fragment());
    const bool closed = rest.text.ends_with('}');
    const Fragment inside = trim(part_of(rest, 0, rest.text.size() - (closed ? 1 : 0)));
    if (!inside.empty()) {
      Cursor inner(inside);
      parse_actor_line(inner, inside.span());
    }
    if (closed) close_repeat(span);
  }

  void close_repeat(Span span) {
    if (blocks_.empty()) {
      problems_.error(ProblemCode::repeat_line, span, "this `}` closes nothing",
                      "a repeat begins with `repeat N {`");
      return;
    }
    Block block = std::move(blocks_.back());
    blocks_.pop_back();
    const Span begin = block.step.span;
    std::get<StepRepeat>(block.step.action).steps = std::move(block.steps);
    if (std::get<StepRepeat>(block.step.action).steps.empty()) {
      problems_.error(ProblemCode::empty_repeat, begin, "the repeat has no steps");
    }
    add_step(std::move(block.step), begin);
  }

  void parse_server_step(Cursor& cursor, Span span) {
    const Span place = cursor.next_span();
    const std::string word = cursor.take_any_word();
    const auto found = std::ranges::find(kServerActionNames, word);
    if (found != kServerActionNames.end() && !cursor.at_end()) {
      problems_.error(ProblemCode::word_behind_step, cursor.next_span(),
                      fmt::format("`{}` does not belong to this step", cursor.next_token()),
                      fmt::format("`{}` ends before it; a comment begins with #", word));
      return;
    }
    if (found == kServerActionNames.end()) {
      const std::vector<std::string> names(kServerActionNames.begin(), kServerActionNames.end());
      problems_.error(ProblemCode::unknown_server_action, place,
                      fmt::format("`{}` is nothing that the server can be asked", word),
                      suggest_name(word, names));
      return;
    }
    Step step;
    step.actor = kServerName;
    step.action = StepServer{static_cast<ServerAction>(found - kServerActionNames.begin())};
    add_step(std::move(step), span);
  }

  void parse_actor_step(Cursor& cursor, std::string actor, Span span) {
    auto step = parse_step(cursor, names_, problems_);
    if (step && std::holds_alternative<StepNote>(step->action)) {
      actor = kNoActor;
    } else {
      declare(actor, span);
    }
    if (!step) {
      ++step_count_;
      return;
    }
    step->actor = std::move(actor);
    add_step(std::move(*step), span);
  }

  void add_step(Step step, Span span) {
    step.span = span;
    if (++step_count_ == kMaxSteps + 1) {
      problems_.error(ProblemCode::too_many_steps, span,
                      fmt::format("a session has at most {} steps", kMaxSteps));
    }
    if (step_count_ > kMaxSteps) return;
    std::vector<Step>& steps = blocks_.empty() ? script_.steps : blocks_.back().steps;
    steps.push_back(std::move(step));
  }

  void declare(const std::string& actor, Span span) {
    if (actor == kGroupName) {
      if (script_.group_size == 0) {
        problems_.error(ProblemCode::group_without_clients, span, "`each` has no clients",
                        "declare them first: clients 20");
      }
      return;
    }
    if (std::ranges::find(step_words(), actor) != step_words().end()) {
      problems_.error(ProblemCode::step_as_actor, span,
                      fmt::format("`{}` is a step, so no actor can have this name", actor));
    } else {
      add_once(script_.actors, actor);
    }
  }

  // `NAME:` in front of a step; without it the actor is `client`, or the one that repeats.
  std::string take_actor(Cursor& cursor) {
    Cursor ahead = cursor;
    const std::string name = ahead.take_any_word();
    if (name.empty() || !ahead.take_symbol(":")) {
      return blocks_.empty() ? "client" : blocks_.back().step.actor;
    }
    cursor = ahead;
    return name;
  }

  const Fence& fence_;
  const MessageNames& names_;
  const Parameters& parameters_;
  Problems& problems_;
  SessionScript script_;
  std::vector<Block> blocks_;
  std::size_t step_count_ = 0;
};

}  // namespace

SessionScript parse_session(const Fence& fence, const MessageNames& names,
                            const Parameters& parameters, Problems& problems) {
  return SessionParser(fence, names, parameters, problems).parse();
}

}  // namespace wireproof
