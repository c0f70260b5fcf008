#include "machine/process/client_program.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "base/system/system_call.h"
#include "base/system/unique_fd.h"
#include "machine/host/child_processes.h"
#include "machine/process/fork_actor.h"
#include "machine/process/server_child.h"
#include "machine/process/shell_command.h"
#include "machine/trace/tracer.h"

namespace wireproof {
namespace {

namespace asio = boost::asio;

struct Terminal {
  UniqueFd master;
  UniqueFd slave;
};

Terminal open_terminal() {
  Terminal terminal;
  terminal.master.reset(static_cast<int>(
      check_call(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), "open a pseudo-terminal")));
  const int master = terminal.master.get();
  check_call(::grantpt(master), "grant a pseudo-terminal");
  check_call(::unlockpt(master), "unlock a pseudo-terminal");
  std::array<char, 128> name{};
  if (const int error = ::ptsname_r(master, name.data(), name.size()); error != 0) {
    throw SystemError("name a pseudo-terminal", error);
  }
  terminal.slave.reset(static_cast<int>(
      check_call(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC), "open a pseudo-terminal")));
  termios settings{};
  check_call(::tcgetattr(terminal.slave.get(), &settings), "read a terminal's settings");
  // Lines and Ctrl-D, and every other byte stays what it is.
  settings.c_lflag = ICANON;
  settings.c_iflag = 0;
  settings.c_oflag = 0;
  check_call(::tcsetattr(terminal.slave.get(), TCSANOW, &settings), "set up a terminal");
  check_call(::fcntl(master, F_SETFL, O_NONBLOCK), "make a terminal non-blocking");
  return terminal;
}

[[noreturn]] void become_program(const PreparedCommand& command, pid_t parent, int slave) {
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (has_lost_parent(parent)) ::_exit(kCannotExecute);  // before the line above
  reset_signals();
  // Not its controlling terminal: the kernel hangs that up when the program ends, and drops what
  // was written last.
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(slave, fd);
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  command.execute();
}

}  // namespace

ClientProgram::ClientProgram(asio::io_context& context, Tracer* tracer, std::string actor)
    : context_(context), tracer_(tracer), actor_(std::move(actor)), change_(context) {}

void ClientProgram::start(const std::string& command, const std::filesystem::path& folder) {
  end();
  output_.clear();
  read_ = 0;
  output_ended_ = false;
  status_.reset();
  Terminal terminal = open_terminal();
  std::fflush(nullptr);  // else the child holds a copy of what is buffered
  process_ = fork_program(command, folder, terminal.slave.get());
  terminal.slave.reset();
  ended_.emplace(context_, open_process(process_).release());
  terminal_.emplace(context_, terminal.master.release());
  watch_output();
  watch_end();
}

pid_t ClientProgram::fork_program(const std::string& command, const std::filesystem::path& folder,
                                  int slave) {
  const pid_t parent = ::getpid();
  const PreparedCommand prepared(command, folder, environment_of(sandbox_));
  const auto become = [&]() -> int {
    if (sandbox_ != nullptr) enter_sandbox(*sandbox_, slave);
    become_program(prepared, parent, slave);
  };
  return fork_actor({actor_, Side::client}, {tracer_, sandbox_}, vfork_process, become);
}

void ClientProgram::end() {
  terminal_.reset();
  ended_.reset();
  if (process_ <= 0) return;
  if (!status_) {
    ::kill(-process_, SIGKILL);
    ::kill(process_, SIGKILL);  // it may not have its group yet
    if (tracer_ != nullptr) {
      tracer_->await_end(process_);
    } else {
      ::waitpid(process_, nullptr, 0);
    }
  }
  process_ = -1;
}

void ClientProgram::changed() {
  change_.cancel();
}

