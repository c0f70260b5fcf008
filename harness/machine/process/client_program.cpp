#include "machine/process/client_program.h"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <csignal>
#include <utility>

namespace wireproof {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds kCpuLook{100};
constexpr std::chrono::milliseconds kRest{20};  // without running: it waits for somebody
constexpr std::chrono::seconds kLongestStart{1};
constexpr std::chrono::seconds kLongestRest{1};  // of what a program that has ended has started

void let_go(std::optional<asio::posix::stream_descriptor>& watched) {
  if (watched) watched->release();
  watched.reset();
}

}  // namespace

ClientProgram::ClientProgram(asio::io_context& context, Tracer* tracer, Sandbox* sandbox,
                             std::string actor)
    : context_(context),
      tracer_(tracer),
      sandbox_(sandbox),
      actor_(std::move(actor)),
      change_(context),
      rest_(context) {}

void ClientProgram::start(const std::string& command, const std::filesystem::path& folder) {
  end();
  read_ = 0;
  was_typed_to_ = has_left_rest_ = false;
  streams_ = ProgramStreams::terminal();
  ProgramLaunch launch;
  launch.actor = {actor_, Side::client};
  launch.command = command;
  launch.folder = folder;
  launch.sandbox = sandbox_;
  launch.tracer = tracer_;
  launch.environment = {"TERM=dumb"};  // what it prints is read, not seen: no colours
  program_.emplace(launch, *streams_);
  terminal_.emplace(context_, streams_->fd());
  ended_.emplace(context_, program_->ended_fd());
  watch_output();
  watch_end();
}

void ClientProgram::end() {
  let_go(terminal_);
  let_go(ended_);
  program_.reset();
}

std::optional<ProcessEnd> ClientProgram::how_ended() {
  return has_ended() ? program_->how_ended() : std::nullopt;
}

bool ClientProgram::was_not_found() {
  constexpr int kNotFound = 127;
  return sandbox_ == nullptr && how_ended() == ProcessEnd{ProcessEnd::Way::exited, kNotFound, ""};
}

void ClientProgram::watch_output() {
  terminal_->async_wait(asio::posix::descriptor_base::wait_read,
                        [this](const boost::system::error_code& error) {
                          if (error) return;  // released: the object may be gone
                          streams_->drain();
                          changed();
                          if (!output_ended()) watch_output();
                        });
}

void ClientProgram::watch_end() {
  ended_->async_wait(asio::posix::descriptor_base::wait_read,
                     [this](const boost::system::error_code& error) {
                       if (!error) end_with_rest(Clock::now() + kLongestRest);
                     });
}

// What it has started may be about to end by itself.
void ClientProgram::end_with_rest(Clock::time_point deadline) {
  has_left_rest_ = program_->has_group();
  if (has_left_rest_ && Clock::now() < deadline) {
    rest_.expires_after(kRest);
    const pid_t process = program_->process();
    rest_.async_wait([this, deadline, process](const boost::system::error_code& error) {
      const bool is_same = !error && program_ && program_->process() == process;
      if (is_same) end_with_rest(deadline);
    });
    return;
  }
  program_->end();
  let_go(ended_);
  changed();
}

asio::awaitable<void> ClientProgram::wait_change(Clock::time_point deadline) {
  if (Clock::now() - looked_ >= kCpuLook) look();
  change_.expires_at(std::min(deadline, looked_ + kCpuLook));
  boost::system::error_code error;
  co_await change_.async_wait(asio::redirect_error(asio::use_awaitable, error));
}

void ClientProgram::begin_wait() {
  looked_ = Clock::now();
  missing_ =
      has_ended() ? MissingTime(looked_) : MissingTime(looked_, look_at_tree(program_->process()));
}

void ClientProgram::look() {
  looked_ = Clock::now();
  if (!has_ended()) missing_.see(look_at_tree(program_->process()), looked_);
}

void ClientProgram::end_vain_wait(Duration limit) {
  look();
  lacked_ = missing_.sum_within(limit);
}

asio::awaitable<void> ClientProgram::await_rest(Clock::time_point deadline) {
  deadline = std::min(deadline, Clock::now() + kLongestStart);
  Duration ran{-1};
  while (!has_ended() && Clock::now() < deadline) {
    const TreeLook look = look_at_tree(program_->process());
    if (look.is_asleep && look.ran == ran) co_return;
    ran = look.ran;
    co_await wait_change(std::min(deadline, Clock::now() + kRest));
  }
}

asio::awaitable<bool> ClientProgram::type(std::string text, Duration limit) {
  const auto deadline = Clock::now() + limit;
  std::size_t written = 0;
  if (text == kInterrupt) {
    co_await interrupt(deadline);
    co_return true;
  }
  if (!std::exchange(was_typed_to_, true)) co_await await_rest(deadline);
  bool waits = false;
  for (Duration pause = std::chrono::milliseconds(1); written < text.size();) {
    const ssize_t size = ::write(streams_->fd(), text.data() + written, text.size() - written);
    if (size > 0) {
      written += static_cast<std::size_t>(size);
      continue;
    }
    if (size < 0 && errno != EAGAIN) co_return false;
    if (!std::exchange(waits, true)) begin_wait();
    if (Clock::now() >= deadline || output_ended()) {
      end_vain_wait(limit);
      co_return false;
    }
    // A full terminal does not tell when it has room again.
    co_await wait_change(std::min(deadline, Clock::now() + pause));
  }
  co_return true;
}

// A program that has only just been started may not hear the first: a person presses again, too.
asio::awaitable<void> ClientProgram::interrupt(Clock::time_point deadline) {
  Clock::time_point next = Clock::now();
  for (Duration pause = std::chrono::milliseconds(50); !has_ended() && next < deadline;) {
    if (Clock::now() >= next) {
      program_->signal_group(SIGINT);
      pause *= 2;
      next = Clock::now() + pause;
    }
    co_await wait_change(std::min(deadline, next));
  }
}

asio::awaitable<bool> ClientProgram::await_output(Find find, Duration limit) {
  const auto deadline = Clock::now() + limit;
  for (bool waits = false;;) {
    const auto end = find(unread_output());
    if (end) {
      read_ += *end;
      co_return true;
    }
    if (output_ended() || output().size() == kMaxProgramOutput) co_return false;
    if (!std::exchange(waits, true)) begin_wait();
    if (Clock::now() >= deadline) {
      end_vain_wait(limit);
      co_return false;
    }
    co_await wait_change(deadline);
  }
}

asio::awaitable<bool> ClientProgram::await_end(Duration limit) {
  const auto deadline = Clock::now() + limit;
  bool waits = false;
  // What it wrote last comes a moment after its end, and then the terminal's.
  while (!has_ended() || !output_ended()) {
    if (!std::exchange(waits, true)) begin_wait();
    if (Clock::now() >= deadline) {
      end_vain_wait(limit);
      co_return has_ended();
    }
    co_await wait_change(deadline);
  }
  co_return true;
}

}  // namespace wireproof
