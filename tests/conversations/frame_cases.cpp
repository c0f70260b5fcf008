#include "conversations/conversation_case.h"

namespace wireproof {
namespace {

ConversationCase framed(const std::string& name, const std::string& frame) {
  return {.name = name,
          .script = "open\nC \"hello\"\nS ACK\nS \"HELLO\"\nclose",
          .verdict = "PASS",
          .frame = frame};
}

ConversationCase filed(const std::string& name, const std::string& file) {
  return {.name = name,
          .script =
              "C SYN\nS SYN if=1 link=101\nC ACK\nC \"hello\"\nS \"HELLO\" if=1 link=101\n"
              "C FIN\nS FIN if=1 link=101\nC ACK",
          .verdict = "PASS",
          .file = file};
}

}  // namespace

// What TCP is carried in changes nothing (docs/captures.md, Layers).
const std::vector<ConversationCase> kFrameCases = {
    framed("a tag", "vlan=7"),
    framed("two tags", "vlan=7.9 tpid=0x88a8"),
    framed("two tags, the old number", "vlan=7.9 tpid=0x9100"),
    framed("three tags and IPv6", "v6 vlan=7.8.9"),
    framed("Linux cooked", "link=113"),
    framed("Linux cooked, IPv6", "link=113 v6 dir=4"),
    framed("Linux cooked v2", "link=276"),
    framed("BSD loopback", "link=0"),
    framed("BSD loopback, IPv6", "link=0 v6"),
    framed("OpenBSD loopback", "link=108"),
    framed("raw IP", "link=101"),
    framed("raw IP, IPv6", "link=101 v6"),
    framed("PPP", "link=9"),
    framed("Ethernet fills short frames", "pad"),
    framed("Ethernet fills short frames, IPv6", "pad v6 vlan=7"),
    framed("IPv6", "v6"),
    framed("IPv6 with hop-by-hop options", "v6 ext=0"),
    framed("IPv6 with destination options", "v6 ext=60"),
    framed("IPv6 with a routing header", "v6 ext=43"),
    framed("IPv6 with an atomic fragment", "v6 ext=44"),
    framed("IPv6 with all of them", "v6 ext=0.60.43.44.51.60"),
    framed("IPv4 with a router alert", "ipopt=94040000"),
    framed("IPv4 with forty bytes of options",
           "ipopt=070704000000000001010101010101010101010101010101010101010101010101010101010101"
           "01"),
    framed("fragments", "frag=16"),
    framed("fragments, the last one first", "frag=16 fragrev"),
    framed("fragments of IPv6", "v6 frag=16"),
    framed("fragments of IPv6, the last one first", "v6 frag=16 fragrev"),
    framed("fragments with a tag", "vlan=7 frag=16"),
    framed("fragments in a cooked capture", "link=276 frag=8"),
    {.name = "fragments that were captured twice",
     .script = "open\nC \"hello\"\nS ACK\nS \"HELLO\"\nclose",
     .verdict = "PASS",
     .frame = "frag=16 copy",
     .remarks = {"3 captured twice: a copy of packet 1", "4 captured twice: a copy of packet 2"}},
    framed("fragments of IPv6 that were captured twice, with a tag", "v6 frag=16 copy:vlan=7"),
    {.name = "a segment in fragments was sent again",
     .script = "open\nC \"hello\" frag=16\nC \"hello\" seq=1 ms=200 frag=16\nS \"HELLO\"\nclose",
     .verdict = "PASS",
     .remarks = {"7 retransmission"},
     .is_numbered = false},
    {.name = "a fragment of the answer is missing",
     .script = "open\nC \"hello\"\nS \"HELLO\" frag=16 fraglost=1\nC ACK\nclose",
     .verdict = "INCONCLUSIVE",
     .if_wrong = "INCONCLUSIVE",
     .is_numbered = false},
    {.name = "a fragment is missing, but the whole was sent again",
     .script = "open\nC \"hello\"\nS \"HELLO\" lost\nS \"HELLO\" seq=1 ms=200\nC ACK\nclose",
     .verdict = "PASS"},
    filed("two interfaces of two link types in a pcapng file", "pcapng"),
    filed("the same in the other byte order", "pcapng swapped"),
};

}  // namespace wireproof
