#include "servers/protocols/print_udp.h"

namespace wireproof {
namespace {

constexpr std::size_t kDatagramReadSize = 2048;

class PrintDatagrams : public DatagramProtocol {
 public:
  std::vector<Bytes> on_datagram(ByteView) override { return {}; }
};

}  // namespace

ReferenceServer print_udp_server() {
  ServerInfo info;
  info.name = "print-udp";
  info.udp_port = 5005;
  info.protocol = "datagrams (at most 2048 bytes) are printed and never answered";
  info.origin = "Redes de Comunicações, guide 6, exercise 1";
  info.traits = {.replies = false, .has_text = true};
  return {info, [](const ServerParameters&) {
            Service service;
            service.open_datagrams = [] { return std::make_unique<PrintDatagrams>(); };
            service.datagram_read_size = kDatagramReadSize;
            return service;
          }};
}

}  // namespace wireproof
