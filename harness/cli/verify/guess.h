#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/verify/verify_sheets.h"

namespace wireproof {

// Which form of its protocol somebody's server speaks, found out by asking it.

// All forms: every known value of each parameter, but those of `given` as they are.
std::vector<ServerForm> list_forms(const ServerInfo& server, const ServerForm& given);

// The published forms, which have sheets of their own, or all that sheets hold for.
enum class FormExtent : std::uint8_t { published, all };

// The parameters that are filled into sheets to ask for a form: those that may be any text, those
// that one of these sheets holds for all values of, and (`all`) those that it holds for some of.
std::set<std::string> filled_in(const ServerInfo& server, const std::vector<Sheet>& sheets,
                                FormExtent extent);
// The sheets of all forms, with this part of a form filled in.
using ReadSheets = std::function<std::vector<Sheet>(const ServerForm& part)>;

// The ids of the server's sheets that a form can be asked for with.
std::vector<std::string> list_asking(const std::vector<Sheet>& sheets, const ServerInfo& server,
                                     Transport asked);

// The transport that a guess asks by: the given one, else TCP where the server has it.
Transport asked_transport(const ServerInfo& server, std::optional<Transport> given);

// A sheet that is about this form and waits for an answer by this transport: one with the tag
// `first`, or the shortest session. Where no sheet waits for an answer (the server never gives one)
// it is one that sends and waits for the server's end; null: there is none.
const Sheet* find_simplest(const std::vector<Sheet>& sheets, const ServerInfo& server,
                           const ServerForm& form, Transport asked);

// A form that was tried, with the sheet that was played for it.
struct FormTrial {
  ServerForm form;
  std::string sheet;
  Verdict verdict = Verdict::skip;
  std::string reason;       // of anything but PASS
  std::size_t answers = 0;  // that came as they should, before anything was wrong
};

// Whose form is asked for: of `program`, which is started for each trial, or (null) of what runs.
struct Guessed {
  const ServerInfo& server;
  const VerifiedProgram* program = nullptr;
  ServerForm given;                         // what is known of its form
  std::optional<Transport> transport = {};  // none: TCP where the server has it
};

// Plays one sheet for each form that has one: of a program many at the same time, of what runs one
// after the other up to the first that passes. First the published forms; where it speaks none of
// them those that differ in one thing from the nearest (where nothing was right: all, of a
// program), and where a parameter may be any text the one before an echoed message, too.
std::vector<FormTrial> try_forms(const ReadSheets& read, const Guessed& guessed,
                                 const RunOptions& options);

// What stands before the first message of a client in the first answer to it; none where the answer
// is not that text and the message, or the text is no printable UTF-8.
std::optional<std::string> find_prefix(const std::vector<PacketLine>& packets);

// What was verified, as typed: the options that belong to it, and HOST:PORT or `-- COMMAND`.
struct GuessTarget {
  std::string options;  // ` --scenarios sheets`, each with a blank before it
  std::string target;
};

// What the trials say, with the command that verifies the form that was found, else the nearest
// form and what differs. Pure.
std::string render_guess(const ServerInfo& server, const std::vector<FormTrial>& trials,
                         const GuessTarget& target);

}  // namespace wireproof
