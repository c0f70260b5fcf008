#pragma once

#include "servers/protocols/protocol.h"

namespace wireproof {

// `echo-chunks`: every chunk that a read brings, at most 30 bytes, is answered by `server got: `
// (or another `prefix`) and the chunk, in one send. Bytes come back as they are, whatever they
// encode, so a character may be cut in two answers. At the end of the stream the server closes
// without another answer. One client at a time.
ReferenceServer echo_chunks_server();

}  // namespace wireproof
