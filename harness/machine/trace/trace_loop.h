#pragma once

#include <sys/types.h>
#include <sys/wait.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "base/system/process.h"
#include "machine/trace/call_reader.h"
#include "machine/trace/socket_book.h"
#include "machine/trace/tracer.h"

namespace wireproof {

// Keeps the tracing thread on the core of the thread that it traces: a stop costs about 6 us
// there, 32 us from another core, since neither has to be woken across cores (calls.md).
class CoreFollower {
 public:
  // A traced thread has stopped. Looks where it runs every kEvery stops, and moves the calling
  // thread there.
  void follow(pid_t thread);

 private:
  static constexpr unsigned kEvery = 64;

  unsigned stops_ = 0;
  int core_ = -1;
};

// What the tracing thread runs: the loop; whatever that throws ends the tracing, and whoever waits
// is told. The kernel then kills what was started under trace (PTRACE_O_EXITKILL).
void run_tracing(TraceMailbox& mailbox, const std::function<void()>& loop);

// All that the tracing thread does. ptrace belongs to one thread: every request comes from here.
class TraceLoop {
 public:
  explicit TraceLoop(TraceMailbox& mailbox) : mailbox_(mailbox), reader_(book_, batch_.calls) {}

  // Returns when it was asked to stop and every process that it started has ended. Those that it
  // was attached to run then, and the kernel lets go of them when the thread that calls this ends.
  void run();

 private:
  struct Thread {
    pid_t process = -1;
    std::optional<OpenCall> call;       // between its entry and its exit
    std::vector<OpenCall> interrupted;  // to be gone on with; a handler's calls come in between
    bool returns_from_signal = false;   // in rt_sigreturn
    bool exits = false;                 // stopped in its exit, or beyond
  };
  struct Process {
    TracedProcess traced;
    std::set<pid_t> threads;
    std::optional<std::vector<SocketCall>> end;  // once it lets go of what it holds
    std::uint64_t place = 0;  // of its creation among the calls, until that is noted
    bool attached = false;    // not started by us: it has no filter, and must live on
    bool noted_architecture = false;
  };
  // Until all threads have been stopped once.
  struct Attachment {
    std::shared_ptr<AttachRequest> request;
    std::set<pid_t> awaited;
    std::map<pid_t, int> stopped;  // with the signal of the stop
  };

  static constexpr int kWaitFlags = __WALL | __WNOTHREAD;  // its own tracees alone

  bool start_bell();
  void answer_bell();
  void await_exits();
  bool handle_next(int wait_flags);
  void handle(pid_t thread, int status);
  void handle_stop(pid_t thread, int status);
  void handle_event(pid_t thread, int event, int signal);
  void see_creation(pid_t id, int event, pid_t child);
  void start_requested(StartRequest& request);
  bool is_done() const;

  void begin_attach(std::shared_ptr<AttachRequest> request);
  bool seize_threads(pid_t process);
  bool park(pid_t id, int event, int signal);
  void go_on_attaching();
  void find_call_begun_before(pid_t id, Thread& thread);
  void end_attach(int error_number);
  void let_go();

  Thread* adopt(pid_t thread);
  bool adopt_process(pid_t process, pid_t parent);
  Process& add_process(pid_t process, TraceTarget target, const Process* parent);
  Process& process_of(const Thread& thread) const { return *processes_.at(thread.process); }

  void stop_at_call(pid_t id, Thread& thread);
  void enter_call(pid_t id, Thread& thread);
  void enter_known_call(pid_t id, Thread& thread, const CallEntry& entry);
  void leave_call(pid_t id, Thread& thread);
  void leave_signal(Thread& thread, const CallExit& exit);
  void note_refusal(const OpenCall& call, const CallExit& exit);
  void begin_exit(pid_t id);
  void change_program(pid_t id, pid_t caller);
  void end_thread(pid_t id, int status);
  void abandon_calls(Thread& thread, int signal);
  void refuse_io_uring(pid_t id, Thread& thread);
  void resume_from_stop(pid_t id, const Thread& thread, int signal);
  void resume(pid_t id, const Thread& thread, int signal = 0);

  void publish();
  void publish_open_calls();
  void kill_all();

  TraceMailbox& mailbox_;
  std::unique_lock<std::mutex> working_{no_fork_while(SideThread::tracer), std::defer_lock};
  TraceBatch batch_;
  SocketBook book_;
  CallReader reader_;
  CoreFollower core_;
  std::map<pid_t, Thread> threads_;
  std::map<pid_t, std::unique_ptr<Process>> processes_;
  std::map<pid_t, TraceTarget> started_;  // by the first process, which leads a group
  std::optional<Attachment> attachment_;
  pid_t bell_ = -1;
  bool stopping_ = false;
  Timestamp now_{};  // of the stop that is being dealt with
};

}  // namespace wireproof
