#include "play/tracing/failed_calls.h"

#include <cerrno>

#include "base/text/time.h"
#include "catch.h"

namespace wireproof {
namespace {

using Told = std::vector<std::string>;

std::vector<SocketCall> failed(std::size_t count, const char* name, int error_number) {
  SocketCall call;
  call.actor = "server.py";
  call.name = name;
  call.returned = Timestamp{};
  call.result = -1;
  call.error_number = error_number;
  call.nonblocking = true;
  return std::vector<SocketCall>(count, call);
}

void append(std::vector<SocketCall>& calls, const std::vector<SocketCall>& more) {
  calls.insert(calls.end(), more.begin(), more.end());
}

}  // namespace

TEST_CASE("a program that asks in a loop is told with what it asks", "[session]") {
  std::vector<SocketCall> calls = failed(61, "accept", EAGAIN);  // the first may be a try
  CHECK(tell_failed_calls(calls).empty());
  append(calls, failed(40, "recv", EAGAIN));
  CHECK(tell_failed_calls(calls) ==
        Told{"server.py's accept and recv failed 100 times with EAGAIN: it asks in a loop instead "
             "of waiting in poll, select or epoll_wait"});
}

TEST_CASE("who takes all that is there and then waits asks in no loop", "[session]") {
  std::vector<SocketCall> calls;
  for (int round = 0; round < 200; ++round) {
    append(calls, failed(1, "epoll_wait", 0));
    calls.back().result = 1;
    append(calls, failed(1, "recv", EAGAIN));
    append(calls, failed(1, "accept", EAGAIN));
    calls.back().socket = 7;
  }
  CHECK(tell_failed_calls(calls).empty());
}

TEST_CASE("a receive that has a time limit asks in no loop", "[session]") {
  std::vector<SocketCall> calls = failed(200, "recv", EAGAIN);
  for (SocketCall& call : calls) call.nonblocking = false;
  CHECK(tell_failed_calls(calls).empty());
}

TEST_CASE("an accept without a descriptor for the connection is told at once", "[session]") {
  std::vector<SocketCall> calls = failed(1, "accept4", EMFILE);
  append(calls, failed(3, "accept4", ECONNABORTED));
  append(calls, failed(1, "socket", EMFILE));
  CHECK(tell_failed_calls(failed(1, "accept", EMFILE)) ==
        Told{"server.py's accept failed once: Too many open files; who connects waits in the "
             "queue"});
  CHECK(tell_failed_calls(calls) ==
        Told{"server.py's accept4 and socket failed 2 times: Too many open files; who connects "
             "waits in the queue"});
}

TEST_CASE("each program and error has a sentence of its own", "[session]") {
  std::vector<SocketCall> calls = failed(100, "send", EPIPE);
  append(calls, failed(99, "recv", ENOTCONN));
  std::vector<SocketCall> other = failed(200, "send", EPIPE);
  for (SocketCall& call : other) call.actor = "client.py";
  append(calls, other);
  CHECK(tell_failed_calls(calls) == Told{"client.py's send failed 200 times: Broken pipe",
                                         "server.py's send failed 100 times: Broken pipe"});
}

}  // namespace wireproof
