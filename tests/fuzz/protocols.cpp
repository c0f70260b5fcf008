#include "servers/protocols/protocol.h"

#include <algorithm>
#include <iterator>

#include "fuzz/targets.h"
#include "servers/protocols/reference_servers.h"

// What clients send to the reference servers: the first byte chooses the server, the second its
// parameters, the third in how large pieces the rest comes.
namespace wireproof {
namespace {

// Every parameter at one of its values.
ServerParameters choose_parameters(const ServerInfo& info, std::uint8_t choice) {
  ServerParameters parameters;
  for (const auto& parameter : info.parameters) {
    if (parameter.values.empty()) continue;
    parameters[parameter.name] = parameter.values[choice % parameter.values.size()];
    choice = static_cast<std::uint8_t>(choice / parameter.values.size());
  }
  return parameters;
}

void check_stream(const Service& service, ByteView bytes, std::size_t piece_size) {
  constexpr std::size_t kMostPerByte = 64;  // the longest prefix of an answer
  const auto protocol = service.open_stream();
  std::size_t sent = 0;
  piece_size = std::min(piece_size, service.stream_read_size);
  for (std::size_t at = 0; at < bytes.size(); at += piece_size) {
    const Actions actions =
        protocol->on_bytes(bytes.subspan(at, std::min(piece_size, bytes.size() - at)));
    for (const Bytes& send : actions.sends) sent += send.size();
    if (actions.ending != Ending::none) return;
  }
  promise(protocol->on_eof().ending != Ending::none, "the end of the stream ends the exchange");
  promise(sent <= kMostPerByte * (bytes.size() + 1),
          "an answer is not much longer than the question");
}

}  // namespace

void fuzz_protocols(ByteView input) {
  if (input.size() < 3) return;
  const auto& servers = all_reference_servers();
  const ReferenceServer& server = servers[input[0] % servers.size()];
  const Service service = make_service(server, choose_parameters(server.info, input[1]));
  const ByteView bytes = input.subspan(3);
  if (service.open_stream) check_stream(service, bytes, 1 + std::size_t{input[2]});
  if (service.open_datagrams) {
    service.open_datagrams()->on_datagram(
        bytes.first(std::min(bytes.size(), service.datagram_read_size)));
  }
  if (service.shape.request_size) service.shape.request_size(bytes);
  if (service.shape.reply_fields) service.shape.reply_fields(bytes);
}

}  // namespace wireproof
