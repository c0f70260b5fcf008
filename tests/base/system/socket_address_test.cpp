#include "base/system/socket_address.h"

#include <netinet/in.h>

#include "base/system/system_call.h"
#include "catch.h"

namespace wireproof {
namespace {

Endpoint endpoint(const char* text) {
  return parse_endpoint(text).value();
}

}  // namespace

TEST_CASE("an endpoint is read from the socket address that it was written to", "[base]") {
  for (const char* const text :
       {"127.0.0.1:80", "255.1.2.3:65535", "[::1]:1", "[fe80::1]:443", "[::ffff:10.0.0.1]:7"}) {
    INFO(text);
    CHECK(read_socket_address(write_socket_address(endpoint(text))) == endpoint(text));
  }
}

TEST_CASE("a socket address is in network byte order", "[base]") {
  const SocketAddress address = write_socket_address(endpoint("127.0.0.1:258"));
  const ByteView bytes = address.bytes();
  REQUIRE(bytes.size() == sizeof(sockaddr_in));
  CHECK(Bytes(bytes.begin() + 2, bytes.begin() + 8) == Bytes{1, 2, 127, 0, 0, 1});
}

TEST_CASE("a socket address that is too short is none", "[base]") {
  for (const char* const text : {"127.0.0.1:80", "[::1]:80"}) {
    const SocketAddress address = write_socket_address(endpoint(text));
    for (std::size_t size = 0; size < address.bytes().size(); ++size) {
      INFO(text << ", " << size << " bytes");
      CHECK_FALSE(read_socket_address(address.bytes().first(size)));
    }
  }
}

TEST_CASE("a size beyond the storage is not believed", "[base]") {
  SocketAddress address;
  address.size = 1000;
  CHECK(address.bytes().size() == sizeof(sockaddr_storage));
}

TEST_CASE("an address of another family is no endpoint", "[base]") {
  SocketAddress address;
  address.storage.ss_family = AF_UNIX;
  CHECK_FALSE(read_socket_address(address));
}

TEST_CASE("a socket is asked where it is bound", "[base]") {
  const UniqueFd listener(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const SocketAddress any = write_socket_address(endpoint("[::1]:0"));
  REQUIRE(::bind(listener.get(), any.get(), any.size) == 0);
  REQUIRE(::listen(listener.get(), 1) == 0);
  const Endpoint end = local_endpoint(listener.get());
  CHECK(end.address == endpoint("[::1]:0").address);
  CHECK(end.port != 0);
  CHECK_THROWS_AS(local_endpoint(-1), SystemError);
  CHECK(address_family(end.address.version) == AF_INET6);
}

TEST_CASE("a host is looked up with its port, and one that is none is named", "[base]") {
  const auto found = look_up_host("127.0.0.1", 80);
  REQUIRE(found.size() == 1);
  CHECK(read_socket_address(found.front()) == endpoint("127.0.0.1:80"));
  CHECK_THROWS_WITH(look_up_host("no such host", 80), Catch::StartsWith("look up no such host ("));
}

}  // namespace wireproof
