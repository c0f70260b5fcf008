#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/selection.h"
#include "servers/registry.h"

namespace wireproof {

// Which sheets of a reference server say what anybody's server of the same kind must do.

// `--set NAME=VALUE` by what they are about: the server's own parameters choose the form of the
// protocol, and with it the sheets; the others go to the sheets.
struct VerifySettings {
  std::map<std::string, std::string> form;
  std::vector<std::string> sheet;  // NAME=VALUE
};
VerifySettings split_settings(const ServerInfo& server, const std::vector<std::string>& settings);

// Whether the sheet is about this server, in this form of its protocol (the default of each
// parameter that `form` does not have), and about nothing that only our own server does.
bool is_about(const FrontMatter& front, const ServerInfo& server,
              const std::map<std::string, std::string>& form);

}  // namespace wireproof
