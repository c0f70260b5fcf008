#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/text/time.h"
#include "sheet/session/session_script.h"

namespace wireproof {

// Whether an actor's socket is a UDP one: in a sheet of both transports those whose name begins
// with `udp`.
bool uses_udp(Transport transport, const std::string& actor);

// Who plays a session. `server` is none.
struct SheetActor {
  std::string name;
  std::uint64_t number = 0;  // from 1: `{n}`
  bool in_group = false;     // one of `each`

  bool operator==(const SheetActor&) const = default;
};

// An actor that listens, on one port. What takes a connection from it need not be the same actor.
struct ListeningActor {
  std::string name;
  std::uint16_t port = 0;
  bool tcp = true;

  bool operator==(const ListeningActor&) const = default;
};

// In the order of their first steps. `transport` is the sheet's.
std::vector<ListeningActor> listening_actors(const SessionScript& script,
                                             std::optional<Transport> transport);
// Those that play the server's part, also by an `accept` alone: nobody's clients.
std::vector<std::string> serving_actors(const SessionScript& script);

// Whether a step's message comes from another port than the one that was asked: a UDP server with a
// port for each transfer (RFC 1350 §4).
bool answers_from_other_ports(const SessionScript& script);

// One playing of one step; of a `repeat` each repetition has its own.
struct PlayedStep {
  const Step* step = nullptr;    // never a `repeat`; of the script, not owned
  std::uint64_t repetition = 0;  // from 1: `{i}` of the innermost repeat; 0: outside of any
  std::size_t first_actor = 0;   // those that play it, all at once; the server has none
  std::size_t actor_count = 0;
  // Where a repetition begins here: the index behind its repeat (the outermost, where several
  // begin), so that one can go on there when nobody is left to play it. Else 0.
  std::size_t behind_repeat = 0;
};

// Of a script that has more nothing is unfolded, and check_scenario refuses it.
inline constexpr std::size_t kMaxPlayedSteps = 1'000'000;
// How many playings the steps have, each repetition counted; kMaxPlayedSteps + 1 stands for more.
std::size_t count_played_steps(std::span<const Step> steps);

// A script with its repeats unfolded, in the order in which it is played, and who plays it. Points
// into the script.
struct SessionPlan {
  std::vector<SheetActor> actors;  // the group's, then the others in order of appearance
  std::vector<PlayedStep> steps;
  bool cut = false;  // it has more than kMaxPlayedSteps: none is here

  std::span<const SheetActor> actors_of(const PlayedStep& played) const {
    return std::span(actors).subspan(played.first_actor, played.actor_count);
  }
  // Null: no actor has that name.
  const SheetActor* find(const std::string& name) const;
  // Whether that actor, alone or in the group, plays it.
  bool plays(const PlayedStep& played, const SheetActor& actor) const;
};

std::vector<SheetActor> session_actors(const SessionScript& script);
SessionPlan plan_session(const SessionScript& script);

// No playing of the session lasts longer: each step its own time and its limit, which is `timeout`
// where it says nothing. At most kLongestSession, so that one can still add to it.
inline constexpr Duration kLongestSession = std::chrono::hours(24 * 365);
Duration longest_session(const SessionPlan& plan, Duration timeout);

// Calls `visit` for each step as written, those inside a `repeat` once, in their place.
template <class Visit>
void visit_steps(const std::vector<Step>& steps, const Visit& visit) {
  for (const Step& step : steps) {
    if (const auto* const repeat = std::get_if<StepRepeat>(&step.action)) {
      visit_steps(repeat->steps, visit);
    } else {
      visit(step);
    }
  }
}

// Whether a step has it, inside a `repeat` or not.
template <class Has>
bool any_step(const std::vector<Step>& steps, const Has& has) {
  bool found = false;
  visit_steps(steps, [&](const Step& step) { found = found || has(step); });
  return found;
}

}  // namespace wireproof
