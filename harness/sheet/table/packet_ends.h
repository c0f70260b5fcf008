#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "packets/flow/tcp_connection.h"
#include "sheet/table/packet_table.h"
#include "sheet/text/fragment.h"

namespace wireproof {

// Tells the cells of From and To apart: actors, the server, ports. The server's port is the
// server; any other number stands for one client, the same wherever it is repeated.
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
  };

  PacketEnds(const std::vector<RowEnds>& rows, const std::string& table_name,
             const PacketTableContext& context);

  // Nothing when a cell is wrong (reported).
  std::optional<Ends> resolve(const RowEnds& row, Problems& problems) const;

 private:
  void find_server_port(const std::vector<RowEnds>& rows);
  void name_ports(const std::vector<RowEnds>& rows);
  bool is_server(const std::string& text) const;
  std::optional<std::string> client_name(const Fragment& cell, Problems& problems) const;
  std::vector<std::string> known_names() const;

  const std::string table_name_;
  const PacketTableContext& context_;
  std::string server_port_;          // empty: no row has it
  std::vector<std::string> ports_;   // of clients, in the order in which they appear
  std::vector<std::string> actors_;  // of the session
};

}  // namespace wireproof
