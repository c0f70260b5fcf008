#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/text/diagnostic.h"
#include "base/text/expected.h"
#include "base/text/time.h"
#include "expect/match/match.h"
#include "expect/match/row.h"
#include "sheet/session/message_names.h"
#include "sheet/session/session_plan.h"
#include "sheet/session/session_script.h"
#include "sheet/table/call_table.h"
#include "sheet/table/measures.h"
#include "sheet/table/path_table.h"
#include "sheet/table/tables.h"
#include "sheet/text/fragment.h"

namespace wireproof {

enum class Expectation : std::uint8_t { pass, fail };
enum class Need : std::uint8_t { same_host, started_server, trace, ipv6 };

struct FrontMatter {
  std::string server;   // reference server's name, may be empty when `command` is set
  std::string command;  // started instead, in the sheet's folder
  std::optional<Transport> transport;  // none: the server's
  std::optional<std::uint16_t> port;   // none: the server's
  bool any_port = false;               // `port: any`
  Strictness match = Strictness::stream;
  Duration timeout = std::chrono::seconds(2);
  std::optional<Duration> start_within;  // until the server listens; none: as the server says
  Expectation expect = Expectation::pass;
  SheetLevel level = SheetLevel::exercise;
  Reveal reveal = Reveal::all;
  bool one_client = false;  // `clients: one`: the server may end when it has served the session's
  std::vector<Need> needs;
  std::map<std::string, std::string> programs;  // that must be installed, and their packages
  std::vector<std::string> hosts;               // names that programs find at the server's address
  std::optional<std::uint32_t> mtu_bytes;
  PathConditions path;  // `network: {delay: 20ms, …}`
  IpVersion ip = IpVersion::v4;
  // Where the server listens, in a private network; none: 127.0.0.1 or ::1. No sheet says it.
  std::optional<IpAddress> address;
  std::map<std::string, std::string> parameters;
  // Parameters of the server that the sheet holds for all values of.
  std::vector<std::string> forms;
  // Further servers whose clients the sheet is about as well, with the parameters that differ.
  std::map<std::string, std::map<std::string, std::string>> servers;
  std::vector<std::string> tags;
  double points = 0;
  bool global_order = false;

  bool operator==(const FrontMatter&) const = default;
};

// Without one an actor of the session plays its part.
inline bool has_server(const FrontMatter& front) {
  return !front.server.empty() || !front.command.empty();
}

// What the sheet's actors speak; where it says nothing, what the server has.
inline Transport transport_of(const FrontMatter& front, bool server_has_tcp) {
  return front.transport.value_or(server_has_tcp ? Transport::tcp : Transport::udp);
}

// One lab sheet, read and checked. It runs nothing.
struct Scenario {
  std::string id;  // path below the scenario root without `.md`
  std::filesystem::path path;
  SourceText source;
  std::string title;
  FrontMatter front;
  LayoutSet layouts;
  std::optional<SessionScript> session;
  std::vector<PacketTable> packet_tables;
  std::vector<SocketTable> socket_tables;
  std::vector<Measure> measures;
  std::vector<CallTable> call_tables;
  std::vector<PlacedPathRule> path_rules;  // of the section `Path`
  Diagnostics warnings;
};

// Whether its packets go over a path of wireproof's own.
inline bool has_path(const Scenario& scenario) {
  return !scenario.path_rules.empty() || scenario.front.path.any();
}

struct ParseOptions {
  std::map<std::string, std::string> parameters;  // --set name=value, over the sheet's own
  std::map<std::string, std::string> form;  // the same, where the sheet's `forms` has the name
  std::string server;      // of the sheet's `servers` the one to be about; empty: its own
  FileReader read_file{};  // for messages that name files
};

// Reads a sheet. On errors all of them are returned, warnings with them. `id` names it in messages
// of the runner. The server's own defaults (transport, port) are filled in later.
Expected<Scenario, Diagnostics> parse_scenario(const std::string& id, const SourceText& source,
                                               const ParseOptions& options);

// Reads the values at the top of a sheet, and gives the offset at which its Markdown begins.
std::size_t parse_front_matter(const SourceText& source, FrontMatter& values, Problems& problems);

// What a sheet means as a whole, once its sections are read: names that refer to each other, what
// is needed, what contradicts itself, races between the table and the session (matching.md §4).
void check_scenario(const Scenario& scenario, Problems& problems);

}  // namespace wireproof
