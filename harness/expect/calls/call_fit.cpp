#include "expect/calls/call_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>

#include "expect/cause/call_facts.h"

namespace wireproof {
namespace {

constexpr int kMostErrors = 4096;  // the kernel's MAX_ERRNO

constexpr std::array<NamedFlag, 3> kWays{
    {{"SHUT_RD", SHUT_RD}, {"SHUT_WR", SHUT_WR}, {"SHUT_RDWR", SHUT_RDWR}}};
constexpr std::array<NamedFlag, 7> kFlags{{{"MSG_PEEK", MSG_PEEK},
                                           {"MSG_DONTWAIT", MSG_DONTWAIT},
                                           {"MSG_WAITALL", MSG_WAITALL},
                                           {"MSG_NOSIGNAL", MSG_NOSIGNAL},
                                           {"MSG_MORE", MSG_MORE},
                                           {"MSG_OOB", MSG_OOB},
                                           {"MSG_TRUNC", MSG_TRUNC}}};

bool was_made_by_end(const SocketCall& call) {
  return call.name == "exit" || call.name == "exec";
}

bool is_duplicate(const SocketCall& call) {
  return !call.releases && (call.name == "dup" || call.name == "dup2" || call.name == "dup3");
}

std::string render_range(const IntegerRange& range) {
  using Limits = std::numeric_limits<std::int64_t>;
  if (range.least == range.most) return std::to_string(range.least);
  return (range.least == Limits::min() ? "" : std::to_string(range.least)) + ".." +
         (range.most == Limits::max() ? "" : std::to_string(range.most));
}

// The end that `port` and `address` of a row mean.
std::optional<Endpoint> meant_end(const SocketCall& call) {
  return call.name == "bind" ? call.local : call.remote;
}

std::string render_result(const SocketCall& call) {
  if (!call.returned) return "pending";
  return call.error_number != 0 ? "error=" + error_name(call.error_number)
                                : "returns=" + std::to_string(call.result);
}

std::string name_of_way(int way) {
  const auto found = std::ranges::find(kWays, way, &NamedFlag::value);
  return found == kWays.end() ? std::to_string(way) : std::string(found->name);
}

class CallComparison {
 public:
  CallComparison(const CallRow& row, const SocketCall& call)
      : row_(row), wanted_(row.arguments), call_(call) {}

  std::vector<FieldDifference> compare() {
    compare_arguments();
    compare_option();
    compare_flags();
    compare_result();
    compare_holders();
    return std::move(found_);
  }

 private:
  void differ(std::string field, std::string expected, std::string found) {
    found_.push_back({std::move(field), std::move(expected), std::move(found), row_.level});
  }

  void compare_arguments() {
    if (wanted_.backlog && !(call_.backlog && wanted_.backlog->holds(*call_.backlog))) {
      differ("backlog", render_range(*wanted_.backlog),
             call_.backlog ? std::to_string(*call_.backlog) : "none");
    }
    const std::optional<Endpoint> end = meant_end(call_);
    if (wanted_.port && !(end && wanted_.port->holds(end->port))) {
      differ("port", render_range(*wanted_.port), end ? std::to_string(end->port) : "none");
    }
    if (wanted_.address && !(end && end->address == *wanted_.address)) {
      differ("address", render_ip_address(*wanted_.address),
             end ? render_ip_address(end->address) : "none");
    }
  }

  void compare_option() {
    if (!wanted_.option.empty() && wanted_.option != call_.option) {
      differ("option", wanted_.option, call_.option.empty() ? "none" : call_.option);
    } else if (wanted_.option_value && *wanted_.option_value != call_.option_value) {
      differ(wanted_.option, std::to_string(*wanted_.option_value),
             std::to_string(call_.option_value));
    }
  }

  void compare_flags() {
    if (wanted_.how && static_cast<int>(call_.flags) != *wanted_.how) {
      differ("how", name_of_way(*wanted_.how), name_of_way(static_cast<int>(call_.flags)));
    }
    for (const NamedFlag& flag : kFlags) {
      const auto bit = static_cast<std::uint32_t>(flag.value);
      if ((wanted_.flags & bit) != 0 && (call_.flags & bit) == 0) {
        differ("flags", std::string(flag.name), fmt::format("{:#x}", call_.flags));
      }
    }
  }

  // What was asked for in vain was not done, unless the row says so.
  void compare_result() {
    const std::string result = render_result(call_);
    if (wanted_.pending || !call_.returned) {
      if (wanted_.pending == call_.returned.has_value()) {
        differ("result", wanted_.pending ? "pending" : "an end of the call", result);
      }
      return;
    }
    if (wanted_.error) {
      if (call_.error_number != *wanted_.error) {
        differ("result", "error=" + error_name(*wanted_.error), result);
      }
      return;
    }
    const bool is_under_way = call_.error_number == EINPROGRESS;
    if (wanted_.returns && !is_run(row_) && !wanted_.returns->holds(call_.result)) {
      differ("result", "returns=" + render_range(*wanted_.returns), result);
    } else if (!wanted_.returns && call_.result < 0 && !is_under_way) {
      differ("result", "success", result);
    } else if (is_run(row_) && call_.result <= 0) {
      differ("result", wanted_.returns ? "returns=" + render_range(*wanted_.returns) : "bytes",
             result);
    }
  }

