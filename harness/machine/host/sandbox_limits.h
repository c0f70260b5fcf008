#pragma once

#include <string>

#include "machine/host/sandbox.h"

namespace wireproof {

// What a program gives up on its way into a sandbox, whichever that is. False with errno when
// refused. These make system calls only, for a child that borrows its parent's memory.

// None of memory: what is only mapped costs nothing, and runtimes reserve much of it (a program
// built with AddressSanitizer 15 TiB). The keeper counts what is used.
bool set_sandbox_limits(const SandboxLimits& limits);

// For good: capabilities(7), without the bounding set nothing that is executed gains any.
bool drop_capabilities();
// Where the bounding set may not be changed. Behind no_new_privs nothing that is executed gains any
// either.
bool give_up_capabilities();

// Where the machine runs out of memory, these go first. Only the better choice: where it is refused
// the limits stay.
void offer_to_be_killed_first();

// Throws SystemError: there is no sandbox for a program, and how to start it without.
[[noreturn]] void refuse_sandbox(const std::string& attempt, int error_number);

}  // namespace wireproof
