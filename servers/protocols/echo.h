#pragma once

#include "servers/protocols/protocol.h"

namespace wireproof {

// The servers that know no message but what one read or one datagram brings, and answer its bytes
// or its text. What they are called and which parameters they have: reference_servers.cpp.

// `echo-both`: over TCP every byte comes back until EOF, over UDP every datagram, the empty one
// too; both on the same port number, which are two ports, for each transport has its own.
Service make_echo_both(const ServerParameters& parameters);

// `echo-chunks`: every chunk that a read brings, at most 30 bytes, is answered by `prefix` and the
// chunk, in one send. Bytes come back as they are, whatever they encode, so a character may be cut
// in two answers. At the end of the stream the server closes without another answer.
Service make_echo_chunks(const ServerParameters& parameters);

// `echo-once`: the request is what one read of at most 128 bytes brings; it is answered by `prefix`
// and the text, with U+FFFD for what is not UTF-8, and the server closes. What was there beyond the
// request is read and dropped; what comes after the close is answered by a reset. A client that
// closes without a word is closed without an answer.
Service make_echo_once(const ServerParameters& parameters);

// `echo-text`, `echo-select`, `echo-threads`: every chunk that a read brings, at most 1024 bytes,
// is answered by `prefix` and the chunk, in one send. A UTF-8 character that the chunk cuts is kept
// back and opens the next answer; a chunk of nothing but the beginning of a character is not
// answered yet. What is not UTF-8 comes back as U+FFFD. At the end of the stream the server closes;
// the beginning of a character that never came whole is not answered.
Service make_text_echo(const ServerParameters& parameters);

// `print-udp`: reads datagrams of at most 2048 bytes and never replies. The printing is done by the
// log that every way of serving writes.
Service make_print_udp(const ServerParameters& parameters);

// `reverse`: replies the bytes of a message in reverse order. Over TCP a message is what one read
// brings, at most 1024 bytes, and messages come until EOF; over UDP it is a datagram, of which at
// most 1024 bytes are read. Bytes, not characters: a character of several bytes comes back as
// bytes that are no UTF-8.
Service make_reverse(const ServerParameters& parameters);

// `upper-tcp`: the request is what is there when the server reads, at most 1024 bytes. TCP has no
// message boundary and the protocol defines none, so one read *is* the message: the client sends
// it at once and waits. The server answers in upper case and closes first; what comes later is
// read and dropped. A client that closes without a word is closed without an answer.
Service make_upper_tcp(const ServerParameters& parameters);

// `upper-udp`: a datagram of at most 2048 bytes is answered in upper case, an empty one by an
// empty one.
Service make_upper_udp(const ServerParameters& parameters);

}  // namespace wireproof
