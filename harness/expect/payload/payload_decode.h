#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "expect/payload/payload.h"

namespace wireproof {

// Where the fields of a layout lie in received bytes. A field that holds others stands before
// them.
struct DecodedField {
  const Field* field = nullptr;  // in the LayoutSet
  std::string path;              // `body.id`, `entries[2].id`
  std::size_t begin = 0;
  std::size_t end = 0;      // with terminator and padding; at most what was received
  std::uint64_t count = 0;  // elements, bytes of a text
  bool complete = true;
};

struct DecodedLayout {
  std::vector<DecodedField> fields;
  std::size_t end = 0;
  bool complete = true;  // false: bytes are missing
  bool to_end = false;   // takes all there is: it ends where the stream ends
  std::size_t need = 0;  // not complete: at least so many bytes, from the first of `bytes`
};

// What decoding needs to know besides the bytes.
struct DecodeContext {
  const LayoutSet& layouts;
  const ArgumentsByPath& arguments;
  const Variables& variables;
};

// Reads a layout that begins at `begin`. Counts come from earlier fields as received; a field
// without a length of its own ends by the `size of` it, or by the value that the arguments give
// it, or takes all there is.
DecodedLayout decode_layout(const Layout& layout, const DecodeContext& context, ByteView bytes,
                            std::size_t begin);

}  // namespace wireproof
