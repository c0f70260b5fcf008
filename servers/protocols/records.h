#pragma once

#include "servers/protocols/protocol.h"

namespace wireproof {

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
