#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "cli/options/selection.h"
#include "cli/options/verify_sheets.h"
#include "play/runner/runner.h"
#include "servers/registry.h"

namespace wireproof {

// Which form of its protocol somebody's server speaks, found out by asking it.

// All forms: every known value of each parameter, but those of `given` as they are.
std::vector<ServerForm> list_forms(const ServerInfo& server, const ServerForm& given);

// The parameters that are filled into sheets: those that may be any text, and those that one of
// these sheets holds for all values of.
std::set<std::string> filled_in(const ServerInfo& server, const std::vector<Sheet>& sheets);
// The sheets of all forms, with this part of a form filled in.
using ReadSheets = std::function<std::vector<Sheet>(const ServerForm& part)>;

// A sheet that is about this form and waits for an answer: one with the tag `first`, or the
// shortest session; null: there is none. Of UDP only where no server of TCP is asked.
const Sheet* find_simplest(const std::vector<Sheet>& sheets, const ServerInfo& server,
                           const ServerForm& form);

// A form that was tried, with the sheet that was played for it.
struct FormTrial {
  ServerForm form;
  std::string sheet;
  Verdict verdict = Verdict::skip;
  std::string reason;  // of anything but PASS
};

// Whose form is asked for: of `program`, which is started for each trial, or (null) of what runs.
struct Guessed {
  const ServerInfo& server;
  const VerifiedProgram* program = nullptr;
  ServerForm given;  // what is known of its form
};

// Plays one sheet for each form that has one, without capture.
std::vector<FormTrial> try_forms(const ReadSheets& read, const Guessed& guessed,
                                 RunOptions options);

// What the trials say, with the command that verifies the form that was found; `target` is what
// was verified, as typed: HOST:PORT or `-- COMMAND`. Pure.
std::string render_guess(const ServerInfo& server, const std::vector<FormTrial>& trials,
                         const std::string& target);

}  // namespace wireproof
