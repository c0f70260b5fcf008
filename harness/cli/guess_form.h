#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/selection.h"
#include "cli/verify_sheets.h"
#include "servers/registry.h"
#include "session/runner.h"

namespace wireproof {

// Which form of its protocol somebody's server speaks, found out by asking it.

using ServerForm = std::map<std::string, std::string>;  // by parameter

// All forms: every value of each parameter that has a list of them.
std::vector<ServerForm> list_forms(const ServerInfo& server);

// The shortest session that is about this form and waits for an answer; null: there is none. Of
// UDP only where no server of TCP is asked.
const Sheet* find_simplest(const std::vector<Sheet>& sheets, const ServerInfo& server,
                           const ServerForm& form);

// A form that was tried, with the sheet that was played for it.
struct FormTrial {
  ServerForm form;
  std::string sheet;
  Verdict verdict = Verdict::skip;
  std::string reason;  // of anything but PASS
};

// Plays one sheet for each form that has one, without capture.
// `program`: what is started for it; null: the server runs.
std::vector<FormTrial> try_forms(const std::vector<Sheet>& sheets, const ServerInfo& server,
                                 const VerifiedProgram* program, RunOptions options);

// What the trials say, with the command that verifies the form that was found; `target` is what
// was verified, as typed: HOST:PORT or `-- COMMAND`. Pure.
std::string render_guess(const ServerInfo& server, const std::vector<FormTrial>& trials,
                         const std::string& target);

}  // namespace wireproof
