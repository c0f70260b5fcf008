#include "corpus/tshark.h"

#include <algorithm>
#include <set>

#include "base/text/address.h"
#include "wireshark/tshark_run.h"

namespace wireproof {
namespace {

const std::vector<std::string>& field_names() {
  static const std::vector<std::string> kNames = {
      "frame.number", "frame.protocols", "ip.src",      "ip.dst",      "ipv6.src",
      "ipv6.dst",     "tcp.srcport",     "tcp.dstport", "tcp.flags",   "tcp.seq",
      "tcp.ack",      "tcp.len",         "udp.srcport", "udp.dstport", "udp.length"};
  return kNames;
}

const std::vector<std::string>& analysis_names() {
  static const std::vector<std::string> kNames = {
      "retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order",
      "lost_segment",   "ack_lost_segment",    "duplicate_ack",           "keep_alive",
      "keep_alive_ack", "zero_window",         "zero_window_probe",       "zero_window_probe_ack",
      "window_update",  "reused_ports"};
  return kNames;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::optional<std::uint64_t> number(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return std::stoull(text, nullptr, 0);
}

// The protocol directly behind the first IP header, extension headers aside.
std::string outer_transport(const std::vector<std::string>& protocols, bool& is_v6) {
  static const std::set<std::string> kExtensions = {
      "ipv6.hopopts", "ipv6.routing", "ipv6.fraghdr", "ipv6.dstopts", "ah", "mipv6", "ipv6.shim6"};
  auto at = std::find_if(protocols.begin(), protocols.end(),
                         [](const std::string& name) { return name == "ip" || name == "ipv6"; });
  if (at == protocols.end()) return "";
  is_v6 = *at == "ipv6";
  ++at;
  while (at != protocols.end() && kExtensions.contains(*at)) ++at;
  return at != protocols.end() && (*at == "tcp" || *at == "udp") ? *at : "";
}

std::string endpoint_text(const std::string& address, const std::string& port) {
  const std::optional<IpAddress> parsed = parse_ip_address(address);
  const std::optional<std::uint64_t> value = number(port);
  if (!parsed || !value) return address + " " + port;
  return render_endpoint(Endpoint{*parsed, static_cast<std::uint16_t>(*value)});
}

TsharkRow make_row(const std::vector<std::string>& cells) {
  TsharkRow row;
  row.number = std::stoull(cells[0]);
  row.protocols = cells[1];
  bool is_v6 = false;
  row.transport = outer_transport(split(cells[1], ':'), is_v6);
  if (row.transport.empty()) return row;
  const bool is_tcp = row.transport == "tcp";
  row.source = endpoint_text(cells[is_v6 ? 4 : 2], cells[is_tcp ? 6 : 12]);
  row.destination = endpoint_text(cells[is_v6 ? 5 : 3], cells[is_tcp ? 7 : 13]);
  if (is_tcp) {
    row.flags = number(cells[8]);
    row.seq = number(cells[9]);
    row.ack = number(cells[10]);
    row.tcp_length = number(cells[11]);
    for (std::size_t i = 0; i < analysis_names().size(); ++i) {
      if (!cells[field_names().size() + i].empty()) row.analysis.insert(analysis_names()[i]);
    }
  } else {
    row.udp_length = number(cells[14]);
  }
  return row;
}

std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

std::vector<TsharkRow> read_with_tshark(const std::filesystem::path& capture) {
  std::string command =
      "tshark -n -o tcp.desegment_tcp_streams:FALSE -o ip.defragment:FALSE"
      " -o ipv6.defragment:FALSE -o tcp.relative_sequence_numbers:TRUE"
      " -T fields -E separator=/t -E occurrence=f";
  for (const std::string& name : field_names()) command += " -e " + name;
  for (const std::string& name : analysis_names()) command += " -e tcp.analysis." + name;
  command += " -r " + shell_quoted(capture.string()) + " 2>/dev/null";

  const std::size_t count = field_names().size() + analysis_names().size();
  std::vector<TsharkRow> rows;
  for (const std::string& line : split(command_output(command), '\n')) {
    const std::vector<std::string> cells = split(line, '\t');
    if (cells.size() == count) rows.push_back(make_row(cells));
  }
  return rows;
}

std::map<std::size_t, std::size_t> read_fragments_with_tshark(
    const std::filesystem::path& capture) {
  const std::string command =
      "tshark -2 -n -o ip.defragment:TRUE -o ipv6.defragment:TRUE -T fields -E separator=/t"
      " -E occurrence=f -e frame.number -e ip.reassembled_in -e ipv6.reassembled.in"
      " -e ip.fragment.overlap.conflict -e ipv6.fragment.overlap.conflict -r " +
      shell_quoted(capture.string()) + " 2>/dev/null";
  std::map<std::size_t, std::size_t> wholes;
  std::set<std::size_t> void_ones;
  for (const std::string& line : split(command_output(command), '\n')) {
    const std::vector<std::string> cells = split(line, '\t');
    if (cells.size() != 5) continue;
    if (!cells[3].empty() || !cells[4].empty()) void_ones.insert(std::stoull(cells[0]));
    const std::string& whole = cells[1].empty() ? cells[2] : cells[1];
    const std::optional<std::uint64_t> number_of_whole = number(whole);
    if (number_of_whole) wholes[std::stoull(cells[0])] = *number_of_whole;
  }
  std::erase_if(wholes, [&](const auto& part) { return void_ones.contains(part.second); });
  return wholes;
}

}  // namespace wireproof
