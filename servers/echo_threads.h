#pragma once

#include "servers/protocol.h"

namespace wireproof {

// `echo-threads`: every chunk that a read brings (at most 1024 bytes) is answered by
// `You told me: ` and the chunk, in one send. A UTF-8 character that the chunk cuts is kept back
// and opens the next answer; a chunk of nothing but the beginning of a character is not answered
// yet. At the end of the stream the server closes; the beginning of a character that never came
// whole is not answered.
ReferenceServer echo_threads_server();

}  // namespace wireproof
