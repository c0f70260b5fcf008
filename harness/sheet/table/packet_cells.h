#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expect/match/row.h"
#include "sheet/table/tables.h"
#include "sheet/text/fragment.h"

namespace wireproof {

// What single cells of tables say.

// Reads a cell of the column `Info` (Wireshark's notation) into a row: kind, flags, and Seq, Ack,
// Win, Len, MSS, `again` where written. False when it is not understood (reported).
bool parse_packet_info(const Fragment& cell, Row& row, Problems& problems);

// Reads a cell of the column `Level`; a wrong one is reported and read as must.
Level parse_level(const Fragment& cell, Level unless_said, Problems& problems);

// Reads a cell of the column `Points`; a wrong one is reported and read as 0.
double parse_points(const Fragment& cell, Problems& problems);

// How many bytes a row has: a number, `a..b`, or a sum of these, each as often as the number before
// its `*` says: `28`, `19..20`, `6 + 13..14`, `3 * 6 + 2500`. Nothing when it is none of this, or
// does not fit 64 bits.
std::optional<Range> parse_length_sum(std::string_view text);

// Tells the cells of From and To apart: actors, the server, ports. The server's port is the
// server, the one that an actor listens on that actor; any other number stands for one client, the
// same wherever it is repeated. Against an actor with the server's part the server is a client.
class PacketEnds {
 public:
  // A row's From and To as written, and whether it opens a connection.
  struct RowEnds {
    Fragment from;
    Fragment to;
    bool opens = false;
  };
  struct Ends {
    Side from = Side::client;
    std::string client;
    std::string server;  // an actor; empty: the server
  };

  PacketEnds(const std::vector<RowEnds>& rows, const std::string& table_name,
             const PacketTableContext& context);

  // Nothing when a cell is wrong (reported).
  std::optional<Ends> resolve(const RowEnds& row, Problems& problems) const;
  // Of a row `…` without From and To.
  Ends open_ends() const;

 private:
  void find_server_port(const std::vector<RowEnds>& rows);
  void name_ports(const std::vector<RowEnds>& rows);
  bool is_server(const std::string& text) const;
  // The actor with the server's part that a cell names; empty: it names none.
  std::string serving_actor(const std::string& text) const;
  bool is_client_here(const std::string& text) const;
  std::optional<Ends> resolve_served(const RowEnds& row, Problems& problems) const;
  std::optional<std::string> client_name(const Fragment& cell, Problems& problems) const;
  std::vector<std::string> known_names() const;

  const std::string table_name_;
  const PacketTableContext& context_;
  std::string server_port_;          // empty: no row has it
  std::vector<std::string> ports_;   // of clients, in the order in which they appear
  std::vector<std::string> actors_;  // of the session, without those with the server's part
  std::vector<std::string> serving_;
  std::vector<ListeningActor> listening_;
};

}  // namespace wireproof
