#include "play/tracing/network_limits.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "base/text/words.h"

namespace wireproof {
namespace {

constexpr const char* kNoAddress =
    "the private network has the loopback alone; bind 127.0.0.1 or 0.0.0.0";
constexpr const char* kNoRoute = "the private network has no route but to itself";
constexpr const char* kOneUser =
    "the private network's user namespace has one user id, and no groups";
constexpr const char* kOneTracer = "a program that is traced here cannot have a second tracer";

bool is_out_of_reach(const SocketCall& call) {
  if (call.result >= 0) return false;
  if (call.name == "bind") return call.error_number == EADDRNOTAVAIL;
  return call.error_number == ENETUNREACH || call.error_number == EHOSTUNREACH;
}

std::string tell(const std::string& actor, const std::string& what, int error_number,
                 const char* limit) {
  return fmt::format("{}: {} failed ({}): {}", actor, what, ::strerrordesc_np(error_number), limit);
}

}  // namespace

std::vector<std::string> tell_limits(NetworkKind network, std::span<const SocketCall> calls,
                                     std::span<const RefusedCall> refusals) {
  std::vector<std::string> limits;
  for (const SocketCall& call : calls) {
    if (network == NetworkKind::host_loopback || !is_out_of_reach(call)) continue;
    const bool binds = call.name == "bind";
    const auto& address = binds ? call.local : call.remote;
    const std::string what =
        address ? fmt::format("{} to {}", call.name, render_endpoint(*address)) : call.name;
    add_once(limits, tell(call.actor, what, call.error_number, binds ? kNoAddress : kNoRoute));
  }
  for (const RefusedCall& refused : refusals) {
    const bool is_tracing = refused.name == "ptrace";
    if (!is_tracing && network != NetworkKind::user_namespace) continue;
    add_once(limits, tell(refused.actor, refused.name, refused.error_number,
                          is_tracing ? kOneTracer : kOneUser));
  }
  return limits;
}

}  // namespace wireproof
