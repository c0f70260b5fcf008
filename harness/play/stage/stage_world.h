#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/system/system_call.h"
#include "machine/host/network.h"
#include "machine/host/sandbox.h"
#include "machine/host/stall_watch.h"
#include "machine/process/host_names.h"
#include "machine/trace/tracer.h"
#include "play/client/player.h"
#include "play/path/path_capture.h"
#include "play/run_options.h"
#include "play/stage/loopback_place.h"
#include "play/stage/stage_capture.h"
#include "play/stage/stage_plan.h"
#include "play/stage/stage_server.h"

namespace wireproof {

// Thrown while a world is opened: the sheet needs what cannot be given here.
struct UnmetNeed {
  std::string reason;
};

// The world of one session: its network, its capture between two barriers, its server. The
// process that opens it has one thread and plays nothing else.
class StageWorld {
 public:
  // Returns once the server listens and the start marker has come out of the capture. Throws
  // UnmetNeed, or what refuses (SystemError, std::runtime_error). `patience` is the play's order's.
  StageWorld(const Scenario& scenario, const ServerTable& servers, const RunOptions& options,
             std::uint32_t patience);
  StageWorld(const StageWorld&) = delete;
  StageWorld& operator=(const StageWorld&) = delete;
  ~StageWorld();

  PlayOptions play_options();
  // Behind the end barrier (StageCapture::finish); nothing where nothing is captured. Says at once
  // that a connection did not end in time.
  Soundness finish_capture(const PlayedSession& played, const std::function<void()>& on_time_out);
  // Once it is finished: what else is to be told of it; empty: nothing.
  std::string capture_remark() const;
  // False when the sheet's timeout ended the wait for a connection's end.
  bool connections_ended() const { return !capture_ || capture_->connections_ended(); }

  // False when a `server: idle` has failed.
  bool server_was_idle() const { return server_was_idle_; }

  // The calls of a traced server so far, also those that it is still in, in the order of their
  // entries, and what could not be traced; of a server that ran already only what it did for the
  // session's clients. Empty when the server is not traced.
  TraceBatch server_calls(const std::vector<ActorEndpoint>& actors);
  // False when the time was over before there were more of them.
  bool await_server_calls(const Deadline& deadline) const;
  // Why its calls are not known from its start on; empty: they are. Ask after the calls.
  std::string calls_unseen() const;
  // Why there are none of a server that was to be traced; else empty. Ask after the calls.
  const std::string& untraced() const { return untraced_; }

  // The session's own packets, once the capture is finished. Null when nothing is captured.
  const PacketStore* packets() const {
    return capture_ && options_.capture ? &capture_->packets() : nullptr;
  }
  // What each rule of the sheet's path did; none: it has no path.
  std::vector<PathUse> path_uses() const;
  // How each of packets() came over it.
  std::vector<PathPassage> path_passages() const;
  // Why the sockets of the server's host cannot be seen; empty: they can.
  std::string sockets_unseen() const;
  const ServerPorts& ports() const { return ports_; }
  StageServer& server() { return *server_; }
  // Watches the server.
  const StallWatch& stalls() const { return *stalls_; }
  // Who listens on the TCP port; 0: nobody, or nobody that can be seen.
  pid_t listening_process() const;
  bool has_sandbox() const { return sandbox_ != nullptr; }
  // What a reduced sandbox may have refused a program, as it said itself: it may not write into
  // /tmp, which another sandbox lets it. Empty: nothing.
  std::string find_refused_file(const PlayedSession& played) const;
  // Whether a program wanted more than its sandbox allows.
  bool was_overrun() const { return sandbox_ && !sandbox_->overrun().empty(); }
  Duration timeout() const;
  void drain();

 private:
  void open_private_network(const ServerProgram* program);
  void find_running_server();
  void take_address(const IpAddress& address);
  void name_hosts();
  void take_place();
  void set_mtu(std::uint32_t bytes) const;
  void require_ipv6() const;
  void open_capture();
  std::unique_ptr<PacketRecord> open_path();
  void open_tracer();
  void trace_running_server();
  void open_sandbox();
  void start_server(const ServerProgram* program);
  void watch(int fd);
  // False when the sheet's timeout came first.
  bool await_packets(const std::function<bool()>& have_come, Duration limit);

  const Scenario& scenario_;
  const RunOptions& options_;
  std::uint32_t patience_;
  NetworkKind network_ = NetworkKind::host_loopback;
  std::optional<LoopbackPlace> place_;  // on a loopback that is shared
  std::vector<SocketEntry> sockets_before_;
  Route route_;  // to a server that runs already
  std::string host_;
  ServerPorts ports_;
  UniqueFd events_;                        // epoll: captured packets and the server's output
  std::unique_ptr<StageCapture> capture_;  // null: nothing is captured
  const PathCapture* path_ = nullptr;      // the capture's, where the packets go over a path
  std::unique_ptr<StallWatch> stalls_;     // since the network is there
  std::optional<HostNames> names_;         // what is started below finds them
  std::unique_ptr<Sandbox> sandbox_;       // outlives the tracer, whose processes are inside
  std::unique_ptr<Tracer> tracer_;         // outlives the server
  std::string untraced_;
  std::string no_tracer_;  // why there is none
  TraceBatch traced_;      // what was taken of the tracer
  std::unique_ptr<StageServer> server_;
  bool server_was_idle_ = true;
};

}  // namespace wireproof
