#pragma once

#include "servers/protocols/protocol.h"

namespace wireproof {

// `calc`: calculates with the numbers of a request, over TCP and UDP. `layout=` and `order=` say
// how a request and its reply are written (calc_layout.h).
//
// TCP, `framing=length`: each direction sends the size of the message (u32) in a send of its own,
// then the message. `framing=none`: the message alone; where its layout does not say where it ends,
// it ends with the stream. `connection=close`: one request, one reply, the server closes first and
// drops what else was sent. `connection=keep`: requests until EOF.
// Refused, that is closed without a reply: an unknown operation, a length that is not the
// request's, a request without a result (see calculate). A stream that ends inside a request is
// closed without a reply.
// UDP: no length in either form; a datagram is one whole request, or is ignored.
Service make_calc(const ServerParameters& parameters);

}  // namespace wireproof
