#include "machine/process/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <memory>
#include <optional>
#include <utility>

#include "base/system/deadline.h"
#include "base/system/proc.h"
#include "base/system/system_call.h"
#include "catch.h"
#include "machine/host/child_processes.h"
#include "machine/process/shell_command.h"
#include "support/in_private_network.h"

namespace wireproof {
namespace {

using Milliseconds = std::chrono::milliseconds;
using Way = ProcessEnd::Way;

constexpr Milliseconds kLong{10000};

// A program, with or without a tracer, and its streams.
struct Started {
  explicit Started(const std::string& command, ProgramStreams its_streams = ProgramStreams::pipes(),
                   Tracer* tracer = nullptr)
      : streams(std::move(its_streams)), program(launch(command, tracer), streams) {}

  static ProgramLaunch launch(const std::string& command, Tracer* tracer) {
    ProgramLaunch launch;
    launch.command = command;
    launch.tracer = tracer;
    return launch;
  }

  // Until it, or what it has started, has written this.
  bool await_output(const std::string& text) {
    const Deadline deadline{Duration(kLong)};
    for (streams.drain(); streams.output().find(text) == std::string::npos; streams.drain()) {
      if (streams.has_ended() || deadline.is_over()) return false;
      await_readable(streams.fd(), deadline, "wait for output");
    }
    return true;
  }
  // The number behind the blank of "pid 4711".
  pid_t said_process() const { return std::stoi(streams.output().substr(4)); }

