#include "conversations/conversation_case.h"

namespace wireproof {

// RFC 9293 §3.8.4 and §3.8.6, RFC 7323 §2.
const std::vector<ConversationCase> kWindowCases = {
    {.name = "a keep-alive without a byte, and its answer",
     .script = "open\nC \"hello\"\nS ACK\nC ACK seq=5 ms=9000\nS ACK\nS \"HELLO\"\nclose",
     .verdict = "PASS",
     .remarks = {"6 keep-alive", "7 keep-alive ACK"}},
    {.name = "a keep-alive with a garbage byte",
     .script = "open\nC \"hello\"\nS ACK\nC \"X\" seq=5 nopsh ms=9000\nS ACK\nS \"HELLO\"\nclose",
     .verdict = "PASS",
     .remarks = {"6 keep-alive", "7 keep-alive ACK"}},
    {.name = "a keep-alive of the server with a garbage byte",
     .script = "open\ntalk\nC ACK\nS \"X\" seq=5 nopsh ms=9000\nC ACK\nclose",
     .verdict = "PASS",
     .remarks = {"7 keep-alive", "8 keep-alive ACK"}},
    {.name = "a keep-alive before any data",
     .script = "open\nS ACK seq=0 ms=9000\nC ACK\ntalk\nclose",
     .verdict = "PASS",
     .remarks = {"4 keep-alive", "5 keep-alive ACK"}},
    {.name = "keep-alives that stand in a table of packets",
     .script = "open\nC \"hello\"\nS ACK\nC ACK seq=5 ms=9000\nS ACK\nS \"HELLO\"\nC ACK\nclose",
     .verdict = "PASS",
     .sheet = "exact"},
    {.name = "a zero window, a probe without a byte, and the update",
     .script = "open\nC \"hello\"\nS \"HEL\"\nC ACK win=0\nS ACK seq=3 ms=500\nC ACK win=0\n"
               "C ACK win=500\nS \"LO\" seq=4\nclose",
     .verdict = "PASS",
     .remarks = {"6 zero window", "7 zero window probe", "8 zero window probe ACK",
                 "9 window update"}},
    {.name = "a zero window, and a probe with the next byte that is not taken",
     .script = "open\nC \"hello\"\nS \"HEL\"\nC ACK win=0\nS \"L\" seq=4 ms=500\n"
               "C ACK ack=4 win=0\nC ACK ack=4 win=500\nS \"LO\" seq=4\nclose",
     .verdict = "PASS",
     .remarks = {"6 zero window"}},
    {.name = "a zero window, and a probe with the next byte that is taken",
     .script = "open\nC \"hello\"\nS \"HELL\"\nC ACK win=0\nS \"O\" ms=500\nC ACK win=0\n"
               "C ACK win=500\nclose",
     .verdict = "PASS",
     .remarks = {"6 zero window", "8 zero window probe ACK", "9 window update"}},
    {.name = "the window shrinks and grows",
     .script = "open\nC \"hello\"\nS ACK win=900\nS ACK win=300\nS ACK win=60000\nS \"HELLO\"\n"
               "close",
     .verdict = "PASS",
     .remarks = {"5 pure ACK", "6 window update", "7 window update"}},
    {.name = "the server's window only is to be scaled: none is",
     .script = "C SYN\nS SYN ws=7\nC ACK win=502\nC \"hello\" win=502\nS \"HELLO\" win=502\nclose",
     .verdict = "PASS",
     .sheet = "window",
     .rows = {"4 Win=502 ", "5 Win=502 "}},
    {.name = "the client's window only is to be scaled: none is",
     .script = "C SYN ws=7\nS SYN\nC ACK win=502\nC \"hello\" win=502\nS \"HELLO\" win=502\nclose",
     .verdict = "PASS",
     .sheet = "window",
     .rows = {"4 Win=502 ", "5 Win=502 "}},
    {.name = "both windows are scaled",
     .script = "C SYN ws=7 win=64240\nS SYN ws=1 win=64240\nC ACK win=502\nC \"hello\" win=502\n"
               "S \"HELLO\" win=502\nclose",
     .verdict = "FAIL row 4",
     .sheet = "window",
     .rows = {"1 Win=64240 ", "2 Win=64240 ", "4 Win=64256 ", "5 Win=1004 "}},
    {.name = "a scale of more than 14 is 14",
     .script = "C SYN ws=15\nS SYN ws=14\nC ACK win=1\ntalk\nclose",
     .verdict = "PASS",
     .rows = {"3 Win=16384 "}},
    {.name = "more duplicate ACKs than there is data outstanding",
     .script = "open\ntalk\nC ACK\nC ACK\nC ACK\nclose",
     .verdict = "PASS",
     .remarks = {"6 pure ACK", "7 repeated ACK", "8 repeated ACK"}},
};

}  // namespace wireproof
