#include "result/explanation.h"

#include <algorithm>
#include <array>

namespace wireproof {
namespace {

using enum ExplanationId;

struct CauseEntry {
  ExplanationId id = none;
  std::string_view name;
  std::string_view says;
  std::string_view advice;
};

// The order of the enumeration, so that an id is the place of its entry.
constexpr std::array<CauseEntry, 81> kCatalogue{{
    {nothing_listens, "nothing-listens",
     "nothing listens on the port; the kernel answers the SYN with RST (RFC 9293 §3.10.7.1)",
     "bind() the port of the exercise and listen() on it before anything else"},
    {waits_for_end, "waits-for-end",
     "the server answers only when the client has ended its stream: it waits for the end of a line "
     "or of the stream, or for a full buffer",
     "take what recv() gives: no line end and no end of the stream comes here before the answer "
     "(readLine(), read() to the end and recv() with MSG_WAITALL wait for more)"},
    {never_read, "never-read", "the server accepts the connection and does not read from it",
     "see who reads from the socket that accept() returned: select() has to watch it (its first "
     "argument is the highest descriptor plus 1), a thread of its own has to be started"},
    {failed_call, "failed-call", "a call of the server's failed, and it goes on as if it had not",
     "look at what the call returned, and at errno: man 2 has what each error means"},
    {sent_unasked, "sent-unasked", "the server sends something before it is asked for anything",
     "send nothing until a request has come: here the client speaks first"},
    {wrong_beginning, "wrong-beginning", "each answer begins otherwise than the protocol says",
     "compare the text that you put before each answer with the exercise's, blanks included"},
    {extra_byte, "extra-byte", "a byte stands in the answer that the protocol does not have",
     "count without the zero that ends a string in C: sizeof of a text is its strlen() plus 1, and "
     "the last byte of n is at n-1"},
    {zeros_behind, "zeros-behind", "zero bytes follow each answer: the whole buffer is sent",
     "send as many bytes as the answer has, not as many as the buffer has (sizeof, "
     "buffer.length, data.length)"},
    {line_end_behind, "line-end-behind", "a line end follows each answer",
     "send the answer without a line end (write instead of println): the protocol has none"},
    {byte_order, "byte-order", "the bytes of numbers are in the wrong order",
     "write and read numbers in network byte order: htonl(), ntohl(), struct \"!\""},
    {native_layout, "native-layout",
     "the numbers stand as in the machine's memory: with padding, in its sizes and its byte order",
     "write the fields one by one, without padding and with the sizes of the protocol: "
     "struct \"!\" in Python, no struct as it lies in memory in C"},
    {swapped_fields, "swapped-fields", "two fields have changed places",
     "compare the order of the fields with the table of the layout"},
    {wrong_id, "wrong-id", "the reply's id is not the request's",
     "copy the id of the request into its answer"},
    {wrapped_number, "wrapped-number",
     "the result does not fit in 32 bits, and what is left modulo 2^32 is answered",
     "check whether the result fits before you write it in 32 bits"},
    {wrong_sign, "wrong-sign", "numbers that may be negative are read as unsigned ones",
     "read the numbers as signed 32-bit ones: cast what ntohl() gives to int32_t, struct \"i\""},
    {begins_at_zero, "begins-at-zero",
     "the search for the largest or the smallest number, or a product, begins with 0",
     "begin the search with the first of the numbers: all of them may be negative, or positive; "
     "begin a product with 1"},
    {cut_character, "cut-character",
     "a character of several bytes was cut, and its halves were decoded or dropped",
     "a character may have several bytes: decode only what is complete, and count in bytes "
     "where the protocol does"},
    {latin1, "latin1", "the server reads or answers in Latin-1, not in UTF-8",
     "decode and encode as UTF-8"},
    {counted_characters, "counted-characters",
     "the server counts characters where the protocol counts bytes",
     "count the bytes after encoding, not the characters"},
    {counted_header, "counted-header", "a length counts the bytes of its own header as well",
     "write the number of bytes that follow, as the layout says, without those of the header"},
    {not_decoded, "not-decoded",
     "decoding fails at bytes that are no whole text in UTF-8, and nobody catches that",
     "a read may end inside a character, and clients may send anything: decode with a replacement, "
     "or "
     "keep half a character for the next read"},
    {ascii_only, "ascii-only", "only ASCII letters are changed",
     "decode the bytes to text first: upper() of bytes and toupper() know ASCII alone"},
    {reversed_characters, "reversed-characters",
     "the server turns the characters round where the protocol turns the bytes round",
     "reverse the bytes as they came, without decoding them"},
    {zero_ended, "zero-ended", "the answer ends at its first zero byte",
     "send as many bytes as were read: strlen() and \"%s\" end at a zero byte"},
    {wrong_padding, "wrong-padding", "the answer is filled up with other bytes than the protocol's",
     "fill the field with the byte that the protocol names, up to its whole size: \"20s\" of "
     "struct, strncpy() and memset() fill with zeros"},
    {trimmed, "trimmed", "blanks, line ends or zero bytes are missing at the ends of the answer",
     "send what came as it came: strip() and trim() take more off than a line end"},
    {length_in_front, "length-in-front", "the length of the answer stands in front of it",
     "send the answer alone: this protocol, or this transport of it, has no length in front"},
    {one_recv, "one-recv",
     "the server takes what one recv() gives for a whole message (recv() may return any part "
     "of a stream)",
     "call recv() again until the whole message is there: TCP is a stream of bytes, one "
     "recv() may return any part of what was sent"},
    {answered_early, "answered-early", "the answer began before the request was complete",
     "wait for the whole request: its length says how many bytes there are"},
    {merged_messages, "merged-messages", "what one recv() gave was taken for one message",
     "take only the bytes of one message out of what recv() returned, and keep the rest for "
     "the next"},
    {glued_reply, "glued-reply", "a reply came that no request asked for, or two in one datagram",
     "send exactly one answer for each request"},
    {trusted_length, "trusted-length",
     "the server trusts a length that the client wrote, and waits for the rest",
     "check the length that the client wrote against what is allowed and against what came"},
    {short_reply, "short-reply", "the reply ends before all of its bytes came",
     "send all bytes of the answer: count them, and look at what send() returns"},
    {long_reply, "long-reply", "the reply has bytes behind its end that belong to no message",
     "send the bytes of the answer only: a terminating zero or the rest of the buffer does "
     "not belong to it"},
    {stale_reply, "stale-reply", "the answer is, or holds, what belongs to an earlier request",
     "answer this request, not one before: look for a buffer that is kept, also where a client has "
     "left"},
    {stale_tail, "stale-tail", "the rest of a longer message before stands behind the answer",
     "take as many bytes as recv() returned: it puts no zero behind them, so strlen() and \"%s\" "
     "go on into what the buffer held before"},
    {other_port, "other-port",
     "the reply must come from the port that the request went to: a connected socket drops "
     "all else",
     "answer through the socket that the request came to"},
    {kept_address, "kept-address", "the server answers one client's datagrams to another client",
     "answer each datagram to the address that recvfrom() gave with it, not to one that is kept"},
    {duplicate_reply, "duplicate-reply", "one request got two datagrams",
     "send one datagram for each request"},
    {lost_reply, "lost-reply", "a datagram got no answer, although the server lives",
     "answer every datagram that comes"},
    {empty_datagram, "empty-datagram",
     "the empty datagram got no answer, although the server lives",
     "answer a datagram of 0 bytes as any other: recvfrom() returns 0 for it, which is no end"},
    {truncated_datagram, "truncated-datagram",
     "the server's buffer is too small for the message (recvfrom() drops what does not fit)",
     "give recvfrom() a buffer as large as the largest datagram: the rest of it is lost"},
    {reset_unread, "reset-unread",
     "the server closed while bytes were unread; the kernel then sends RST instead of FIN "
     "(RFC 1122 §4.2.2.13)",
     "read all that the client sent before close(): a kernel that has unread bytes sends RST "
     "instead of FIN"},
    {reset_abort, "reset-abort",
     "the server aborted the connection: all that it was sent had been answered, so no "
     "unread bytes made the kernel do it, but SO_LINGER with time 0",
     "do not set SO_LINGER with time 0: close() then sends RST instead of FIN"},
    {reset_after_close, "reset-after-close",
     "the server had closed its socket; the kernel answers data that comes later with RST "
     "(RFC 9293 §3.10.7.1)",
     "do not close before the client has said all that the protocol lets it say; "
     "shutdown(SHUT_WR) sends the FIN and still lets you read"},
    {closed_before_reply, "closed-before-reply",
     "the server closed the connection instead of answering", "send the answer before close()"},
    {closed_early, "closed-early",
     "the server ends the connection although the client may still ask",
     "serve the requests of a connection until recv() returns 0, however long the client thinks"},
    {never_closed, "never-closed",
     "the exchange is over and this server closes first in its protocol, but it did not call "
     "close()",
     "close() the connection after the answer: the protocol says that the server ends it"},
    {close_wait, "close-wait",
     "the server did not close after the client's FIN: its socket stays in CLOSE-WAIT (RFC "
     "9293 §3.6)",
     "close() your socket when recv() returns 0; until then it stays in CLOSE-WAIT"},
    {fin_held, "fin-held",
     "another process still has the socket: FIN is sent when the last descriptor of it is closed",
     "close the connection in every process that holds it: after fork() both have it, and "
     "the FIN is sent when the last one closes"},
    {half_close_deaf, "half-close-deaf",
     "the client's FIN ends only what it sends; the request before it was complete, but the "
     "server answers nothing after recv() gave 0 (half-close, RFC 9293 §3.6)",
     "recv() returning 0 means that the client sends no more, not that it reads no more: "
     "answer what came before, then close"},
    {stray_after_eof, "stray-after-eof",
     "the server takes the 0 that recv() gives at the end of the stream for a message",
     "look for the end of the stream (recv() returns 0) before you answer"},
    {endless_after_eof, "endless-after-eof",
     "the server takes the 0 that recv() gives at the end of the stream for a message, again "
     "and again",
     "leave the loop when recv() returns 0 instead of answering it"},
    {reset_in_backlog, "reset-in-backlog",
     "the server closed its listening socket, so the kernel resets those who wait for accept()",
     "keep the listening socket open: closing it resets who waits for accept()"},
    {one_at_a_time, "one-at-a-time", "the server serves one client at a time",
     "serve clients side by side: a thread or process for each, or poll() over all sockets"},
    {limited_clients, "limited-clients", "the server serves only a few clients at a time",
     "have a thread for each client that may come: in a pool of a fixed size the next one waits "
     "until "
     "another has gone"},
    {blocked_by_reader, "blocked-by-reader",
     "the server waits in send() for one client, and serves nobody else meanwhile",
     "do not wait in send() for one client while others wait for you: a thread each, or "
     "non-blocking sockets with poll() for POLLOUT"},
    {short_send, "short-send",
     "send() took a part of the answer, as much as there was room for, and the rest was never sent",
     "look at what send() returns: on a non-blocking socket it takes what there is room for, or "
     "fails with EAGAIN (BlockingIOError); keep the rest, and send it when poll() says POLLOUT; a "
     "time "
     "limit has to leave the client time to read"},
    {newest_client, "newest-client", "the server keeps one socket for all clients, the newest",
     "answer on the socket that the request came from, not on the last accepted"},
    {sent_to_all, "sent-to-all", "the server sends the answer to one client to all of them",
     "send an answer on the socket that its request came from, and on no other: this is no chat"},
    {late_reply, "late-reply", "the answer came after the time limit",
     "answer as soon as the request is complete; look for sleeps and for reads that wait for "
     "more than the request has"},
    {died_on_input, "died-on-input",
     "a server must survive what a single client does: an exception or signal that nobody "
     "handles ends it for all clients",
     "look at what the program does with this input: an exception or an exit there ends it "
     "for everybody; catch it, and close this connection only"},
    {died_on_reset, "died-on-reset",
     "the server does not survive ECONNRESET or SIGPIPE when a client resets",
     "a client may reset at any time: recv() then fails with ECONNRESET and send() with "
     "EPIPE (and SIGPIPE: use MSG_NOSIGNAL); close this connection and serve the others"},
    {thread_died, "thread-died", "the thread that served a client died without closing its socket",
     "catch what goes wrong in a client's thread, and close its socket there: a thread that "
     "just ends leaves the connection open"},
    {busy_loop, "busy-loop",
     "the server uses the processor although nothing is left to do: it makes a call again and "
     "again that returns at once, as recv() does at the end of a stream, and every call on a "
     "non-blocking socket",
     "leave the loop when recv() returns 0, for it does so again at once, every time; with "
     "non-blocking sockets wait in select() or poll() until there is something to do"},
    {left_behind, "left-behind", "something of each client is left when it has gone",
     "close() the socket of a client that has gone, and wait for the process that served it "
     "(waitpid(), or ignore SIGCHLD)"},
    {port_not_reusable, "port-not-reusable",
     "connections of the server before are still in TIME-WAIT on the port; bind() then needs "
     "SO_REUSEADDR (RFC 9293 §3.6.1)",
     "set SO_REUSEADDR before bind(): the connections of the last run are still in TIME-WAIT"},
    {client_elsewhere, "client-elsewhere", "the client does not connect to where the server is",
     "connect() to the server's address and port: take them from the command line"},
    {client_silent, "client-silent", "the client asks nobody",
     "connect() to the server and send what was typed: what is printed must be its answer"},
    {client_byte_order, "client-byte-order",
     "the bytes of the client's numbers are in the wrong order",
     "write and read numbers in network byte order: htonl(), ntohl(), struct \"!\""},
    {client_zeros, "client-zeros", "zero bytes follow what the client sends",
     "send as many bytes as the text has, not its terminating zero and not the whole buffer "
     "(strlen, not sizeof)"},
    {client_line_end, "client-line-end", "the client sends the line end that ended what was typed",
     "take the line end off before you send: the protocol has none"},
    {client_half_message, "client-half-message", "the client sends a part of its message only",
     "send all bytes of the message: count bytes, not characters, and look at what send() returns"},
    {client_other_bytes, "client-other-bytes", "the client sends something else",
     "send what was typed, encoded as the protocol says, and nothing more"},
    {client_reconnects, "client-reconnects", "the client opens a connection more than once",
     "connect() once, before the loop: the server keeps the connection until the client closes"},
    {client_died, "client-died", "an error that the client does not handle ends it",
     "look at what the program does here and handle the error: tell it, close the socket, end"},
    {client_waits, "client-waits", "the client waits for something that does not come",
     "recv() returning 0 means that the server has closed: leave the loop, close the socket and "
     "end"},
    {client_one_recv, "client-one-recv",
     "the client takes what one recv() gives for the whole answer (recv() may return any part of "
     "a stream)",
     "call recv() again until the whole answer is there: TCP is a stream of bytes, one recv() may "
     "return any part of what was sent"},
    {client_not_printed, "client-not-printed", "the answer came, and the client did not print it",
     "print what recv() gave, decoded as the protocol says, and flush the output"},
    {client_reset, "client-reset", "the client resets the connection",
     "read the whole answer before close(): a kernel that has unread bytes sends RST instead of "
     "FIN"},
    {client_fin_held, "client-fin-held",
     "a process that the client started keeps its connection open when it has ended",
     "after fork() both processes have the socket: close() it in the one that does not use it, "
     "and let the other end, or shutdown() the connection"},
}};

constexpr bool is_in_order() {
  for (std::size_t place = 0; place < kCatalogue.size(); ++place) {
    if (static_cast<std::size_t>(kCatalogue[place].id) != place + 1) return false;
  }
  return true;
}
static_assert(is_in_order());
static_assert(kCatalogue.back().id == client_fin_held, "each id has an entry");

constexpr CauseEntry kNone;

const CauseEntry& entry_of(ExplanationId id) {
  return id == none ? kNone : kCatalogue.at(static_cast<std::size_t>(id) - 1);
}

}  // namespace

std::string_view explanation_name(ExplanationId id) {
  return entry_of(id).name;
}

std::string_view what_it_says(ExplanationId id) {
  return entry_of(id).says;
}

std::string_view advice_for(ExplanationId id) {
  return entry_of(id).advice;
}

std::vector<std::string> explanation_names() {
  std::vector<std::string> names;
  for (const CauseEntry& entry : kCatalogue) names.emplace_back(entry.name);
  return names;
}

std::optional<ExplanationId> find_explanation(std::string_view name) {
  const auto found = std::ranges::find(kCatalogue, name, &CauseEntry::name);
  if (found == kCatalogue.end()) return std::nullopt;
  return found->id;
}

std::size_t fundamental_rank(ExplanationId id) {
  return id == none ? kCatalogue.size() : static_cast<std::size_t>(id) - 1;
}

ExplanationKind kind_of(ExplanationId id) {
  using enum ExplanationKind;
  if (id == none) return unknown;
  if (id <= failed_call) return server_there;
  if (id <= line_end_behind) return every_answer;
  if (id <= stale_tail) return messages;
  if (id <= truncated_datagram) return datagrams;
  if (id <= endless_after_eof) return endings;
  if (id <= late_reply) return clients;
  if (id <= left_behind) return survival;
  return id == port_not_reusable ? restart : client_program;
}

bool is_about_every_answer(ExplanationId id) {
  return kind_of(id) == ExplanationKind::every_answer;
}

bool is_about_process(ExplanationId id) {
  return id == nothing_listens || id == died_on_input || id == died_on_reset || id == thread_died ||
         id == busy_loop;
}

}  // namespace wireproof
