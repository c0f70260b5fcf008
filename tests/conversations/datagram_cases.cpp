#include "conversations/conversation_case.h"

namespace wireproof {
namespace {

ConversationCase datagrams(const std::string& name, const std::string& script,
                           const std::string& verdict) {
  return {.name = name,
          .script = script,
          .verdict = verdict,
          .if_wrong = verdict.starts_with("INCONCLUSIVE") ? verdict : "FAIL",
          .sheet = "datagram",
          .frame = "udp",
          .is_numbered = false};
}

ConversationCase framed_datagrams(const std::string& name, const std::string& frame) {
  ConversationCase item = datagrams(name, "C \"hello\"\nS \"HELLO\"", "PASS");
  item.frame = "udp " + frame;
  return item;
}

}  // namespace

// RFC 768; docs/sheet.md: each datagram is one row.
const std::vector<ConversationCase> kDatagramCases = {
    datagrams("one datagram, one answer", "C \"hello\"\nS \"HELLO\"", "PASS"),
    datagrams("the answer in two datagrams", "C \"hello\"\nS \"HEL\"\nS \"LO\"", "FAIL"),
    datagrams("the answer twice: it was sent twice", "C \"hello\"\nS \"HELLO\"\nS \"HELLO\"",
              "FAIL"),
    datagrams("the answer twice: it was captured twice", "C \"hello\"\nS \"HELLO\" copy", "PASS"),
    datagrams("an empty datagram too many", "C \"hello\"\nS \"HELLO\"\nS ", "FAIL"),
    datagrams("another client's question", "C \"hello\"\nS \"HELLO\"\nC2 \"hello\"\nS2 \"HELLO\"",
              "FAIL belongs to no client"),
    datagrams("the answer is missing", "C \"hello\"", "FAIL"),
    datagrams("the answer is cut", "C \"hello\"\nS \"HELLO\" cut=45", "INCONCLUSIVE snaplen"),
    datagrams("a fragment of the answer is missing", "C \"hello\"\nS \"HELLO\" frag=8 fraglost=1",
              "INCONCLUSIVE fragments"),
    framed_datagrams("a datagram with a tag", "vlan=7"),
    framed_datagrams("a datagram in fragments", "frag=8"),
    framed_datagrams("a datagram in fragments, the last one first", "frag=8 fragrev"),
    framed_datagrams("a datagram in fragments that were captured twice", "frag=8 copy"),
    framed_datagrams("a datagram in fragments of IPv6", "v6 frag=8"),
    framed_datagrams("a datagram in fragments with tags", "vlan=7.9 frag=8"),
    framed_datagrams("a datagram with extension headers", "v6 ext=0.60"),
    framed_datagrams("a datagram in a cooked capture, both directions", "link=113 id=0 copy:dir=4"),
};

}  // namespace wireproof
