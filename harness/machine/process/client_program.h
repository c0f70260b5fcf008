#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/time.h"
#include "machine/process/missing_time.h"
#include "machine/process/program.h"
#include "machine/process/program_streams.h"

namespace wireproof {

constexpr std::string_view kInterrupt = "\x03";

// A program as an actor: a command on a terminal, which is typed to and read by coroutines. What it
// started and left behind in its group ends with it.
//
// Output is read whenever the context runs. Not movable while a call runs. Throws SystemError
// where no terminal or process can be had.
class ClientProgram {
 public:
  // With a tracer its calls are traced as the actor's, with a sandbox it runs inside; both outlive
  // the object.
  ClientProgram(boost::asio::io_context& context, Tracer* tracer, Sandbox* sandbox,
                std::string actor);
  ~ClientProgram() { end(); }
  ClientProgram(const ClientProgram&) = delete;
  ClientProgram& operator=(const ClientProgram&) = delete;

  // Ends what runs still. An empty folder: here.
  void start(const std::string& command, const std::filesystem::path& folder);
  const std::string& actor() const { return actor_; }
  bool is_started() const { return program_.has_value(); }
  void end();

  // The first waits until the program and all that it started are at rest, as a person does: what
  // comes before they listen some programs lose.
  //
  // False: the program did not take everything within the limit. kInterrupt alone is Ctrl-C:
  // SIGINT to its group, as the terminal is not its controlling one, again and again until it ends.
  boost::asio::awaitable<bool> type(std::string text, Duration limit);
  // Waits until `find` gives the end of what it looks for in the unread output, which is then read
  // up to there. False: not within the limit, or the output has ended before.
  using Find = std::function<std::optional<std::size_t>(const std::string& unread)>;
  boost::asio::awaitable<bool> await_output(Find find, Duration limit);
  // Waits until it has ended and nobody can write any more. False: it runs still when the limit is
  // over.
  boost::asio::awaitable<bool> await_end(Duration limit);

  // Once it was started.
  const std::string& output() const { return streams_->output(); }
  std::string unread_output() const { return output().substr(read_); }
  // Texts that it was to print so far, and did: for whoever plays its steps.
  std::vector<std::string>& awaited_texts() { return awaited_texts_; }
  bool output_ended() const { return streams_->has_ended(); }  // nobody can write any more
  // Once what it had started has ended too, or was killed, a second later.
  bool has_ended() const { return !ended_.has_value(); }
  // It ended by itself, and what it had started did not.
  bool has_left_rest() const { return has_left_rest_; }
  // None: it runs still.
  std::optional<ProcessEnd> how_ended();
  // It has ended because the shell found no program of that name (POSIX XCU 2.8.2), where no
  // sandbox hides any.
  bool was_not_found();
  // How long it and all that it started could not go on for want of a CPU in the last wait that was
  // in vain; nothing where they have had one for its whole limit.
  Duration lacked() const { return lacked_; }

 private:
  using Clock = std::chrono::steady_clock;

  void watch_output();
  void watch_end();
  void end_with_rest(Clock::time_point deadline);
  void changed() { change_.cancel(); }
  // What it lacks of the CPU is seen by looks: as a wait begins, every tenth of a second, and as it
  // is over in vain.
  void begin_wait();
  void look();
  void end_vain_wait(Duration limit);
  // Whoever waits looks again behind it: what happens as a timer expires cancels nothing.
  boost::asio::awaitable<void> wait_change(Clock::time_point deadline);
  // At most a second: one that is never at rest is typed to all the same.
  boost::asio::awaitable<void> await_rest(Clock::time_point deadline);
  boost::asio::awaitable<void> interrupt(Clock::time_point deadline);

  boost::asio::io_context& context_;
  Tracer* tracer_;    // not owned; null: nothing is traced
  Sandbox* sandbox_;  // not owned; null: nothing is closed
  std::string actor_;
  std::vector<std::string> awaited_texts_;
  std::optional<ProgramStreams> streams_;
  std::optional<Program> program_;
  // Of descriptors that those two own.
  std::optional<boost::asio::posix::stream_descriptor> terminal_;
  std::optional<boost::asio::posix::stream_descriptor> ended_;  // none: it has ended
  boost::asio::steady_timer change_;
  boost::asio::steady_timer rest_;
  std::size_t read_ = 0;  // of the output
  bool was_typed_to_ = false;
  bool has_left_rest_ = false;
  MissingTime missing_{Clock::now()};  // of the wait
  Clock::time_point looked_{};
  Duration lacked_{};
};

}  // namespace wireproof
