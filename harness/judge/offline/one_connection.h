#pragma once

#include <optional>

#include "sheet/scenario.h"

namespace wireproof {

// Why a sheet does not say what each connection of a capture has to be, at its place in the sheet;
// nothing where it does: one client connects once, over TCP. `server_has_tcp`: see transport_of().
std::optional<Diagnostic> refuse_each_connection(const Scenario& scenario, bool server_has_tcp);

}  // namespace wireproof
