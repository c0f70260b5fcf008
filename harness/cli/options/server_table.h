#pragma once

#include "cli/options/argument_parser.h"
#include "play/runner/runner.h"
#include "servers/registry.h"
#include "sheet/scenario.h"

namespace wireproof {

// Parameters that every server has: how it serves its clients, and what is wrong, or unusual but
// right, about it.
constexpr std::string_view kServeParameter = "serve";
constexpr std::string_view kFaultParameter = "fault";
constexpr std::string_view kVariantParameter = "variant";

// The reference servers as the runner wants them. A sheet's parameters that a server does not have
// stay with the sheet.
ServerTable make_server_table();

// What a sheet says about its server that no reference server can give: an unknown name, a
// transport without a port, a value that a parameter does not take.
Diagnostics check_server(const Scenario& scenario);

// Says that no server has the name, with further notes; the exit code.
std::optional<int> check_server_name(const ArgumentParser& parser, const std::string& name,
                                     const std::vector<Note>& further = {});
// Of all servers, each once, with those that every server has.
std::vector<std::string> parameter_names();

}  // namespace wireproof
