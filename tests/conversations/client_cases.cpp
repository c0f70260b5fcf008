#include "conversations/conversation_case.h"

namespace wireproof {
namespace {

// Alice's whole connection, then bob's from the same port with numbers that count from `shift` on.
std::string again(const std::string& end, const std::string& shift) {
  return "open\nC \"three\"\nS \"THREE\"\n" + end + "\nC SYN new=" + shift +
         " ms=100\nS SYN\nC ACK\ntalk\nclose";
}

}  // namespace

// RFC 9293 §3.5 and §3.6.1, RFC 6191; docs/captures.md.
const std::vector<ConversationCase> kClientCases = {
    {.name = "two clients after each other",
     .script = "open\nC \"three\"\nS \"THREE\"\nclose\nopen2\ntalk2\nclose2",
     .verdict = "PASS",
     .sheet = "two"},
    {.name = "two clients at the same time",
     .script = "open\nopen2\nC2 \"hello\"\nC \"three\"\nS \"THREE\"\nclose\nS2 \"HELLO\"\nclose2",
     .verdict = "PASS",
     .sheet = "two"},
    {.name = "the same port again, larger numbers",
     .script = again("close", "70000"),
     .verdict = "PASS",
     .sheet = "two"},
    {.name = "the same port again, smaller numbers",
     .script = again("close", "4294000000"),
     .verdict = "PASS",
     .sheet = "two"},
    {.name = "the same port again, the same numbers",
     .script = again("close", "0"),
     .verdict = "PASS",
     .sheet = "two"},
    {.name = "the same port again, the number behind the last one",
     .script = again("close", "7"),
     .verdict = "PASS",
     .sheet = "two"},
    {.name = "the same port again, half the numbers away",
     .script = again("close", "2147483648"),
     .verdict = "PASS",
     .sheet = "two"},
    {.name = "the same port again behind a RST",
     .script = again("C RST", "0"),
     .verdict = "PASS",
     .sheet = "crash"},
    {.name = "the same port again, and the FIN of before comes once more",
     .script = "open\nC \"three\"\nS \"THREE\"\nclose\nS FIN seq=6 ms=200\nC ACK\nC SYN new=70000\n"
               "S SYN\nC ACK\ntalk\nclose",
     .verdict = "PASS",
     .sheet = "two"},
    {.name = "the same port again, the end of before was not captured",
     .script =
         "open\nC \"three\"\nS \"THREE\"\nC SYN new=70000 ms=90000\nS SYN\nC ACK\ntalk\nclose",
     .verdict = "INCONCLUSIVE",
     .sheet = "two"},
    {.name = "bob's connection ends with the capture",
     .script = "open\nC \"three\"\nS \"THREE\"\nclose\nopen2\nC2 \"hello\"",
     .verdict = "INCONCLUSIVE ends before",
     .if_wrong = "",
     .sheet = "two"},
    {.name = "alice's answer is wrong, bob's connection ends with the capture",
     .script = "open\nC \"three\"\nS \"THREW\"\nclose\nopen2\nC2 \"hello\"",
     .verdict = "FAIL byte 4",
     .if_wrong = "",
     .sheet = "two"},
    {.name = "bob's connection is missing",
     .script = "open\nC \"three\"\nS \"THREE\"\nclose",
     .verdict = "FAIL no further connection",
     .if_wrong = "",
     .sheet = "two"},
    {.name = "a connection too many, answered as well",
     .script = "open\ntalk\nclose\nopen2\ntalk2\nclose2",
     .verdict = "FAIL belongs to no client"},
    {.name = "a connection too many, on the same port",
     .script = "open\ntalk\nclose\nC SYN new=70000\nS SYN\nC ACK\ntalk\nclose",
     .verdict = "FAIL"},
    {.name = "a connection too many, refused",
     .script = "open\ntalk\nclose\nC2 SYN\nS2 RST seq=1",
     .verdict = "FAIL belongs to no client"},
    {.name = "a connection of before the capture is nobody's",
     .script = "C2 SYN lost\nS2 SYN lost\nC2 ACK lost\nC2 \"xx\"\nopen\ntalk\nS2 \"YY\"\nclose\n"
               "C2 FIN\nS2 FIN\nC2 ACK",
     .verdict = "PASS"},
    {.name = "two VLANs with the same addresses",
     .script = "C SYN vlan=7\nS SYN vlan=7\nC ACK vlan=7\nC2 SYN vlan=9\nS2 SYN vlan=9\n"
               "C2 ACK vlan=9\nC \"three\" vlan=7\nC2 \"hello\" vlan=9\nS \"THREE\" vlan=7\n"
               "S2 \"HELLO\" vlan=9\nC FIN vlan=7\nS FIN vlan=7\nC ACK vlan=7\nC2 FIN vlan=9\n"
               "S2 FIN vlan=9\nC2 ACK vlan=9",
     .verdict = "PASS",
     .sheet = "two",
     .frame = "sameport"},
};

}  // namespace wireproof
