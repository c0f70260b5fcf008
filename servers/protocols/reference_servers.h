#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "servers/protocols/protocol.h"

namespace wireproof {

// All reference servers, in the order of their names.
const std::vector<ReferenceServer>& all_reference_servers();
// Null when there is none of that name.
const ReferenceServer* find_reference_server(const std::string& name);

// The server with the given parameters, and the defaults of those that are not given. Throws
// std::invalid_argument for a parameter or a value that it does not have.
Service make_service(const ReferenceServer& server, const ServerParameters& parameters);

// What the servers say. What they are called and which parameters they have: reference_servers.cpp.

// `calc`: calculates with the numbers of a request, over TCP and UDP. `layout=` and `order=` say
// how a request and its reply are written (calc_layout.h).
//
// TCP, `framing=length`: each direction sends the size of the message (u32) in a send of its own,
// then the message. `framing=none`: the message alone; where its layout does not say where it ends,
// it ends with the stream. `connection=close`: one request, one reply, the server closes first and
// drops what else was sent. `connection=keep`: requests until EOF.
// Refused, that is closed without a reply: an unknown operation, a length that is not the
// request's, a request without a result (the minimum of no numbers, a number that an i32 does not
// hold). A stream that ends inside a request is closed without a reply. UDP: no length in either
// form; a datagram is one whole request, or is ignored.
Service make_calc(const ServerParameters& parameters);

// The servers that know no message but what one read or one datagram brings, and answer its bytes
// or its text.

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

// `record`: 29-byte records, Python's struct "!BLL20s": version, order, size, text padded with `-`.
// Every 29 bytes are a record, however they arrive, and are answered in one send by the same record
// (`reply=record`) or by its 20 bytes of text (`reply=text`), or not at all (`reply=none`). The
// fields are not judged. A stream that ends inside a record is closed without an answer to it.
Service make_record(const ServerParameters& parameters);

// The largest text that `record-sized` takes; a header that announces more is refused before any
// memory is set aside for it.
constexpr std::size_t kMaxRecordText = std::size_t{1} << 20;

// `record-sized`: a header of 9 bytes, Python's struct "!BLL": version, size, order; then `size`
// bytes of text. Answered in one send by header and text (`reply=header-and-bytes`) or by the text
// alone (`reply=text`; nothing where it is empty), or not at all (`reply=none`). Size 0 is a
// message. A size above kMaxRecordText is refused. A stream that ends inside a message is closed
// without an answer to it.
Service make_record_sized(const ServerParameters& parameters);

}  // namespace wireproof
