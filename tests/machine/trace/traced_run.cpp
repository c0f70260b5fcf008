#include "machine/trace/traced_run.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/system/system_call.h"

namespace wireproof {

pid_t TracedRun::start(const std::string& actor, std::vector<std::string> arguments,
                       const std::string& program) {
  Pipe output = open_pipe();
  output_ = std::move(output.read);
  arguments.insert(arguments.begin(), program);
  const TraceTarget target{actor, actor == "server" ? Side::server : Side::client};
  return tracer_.start(target, [&] {
    ::dup2(output.write.get(), STDOUT_FILENO);
    std::vector<char*> values;
    for (std::string& argument : arguments) values.push_back(argument.data());
    values.push_back(nullptr);
    ::execvp(program.c_str(), values.data());
    return kCannotExecute;
  });
}

std::string TracedRun::read_line() {
  std::string line;
  for (char letter = 0; ::read(output_.get(), &letter, 1) == 1 && letter != '\n';) line += letter;
  return line;
}

std::vector<SocketCall> TracedRun::end(pid_t process) {
  tracer_.await_end(process);
  TraceBatch batch = tracer_.take();
  calls_.insert(calls_.end(), batch.calls.begin(), batch.calls.end());
  notes_.insert(notes_.end(), batch.notes.begin(), batch.notes.end());
  std::ranges::stable_sort(calls_, {}, &SocketCall::order);
  return calls_;
}

int TracedRun::exit_code(pid_t process) {
  const int status = tracer_.await_end(process);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

SocketCall TracedRun::await_open_call(const std::string& name) {
  for (;;) {
    for (const SocketCall& call : tracer_.sync()) {
      if (call.name == name) return call;
    }
  }
}

std::vector<std::string> render_calls(const std::vector<SocketCall>& calls,
                                      const std::string& actor) {
  std::vector<std::string> lines;
  for (const SocketCall& call : calls) {
    if (!actor.empty() && call.actor != actor) continue;
    std::string line = call.name;
    if (call.ended_by_signal != 0) {
      line += " killed by " + std::to_string(call.ended_by_signal);
    } else if (!call.returned) {
      line += " unfinished";
    } else if (call.error_number != 0) {
      line += std::string(" ") + ::strerrorname_np(call.error_number);
    } else if (call.name == "accept" || call.name == "socket" || call.name == "dup") {
      line += " -> a descriptor";
    } else {
      line += " " + std::to_string(call.result);
    }
    lines.push_back(line);
  }
  return lines;
}

std::vector<SocketCall> calls_named(const std::vector<SocketCall>& calls, const std::string& name) {
  std::vector<SocketCall> found;
  for (const SocketCall& call : calls) {
    if (call.name == name) found.push_back(call);
  }
  return found;
}

}  // namespace wireproof
