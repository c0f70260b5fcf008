#include "expect/cause/call_facts.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace wireproof {
namespace {

// POSIX names, Linux additions, and the names that Python and Java give to the same calls.
constexpr std::array<std::pair<std::string_view, CallFamily>, 36> kFamilies{{
    {"connect", CallFamily::connect},   {"accept", CallFamily::accept},
    {"accept4", CallFamily::accept},    {"send", CallFamily::send},
    {"sendto", CallFamily::send},       {"sendmsg", CallFamily::send},
    {"sendmmsg", CallFamily::send},     {"sendall", CallFamily::send},
    {"sendfile", CallFamily::send},     {"splice", CallFamily::send},
    {"write", CallFamily::send},        {"writev", CallFamily::send},
    {"recv", CallFamily::recv},         {"recvfrom", CallFamily::recv},
    {"recvmsg", CallFamily::recv},      {"recvmmsg", CallFamily::recv},
    {"recv_into", CallFamily::recv},    {"read", CallFamily::recv},
    {"readv", CallFamily::recv},        {"shutdown", CallFamily::shutdown},
    {"close", CallFamily::close},       {"exit", CallFamily::close},
    {"epoll_wait", CallFamily::wait},   {"epoll_pwait", CallFamily::wait},
    {"epoll_pwait2", CallFamily::wait}, {"poll", CallFamily::wait},
    {"ppoll", CallFamily::wait},        {"select", CallFamily::wait},
    {"pselect6", CallFamily::wait},     {"selectors.select", CallFamily::wait},
    {"pwritev2", CallFamily::send},     {"preadv2", CallFamily::recv},
    {"close_range", CallFamily::close}, {"exec", CallFamily::close},
    {"dup2", CallFamily::close},        {"dup3", CallFamily::close},
}};

std::string_view bare_name(std::string_view name) {
  while (!name.empty() && (name.front() == '`' || name.front() == ' ')) name.remove_prefix(1);
  while (!name.empty() && (name.back() == '`' || name.back() == ' ')) name.remove_suffix(1);
  if (name.ends_with("()")) name.remove_suffix(2);
  return name;
}

bool found_ready(const SocketCall& wait, std::uint64_t socket) {
  return std::ranges::any_of(wait.ready,
                             [&](const WatchedSocket& ready) { return ready.socket == socket; });
}

}  // namespace

CallFamily call_family(std::string_view name) {
  const std::string_view bare = bare_name(name);
  for (const auto& [known, family] : kFamilies) {
    if (known == bare) return family;
  }
  return CallFamily::other;
}

bool same_call(std::string_view cell, std::string_view call) {
  const CallFamily family = call_family(cell);
  if (family == CallFamily::other) return bare_name(cell) == bare_name(call);
  return family == call_family(call);
}

bool is_running_at(const SocketCall& call, Timestamp time) {
  return call.entered <= time && (!call.returned || time <= *call.returned);
}

const SocketCall* find_wait(std::span<const SocketCall* const> waits, const SocketCall& taker,
                            Timestamp arrived) {
  // connect(2): EINPROGRESS is answered before the connection is there; the next wait call that
  // finds the socket ready learns of it.
  const bool in_progress = taker.error_number == EINPROGRESS;
  if (!in_progress && is_running_at(taker, arrived)) return nullptr;
  const auto found = std::ranges::find_if(waits, [&](const SocketCall* wait) {
    if (!found_ready(*wait, taker.socket)) return false;
    if (in_progress) return wait->entered >= taker.entered;
    return wait->returned.value_or(wait->entered) >= arrived &&
           (wait->entered <= taker.entered || wait->entered <= arrived);
  });
  return found == waits.end() ? nullptr : *found;
}

}  // namespace wireproof
