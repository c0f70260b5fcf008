#include "servers/stream_play.h"

#include "base/text/bytes.h"
#include "catch.h"
#include "servers/protocols/reference_servers.h"

namespace wireproof {
namespace {

Bytes bytes_of(const std::string& hex_text) {
  const std::optional<Bytes> bytes = parse_hex(hex_text);
  REQUIRE(bytes.has_value());
  return *bytes;
}

void add(Played& played, const Actions& actions) {
  for (const Bytes& bytes : actions.sends) played.sends.push_back(render_hex(bytes));
  played.ending = actions.ending;
}

Played play_bytes(const Service& service, const std::vector<Bytes>& pieces) {
  const std::unique_ptr<StreamProtocol> protocol = service.open_stream();
  Played played;
  for (const Bytes& piece : pieces) {
    if (played.ending != Ending::none) break;
    add(played, protocol->on_bytes(piece));
  }
  return played;
}

}  // namespace

Service service_of(const std::string& name, const ServerParameters& parameters) {
  const ReferenceServer* const server = find_reference_server(name);
  REQUIRE(server != nullptr);
  return make_service(*server, parameters);
}

Played play(const Service& service, const std::vector<std::string>& pieces) {
  std::vector<Bytes> bytes;
  bytes.reserve(pieces.size());
  for (const std::string& piece : pieces) bytes.push_back(bytes_of(piece));
  return play_bytes(service, bytes);
}

Played play_to_eof(const Service& service, const std::vector<std::string>& pieces) {
  const std::unique_ptr<StreamProtocol> protocol = service.open_stream();
  Played played;
  for (const std::string& piece : pieces) add(played, protocol->on_bytes(bytes_of(piece)));
  add(played, protocol->on_eof());
  return played;
}

Played play_in_all_splits(const Service& service, const std::string& stream) {
  const Bytes bytes = bytes_of(stream);
  Played whole = play_bytes(service, {bytes});
  std::vector<Bytes> single;
  for (const std::uint8_t byte : bytes) single.push_back({byte});
  CHECK(play_bytes(service, single) == whole);
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    INFO("cut after byte " << size);
    const auto cut = bytes.begin() + static_cast<std::ptrdiff_t>(size);
    CHECK(play_bytes(service, {Bytes(bytes.begin(), cut), Bytes(cut, bytes.end())}) == whole);
  }
  return whole;
}

std::vector<std::string> reply_to(const Service& service, const std::string& datagram) {
  const std::unique_ptr<DatagramProtocol> protocol = service.open_datagrams();
  std::vector<std::string> replies;
  for (const Bytes& reply : protocol->on_datagram(bytes_of(datagram))) {
    replies.push_back(render_hex(reply));
  }
  return replies;
}

std::string glue(std::initializer_list<std::string_view> texts) {
  std::string all;
  for (const std::string_view text : texts) all += text;
  return all;
}

std::string hex(const std::string& text) {
  return render_hex(as_bytes(text));
}

}  // namespace wireproof
