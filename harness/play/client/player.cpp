#include "play/client/player.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <cassert>
#include <deque>
#include <exception>

#include "base/text/words.h"
#include "expect/payload/field_codec.h"
#include "judge/socket_judge.h"
#include "machine/host/socket_list.h"
#include "play/client/step_outcome.h"
#include "play/client/step_play.h"
#include "sheet/session/step_traits.h"

namespace wireproof {
namespace {

namespace asio = boost::asio;

using Clock = std::chrono::steady_clock;

std::string actor_name(const StepPlay& play, const Step& step) {
  return play.actor == nullptr ? step.actor : play.actor->plan.who.name;
}

// A group's steps end together, so the time is each client's own.
FailedStep failed_step(const StepPlay& play, const Step& step, std::size_t playing) {
  FailedStep failed;
  failed.actor = actor_name(play, step);
  failed.playing = playing;
  failed.diagnostic = *play.outcome.failure;
  failed.diagnostic.span = step.span;
  if (play.variables.contains("i")) {
    failed.diagnostic.notes.push_back({"", "in repetition " + play.variables.at("i")});
  }
  failed.end = play.outcome.end;
  failed.received = play.outcome.received;
  failed.output = play.outcome.output;
  failed.variables = play.variables;
  failed.gave_up = std::chrono::system_clock::now() - (Clock::now() - play.ended);
  return failed;
}

// A connection belongs to the session if one of its actors has an end of it.
bool is_own(const SocketEntry& socket, const std::vector<ActorEndpoint>& actors) {
  if (socket.remote.port == 0) return true;
  return std::ranges::any_of(actors, [&](const ActorEndpoint& actor) {
    return actor.tcp == socket.tcp && (actor.local == socket.local || actor.local == socket.remote);
  });
}

class SessionPlayer {
 public:
  SessionPlayer(const Scenario& scenario, const PlayOptions& options)
      : scenario_(scenario),
        options_(options),
        plan_(plan_session(*scenario.session)),
        watch_(context_, options.capture_fd, options.on_capture_readable) {
    for (ActorPlan& plan : plan_actors(scenario, options)) {
      actors_.emplace_back(std::move(plan), context_, log_, options);
    }
    out_.serving.listening = listening_actors(*scenario.session, scenario.front.transport);
    out_.serving.beside_server = has_server(scenario.front);
    out_.variables["host"] = render_ip_address(options.server);
    const std::uint16_t port = options.tcp_port != 0 ? options.tcp_port : options.udp_port;
    out_.variables["port"] = std::to_string(port);
  }

  PlayedSession play() {
    try {
      play_steps();
      for (Actor& actor : actors_) settle_refusal(actor, nullptr);
      out_.error = watch_.error();
    } catch (const std::exception& error) {
      out_.error = error.what();
    }
    close_all();
    out_.calls = log_.take();
    out_.failures = merge_failures(failures_);
    return std::move(out_);
  }

 private:
  void play_steps() {
    while (playing_ < plan_.steps.size()) {
      const PlayedStep& played = plan_.steps[playing_];
      if (played.behind_repeat != 0 && is_over()) {
        playing_ = played.behind_repeat;
        continue;
      }
      const Step& step = *played.step;
      if (const auto* server = std::get_if<StepServer>(&step.action)) {
        play_server_step(step, server->action);
      } else if (const auto* sockets = std::get_if<StepSockets>(&step.action)) {
        play_sockets_step(step, sockets->name);
      } else if (const auto* note = std::get_if<StepNote>(&step.action)) {
        note_ = note->text;
      } else {
        play_step(played);
      }
      ++playing_;
    }
  }

  void play_step(const PlayedStep& played) {
    std::deque<StepPlay> plays;
    for (Actor* actor : actors_of(played)) plays.push_back(make_play(*actor, played));
    play_at_once(context_, plays, *played.step, scenario_, limit_of(*played.step));
    for (const StepPlay& play : plays) finish(play, *played.step);
  }

