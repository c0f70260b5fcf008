#pragma once

#include "cli/options/argument_parser.h"
#include "cli/options/selection.h"
#include "play/runner/runner.h"
#include "servers/registry.h"
#include "sheet/scenario.h"

namespace wireproof {

// Parameters that every server has: how it serves its clients, and what is wrong, or unusual but
// right, about it.
constexpr std::string_view kServeParameter = "serve";
constexpr std::string_view kFaultParameter = "fault";
constexpr std::string_view kVariantParameter = "variant";

// The reference servers, and the user's own that were read, as the runner wants them. A sheet's
// parameters that a server does not have stay with the sheet.
ServerTable make_server_table();

// What a sheet says about its server that the server cannot give: an unknown name, a
// transport without a port, a value that a parameter does not take.
Diagnostics check_server(const Scenario& scenario);

// Finds the server that a word of the command line means: the folder of one, a sheet that stands
// for one, or a name (of a folder below the selected ones or in `scenarios`, else of a reference
// server). The word becomes the server's name; a folder or sheet is what is selected from then on,
// where nothing else is. What is wrong is said, with further notes; then the exit code.
std::optional<int> find_server_named(const ArgumentParser& parser, std::string& name,
                                     SelectionOptions& selection,
                                     const std::vector<Note>& further = {});
// Reads the folders here and in `scenarios` that describe a server, and says what is wrong with
// them; the exit code.
int read_described_servers();
// Of all servers, each once, with those that every server has.
std::vector<std::string> parameter_names();

}  // namespace wireproof
