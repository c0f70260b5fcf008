#pragma once

#include "servers/protocols/protocol.h"

// Faults in what a server makes of the end of an exchange. Each changes the stream protocol of a
// service and leaves the datagrams alone.
namespace wireproof {

// Forgets the connection at EOF: it stays in CLOSE-WAIT.
void keep_at_eof(Service& service);

// Does not see the end: reads on, and gets nothing again and again.
void read_on_at_eof(Service& service);

// Takes the end for an empty chunk, answers it like one, and then closes.
void answer_eof_once(Service& service);

// The same, but reads on, for ever. What is sent has to be taken before the next, so no more than
// one answer is held.
void answer_eof_always(Service& service);

// Goes on reading where it ought to close.
void never_close(Service& service);

// Closes where it ought to answer.
void close_before_reply(Service& service);

// Forgets the connection where the input is refused and, if it decodes text, where a chunk is not
// UTF-8, as a thread does that ends with an exception.
void forget_after_bad_input(Service& service, bool decodes_text);

}  // namespace wireproof
