#include "play/tracing/failed_calls.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <set>

#include "base/text/words.h"
#include "expect/cause/call_facts.h"

namespace wireproof {
namespace {

constexpr std::size_t kAgainAndAgain = 100;

struct Failed {
  std::vector<std::string> names;  // of the calls, each once
  std::size_t count = 0;
  bool lacks_resources = false;
};

// accept(2): the connection stays in the queue.
bool lacks_resources(const SocketCall& call) {
  const int error = call.error_number;
  return call_family(call.name) == CallFamily::accept &&
         (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM);
}

std::string tell(const std::string& actor, int error_number, const Failed& failed) {
  std::string names;
  for (const std::string& name : failed.names) names += (names.empty() ? "" : " and ") + name;
  const std::string text =
      fmt::format("{}'s {} failed {}", actor, names,
                  failed.count == 1 ? "once" : fmt::format("{} times", failed.count));
  if (error_number == EAGAIN) {
    return text +
           " with EAGAIN: it asks in a loop instead of waiting in poll, select or epoll_wait";
  }
  return fmt::format("{}: {}{}", text, ::strerrordesc_np(error_number),
                     failed.lacks_resources ? "; who connects waits in the queue" : "");
}

// Whether calls that would have had to wait are made in a loop. One that ends a loop which takes
// all that is there, behind epoll_wait, is none: only the same again with nothing in between
// counts.
class Loops {
 public:
  bool is_repeated(const SocketCall& call) {
    auto& failed = failed_[{call.actor, call.thread}];
    const bool asks = call.result < 0 && call.error_number == EAGAIN && call.nonblocking;
    if (asks) return !failed.insert(call.socket).second;
    failed.clear();
    return false;
  }

 private:
  // The sockets of which a thread has got nothing since it waited or got something.
  std::map<std::pair<std::string, std::int64_t>, std::set<std::uint64_t>> failed_;
};

}  // namespace

std::vector<std::string> tell_failed_calls(std::span<const SocketCall> calls) {
  std::map<std::pair<std::string, int>, Failed> failures;
  Loops loops;
  for (const SocketCall& call : calls) {
    if (!call.returned) continue;
    const bool is_repeated = loops.is_repeated(call);
    if (call.result >= 0 || call.error_number == EINPROGRESS) continue;
    if (call.error_number == EAGAIN && !is_repeated) continue;
    Failed& failed = failures[{call.actor, call.error_number}];
    add_once(failed.names, call.name);
    failed.lacks_resources = failed.lacks_resources || lacks_resources(call);
    ++failed.count;
  }
  std::vector<std::string> told;
  for (const auto& [key, failed] : failures) {
    if (failed.count < kAgainAndAgain && !failed.lacks_resources) continue;
    told.push_back(tell(key.first, key.second, failed));
  }
  return told;
}

}  // namespace wireproof
