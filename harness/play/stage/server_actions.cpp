#include "play/stage/server_actions.h"

#include <chrono>
#include <thread>

#include "machine/host/process_use.h"

namespace wireproof {
namespace {

// `server: idle` measures: over this time the server may use this much CPU. The time is the
// measure itself, nothing waits for it to be over.
constexpr Duration kIdleWindow = std::chrono::milliseconds(100);
constexpr Duration kIdleShare = std::chrono::milliseconds(5);

constexpr const char* kNotStarted = "the server was not started by this run";

std::string judge_idle(pid_t process) {
  const CpuAccount before = read_cpu_account_of_tree(process);
  std::this_thread::sleep_for(kIdleWindow);
  const Duration used = read_cpu_account_of_tree(process).ran - before.ran;
  if (used <= kIdleShare) return "";
  return "the server used the CPU for " + render_milliseconds(used) + " of " +
         render_milliseconds(kIdleWindow) + " while nothing happened";
}

// What it was sent last may be what ends it: it is judged once it has dealt with that and waits
// for more. One that never rests is alive.
std::string judge_alive(StageServer& server) {
  server.await_rest(kRestLimit);
  return server.is_alive() ? "" : "the server has ended";
}

ServerOutcome restart(ServerProcess& server) {
  const std::string failure = server.restart();
  return {failure, "", !failure.empty() && server.found_port_in_use()};
}

}  // namespace

ServerOutcome act_on_server(StageServer& server, ServerAction action) {
  ServerProcess* const started = server.started();
  switch (action) {
    case ServerAction::restart:
      if (started == nullptr) return {"", kNotStarted};
      return restart(*started);
    case ServerAction::stop:
      if (started == nullptr) return {"", kNotStarted};
      return {started->stop(), ""};
    case ServerAction::alive:
      if (server.process() == 0) return {"", server.unseen()};
      return {judge_alive(server), ""};
    case ServerAction::idle:
      if (server.process() == 0) return {"", server.unseen()};
      if (!server.is_alive()) return {"the server has ended", ""};
      return {judge_idle(server.process()), ""};
  }
  return {};
}

}  // namespace wireproof