void ClientProgram::watch_output() {
  terminal_->async_wait(asio::posix::descriptor_base::wait_read,
                        [this](const boost::system::error_code& error) {
                          if (error) return;  // closed: the object may be gone
                          read_output();
                          changed();
                          if (!output_ended_) watch_output();
                        });
}

void ClientProgram::read_output() {
  std::array<char, 4096> buffer{};
  // A program that never stops talking must not keep us listening: the rest is read next time.
  for (std::size_t taken = 0; taken < kMaxProgramOutput;) {
    const ssize_t size = ::read(terminal_->native_handle(), buffer.data(), buffer.size());
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) {  // EIO: nobody has the terminal open any more
      output_ended_ = true;
      return;
    }
    taken += static_cast<std::size_t>(size);
    const std::size_t room = kMaxProgramOutput - output_.size();
    output_.append(buffer.data(), std::min(room, static_cast<std::size_t>(size)));
  }
}

void ClientProgram::watch_end() {
  ended_->async_wait(asio::posix::descriptor_base::wait_read,
                     [this](const boost::system::error_code& error) {
                       if (error) return;
                       // What it started and left behind in its group ends with it.
                       ::kill(-process_, SIGKILL);
                       status_ = take_end();
                       if (status_) changed();
                     });
}

// The end of a traced process is the tracer's to wait for, a moment after the pidfd tells it.
std::optional<int> ClientProgram::take_end() {
  if (tracer_ != nullptr) return tracer_->await_end(process_);
  int status = 0;
  return ::waitpid(process_, &status, WNOHANG) == process_ ? std::optional(status) : std::nullopt;
}

asio::awaitable<bool> ClientProgram::wait_change(Clock::time_point deadline) {
  if (Clock::now() >= deadline) co_return false;
  change_.expires_at(deadline);
  boost::system::error_code error;
  co_await change_.async_wait(asio::redirect_error(asio::use_awaitable, error));
  co_return static_cast<bool>(error);  // cancelled: something changed
}

asio::awaitable<bool> ClientProgram::type(std::string text, Duration limit) {
  const auto deadline = Clock::now() + limit;
  std::size_t written = 0;
  for (Duration pause = std::chrono::milliseconds(1); written < text.size();) {
    const ssize_t size =
        ::write(terminal_->native_handle(), text.data() + written, text.size() - written);
    if (size > 0) {
      written += static_cast<std::size_t>(size);
      continue;
    }
    if (size < 0 && errno != EAGAIN) co_return false;
    if (Clock::now() >= deadline || output_ended_) co_return false;
    // A full terminal does not tell when it has room again.
    static_cast<void>(co_await wait_change(std::min(deadline, Clock::now() + pause)));
  }
  co_return true;
}

asio::awaitable<bool> ClientProgram::await_output(Find find, Duration limit) {
  const auto deadline = Clock::now() + limit;
  for (;;) {
    const auto end = find(output_.substr(read_));
    if (end) {
      read_ += *end;
      co_return true;
    }
    if (output_ended_ || output_.size() == kMaxProgramOutput) co_return false;
    const bool something = co_await wait_change(deadline);
    if (!something) co_return false;
  }
}

asio::awaitable<bool> ClientProgram::await_end(Duration limit) {
  const auto deadline = Clock::now() + limit;
  // What it wrote last comes a moment after its end, and then the terminal's.
  while (!status_ || !output_ended_) {
    const bool something = co_await wait_change(deadline);
    if (!something) co_return status_.has_value();
  }
  co_return true;
}

std::string ClientProgram::render_end() const {
  if (!status_) return "still runs";
  const std::string overrun = sandbox_ == nullptr ? "" : sandbox_->overrun();
  if (!overrun.empty()) return "was ended by the sandbox: it " + overrun;
  return render_wait_status(*status_);
}

std::optional<int> ClientProgram::exit_code() const {
  if (!status_ || !WIFEXITED(*status_)) return std::nullopt;
  return WEXITSTATUS(*status_);
}

}  // namespace wireproof
