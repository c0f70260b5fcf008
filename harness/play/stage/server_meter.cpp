#include "play/stage/server_meter.h"

#include <poll.h>

#include <algorithm>

#include "machine/host/child_processes.h"
#include "machine/host/process_use.h"
#include "play/client/socket_watch.h"
#include "sheet/table/measures.h"

namespace wireproof {
namespace {

using Clock = std::chrono::steady_clock;

bool asks_for_server(const std::vector<Measure>& measures) {
  return std::ranges::any_of(
      measures, [](const Measure& measure) { return measure.name.starts_with("server "); });
}

bool rests(pid_t process) {
  return is_asleep(process) && std::ranges::all_of(descendant_processes(process), is_asleep);
}

// Looks until `look` says true; false: not within the limit.
bool look_until(Duration limit, const std::function<bool()>& look) {
  const auto deadline = Clock::now() + limit;
  for (Duration pause = kFirstPause; !look(); pause = next_pause(pause)) {
    if (Clock::now() >= deadline) return false;
    const auto whole = std::chrono::ceil<std::chrono::milliseconds>(pause);
    ::poll(nullptr, 0, static_cast<int>(whole.count()));
  }
  return true;
}

std::int64_t growth(const std::string& name, const ServerUse& before, const ServerUse& after) {
  if (name == "server descriptors") return after.descriptors - before.descriptors;
  if (name == "server threads") return after.threads - before.threads;
  return after.resident_bytes - before.resident_bytes;
}

}  // namespace

ServerMeter::ServerMeter(StageServer& server, const std::vector<Measure>& measures, Duration limit)
    : server_(server),
      measures_(measures),
      is_wanted_(asks_for_server(measures)),
      process_(server.process()) {
  if (!is_wanted_) return;
  if (process_ == 0) {
    reason_ = server_.unseen();
    is_wanted_ = false;
    return;
  }
  look_until(limit, [this] { return rests(process_); });
  before_ = read();
  start_ = Clock::now();
}

ServerUse ServerMeter::read() const {
  const ProcessUse use = read_process_use_of_tree(process_);
  return {use.descriptors, use.threads, use.resident_bytes, use.cpu};
}

bool ServerMeter::holds(const ServerUse& after) const {
  return std::ranges::all_of(measures_, [&](const Measure& measure) {
    if (!measure.name.starts_with("server ") || measure.name == "server cpu") return true;
    const auto range = parse_measure_range(measure.name, measure.expected);
    return !range || range->holds(static_cast<double>(growth(measure.name, before_, after)));
  });
}

void ServerMeter::finish(Duration limit, const std::function<void()>& meanwhile) {
  if (!is_wanted_) return;
  ServerMeasured measured;
  measured.before = before_;
  measured.lasted = Clock::now() - start_;
  measured.after = read();
  const Duration cpu = measured.after.cpu;
  look_until(limit, [&] {
    meanwhile();
    measured.after = read();
    return holds(measured.after);
  });
  measured.after.cpu = cpu;  // of the session alone
  if (server_.process() != process_) {
    reason_ = "the server was started anew in between";
  } else if (!server_.is_alive()) {
    reason_ = "the server has ended";
  } else {
    measured_ = measured;
  }
}

}  // namespace wireproof
