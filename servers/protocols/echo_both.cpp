#include "servers/protocols/echo_both.h"

namespace wireproof {
namespace {

Bytes copy_of(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

class EchoStream : public StreamProtocol {
 public:
  Actions on_bytes(ByteView bytes) override { return {{copy_of(bytes)}, Ending::none}; }
};

class EchoDatagrams : public DatagramProtocol {
 public:
  std::vector<Bytes> on_datagram(ByteView datagram) override { return {copy_of(datagram)}; }
};

}  // namespace

ReferenceServer echo_both_server() {
  ServerInfo info;
  info.name = "echo-both";
  info.tcp_port = 12345;
  info.udp_port = 12345;
  info.protocol = "every byte comes back until EOF (TCP), every datagram (UDP), on one port";
  info.origin = "Rechnernetze, Socketprogrammierung 3.2.5";
  return {info, [](const ServerParameters&) {
            Service service;
            service.open_stream = [] { return std::make_unique<EchoStream>(); };
            service.open_datagrams = [] { return std::make_unique<EchoDatagrams>(); };
            return service;
          }};
}

}  // namespace wireproof
