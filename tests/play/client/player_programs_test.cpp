#include <poll.h>
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <thread>

#include "catch.h"
#include "machine/host/child_processes.h"
#include "machine/host/doctor.h"
#include "support/sheet_builder.h"
#include "support/test_server.h"

namespace wireproof {
namespace {

using Kind = TestServer::Kind;

PlayedSession play_alone(const SheetBuilder& sheet) {
  const ClosedPort nothing;
  return sheet.play(nothing.port());
}

StepPrints prints(const std::string& text) {
  return {text, false};
}

// While it lives, one of its threads wants a processor for itself.
class BusyProcessor {
 public:
  BusyProcessor() : number_(static_cast<std::size_t>(::sched_getcpu())) {
    spinning_ = std::thread([this] {
      while (!over_) continue;
    });
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(number_, &only);
    REQUIRE(::pthread_setaffinity_np(spinning_.native_handle(), sizeof only, &only) == 0);
  }
  ~BusyProcessor() {
    over_ = true;
    spinning_.join();
  }
  BusyProcessor(const BusyProcessor&) = delete;
  BusyProcessor& operator=(const BusyProcessor&) = delete;

  std::string number() const { return std::to_string(number_); }

 private:
  std::size_t number_;
  std::atomic<bool> over_{false};
  std::thread spinning_;
};

}  // namespace

TEST_CASE("a program is told lines, must print, and must return", "[session]") {
  SheetBuilder sheet;
  sheet.step("run", StepRun{"while read a; do echo \"got $a\"; done; echo end; exit 3"});
  sheet.step("type", StepType{"one\ntwo\n"}).step("prints", prints("got one\n"));
  sheet.step("prints", StepPrints{"g.t tw", true}).step("prints", prints("o\n"));
  sheet.step("type", StepType{"\x04"}).step("exits", StepExits{3}).step("prints", prints("end"));
  const PlayedSession played = play_alone(sheet);
  CHECK(failure_lines(played).empty());
  CHECK(played.error.empty());
  CHECK(played.programs == std::vector<std::string>{"client"});
  CHECK(played.steps.at(2).outcome == "\"got one\\n\"");
  CHECK(played.steps.at(6).outcome == "exited with code 3");
  CHECK(played.calls.empty());
}

TEST_CASE("output that was read is not found again, and a failure shows all of it", "[session]") {
  SheetBuilder sheet;
  sheet.step("run", StepRun{"echo once; exit 0"}).step("prints", prints("once"));
  const PlayedSession played = play_alone(sheet.step("prints", prints("once")));
  CHECK(failure_lines(played) == "the client exited with code 0 and did not print \"once\"\n");
  CHECK(failure_note(played, "output") == "once");
  CHECK_FALSE(played.timed_out);
}

TEST_CASE("a program that does not print or end in time fails its step", "[session]") {
  const auto moment = std::chrono::milliseconds(5);
  SheetBuilder mute;
  mute.step("run", StepRun{"read a"}).step("prints", prints("x")).within(moment);
  PlayedSession played = play_alone(mute);
  CHECK(failure_lines(played) == "the client did not print \"x\" within 5ms\n");
  CHECK(failure_note(played, "output") == "nothing");
  CHECK(played.timed_out);
  SheetBuilder endless;
  endless.step("run", StepRun{"read a"}).step("exits", StepExits{0}).within(moment);
  CHECK(failure_lines(play_alone(endless)) == "the client still runs after 5ms\n");
}

TEST_CASE("what a program lacked of the CPU is told where it was waited for in vain", "[session]") {
  const BusyProcessor busy;
  SheetBuilder sheet;
  // Of no processor but that one, and only what nobody else wants.
  sheet.step("run", StepRun{"taskset -c " + busy.number() +
                            " chrt -i 0 sh -c 'echo up; while :; do :; done'"});
  sheet.step("prints", prints("up")).within(std::chrono::minutes(1));
  const auto limit = std::chrono::milliseconds(400);
  sheet.step("prints", prints("x")).within(limit);
  std::vector<VainWait> waits;
  PlayOptions options;
  options.on_time_out = [&](const VainWait& wait) { waits.push_back(wait); };
  const ClosedPort nothing;
  CHECK(sheet.play(options, nothing.port()).timed_out);
  REQUIRE(waits.size() == 1);
  CHECK(waits[0].limit == limit);
  // As much as makes a verdict INCONCLUSIVE: where each session has its share of the processor
  // (sched(7), autogroup) the program gets half of it all the same.
  CHECK_FALSE(machine_gave_time(waits[0].lacked, limit));
}

TEST_CASE("another exit code, and an end by a signal, are named", "[session]") {
  SheetBuilder code;
  code.step("run", StepRun{"echo oops >&2; exit 7"}).step("exits", StepExits{0});
  const PlayedSession played = play_alone(code);
  CHECK(failure_lines(played) == "the client exited with code 7, expected code 0\n");
  CHECK(failure_note(played, "output") == "oops");
  SheetBuilder signal;
  signal.step("run", StepRun{"kill -TERM $$"}).step("exits", StepExits{0});
  CHECK(failure_lines(play_alone(signal)) ==
        "the client was ended by signal Terminated, expected code 0\n");
}

TEST_CASE("a command that is not found is an error, and fails no step", "[session]") {
  for (const StepAction& action : {StepAction(StepExits{0}), StepAction(prints("yes"))}) {
    SheetBuilder missing;
    missing.step("run", StepRun{"./no-such-program"}).step("ends", action);
    const PlayedSession played = play_alone(missing);
    CHECK(failure_lines(played).empty());
    CHECK(played.error.starts_with("the client was not started, its command is not found: "));
  }
  SheetBuilder wanted;
  wanted.step("run", StepRun{"exit 127"}).step("exits", StepExits{127});
  CHECK(play_alone(wanted).error.empty());
}

TEST_CASE("Ctrl-C interrupts a program, and one that has ended is not told any more", "[session]") {
  SheetBuilder sheet;
  sheet.step("run", StepRun{"trap 'exit 5' INT; echo up; read a"}).step("prints", prints("up"));
  sheet.step("type", StepType{"\x03"}).step("exits", StepExits{5}).step("exits", StepExits{});
  sheet.step("type", StepType{"late\n", true});
  CHECK(failure_lines(play_alone(sheet)).empty());
}

TEST_CASE("a program gets host, port and its client's number", "[session]") {
  const ClosedPort nothing;
  SheetBuilder sheet;
  sheet.clients(2).step("each: run", StepRun{"echo {host}:{port} {n}"});
  const std::string text = "127.0.0.1:" + std::to_string(nothing.port()) + " {n}\n";
  sheet.step("each: prints", prints(text)).step("each: exits", StepExits{0});
  const PlayedSession played = sheet.play(nothing.port());
  CHECK(failure_lines(played).empty());
  CHECK(played.programs == std::vector<std::string>{"c1", "c2"});
}

TEST_CASE("what a program left running ends with the session", "[session]") {
  SheetBuilder sheet;
  sheet.step("run", StepRun{"echo $$; sh -c 'echo $$; read a'; read b"});
  const PlayedSession played =
      play_alone(sheet.step("prints", StepPrints{"[0-9]+\n[0-9]+\n", true}));
  REQUIRE(failure_lines(played).empty());
  std::string outcome = played.steps.at(1).outcome;
  for (int i = 0; i < 2; ++i) {
    const std::size_t digit = outcome.find_first_of("0123456789");
    outcome.erase(0, digit);
    const pid_t process = std::stoi(outcome);
    outcome.erase(0, outcome.find_first_not_of("0123456789"));
    INFO(process);
    // Gone, or killed and not yet collected by whoever is its parent now.
    bool gone = false;
    for (int look = 0; look < 10'000 && !gone; ++look) {
      if (look > 0) ::poll(nullptr, 0, 1);
      gone = ::kill(process, 0) != 0;
    }
    CHECK(gone);
  }
}

TEST_CASE("a long line of output is read while others play", "[session]") {
  SheetBuilder sheet;
  sheet.step("run", StepRun{"head -c 300000 /dev/zero | tr '\\0' x; echo; read a; echo $a"});
  sheet.step("type", StepType{"done\n"});
  const PlayedSession played = play_alone(sheet.step("exits", StepExits{0}));
  CHECK(failure_lines(played).empty());
}

TEST_CASE("type, prints and exits need a program", "[session]") {
  SheetBuilder sheet;
  const PlayedSession played = play_alone(sheet.step("exits", StepExits{0}));
  CHECK(failure_lines(played) == "this actor runs no program: `run` comes first\n");
}

TEST_CASE("a program is typed to when it waits for it, and told that nobody sees colours",
          "[session]") {
  SheetBuilder colours;
  colours.step("run", StepRun{"echo $TERM"}).step("prints", prints("dumb\n"));
  CHECK(failure_lines(play_alone(colours)).empty());
  if (!is_installed("python3")) {
    WARN("skipped: python3 is not installed");
    return;
  }
  SheetBuilder late;  // what was typed before it listens is lost
  late.step("run", StepRun{"exec python3 -c 'import termios; termios.tcflush(0, termios.TCIFLUSH); "
                           "print(input())'"});
  late.step("type", StepType{"hello\n"}).step("prints", prints("hello\n"));
  CHECK(failure_lines(play_alone(late)).empty());
}

TEST_CASE("what a program has started may end behind it, and is killed where it does not",
          "[session]") {
  const OrphanCollector orphans;  // as a stage has it
  SheetBuilder ends;
  ends.step("run",
            StepRun{"(i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo late) & exit 0"});
  ends.step("prints", prints("late")).step("exits", StepExits{0});
  const PlayedSession done = play_alone(ends);
  CHECK(failure_lines(done).empty());
  CHECK(done.left_behind.empty());
  SheetBuilder stays;
  stays.step("run", StepRun{"(while :; do :; done) & exit 0"}).step("exits", StepExits{0});
  const PlayedSession killed = play_alone(stays);
  CHECK(failure_lines(killed).empty());
  CHECK(killed.left_behind == std::vector<std::string>{"client"});
}

}  // namespace wireproof
