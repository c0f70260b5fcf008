#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/options/selection.h"
#include "play/runner/runner.h"
#include "servers/registry.h"

namespace wireproof {

// Which sheets of a reference server say what anybody's server of the same kind must do.

using ServerForm = std::map<std::string, std::string>;  // by parameter

// `--set NAME=VALUE` by what they are about: the server's own parameters choose the form of the
// protocol, and with it the sheets; the others go to the sheets, and so do those that may be any
// text: a sheet says `{prefix}` and holds for all.
struct VerifySettings {
  ServerForm form;
  std::vector<std::string> sheet;      // NAME=VALUE
  std::optional<Transport> transport;  // only its sheets: the server speaks no other
  bool for_clients = false;  // sheets about clients: our own server may be made to do wrong
};
VerifySettings split_settings(const ServerInfo& server, const std::vector<std::string>& settings);

// Whether the sheet is about this server, in this form of its protocol (the default of each
// parameter that `form` does not have), and about nothing that only our own server does.
bool is_about(const FrontMatter& front, const ServerInfo& server, const ServerForm& form);

// A sheet about programs, that may be anybody's: it says what is typed, what must be printed and
// what must be seen on the wire, and nothing that only its own program does.
bool is_for_clients(const FrontMatter& front);

// Somebody's program instead of the reference server, and the ports that it listens on where they
// are not the server's own.
struct VerifiedProgram {
  const ServerInfo& server;
  std::string command;
  std::optional<std::uint16_t> port;        // TCP, or of both
  std::optional<std::uint16_t> udp_port;    // where that is another one
  std::optional<Transport> transport = {};  // that alone
};
// What the sheet says of our own server does not hold for the program. A server with two ports is
// always started with both: {port} is that of TCP, {udp_port} that of UDP, and of a program that
// speaks UDP alone both are.
void give_program(FrontMatter& front, const VerifiedProgram& program);

// Says which parameter has a value that the server does not know; the exit code.
std::optional<int> check_form(const ArgumentParser& parser, const ServerInfo& info,
                              const VerifySettings& settings);

// What differs from the defaults, as options: ` --set framing=none`.
std::string render_form_options(const ServerInfo& server, const ServerForm& form);

// The forms, as options, that have the given values and that one of the sheets is about.
std::set<std::string> list_sheet_forms(const std::vector<Sheet>& sheets, const ServerInfo& server,
                                       const ServerForm& given);

// Says that nothing is selected, and of what forms near to this one there are sheets; the exit
// code.
int refuse_no_sheets(const Selection& selection, const ServerInfo& server,
                     const SelectionOptions& options, const VerifySettings& settings);

// Of the sheets that the options select, those that are about the server in this form, or hold for
// any (`forms`); broken ones stay. Those of the exercise as it is set come first.
Selection select_server_sheets(const ServerInfo& info, const SelectionOptions& options,
                               const VerifySettings& settings);

// How many of a server's sheets judge this form, where more judge its own, and (by tags) what none
// of them is about. One line, or empty.
std::string render_form_share(const ServerInfo& info, const SelectionOptions& options,
                              const VerifySettings& settings, const std::vector<Sheet>& sheets);

// How many sheets are of the one transport that is verified (`count`), and how many need the other.
// One line, or empty.
std::string render_transport_share(const ServerInfo& info, const SelectionOptions& options,
                                   const VerifySettings& settings, std::size_t count);

}  // namespace wireproof
