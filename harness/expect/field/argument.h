#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/text/bytes.h"
#include "base/text/diagnostic.h"

// What a message gives for its fields, and what comes of it.
namespace wireproof {

// Names remembered by `field=?name`, the numbers `n` (client) and `i` (repeat), and the server's
// address: `host` and `port`.
using Variables = std::map<std::string, std::string>;

// `{n}`, `{i}`, `{host}` and `{port}` replaced by the variables of these names, where they are set.
std::string fill_placeholders(const std::string& text, const Variables& variables);
// The same in a regular expression, where the signs of what is filled in mean nothing more.
std::string fill_pattern(const std::string& pattern, const Variables& variables);

// One field in a MESSAGE: `result=15`, `type=query`, `numbers=[1, 2]`, `text="a"`, `id=?`,
// `id=?name`, `id=$name`.
struct FieldArgument {
  std::string field;  // may be a path, `body.id`
  enum class Kind : std::uint8_t {
    values,
    anything,
    remember,
    recall,
    pattern,  // of HTTP's fields only
  } kind = Kind::values;
  // As written: numbers or decoded text, one or an array's; the pattern's text.
  std::vector<std::string> values;
  std::string variable;
  Span span;
  bool is_list = false;     // written `[…]`, which may be empty
  bool is_name = false;     // has names of the field's values, written without quotes
  bool is_literal = false;  // a file's bytes: nothing is filled in

  bool operator==(const FieldArgument&) const = default;
};

// Where the bytes are not what the message says.
struct MessageMismatch {
  std::size_t offset = 0;  // first differing byte
  std::string field;       // of the layout, empty outside of one
  std::string expected;
  std::string captured;

  bool operator==(const MessageMismatch&) const = default;
};

// A field's place in an encoded or received message, for splitting and for reports.
struct FieldPlace {
  std::string field;  // full path
  std::size_t begin = 0;
  std::size_t end = 0;

  bool operator==(const FieldPlace&) const = default;
};

struct EncodedMessage {
  Bytes bytes;
  std::vector<FieldPlace> fields;
};

// A stretch of a text around the place that counts.
std::string render_window(ByteView bytes, std::size_t at);

}  // namespace wireproof
