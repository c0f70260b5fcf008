#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/text/bytes.h"
#include "expect/payload/payload.h"

namespace wireproof {

// Where the fields of a layout lie in received bytes. A field that holds others stands before
// them.
struct DecodedField {
  const Field* field = nullptr;  // in the LayoutSet; of a choice, that of the case
  std::string path;              // `body.id`, `entries[2].id`
  std::size_t begin = 0;
  std::size_t end = 0;      // with terminator and padding; at most what was received
  std::uint64_t count = 0;  // elements, bytes of a text
  bool complete = true;
  std::size_t bit = 0;  // of a bit field: where it begins in its first byte, 0 to 7
  Bytes bits = {};      // of a bit field: its value, see write_value

  // The value's bytes, in `received` or in this field.
  ByteView bytes(ByteView received) const {
    return bits.empty() ? received.subspan(begin, end - begin) : ByteView(bits);
  }
};

// Why the bytes from `DecodedLayout::end` on can never become the layout, whatever follows.
enum class DecodeFault : std::uint8_t {
  none,
  no_case,            // the field that chooses has the value of no case
  too_long_number,    // more bytes or bits than its coding allows
  not_shortest,       // a number in more bytes than its coding allows for it
  negative_count,     // of the field that is to be counted
  too_many_elements,  // more than kMaxElements
  no_number,          // what a size, a count or an end is computed of has no value
  out_of_window,      // more bytes than the size of the field around it
  too_deep            // more layouts in each other than kMaxLayoutDepth
};

struct DecodedLayout {
  std::vector<DecodedField> fields;
  std::unordered_map<std::string, std::size_t> index;  // of a path in `fields`
  std::size_t end = 0;
  bool complete = true;  // false: bytes are missing, or there is a fault
  bool to_end = false;   // takes all there is: it ends where the stream ends
  std::size_t need = 0;  // bytes are missing: at least so many, from the first of `bytes`
  bool is_searching =
      false;  // bytes are missing, and `need` is no more than what comes next of them
  DecodeFault fault = DecodeFault::none;

  const DecodedField* find(const std::string& path) const {
    const auto found = index.find(path);
    return found == index.end() ? nullptr : &fields[found->second];
  }
};

// What decoding needs to know besides the bytes.
struct DecodeContext {
  const LayoutSet& layouts;
  const ArgumentsByPath& arguments;
  const Variables& variables;
};

// Reads a layout that begins at `begin`. Counts come from earlier fields as received; a field
// without a length of its own ends by the `size of` it, or by the value that the arguments give
// it, or takes all there is but what fields of a fixed size behind it need.
DecodedLayout decode_layout(const Layout& layout, const DecodeContext& context, ByteView bytes,
                            std::size_t begin);

}  // namespace wireproof
