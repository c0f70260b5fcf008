#include "play/stage/server_meter.h"

#include <algorithm>

#include "base/system/deadline.h"
#include "machine/host/child_processes.h"
#include "machine/host/process_use.h"
#include "sheet/table/measures.h"

namespace wireproof {
namespace {

using Clock = std::chrono::steady_clock;

bool asks_for_server(const std::vector<Measure>& measures) {
  return std::ranges::any_of(measures,
                             [](const Measure& measure) { return is_of_server(measure.kind); });
}

std::int64_t growth(MeasureKind kind, const ServerUse& before, const ServerUse& after) {
  if (kind == MeasureKind::server_descriptors) return after.descriptors - before.descriptors;
  if (kind == MeasureKind::server_threads) return after.threads - before.threads;
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
  look_until(Deadline(limit), [this] { return is_tree_asleep(process_); });
  before_ = read();
  start_ = Clock::now();
}

ServerUse ServerMeter::read() const {
  const ProcessUse use = read_process_use_of_tree(process_);
  return {use.descriptors, use.threads, use.resident_bytes, use.cpu};
}

bool ServerMeter::holds(const ServerUse& after) const {
  return std::ranges::all_of(measures_, [&](const Measure& measure) {
    if (!is_of_server(measure.kind) || measure.kind == MeasureKind::server_cpu) return true;
    return measure.range.holds(static_cast<double>(growth(measure.kind, before_, after)));
  });
}

void ServerMeter::finish(Duration limit, const std::function<void()>& meanwhile) {
  if (!is_wanted_) return;
  ServerMeasured measured;
  measured.before = before_;
  measured.lasted = Clock::now() - start_;
  measured.after = read();
  const Duration cpu = measured.after.cpu;
  look_until(Deadline(limit), [&] {
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