  void play_server_step(const Step& step, ServerAction action) {
    StepPlay play;
    play.started = Clock::now();
    const ServerOutcome done = options_.server_action ? options_.server_action(action)
                                                      : ServerOutcome{"", kServerNotStarted};
    play.outcome = StepOutcome::met(done.skipped.empty() ? "" : "skipped: " + done.skipped);
    if (!done.failure.empty()) play.outcome = StepOutcome::failed(done.failure);
    if (done.port_in_use) play.outcome.end = StepEnd::port_in_use;
    play.ended = Clock::now();
    if (done.lacked_time) note_vain_wait(play.started - start_, play.ended - play.started);
    const std::size_t index = record(play, step);
    if (!done.skipped.empty()) {
      out_.skipped.push_back(out_.steps[index].text + ": " + done.skipped);
    } else if (play.outcome.failure) {
      failures_.push_back({false, fail(play, step)});
    }
  }

  // States settle by themselves: the server closes a moment after the client has, so the snapshot
  // is taken as soon as it equals the table. Whether it does is the judge's to say.
  void play_sockets_step(const Step& step, const std::string& name) {
    StepPlay play;
    play.started = Clock::now();
    if (!options_.sockets_skipped.empty()) {
      play.outcome = StepOutcome::met("skipped: " + options_.sockets_skipped);
      play.ended = play.started;
      out_.skipped.push_back(out_.steps[record(play, step)].text + ": " + options_.sockets_skipped);
      return;
    }
    const auto table = std::ranges::find(scenario_.socket_tables, name, &SocketTable::name);
    const SocketOwners owners{options_.tcp_port,
                              options_.udp_port,
                              &out_.actors,
                              &out_.programs,
                              scenario_.session->group_size,
                              &out_.serving};
    const bool found = table != scenario_.socket_tables.end();
    const std::vector<SocketRow> rows = found ? table->rows : std::vector<SocketRow>{};
    std::vector<SocketEntry> sockets;
    const bool equal = await_settled(context_, found ? limit_of(step) : Duration(0), [&] {
      sockets = read_socket_table({options_.tcp_port, options_.udp_port, options_.sockets_of});
      std::erase_if(sockets, [&](const SocketEntry& socket) { return was_before(socket); });
      if (options_.only_own_sockets) {
        std::erase_if(sockets,
                      [&](const SocketEntry& socket) { return !is_own(socket, out_.actors); });
      }
      return compare_sockets(rows, sockets, owners).equal();
    });
    play.outcome = StepOutcome::met(counted(sockets.size(), "socket"));
    if (!equal) play.outcome.text += ", not those of the table";
    if (!equal) note_vain_wait(play.started - start_, limit_of(step));
    out_.sockets.push_back({name, std::move(sockets)});
    play.ended = Clock::now();
    record(play, step);
  }

  bool was_before(const SocketEntry& socket) const {
    return std::ranges::any_of(options_.sockets_before, [&](const SocketEntry& before) {
      return before.tcp == socket.tcp && before.local == socket.local &&
             before.remote == socket.remote;
    });
  }

  void note_vain_wait(Duration before, Duration limit, Duration lacked = Duration(0)) {
    out_.timed_out = true;
    if (options_.on_time_out) options_.on_time_out({before, limit, lacked});
  }

  std::vector<Actor*> actors_of(const PlayedStep& played) {
    std::vector<Actor*> result;
    for (std::size_t index = 0; index < played.actor_count; ++index) {
      Actor& actor = actors_[played.first_actor + index];
      settle_refusal(actor, played.step);
      if (!actor.ended) result.push_back(&actor);
    }
    return result;
  }

  // Of a sheet that was checked: it is there.
  Actor* find_actor(const std::string& name) {
    const auto found = std::ranges::find_if(
        actors_, [&](const Actor& actor) { return actor.plan.who.name == name; });
    assert(found != actors_.end());
    return &*found;
  }

  StepPlay make_play(Actor& actor, const PlayedStep& played) {
    StepPlay play;
    play.actor = &actor;
    play.listener = &actor;
    const auto* const accept = std::get_if<StepAccept>(&played.step->action);
    if (accept != nullptr && !accept->from.empty()) play.listener = find_actor(accept->from);
    play.variables = actor.variables;
    play.variables.insert(out_.variables.begin(), out_.variables.end());
    play.variables["n"] = std::to_string(actor.plan.who.number);
    if (played.repetition != 0) play.variables["i"] = std::to_string(played.repetition);
    return play;
  }

  Duration limit_of(const Step& step) const {
    return step.within.value_or(options_.timeout.value_or(scenario_.front.timeout));
  }