  ProgramStreams streams;
  Program program;
};

bool await_gone(pid_t process) {
  return look_until(Deadline(Duration(kLong)), [process] {
    // Looked at, not waited for: waitpid(2) would take a stop from the tracer's thread, which would
    // never let the process go on.
    const auto stat = read_process_stat(process);
    return !stat || stat->state == 'Z';
  });
}

}  // namespace

TEST_CASE("how a program ended is its exit code or the signal", "[process]") {
  Started code("exit 7");
  REQUIRE(code.program.await_end(kLong));
  CHECK(code.program.how_ended() == ProcessEnd{Way::exited, 7, ""});
  Started signal("kill -TERM $$");
  REQUIRE(signal.program.await_end(kLong));
  CHECK(signal.program.how_ended() == ProcessEnd{Way::signal, SIGTERM, ""});
  CHECK(render_process_end(*signal.program.how_ended()) == "was ended by signal Terminated");
  Started missing("/no/such/program");
  REQUIRE(missing.program.await_end(kLong));
  CHECK(missing.program.how_ended() == ProcessEnd{Way::exited, kCannotExecute, ""});
  Started waits("read x", ProgramStreams::terminal());
  CHECK_FALSE(waits.program.how_ended());
}

TEST_CASE("a program keeps its id until end(), which waits for it once", "[process]") {
  Started started("exit 0");
  const pid_t process = started.program.process();
  REQUIRE(started.program.await_end(kLong));
  CHECK(::kill(process, 0) == 0);  // nobody else can have it yet
  CHECK(::getpgid(process) == process);
  started.program.end();
  CHECK(::waitpid(process, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
  started.program.end();
  started.program.signal_group(SIGKILL);
  CHECK(started.program.how_ended() == ProcessEnd{Way::exited, 0, ""});
}

TEST_CASE("what a program left behind in its group ends with it, traced or not", "[process]") {
  for (const bool traced : {false, true}) {
    INFO(traced);
    const std::string left = run_in_child([traced] {
      const OrphanCollector orphans;
      const auto tracer = traced ? std::make_unique<Tracer>() : nullptr;
      pid_t process = -1;
      {
        Started started("sh -c 'trap \"\" INT TERM HUP; echo pid $$; exec sleep 60' & wait",
                        ProgramStreams::pipes(), tracer.get());
        if (!started.await_output("\n")) return "nothing said";
        process = started.said_process();
        if (::getpgid(process) != started.program.process()) return "another group";
      }
      return await_gone(process) ? "gone" : "left";
    });
    CHECK(left == "gone");
  }
}

TEST_CASE("a program that double-forks and goes is followed by its group", "[process]") {
  for (const bool traced : {false, true}) {
    INFO(traced);
    const std::string left = run_in_child([traced] {
      const OrphanCollector orphans;
      const auto tracer = traced ? std::make_unique<Tracer>() : nullptr;
      Started started("(sh -c 'echo pid $$; exec sleep 60' &) ; exit 3", ProgramStreams::pipes(),
                      tracer.get());
      if (!started.await_output("\n") || !started.program.await_end(kLong)) return "no end";
      // What the shell starts in the background ignores SIGINT.
      started.program.stop_group(Milliseconds(50));
      if (started.program.how_ended() != ProcessEnd{Way::exited, 3, ""}) return "another end";
      return await_gone(started.said_process()) ? "gone" : "left";
    });
    CHECK(left == "gone");
  }
}

TEST_CASE("a program that ignores signals is killed after the limits", "[process]") {
  Started deaf("trap '' INT TERM; echo ready; while :; do sleep 60; done");
  REQUIRE(deaf.await_output("ready"));
  deaf.program.stop_group(Milliseconds(20));
  CHECK(deaf.program.how_ended() == ProcessEnd{Way::signal, SIGKILL, ""});
  Started polite("trap 'echo bye; exit 5' INT; echo ready; while :; do sleep 60 & wait; done");
  REQUIRE(polite.await_output("ready"));
  polite.program.stop_group(kLong);
  CHECK(polite.program.how_ended() == ProcessEnd{Way::exited, 5, ""});
  CHECK(polite.streams.output() == "ready\nbye\n");
}

TEST_CASE("of a program that floods a bounded part is kept, and nobody is kept by it",
          "[process]") {
  for (const bool terminal : {false, true}) {
    INFO(terminal);
    Started flood("yes", terminal ? ProgramStreams::terminal() : ProgramStreams::pipes());
    const Deadline deadline{Duration(kLong)};
    while (flood.streams.output().size() < kMaxProgramOutput && !deadline.is_over()) {
      await_readable(flood.streams.fd(), deadline, "wait for output");
      flood.streams.drain();
    }
    CHECK(flood.streams.output().size() == kMaxProgramOutput);
    flood.streams.drain();
    CHECK_FALSE(flood.program.await_end(Milliseconds(20)));
    flood.program.stop_group(kLong);
    CHECK(flood.streams.output().size() == kMaxProgramOutput);
    CHECK(flood.program.how_ended() == ProcessEnd{Way::signal, SIGINT, ""});
  }
}

TEST_CASE("pipes give what is to be read, then the end; without input there is none", "[process]") {
  Started with("cat; echo end", ProgramStreams::pipes("one\ntwo\n"));
  REQUIRE(with.program.await_end(kLong));
  with.program.end();
  CHECK(with.streams.output() == "one\ntwo\nend\n");
  Started without("readlink /proc/self/fd/0; cat; ls /proc/self/fd");
  REQUIRE(without.program.await_end(kLong));
  without.program.end();
  // Of `ls` itself: the folder that it lists.
  CHECK(without.streams.output() == "/dev/null\n0\n1\n2\n3\n");
  const std::string much(std::size_t{4} << 20, 'x');
  CHECK_THROWS_WITH(ProgramStreams::pipes(much), Catch::Contains("does not fit into a pipe"));
}

TEST_CASE("a terminal is one, does not echo, and ends when nobody has it open", "[process]") {
  Started started("test -t 0 && test -t 1 && echo tty; read a; echo got $a",
                  ProgramStreams::terminal());
  REQUIRE(started.await_output("tty\n"));
  REQUIRE(::write(started.streams.fd(), "x\n", 2) == 2);
  REQUIRE(started.await_output("got x\n"));
  CHECK(started.streams.output() == "tty\ngot x\n");
  REQUIRE(started.program.await_end(kLong));
  started.program.end();
  started.streams.drain();
  CHECK(started.streams.has_ended());
}

TEST_CASE("a program in a fork of its own has the descriptor that it was given, at its number",
          "[process]") {
  Pipe ready = open_pipe();
  ProgramStreams streams = ProgramStreams::pipes();
  ProgramLaunch launch;
  launch.serve = [] { return ::write(kReadyFd, "r", 1) == 1 ? 4 : 1; };
  launch.ready_fd = ready.write.get();
  Program program(launch, streams);
  ready.write.reset();
  REQUIRE(program.await_end(kLong));
  CHECK(program.how_ended() == ProcessEnd{Way::exited, 4, ""});
  char byte = 0;
  CHECK(::read(ready.read.get(), &byte, 1) == 1);
}

TEST_CASE("a program in a fork of its own has no other descriptor of ours", "[process]") {
  constexpr int kOurs = 99;
  const UniqueFd ours(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, kOurs));
  REQUIRE(ours.get() >= kOurs);
  ProgramStreams streams = ProgramStreams::pipes();
  ProgramLaunch launch;
  launch.serve = [&] { return ::fcntl(ours.get(), F_GETFD) == -1 ? 4 : 1; };
  Program program(launch, streams);
  REQUIRE(program.await_end(kLong));
  CHECK(program.how_ended() == ProcessEnd{Way::exited, 4, ""});
}

TEST_CASE("a program does not outlive the process that started it", "[process]") {
  const std::string process = run_in_child([] {
    static ProgramStreams streams = ProgramStreams::pipes();
    static std::optional<Program> program;  // the child ends without destroying it
    ProgramLaunch launch;
    Pipe ready = open_pipe();
    launch.serve = [] { return ::write(kReadyFd, "r", 1) == 1 ? ::poll(nullptr, 0, -1) : 1; };
    launch.ready_fd = ready.write.get();
    program.emplace(launch, streams);
    char byte = 0;
    check_call(::read(ready.read.get(), &byte, 1), "await the program");
    return std::to_string(program->process());
  });
  CHECK(await_gone(std::stoi(process)));
  ::kill(std::stoi(process), SIGKILL);
}

TEST_CASE("without descriptors no program is started, nor left behind", "[process]") {
  const std::string said = run_in_child([] {
    ProgramStreams streams = ProgramStreams::pipes();
    std::string refused;
    // The sanitizer looks an error's type up once, with descriptors: none are left below.
    try {
      check_call(::close(-1), "close nothing");
    } catch (const SystemError&) {
    }
    // As many as a start needs are given one by one: each refusal is another step's.
    for (rlim_t free = 0; free < 40; ++free) {
      rlimit limit{};
      ::getrlimit(RLIMIT_NOFILE, &limit);
      const int next = UniqueFd(::fcntl(0, F_DUPFD_CLOEXEC, 0)).get();
      limit.rlim_cur = static_cast<rlim_t>(next) + free;
      ::setrlimit(RLIMIT_NOFILE, &limit);
      try {
        Program program(Started::launch("exec cat /proc/self/limits", nullptr), streams);
        program.await_end(kLong);
        return refused + (program.how_ended() == ProcessEnd{} ? "started" : "failed");
      } catch (const SystemError& error) {
        // fcntl(2): EINVAL where the limit allows no descriptor of that number at all.
        const int number = error.code().value();
        if (number != EMFILE && number != EINVAL) return std::string(error.what());
        if (::waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD) return std::string("left");
        refused = "refused, then ";
      }
    }
    return std::string("never");
  });
  CHECK(said == "refused, then started");
}

}  // namespace wireproof
