#pragma once

#include <memory>

#include "machine/trace/tracer.h"
#include "play/stage/stage_server.h"

namespace wireproof {

// The tracer of a server that runs already, or why there is none.
struct AttachedServer {
  std::unique_ptr<Tracer> tracer;  // null: refused
  std::string refusal;             // what forbids it and what to do
};

// Traces all processes that take the server's clients. They are let go of when the tracer ends, and
// also when this process is killed.
AttachedServer attach_to_server(const StageServer& server);

}  // namespace wireproof
