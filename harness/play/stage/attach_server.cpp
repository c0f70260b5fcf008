#include "play/stage/attach_server.h"

#include "base/system/system_call.h"
#include "machine/host/attach_refusal.h"

namespace wireproof {
namespace {

// Of several processes the one that is the obstacle.
std::string explain_refusal(const StageServer& server, int error_number) {
  AttachFacts facts = read_attach_facts(server.process());
  for (const pid_t process : server.holders()) {
    if (facts.tracer != 0) break;
    const AttachFacts others = read_attach_facts(process);
    if (others.tracer != 0) facts = others;
  }
  return render_attach_refusal(facts, error_number);
}

}  // namespace

AttachedServer attach_to_server(const StageServer& server) {
  if (server.process() == 0) return {nullptr, server.unseen()};
  for (const pid_t process : server.holders()) {
    // Its calls would be told in part only: worse than none.
    if (has_io_uring(process)) {
      return {nullptr, "process " + std::to_string(process) +
                           " uses io_uring, and calls made through it cannot be traced"};
    }
  }
  try {
    auto tracer = std::make_unique<Tracer>();
    tracer->attach({"server", Side::server}, server.holders());
    return {std::move(tracer), ""};
  } catch (const SystemError& error) {
    return {nullptr, explain_refusal(server, error.code().value())};
  }
}

}  // namespace wireproof
