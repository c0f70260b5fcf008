#include "conversations/conversation_case.h"

namespace wireproof {

// RFC 3168, RFC 7323, RFC 2018 and 2883, RFC 9293 §3.8.5.
const std::vector<ConversationCase> kOptionCases = {
    {.name = "explicit congestion notification, and a mark",
     .script = "C SYN ECE CWR\nS SYN ECE\nC ACK\nC \"hello\" ecn=2\nS ACK\nS \"HEL\" ecn=3\n"
               "C ACK ECE\nS \"LO\" CWR ecn=2\nC ACK\nclose",
     .verdict = "PASS",
     .rows = {"1 [SYN, ECE, CWR]", "2 [SYN, ACK, ECE]", "8 [PSH, ACK, CWR]"}},
    {.name = "accurate congestion notification",
     .script = "C SYN AE CWR ECE\nS SYN CWR\nC ACK AE\ntalk\nclose",
     .verdict = "PASS",
     .rows = {"1 [SYN, ECE, CWR, AE]"}},
    {.name = "timestamps and all options of a SYN",
     .script = "C SYN mss=1460 ws=7 sackok ts=100:0\nS SYN mss=1460 ws=7 sackok ts=900:100\n"
               "C ACK ts=101:900\nC \"hello\" ts=102:900\nS \"HELLO\" ts=901:102\n"
               "C FIN ts=103:901\nS FIN ts=902:103\nC ACK ts=104:902",
     .verdict = "PASS",
     .rows = {"4 TSval=102 TSecr=900"}},
    {.name = "timestamps wrap",
     .script = "C SYN ts=4294967295:0\nS SYN ts=4294967295:4294967295\nC ACK ts=0:4294967295\n"
               "C \"hello\" ts=1:4294967295\nS \"HELLO\" ts=0:1\nclose",
     .verdict = "PASS"},
    {.name = "a duplicate is told by D-SACK",
     .script = "open\ntalk\nC ACK\nS \"HELLO\" seq=1 ms=200\nC ACK sack=1:6\nclose",
     .verdict = "PASS",
     .rows = {"8 SLE=1 SRE=6"}},
    {.name = "urgent data stays in the stream",
     .script = "open\nC \"hel\" URG urg=3\nC \"lo\"\nS \"HELLO\"\nclose",
     .verdict = "PASS",
     .rows = {"4 URG"}},
    {.name = "an urgent pointer without data",
     .script = "open\nC ACK URG urg=2\ntalk\nclose",
     .verdict = "PASS"},
    {.name = "options that are not known here: MD5, MPTCP, experiments",
     .script = "C SYN option=1e0c0081000102030405060708\nS SYN option=fd04f989\nC ACK\n"
               "C \"hello\" option=1312000102030405060708090a0b0c0d0e0f\nS \"HELLO\"\nclose",
     .verdict = "PASS"},
    {.name = "an end of the options, and rubbish behind it",
     .script = "open\nC \"hello\" option=00ffffff\nS \"HELLO\"\nclose",
     .verdict = "PASS"},
};

}  // namespace wireproof
