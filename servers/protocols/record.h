#pragma once

#include "servers/protocols/protocol.h"

namespace wireproof {

// `record`: 29-byte records, Python's struct "!BLL20s": version, order, size, text padded with `-`.
// Every 29 bytes are a record, however they arrive, and are answered in one send by the same record
// (`reply=record`) or by its 20 bytes of text (`reply=text`), or not at all (`reply=none`). The
// fields are not judged. A stream that ends inside a record is closed without an answer to it.
ReferenceServer record_server();

}  // namespace wireproof
