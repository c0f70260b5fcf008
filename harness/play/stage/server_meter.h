#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "judge/traffic/evidence.h"
#include "play/stage/stage_server.h"
#include "sheet/scenario.h"

namespace wireproof {

// Measures what the server's processes hold before the first step and after the last connection's
// end, if the sheet asks for it. What it points to outlives it.
class ServerMeter {
 public:
  // Waits until the server rests, at most for `limit`, and reads.
  ServerMeter(StageServer& server, const std::vector<Measure>& measures, Duration limit);

  // Descriptors and threads are given back a moment after a connection has ended: looks until
  // what the sheet expects holds, at most for `limit`; the last look counts. `meanwhile` is called
  // before each look.
  void finish(Duration limit, const std::function<void()>& meanwhile);

  const std::optional<ServerMeasured>& measured() const { return measured_; }
  const std::string& reason() const { return reason_; }  // why nothing was measured

 private:
  ServerUse read() const;
  bool holds(const ServerUse& after) const;

  StageServer& server_;
  const std::vector<Measure>& measures_;
  bool is_wanted_;
  pid_t process_;
  ServerUse before_;
  std::chrono::steady_clock::time_point start_;
  std::optional<ServerMeasured> measured_;
  std::string reason_;
};

}  // namespace wireproof
