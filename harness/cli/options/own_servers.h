#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "play/runner/runner.h"
#include "servers/registry.h"
#include "sheet/scenario.h"
#include "sheet/server_description.h"

namespace wireproof {

// A server of the user's own: what its folder's server.yaml says, or a single sheet with a
// `command`. They are read when something first asks for them, and live as long as the program.
struct OwnServer {
  ServerInfo info;
  ServerDescription description;
  std::filesystem::path folder;  // where its command is started
};

// A folder's server.yaml: the server, or what is wrong with it; nothing where there is none. Throws
// SystemError where it cannot be read.
struct DescribedFolder {
  std::filesystem::path file;
  SourceText source;
  Diagnostics errors;
  const OwnServer* server = nullptr;
  const ServerInfo* builtin = nullptr;  // instead: that of the registry
};
const DescribedFolder& described_folder(const std::filesystem::path& folder);

// The server that the sheet stands for, by itself, and from now on does so wherever it is read.
const OwnServer& stand_for_server(const Scenario& scenario);
// That of a sheet's file: of its folder, or the one that it stands for. Null: it has none.
const OwnServer* own_server_of(const std::filesystem::path& sheet);

// Own ones that were read come first. Null when there is none of that name.
const ServerInfo* find_known_server(const std::string& name);
// All that find_known_server() finds, by name.
std::vector<const ServerInfo*> known_servers();
// Those that were read; null: none has the name.
std::vector<const OwnServer*> own_servers();
const OwnServer* find_own_server(const std::string& name);

// As the runner starts it.
ServerProgram make_own_program(const OwnServer& server);

}  // namespace wireproof
