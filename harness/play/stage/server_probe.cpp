#include "play/stage/server_probe.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>

#include "machine/host/host_address.h"
#include "machine/host/socket_holders.h"
#include "play/client/client_socket.h"
#include "play/client/step_outcome.h"

namespace wireproof {
namespace {

namespace asio = boost::asio;

asio::awaitable<void> connect_and_close(ClientSocket& socket, ConnectPlan plan, Duration limit,
                                        IoResult& result) {
  socket.start_time_limit(limit);
  result = co_await socket.connect(plan);
  socket.end_time_limit();
  socket.close();
}

std::string connect_to(const Endpoint& server, Duration limit) {
  asio::io_context context{1};
  CallLog log;
  ClientSocket socket(context, "probe", log);
  IoResult result;
  ConnectPlan plan;
  plan.remote = server;
  std::exception_ptr error;
  asio::co_spawn(context, connect_and_close(socket, plan, limit, result),
                 [&error](std::exception_ptr thrown) { error = std::move(thrown); });
  context.run();
  if (error) std::rethrow_exception(error);
  if (result.timed_out) return "no answer within " + render_duration(limit);
  return result.error_number == 0 ? "" : render_io_error(result.error_number);
}

std::string ask_kernel(ListenProtocol protocol, const Endpoint& server) {
  if (find_listening_process(protocol, server).listens) return "";
  return protocol == ListenProtocol::tcp ? "nothing listens there" : "nothing has bound that port";
}

}  // namespace

std::string look_at_server(const RunningServer& running) {
  constexpr std::chrono::seconds kNoMatter{1};  // this host refuses at once
  return find_route(running.address).is_local ? probe_server(running, kNoMatter) : "";
}

std::string probe_server(const RunningServer& running, Duration limit) {
  const bool is_local = find_route(running.address).is_local;
  const auto ask = [&](ListenProtocol protocol, std::uint16_t port) -> std::string {
    if (port == 0) return "";
    const Endpoint server{running.address, port};
    std::string reason;
    if (is_local) reason = ask_kernel(protocol, server);
    // Somebody else's network namespace may answer for an address of this host: forwarded ports.
    if (protocol == ListenProtocol::tcp && (!is_local || !reason.empty())) {
      reason = connect_to(server, limit);
    }
    if (reason.empty()) return "";
    const std::string name = protocol == ListenProtocol::tcp ? "TCP " : "UDP ";
    return name + render_endpoint(server) + ": " + reason;
  };
  const std::string tcp = ask(ListenProtocol::tcp, running.tcp_port);
  return tcp.empty() ? ask(ListenProtocol::udp, running.udp_port) : tcp;
}

}  // namespace wireproof
