#pragma once

#include <string>

#include "cli/options/output.h"
#include "machine/host/doctor.h"

namespace wireproof {

// What was found out about this machine, a line for each thing and one below it for its remedy.
std::string render_machine_text(const MachineReport& report, Style style);
// A list of {what, state, detail, remedy}.
std::string render_machine_json(const MachineReport& report);

}  // namespace wireproof
