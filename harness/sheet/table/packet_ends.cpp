#include "sheet/table/packet_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "sheet/text/cursor.h"

namespace wireproof {
namespace {

constexpr std::string_view kClient = "client";

bool is_port(const std::string& text) {
  return parse_number<std::uint64_t>(text).has_value();
}

}  // namespace

PacketEnds::PacketEnds(const std::vector<RowEnds>& rows, const std::string& table_name,
                       const PacketTableContext& context)
    : table_name_(table_name), context_(context) {
  if (context.session != nullptr) {
    serving_ = serving_actors(*context.session);
    listening_ = listening_actors(*context.session, context.transport);
    std::ranges::copy_if(context.session->actors, std::back_inserter(actors_),
                         [this](const std::string& actor) { return serving_actor(actor).empty(); });
  }
  find_server_port(rows);
  name_ports(rows);
}

// The sheet's port where it names one that occurs; else the port that the first connection goes
// to, else the one that all rows share.
void PacketEnds::find_server_port(const std::vector<RowEnds>& rows) {
  const std::string own = context_.server_port ? std::to_string(*context_.server_port) : "";
  for (const RowEnds& row : rows) {
    if (!own.empty() && (row.from.text == own || row.to.text == own)) server_port_ = own;
  }
  if (!server_port_.empty()) return;
  for (const RowEnds& row : rows) {
    if (is_server(row.from.text) || is_server(row.to.text)) return;
  }
  const auto opening = std::ranges::find_if(
      rows, [](const RowEnds& row) { return row.opens && is_port(row.to.text); });
  if (opening != rows.end()) {
    server_port_ = opening->to.text;
  } else if (!rows.empty() && is_port(rows.front().to.text)) {
    server_port_ = rows.front().to.text;
  }
}

void PacketEnds::name_ports(const std::vector<RowEnds>& rows) {
  for (const RowEnds& row : rows) {
    for (const std::string& text : {row.from.text, row.to.text}) {
      const bool is_client = !is_server(text) && serving_actor(text).empty();
      if (is_port(text) && is_client) add_once(ports_, text);
    }
  }
}

bool PacketEnds::is_server(const std::string& text) const {
  return lower_case(text) == kServerName || (!server_port_.empty() && text == server_port_);
}

std::string PacketEnds::serving_actor(const std::string& text) const {
  for (const ListeningActor& actor : listening_) {
    const bool is_servers = !server_port_.empty() && text == server_port_;
    if (!is_servers && text == std::to_string(actor.port)) return actor.name;
  }
  const auto named = std::ranges::find_if(
      serving_, [&](const std::string& name) { return lower_case(name) == lower_case(text); });
  return named == serving_.end() ? std::string() : *named;
}

std::vector<std::string> PacketEnds::known_names() const {
  std::vector<std::string> names;
  if (context_.has_server) names.emplace_back(kServerName);
  for (const std::string& name : serving_) add_once(names, name);
  if (!table_name_.empty()) names.push_back(table_name_);
  if (context_.session == nullptr) names.emplace_back(kClient);
  const bool has_group = context_.session != nullptr && context_.session->group_size != 0;
  if (has_group && table_name_ != kGroupName) {
    names.emplace_back(kGroupName);
  }
  for (const std::string& actor : actors_) {
    if (actor != table_name_) names.push_back(actor);
  }
  return names;
}

std::optional<std::string> PacketEnds::client_name(const Fragment& cell, Problems& problems) const {
  const std::string& text = cell.text;
  const auto port = std::ranges::find(ports_, text);
  if (port != ports_.end()) {
    // The k-th client port is the k-th actor; without a session, ports name themselves.
    const auto index = static_cast<std::size_t>(port - ports_.begin());
    if (!table_name_.empty() && index == 0) return table_name_;
    if (context_.session == nullptr) return ports_.size() == 1 ? std::string(kClient) : text;
    if (index < actors_.size()) return actors_[index];
    problems.error(ProblemCode::unknown_actor, cell.span(),
                   fmt::format("port {} would be a client that the session lacks", text),
                   fmt::format("the session has {} actors, the table {} client ports",
                               actors_.size(), ports_.size()));
    return std::nullopt;
  }
  const bool means_client = lower_case(text) == kClient;
  if (!table_name_.empty() && (means_client || text == table_name_)) return table_name_;
  const std::vector<std::string> names = known_names();
  const auto known = std::ranges::find_if(
      names, [&](const std::string& name) { return lower_case(name) == lower_case(text); });
  const bool fits = known != names.end() && (table_name_.empty() || *known == table_name_);
  if (fits) return *known;
  // Without a session, a table's own names are its actors, but a slip of a known one is none.
  const bool free_name = context_.session == nullptr && table_name_.empty();
  if (free_name && !nearest_name(text, names) && !text.empty()) return text;
  if (known != names.end()) {
    problems.error(ProblemCode::foreign_actor, cell.span(),
                   fmt::format("`{}` has no place in the table of `{}`", text, table_name_),
                   fmt::format("its rows are between `{}` and `server`", table_name_));
  } else {
    problems.error(ProblemCode::unknown_actor, cell.span(), fmt::format("unknown actor `{}`", text),
                   suggest_name(text, names));
  }
  return std::nullopt;
}

PacketEnds::Ends PacketEnds::open_ends() const {
  Ends ends;
  ends.client = context_.session != nullptr && actors_.size() == 1 ? actors_.front() : kClient;
  if (!context_.has_server && serving_.size() == 1) ends.server = serving_.front();
  if (!table_name_.empty()) ends.client = table_name_;
  return ends;
}

// In the table of an actor with the server's part.
bool PacketEnds::is_client_here(const std::string& text) const {
  return lower_case(text) == kClient || std::ranges::find(actors_, text) != actors_.end();
}

// A packet of a connection that an actor accepts. Its client is the server, or another actor.
std::optional<PacketEnds::Ends> PacketEnds::resolve_served(const RowEnds& row,
                                                           Problems& problems) const {
  const std::string from = serving_actor(row.from.text);
  const std::string to = serving_actor(row.to.text);
  if (!from.empty() && !to.empty()) {
    problems.error(ProblemCode::packet_ends, row.to.span(),
                   fmt::format("`{}` and `{}` both play the server's part", from, to),
                   "one end of every packet is a client");
    return std::nullopt;
  }
  Ends ends{from.empty() ? Side::client : Side::server, "", from.empty() ? to : from};
  const Fragment& other = from.empty() ? row.from : row.to;
  if (context_.has_server && is_server(other.text)) {
    ends.client = kServerName;
  } else if (table_name_ == ends.server && is_client_here(other.text)) {
    ends.client = other.text;
  } else {
    const auto client = client_name(other, problems);
    if (!client) return std::nullopt;
    ends.client = *client;
  }
  return ends;
}

std::optional<PacketEnds::Ends> PacketEnds::resolve(const RowEnds& row, Problems& problems) const {
  for (const Fragment* cell : {&row.from, &row.to}) {
    if (!cell->empty()) continue;
    problems.error(ProblemCode::missing_end, cell->span(),
                   fmt::format("the row has no {}", cell == &row.from ? "From" : "To"),
                   "an actor, `server`, or a port");
    return std::nullopt;
  }
  const bool is_served =
      !serving_actor(row.from.text).empty() || !serving_actor(row.to.text).empty();
  if (is_served) return resolve_served(row, problems);
  const bool from_server = is_server(row.from.text);
  const bool to_server = is_server(row.to.text);
  if (from_server && to_server) {
    problems.error(ProblemCode::packet_ends, row.to.span(),
                   "a packet from the server to the server");
    return std::nullopt;
  }
  const auto from = from_server ? std::string() : client_name(row.from, problems);
  const auto to = to_server ? std::string() : client_name(row.to, problems);
  if (!from || !to) return std::nullopt;
  if (!from_server && !to_server) {
    problems.error(
        ProblemCode::packet_ends, row.to.span(),
        fmt::format("a packet from `{}` to `{}` passes the server by", row.from.text, row.to.text),
        "one end of every packet is the server");
    return std::nullopt;
  }
  return Ends{from_server ? Side::server : Side::client, from_server ? *to : *from, ""};
}

}  // namespace wireproof
