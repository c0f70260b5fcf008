#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/options/selection.h"

// Somebody's client in the place of the programs that sheets run.
namespace wireproof {

// Where the server listens instead; nothing is set where it is the server's own place.
struct Place {
  std::optional<std::uint16_t> port;
  std::optional<IpAddress> address;
};

// The client of a sheet: whose it is, and where it looks for the server.
struct GivenClient {
  std::string name;     // as a person calls it
  std::string command;  // runs where wireproof was called
  Place place;
  bool is_interrupted = false;  // Ctrl-C ends it: with whatever exit code
};

// Puts it where the sheets start a program. The only program of a sheet is called by its name, also
// in the tables, unless an actor has that name.
void give_client(std::vector<Sheet>& sheets, const GivenClient& client);

// The actor that is the only program of a sheet; empty: it has none, or several.
std::string find_only_program(const Scenario& scenario);

}  // namespace wireproof