  void compare_holders() {
    const bool is_last = call_.still_held_by.empty();
    if (is_last || row_.process != CallProcess::any || !is_close(call_)) return;
    differ("copies left", "none", fmt::format("process {}", fmt::join(call_.still_held_by, ", ")));
  }

  const CallRow& row_;
  const CallArguments& wanted_;
  const SocketCall& call_;
  std::vector<FieldDifference> found_;
};

}  // namespace

std::span<const NamedFlag> shutdown_ways() {
  return kWays;
}

std::span<const NamedFlag> message_flags() {
  return kFlags;
}

std::vector<std::string> sockets_of(const SocketCall& call, const SocketNames& names) {
  std::vector<std::string> found;
  const auto add = [&](std::uint64_t socket) {
    const auto name = names.find(socket);
    if (name == names.end()) return;
    if (std::ranges::find(found, name->second) == found.end()) found.push_back(name->second);
  };
  add(call.socket);
  add(call.new_socket);
  for (const WatchedSocket& watched : call.watched) add(watched.socket);
  for (const std::uint64_t inherited : call.inherited) add(inherited);
  return found;
}

bool is_close(const SocketCall& call) {
  return call.releases || call.name == "close";
}

bool is_free(const SocketCall& call) {
  const CallFamily family = call_family(call.name);
  if (!call.returned || call.error_number == EAGAIN || call.error_number == EINTR) return true;
  if (is_close(call)) return was_made_by_end(call) || !call.still_held_by.empty();
  if (family == CallFamily::recv && peeks(call)) return true;
  return family == CallFamily::wait || call.name == "setsockopt" || call.child != 0 ||
         is_duplicate(call);
}

bool names_call(const CallRow& row, const SocketCall& call) {
  if (row.exactly) return row.call == call.name;
  if (row.call == "fork") return call.child != 0;
  if (row.call == "dup") return is_duplicate(call);
  const CallFamily wanted = call_family(row.call);
  const CallFamily family = call_family(call.name);
  const bool looks = family == CallFamily::recv && peeks(call);
  const bool wants_look = (row.arguments.flags & static_cast<std::uint32_t>(MSG_PEEK)) != 0;
  if (looks && !wants_look) return false;
  switch (wanted) {
    case CallFamily::close:
      return is_close(call);
    case CallFamily::recv:
      return family == CallFamily::recv || call.incoming;
    case CallFamily::send:
      return family == CallFamily::send && !call.incoming;
    case CallFamily::connect:
    case CallFamily::accept:
    case CallFamily::shutdown:
    case CallFamily::wait:
      return family == wanted;
    case CallFamily::other:
      return row.call == call.name;
  }
  return false;
}

bool is_run(const CallRow& row) {
  const CallFamily family = call_family(row.call);
  const bool moves = family == CallFamily::send || family == CallFamily::recv;
  const CallArguments& wanted = row.arguments;
  const bool wants_end = wanted.returns && wanted.returns->most <= 0;
  return moves && !row.anything && !row.exactly && row.socket != "udp" && !wants_end &&
         !wanted.pending && !wanted.error && wanted.flags == 0;
}

std::vector<FieldDifference> compare_call(const CallRow& row, const SocketCall& call) {
  return CallComparison(row, call).compare();
}

std::string error_name(int error_number) {
  const char* const name = ::strerrorname_np(error_number);
  return name == nullptr ? std::to_string(error_number) : name;
}

std::optional<int> find_error(const std::string& name) {
  for (int number = 1; number < kMostErrors; ++number) {
    const char* const known = ::strerrorname_np(number);
    if (known != nullptr && name == known) return number;
  }
  return name == "EWOULDBLOCK" ? std::optional(EWOULDBLOCK) : std::nullopt;
}

std::string render_call_arguments(const SocketCall& call) {
  std::vector<std::string> words;
  if (call.backlog) words.push_back(fmt::format("backlog={}", *call.backlog));
  if (!call.option.empty()) words.push_back(fmt::format("{}={}", call.option, call.option_value));
  if (call.name == "bind" && call.local) {
    words.push_back(fmt::format("port={}", call.local->port));
    words.push_back("address=" + render_ip_address(call.local->address));
  }
  if (call.name == "shutdown") words.push_back(name_of_way(static_cast<int>(call.flags)));
  const CallFamily family = call_family(call.name);
  const bool moves = family == CallFamily::send || family == CallFamily::recv;
  if (!call.returned || call.error_number != 0 || moves) words.push_back(render_result(call));
  return fmt::format("{}", fmt::join(words, " "));
}

}  // namespace wireproof
