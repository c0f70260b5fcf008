#include <algorithm>
#include <array>

#include "report/findings.h"

namespace wireproof {
namespace {

struct Advice {
  std::string_view id;
  std::string_view text;
};

// In the order in which causes hide one another: who is not there says nothing, who dies answers
// nobody else, who cannot tell where a message ends gives wrong answers.
constexpr std::array<Advice, 41> kAdvice{{
    // whether the server is there
    {"nothing-listens", "bind() the port of the exercise and listen() on it before anything else"},
    {"port-not-reusable",
     "set SO_REUSEADDR before bind(): the connections of the last run are still in TIME-WAIT"},
    {"died-on-input",
     "look at what the program does with this input: an exception or an exit there ends it for "
     "everybody; catch it, and close this connection only"},
    {"died-on-reset",
     "a client may reset at any time: recv() then fails with ECONNRESET and send() with EPIPE (and "
     "SIGPIPE: use MSG_NOSIGNAL); close this connection and serve the others"},
    {"thread-died",
     "catch what goes wrong in a client's thread, and close its socket there: a thread that just "
     "ends leaves the connection open"},
    {"busy-loop", "leave the loop when recv() returns 0: it does so again at once, every time"},
    // who is served, from kFirstOfServing on
    {"reset-in-backlog",
     "keep the listening socket open: closing it resets who waits for accept()"},
    {"one-at-a-time",
     "serve clients side by side: a thread or process for each, or poll() over all sockets"},
    {"blocked-by-reader",
     "do not wait in send() for one client while others wait for you: a thread each, or "
     "non-blocking sockets with poll() for POLLOUT"},
    {"newest-client", "answer on the socket that the request came from, not on the last accepted"},
    {"late-reply",
     "answer as soon as the request is complete; look for sleeps and for reads that "
     "wait for more than the request has"},
    // how connections end
    {"reset-unread",
     "read all that the client sent before close(): a kernel that has unread "
     "bytes sends RST instead of FIN"},
    {"reset-abort", "do not set SO_LINGER with time 0: close() then sends RST instead of FIN"},
    {"reset-after-close",
     "do not close before the client has said all that the protocol lets it "
     "say; shutdown(SHUT_WR) sends the FIN and still lets you read"},
    {"closed-before-reply", "send the answer before close()"},
    {"never-closed",
     "close() the connection after the answer: the protocol says that the server "
     "ends it"},
    {"close-wait", "close() your socket when recv() returns 0; until then it stays in CLOSE-WAIT"},
    {"fin-held",
     "close the connection in every process that holds it: after fork() both have it, "
     "and the FIN is sent when the last one closes"},
    {"half-close-deaf",
     "recv() returning 0 means that the client sends no more, not that it reads "
     "no more: answer what came before, then close"},
    {"stray-after-eof", "look for the end of the stream (recv() returns 0) before you answer"},
    {"endless-after-eof", "leave the loop when recv() returns 0 instead of answering it"},
    // where messages end
    {"one-recv",
     "call recv() again until the whole message is there: TCP is a stream of bytes, "
     "one recv() may return any part of what was sent"},
    {"answered-early", "wait for the whole request: its length says how many bytes there are"},
    {"merged-messages",
     "take only the bytes of one message out of what recv() returned, and keep "
     "the rest for the next"},
    {"glued-reply", "send exactly one answer for each request"},
    {"trusted-length",
     "check the length that the client wrote against what is allowed and against "
     "what came"},
    {"short-reply", "send all bytes of the answer: count them, and look at what send() returns"},
    {"long-reply",
     "send the bytes of the answer only: a terminating zero or the rest of the "
     "buffer does not belong to it"},
    {"stale-reply", "answer this request, not the one before: look for a buffer that is kept"},
    // what messages hold
    {"byte-order", "write and read numbers in network byte order: htonl(), ntohl(), struct \"!\""},
    {"native-layout",
     "write the fields one by one, without padding and with the sizes of the "
     "protocol: struct \"!\" in Python, no struct as it lies in memory in C"},
    {"swapped-fields", "compare the order of the fields with the table of the layout"},
    {"wrong-id", "copy the id of the request into its answer"},
    {"wrapped-number", "check whether the result fits before you write it in 32 bits"},
    {"cut-character",
     "a character may have several bytes: decode only what is complete, and count "
     "in bytes where the protocol does"},
    {"latin1", "decode and encode as UTF-8"},
    {"counted-characters", "count the bytes after encoding, not the characters"},
    // datagrams
    {"other-port", "answer through the socket that the request came to"},
    {"duplicate-reply", "send one datagram for each request"},
    {"lost-reply", "answer every datagram that comes"},
    {"truncated-datagram",
     "give recvfrom() a buffer as large as the largest datagram: the rest of "
     "it is lost"},
}};

constexpr std::string_view kFirstOfServing = "reset-in-backlog";

}  // namespace

std::string_view advice_for(std::string_view explanation) {
  const auto found = std::ranges::find(kAdvice, explanation, &Advice::id);
  return found == kAdvice.end() ? std::string_view() : found->text;
}

std::size_t fundamental_rank(std::string_view explanation) {
  const auto found = std::ranges::find(kAdvice, explanation, &Advice::id);
  return static_cast<std::size_t>(found - kAdvice.begin());
}

bool is_about_process(std::string_view explanation) {
  return fundamental_rank(explanation) < fundamental_rank(kFirstOfServing);
}

}  // namespace wireproof
