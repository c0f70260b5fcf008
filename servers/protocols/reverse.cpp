#include "servers/protocols/reverse.h"

namespace wireproof {
namespace {

constexpr std::size_t kReverseReadSize = 1024;

Bytes reverse_bytes(ByteView bytes) {
  return {bytes.rbegin(), bytes.rend()};
}

class ReverseStream : public StreamProtocol {
 public:
  Actions on_bytes(ByteView bytes) override { return {{reverse_bytes(bytes)}, Ending::none}; }
};

class ReverseDatagrams : public DatagramProtocol {
 public:
  std::vector<Bytes> on_datagram(ByteView datagram) override { return {reverse_bytes(datagram)}; }
};

}  // namespace

ReferenceServer reverse_server() {
  ServerInfo info;
  info.name = "reverse";
  info.tcp_port = 50000;
  info.udp_port = 50000;
  info.protocol = "the bytes of each chunk (TCP) or datagram, at most 1024, in reverse order";
  info.origin = "Rechnernetze, Socketprogrammierung: the course's template servers";
  return {info, [](const ServerParameters&) {
            Service service;
            service.open_stream = [] { return std::make_unique<ReverseStream>(); };
            service.stream_read_size = kReverseReadSize;
            service.open_datagrams = [] { return std::make_unique<ReverseDatagrams>(); };
            service.datagram_read_size = kReverseReadSize;
            return service;
          }};
}

}  // namespace wireproof
