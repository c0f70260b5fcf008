#include "play/stage/worker.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "catch.h"

namespace wireproof {
namespace {

// Waits until the link has something to read, or is closed; false: not within ten seconds.
bool await_link(const Worker& worker) {
  pollfd entry{worker.link_fd(), POLLIN, 0};
  return ::poll(&entry, 1, 10000) == 1;
}

std::optional<Frame> await_answer(Worker& worker) {
  for (bool is_open = true;;) {
    if (auto frame = worker.next()) return frame;
    if (!is_open || !await_link(worker)) return std::nullopt;
    is_open = worker.read();  // what came last may be whole although the link is closed
  }
}

}  // namespace

TEST_CASE("a worker answers over its link and ends by itself", "[session]") {
  Worker worker([](const UniqueFd& link) {
    FrameReader orders;
    const auto order = orders.await(link.get());
    write_frame(link.get(), {FrameKind::result, "heard " + order->body});
  });
  worker.send({FrameKind::play, "this"});
  CHECK(await_answer(worker) == Frame{FrameKind::result, "heard this"});
  while (worker.read()) REQUIRE(await_link(worker));
  CHECK(worker.link_fd() == -1);
  CHECK_FALSE(worker.read());
  worker.send({FrameKind::go, ""});  // nobody is there, and nothing happens
  pollfd ended{worker.ended_fd(), POLLIN, 0};
  REQUIRE(::poll(&ended, 1, 10000) == 1);
  const int status = worker.end();
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("a worker that could not do its work says so by its exit code", "[session]") {
  Worker worker([](const UniqueFd&) { throw std::runtime_error("no"); });
  REQUIRE(await_link(worker));
  CHECK_FALSE(worker.read());
  pollfd ended{worker.ended_fd(), POLLIN, 0};
  REQUIRE(::poll(&ended, 1, 10000) == 1);
  const int status = worker.end();
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 1);
}

TEST_CASE("a worker is killed with its group, Ctrl-C does not reach it", "[session]") {
  Worker worker([](const UniqueFd& link) {
    ::raise(SIGINT);
    write_frame(link.get(), {FrameKind::ready, std::to_string(::getpgrp())});
    for (;;) ::pause();
  });
  CHECK(await_answer(worker) == Frame{FrameKind::ready, std::to_string(worker.process())});
  const int status = worker.end();
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGKILL);
}

TEST_CASE("a worker may take as long as it likes, or until a deadline", "[session]") {
  Worker worker([](const UniqueFd& link) {
    FrameReader orders;
    orders.await(link.get());
  });
  CHECK((worker.deadline() == Deadline::never()));
  const Deadline deadline(std::chrono::seconds(60));
  worker.allow(deadline);
  CHECK((worker.deadline() == deadline));
}

}  // namespace wireproof
