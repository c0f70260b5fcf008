#pragma once

#include <sys/types.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/text/time.h"
#include "machine/host/sandbox.h"

namespace wireproof {

class Tracer;

constexpr std::size_t kMaxProgramOutput = 65536;

// A program as an actor: `/bin/sh -c COMMAND` in a session (and process group) of its own on a
// pseudo-terminal, so that it writes its lines at once as it does for a person. The terminal does
// not echo and changes no line ends; what is typed reaches the program line by line, and Ctrl-D
// ("\x04") ends its input. It is not the program's controlling terminal. The program ends with the
// object and with its parent.
//
// Output is read whenever the context runs. Not movable while a call runs. Throws SystemError
// where no terminal or process can be had.
class ClientProgram {
 public:
  // With a tracer, which outlives the object, its calls are traced as the actor's.
  explicit ClientProgram(boost::asio::io_context& context, Tracer* tracer = nullptr,
                         std::string actor = "");
  ~ClientProgram() { end(); }
  ClientProgram(const ClientProgram&) = delete;
  ClientProgram& operator=(const ClientProgram&) = delete;

  // Programs that are started from now on run inside; not owned, outlives them.
  void confine(Sandbox* sandbox) { sandbox_ = sandbox; }
  // Ends what runs still. An empty folder: here.
  void start(const std::string& command, const std::filesystem::path& folder);
  bool is_started() const { return process_ > 0; }
  // Kills the whole group.
  void end();

  // False: the program did not take everything within the limit.
  boost::asio::awaitable<bool> type(std::string text, Duration limit);
  // Waits until `find` gives the end of what it looks for in the unread output, which is then read
  // up to there. False: not within the limit, or the output has ended before.
  using Find = std::function<std::optional<std::size_t>(const std::string& unread)>;
  boost::asio::awaitable<bool> await_output(Find find, Duration limit);
  // Waits until it has ended and nobody can write any more. False: it runs still when the limit is
  // over.
  boost::asio::awaitable<bool> await_end(Duration limit);

  // Everything it wrote, up to kMaxProgramOutput bytes; the rest is read and forgotten.
  const std::string& output() const { return output_; }
  bool output_ended() const { return output_ended_; }  // nobody can write any more
  bool has_ended() const { return status_.has_value(); }
  // "exited with code 1", "was ended by signal Killed"; of one that runs "still runs".
  std::string render_end() const;
  std::optional<int> exit_code() const;  // none: it runs, or a signal ended it

 private:
  using Clock = std::chrono::steady_clock;

  pid_t fork_program(const std::string& command, const std::filesystem::path& folder, int slave);
  void watch_output();
  void watch_end();
  std::optional<int> take_end();
  void read_output();
  void changed();
  boost::asio::awaitable<bool> wait_change(Clock::time_point deadline);

  boost::asio::io_context& context_;
  Tracer* tracer_;  // not owned; null: nothing is traced
  std::string actor_;
  Sandbox* sandbox_ = nullptr;
  std::optional<boost::asio::posix::stream_descriptor> terminal_;
  std::optional<boost::asio::posix::stream_descriptor> ended_;  // pidfd
  boost::asio::steady_timer change_;
  pid_t process_ = -1;
  std::optional<int> status_;  // of waitpid
  bool output_ended_ = false;
  std::string output_;
  std::size_t read_ = 0;  // of the output
};

}  // namespace wireproof
