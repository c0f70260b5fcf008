#pragma once

#include "machine/host/sandbox.h"

namespace wireproof {

// Makes the file system that programs of a sandbox find, in a mount namespace of its own, which the
// process enters. Called by the first process of a pid namespace. Throws SystemError.
void enter_sandbox_files(const SandboxRequest& request);

}  // namespace wireproof
