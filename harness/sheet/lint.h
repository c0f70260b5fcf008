#pragma once

#include "sheet/scenario.h"

namespace wireproof {

// What a sheet that reads well asks for in vain, as warnings: what no run judges, and what no
// server can satisfy. Only what is certain from the sheet alone; a sheet with none may still fail
// everywhere.
Diagnostics lint_scenario(const Scenario& scenario);

// The part of it that counts bytes: what a session sends and reads against the rows of data that
// its tables allow.
void lint_bytes(const Scenario& scenario, Problems& problems);

}  // namespace wireproof
