#include "judge/call_sockets.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "expect/cause/call_facts.h"
#include "sheet/table/call_table.h"

namespace wireproof {
namespace {

using SocketId = std::uint64_t;

// A client's connection with the server: 0 where no accept returned it.
struct ClientConnection {
  std::string client;
  SocketId socket = 0;
};

class CallSelection {
 public:
  CallSelection(const CallTable& table, const Evidence& evidence)
      : table_(table), evidence_(evidence) {
    for (const PlacedCallRow& placed : table.rows) named_.insert(placed.row.socket);
    const bool is_server = table.actor == "server";
    for (std::size_t i = 0; i < evidence.played.calls.size(); ++i) {
      const SocketCall& call = evidence.played.calls[i];
      const bool is_own = is_server ? call.side == Side::server && is_traced(call)
                                    : call.side == Side::client && call.actor == table.actor;
      if (is_own) own_.push_back(i);
    }
  }

  std::vector<JudgedCalls> select() const {
    if (own_.empty()) return {};
    return table_.actor == "server" ? select_server() : select_client();
  }

 private:
  const SocketCall& call(std::size_t own) const { return evidence_.played.calls[own]; }
  bool is_named(const std::string& socket) const { return named_.contains(socket); }

  // Of the first own call that holds for it.
  template <class Holds>
  SocketId find_socket(const Holds& holds) const {
    const auto found =
        std::ranges::find_if(own_, [&](std::size_t own) { return holds(call(own)); });
    return found == own_.end() ? 0 : call(*found).socket;
  }

  std::map<Endpoint, std::string> clients() const {
    std::map<Endpoint, std::string> clients;
    for (const ActorEndpoint& actor : evidence_.played.actors) {
      if (actor.tcp) clients.emplace(actor.local, actor.actor);
    }
    if (!evidence_.traffic) return clients;
    for (const ActorConversations& actor : evidence_.traffic->actors()) {
      for (const TcpConnection* connection : actor.tcp) {
        if (!evidence_.traffic->server_of(*connection).empty()) continue;  // an actor has taken it
        clients.emplace(connection->client, actor.actor);
        if (has_event(*connection, EventKind::open, Side::server)) continue;
        clients.erase(connection->client);  // refused: there was nothing to accept
      }
    }
    return clients;
  }

  std::vector<ClientConnection> connections(const std::map<Endpoint, std::string>& clients) const {
    std::map<Endpoint, SocketId> accepted;
    for (const std::size_t own : own_) {
      if (call(own).new_socket != 0 && call(own).remote) {
        accepted.emplace(*call(own).remote, call(own).new_socket);
      }
    }
    std::vector<ClientConnection> found;
    for (const auto& [endpoint, name] : clients) {
      const auto socket = accepted.find(endpoint);
      found.push_back({name, socket == accepted.end() ? 0 : socket->second});
    }
    std::ranges::stable_sort(found, {}, &ClientConnection::client);
    return found;
  }

  // Of a program that binds none, or another port, the next best.
  SocketId find_listener(const std::vector<ClientConnection>& connections) const {
    std::set<SocketId> accepted;
    for (const ClientConnection& connection : connections) accepted.insert(connection.socket);
    const auto is_at_port = [&](const SocketCall& call) {
      return call.local && call.local->port == evidence_.tcp_port;
    };
    if (const SocketId id = find_socket([&](const SocketCall& call) {
          return call.new_socket != 0 && accepted.contains(call.new_socket);
        })) {
      return id;
    }
    for (const char* const name : {"listen", "bind"}) {
      if (const SocketId id = find_socket([&](const SocketCall& call) {
            return call.name == name && !call.udp && is_at_port(call);
          })) {
        return id;
      }
    }
    return find_socket([](const SocketCall& call) { return call.name == "socket" && !call.udp; });
  }

  SocketId find_udp() const {
    if (const SocketId id = find_socket([&](const SocketCall& call) {
          return call.name == "bind" && call.udp && call.local &&
                 call.local->port == evidence_.udp_port;
        })) {
      return id;
    }
    return find_socket([](const SocketCall& call) { return call.name == "socket" && call.udp; });
  }

  std::vector<JudgedCalls> select_server() const {
    const std::vector<ClientConnection> found = connections(clients());
    SocketNames common;
    if (is_named("listener")) common.emplace(find_listener(found), "listener");
    if (is_named("udp")) common.emplace(find_udp(), "udp");
    common.erase(0);
    std::vector<JudgedCalls> selected;
    if (is_named("connection") && !found.empty()) {
      for (const ClientConnection& connection : found) {
        SocketNames names = common;
        if (connection.socket != 0) names.emplace(connection.socket, "connection");
        selected.push_back(take(connection.client, std::move(names), true));
      }
      return selected;
    }
    bool names_clients = is_named("connection");
    for (const ClientConnection& connection : found) {
      if (!is_named(connection.client)) continue;
      names_clients = true;
      if (connection.socket != 0) common.emplace(connection.socket, connection.client);
    }
    return {take("", std::move(common), names_clients)};
  }

  std::vector<JudgedCalls> select_client() const {
    std::vector<JudgedCalls> selected;
    std::set<SocketId> seen;
    for (const std::size_t own : own_) {
      const SocketId id = call(own).socket;
      if (!opens_connection(call(own)) || !seen.insert(id).second) continue;
      selected.push_back(take(table_.actor, {{id, call(own).udp ? "udp" : "connection"}}, false));
    }
    if (selected.empty()) selected.push_back(take(table_.actor, {}, false));
    return selected;
  }

  // An accept is the listener's call: one that a table does not ask for is none of its
  // connections', and one of another connection is none of this one's.
  JudgedCalls take(std::string client, SocketNames names, bool one_connection) const {
    const bool asks_for_accepts =
        is_named("listener") || std::ranges::any_of(table_.rows, [](const PlacedCallRow& placed) {
          return call_family(placed.row.call) == CallFamily::accept;
        });
    JudgedCalls judged;
    judged.client = std::move(client);
    for (const std::size_t own : own_) {
      const SocketId made = call(own).new_socket;
      if (made != 0 && !asks_for_accepts) continue;
      if (made != 0 && one_connection && !names.contains(made)) continue;
      judged.calls.push_back(call(own));
      judged.indexes.push_back(own);
    }
    judged.names = std::move(names);
    return judged;
  }

  const CallTable& table_;
  const Evidence& evidence_;
  std::set<std::string> named_;   // sockets of rows
  std::vector<std::size_t> own_;  // calls of the actor
};

}  // namespace

std::vector<JudgedCalls> select_calls(const CallTable& table, const Evidence& evidence) {
  return CallSelection(table, evidence).select();
}

}  // namespace wireproof
