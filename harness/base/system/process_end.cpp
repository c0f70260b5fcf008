#include "base/system/process_end.h"

#include <sys/wait.h>

#include <cstring>

namespace wireproof {

ProcessEnd read_wait_status(int status) {
  if (WIFEXITED(status)) return {ProcessEnd::Way::exited, WEXITSTATUS(status), ""};
  return {ProcessEnd::Way::signal, WTERMSIG(status), ""};
}

std::string render_process_end(const ProcessEnd& end) {
  switch (end.way) {
    case ProcessEnd::Way::exited:
      return "exited with code " + std::to_string(end.number);
    case ProcessEnd::Way::signal:
      return std::string("was ended by signal ") + ::strsignal(end.number);
    case ProcessEnd::Way::overrun:
      break;
  }
  return "was ended by the sandbox: it " + end.overrun;
}

}  // namespace wireproof