  // No actor has anything left to play.
  bool is_over() const { return !actors_.empty() && std::ranges::all_of(actors_, &Actor::ended); }

  // What was refused fails unless `next`, the actor's next step, is `refused`.
  void settle_refusal(Actor& actor, const Step* next) {
    if (!actor.pending) return;
    if (next != nullptr && step_traits(next->action).goal == StepGoal::refusal) return;
    out_.steps[actor.pending->step_result].ok = false;
    actor.ended = true;
    failures_.push_back(std::move(actor.pending->failure));
    actor.pending.reset();
  }

  void finish(const StepPlay& play, const Step& step) {
    Actor& actor = *play.actor;
    const StepTraits traits = step_traits(step.action);
    if (traits.goal == StepGoal::connect && actor.socket.local().port != 0) {
      out_.actors.push_back({actor.plan.who.name, actor.socket.local(), actor.plan.connect.tcp});
    }
    if (traits.goal == StepGoal::accept && actor.socket.is_open()) {
      out_.serving.accepted.push_back(
          {actor.plan.who.name, actor.socket.remote(), actor.socket.is_tcp()});
    }
    if (traits.makes == ActorKind::program &&
        std::ranges::find(out_.programs, actor.plan.who.name) == out_.programs.end()) {
      out_.programs.push_back(actor.plan.who.name);
    }
    remember(play, step);
    const std::size_t index = record(play, step);
    if (!play.outcome.failure) return;
    StepFailure failure{step.actor == "each", fail(play, step)};
    if (play.outcome.refused) {
      actor.pending = PendingRefusal{std::move(failure), index};
      return;
    }
    if (play.outcome.timed_out) {
      note_vain_wait(out_.steps[index].started, limit_of(step), play.outcome.lacked);
    }
    actor.ended = true;
    failures_.push_back(std::move(failure));
  }

  // A value is its actor's first, so that each client of a group keeps its own, and then
  // everyone's.
  void remember(const StepPlay& play, const Step& step) {
    for (const std::string& name : remembered_names(step.action)) {
      const auto value = play.variables.find(name);
      if (value == play.variables.end()) continue;  // the message did not come
      play.actor->variables[name] = value->second;
      out_.variables[name] = value->second;
    }
  }

  FailedStep fail(const StepPlay& play, const Step& step) const {
    FailedStep failed = failed_step(play, step, playing_);
    if (!note_.empty())
      failed.diagnostic.notes.push_back({"note", fill_placeholders(note_, play.variables)});
    return failed;
  }

  std::size_t record(const StepPlay& play, const Step& step) {
    StepResult result;
    result.actor = actor_name(play, step);
    const std::string& sheet = scenario_.source.text();
    if (step.span.begin < step.span.end && step.span.end <= sheet.size()) {
      result.text = sheet.substr(step.span.begin, step.span.end - step.span.begin);
    }
    result.line = scenario_.source.position(step.span.begin).line;
    result.started = play.started - start_;
    result.lasted = play.ended - play.started;
    result.ok = !play.outcome.failure || play.outcome.refused;
    result.outcome = play.outcome.text;
    out_.steps.push_back(std::move(result));
    return out_.steps.size() - 1;
  }

  void close_all() {
    for (Actor& actor : actors_) {
      if (actor.socket.is_open()) actor.socket.close();
      actor.program.end();
      if (actor.program.has_left_rest()) out_.left_behind.push_back(actor.plan.who.name);
    }
    for (Actor& actor : actors_) {
      if (actor.listener.is_open()) actor.listener.close();
    }
  }

  const Scenario& scenario_;
  const PlayOptions& options_;
  asio::io_context context_{1};
  CallLog log_;
  SessionPlan plan_;
  std::deque<Actor> actors_;  // of the plan, in its order
  CaptureWatch watch_;
  const Clock::time_point start_ = Clock::now();
  std::size_t playing_ = 0;  // index in the plan's steps
  std::string note_;         // the last that the sheet has said
  std::vector<StepFailure> failures_;
  PlayedSession out_;
};

}  // namespace

PlayedSession play_session(const Scenario& scenario, const PlayOptions& options) {
  if (!scenario.session) return {};
  return SessionPlayer(scenario, options).play();
}

}  // namespace wireproof
