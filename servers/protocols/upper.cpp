#include "servers/protocols/upper.h"

#include "servers/protocols/unicode_text.h"

namespace wireproof {
namespace {

constexpr std::size_t kStreamReadSize = 1024;
constexpr std::size_t kDatagramReadSize = 2048;

class UpperStream : public StreamProtocol {
 public:
  Actions on_bytes(ByteView bytes) override { return {{upper_case(bytes)}, Ending::close}; }
};

class UpperDatagrams : public DatagramProtocol {
 public:
  std::vector<Bytes> on_datagram(ByteView datagram) override { return {upper_case(datagram)}; }
};

}  // namespace

ReferenceServer upper_tcp_server() {
  ServerInfo info;
  info.name = "upper-tcp";
  info.tcp_port = 8888;
  info.protocol =
      "one text per connection (UTF-8, one read of at most 1024 bytes), answered in upper case; "
      "the server closes first";
  info.origin = "Kurose-Ross lab: TCPServer.py";
  info.traits = {.closes_first = true, .has_text = true};
  return {info, [](const ServerParameters&) {
            Service service;
            service.open_stream = [] { return std::make_unique<UpperStream>(); };
            service.stream_read_size = kStreamReadSize;
            return service;
          }};
}

ReferenceServer upper_udp_server() {
  ServerInfo info;
  info.name = "upper-udp";
  info.udp_port = 8888;
  info.protocol = "each datagram (UTF-8, at most 2048 bytes) is answered in upper case";
  info.origin = "Kurose-Ross lab: UDPServer.py";
  info.traits = {.has_text = true};
  return {info, [](const ServerParameters&) {
            Service service;
            service.open_datagrams = [] { return std::make_unique<UpperDatagrams>(); };
            service.datagram_read_size = kDatagramReadSize;
            return service;
          }};
}

}  // namespace wireproof
