#include "base/text/address.h"

#include "catch.h"

namespace wireproof {
namespace {

std::string rendered(const char* text) {
  const std::optional<IpAddress> address = parse_ip_address(text);
  return address ? render_ip_address(*address) : "none";
}

TEST_CASE("an IPv4 address is four decimal bytes", "[base]") {
  CHECK(rendered("127.0.0.1") == "127.0.0.1");
  CHECK(rendered("255.255.255.255") == "255.255.255.255");
  const IpAddress address = parse_ip_address("10.2.3.4").value();
  CHECK(address.version == IpVersion::v4);
  CHECK(address.bytes[0] == 10);
  CHECK(address.bytes[3] == 4);
  CHECK(address.bytes[4] == 0);
}

TEST_CASE("an IPv6 address is rendered by RFC 5952", "[base]") {
  struct Case {
    const char* text;
    const char* expected;
  };
  const Case cases[] = {{"::", "::"},
                        {"::1", "::1"},
                        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},  // lower case, longest run
                        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},  // one group is no run
                        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},           // the longer of two runs
                        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},  // the first of equal runs
                        {"fe80:0:0:0:0:0:0:0", "fe80::"},
                        {"0:0:0:0:0:0:a:b", "::a:b"},
                        {"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
                        {"::ffff:192.0.2.1", "::ffff:192.0.2.1"}};
  for (const Case& item : cases) {
    INFO(item.text);
    CHECK(rendered(item.text) == item.expected);
  }
}

TEST_CASE("text that is no numeric address is refused", "[base]") {
  for (const char* text : {"", "localhost", "1.2.3", "1.2.3.4.5", "256.0.0.1", " 1.2.3.4",
                           "1.2.3.4 ", ":::", "12345::", "fe80::1%eth0", "[::1]"}) {
    INFO(text);
    CHECK(rendered(text) == "none");
  }
  CHECK_FALSE(parse_ip_address(std::string_view("1.2.3.4\0x", 9)).has_value());
}

TEST_CASE("an endpoint is an address and a port, IPv6 in brackets", "[base]") {
  for (const char* text : {"127.0.0.1:80", "[::1]:80", "[2001:db8::1]:65535", "0.0.0.0:0"}) {
    INFO(text);
    const std::optional<Endpoint> endpoint = parse_endpoint(text);
    REQUIRE(endpoint.has_value());
    CHECK(render_endpoint(*endpoint) == text);
  }
  for (const char* text : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80",
                           "[127.0.0.1]:80", "[::1]", "[::1]80", "1.2.3.4: 80", "1.2.3.4:80x"}) {
    INFO(text);
    CHECK_FALSE(parse_endpoint(text).has_value());
  }
}

TEST_CASE("a v4-mapped address becomes its IPv4 form, any other stays", "[base]") {
  CHECK(unmap_ipv4(*parse_ip_address("::ffff:127.0.0.1")) == *parse_ip_address("127.0.0.1"));
  CHECK(unmap_ipv4(*parse_ip_address("::1")) == *parse_ip_address("::1"));
  CHECK(unmap_ipv4(*parse_ip_address("10.0.0.1")) == *parse_ip_address("10.0.0.1"));
}

}  // namespace
TEST_CASE("a host name is of labels of letters, digits and hyphens", "[base]") {
  for (const char* const name : {"localhost", "www.example.org", "a", "3com.com", "a-b.c"}) {
    CHECK(is_host_name(name));
  }
  for (const char* const text : {"", ".", "a.", ".a", "a..b", "-a", "a-", "a_b", "a b", "ü.de"}) {
    CHECK_FALSE(is_host_name(text));
  }
  CHECK(is_host_name(std::string(63, 'a')));
  CHECK_FALSE(is_host_name(std::string(64, 'a')));
}

}  // namespace wireproof
