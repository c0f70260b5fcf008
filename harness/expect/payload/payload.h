#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/text/bytes.h"
#include "base/text/diagnostic.h"
#include "base/text/expected.h"
#include "expect/layout/layout.h"

namespace wireproof {

// Names remembered by `field=?name`, and the numbers `n` (client) and `i` (repeat).
using Variables = std::map<std::string, std::string>;

// One field in a MESSAGE: `result=15`, `type=query`, `numbers=[1, 2]`, `text="a"`, `id=?`,
// `id=?name`, `id=$name`.
struct FieldArgument {
  std::string field;  // may be a path, `body.id`
  enum class Kind : std::uint8_t { values, anything, remember, recall } kind = Kind::values;
  std::vector<std::string> values;  // as written: numbers or decoded text; one, or an array's
  std::string variable;
  Span span;
  bool is_list = false;  // written `[…]`, which may be empty
  bool is_name = false;  // has names of the field's values, written without quotes

  bool operator==(const FieldArgument&) const = default;
};

// The parts of a MESSAGE. Texts may hold `{n}`, `{i}`, filled in when the message is used.
struct TextPart {
  std::string text;  // escapes decoded
  std::uint64_t times = 1;
  bool operator==(const TextPart&) const = default;
};
struct LayoutPart {
  std::string layout;
  std::vector<FieldArgument> arguments;
  bool operator==(const LayoutPart&) const = default;
};
struct VariablePart {
  std::string variable;
  bool operator==(const VariablePart&) const = default;
};
using MessagePart = std::variant<Bytes, TextPart, LayoutPart, VariablePart>;

struct Message {
  std::vector<MessagePart> parts;
  Span span;

  bool operator==(const Message&) const = default;
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

// The bytes to send; the error is a sentence (unknown field, value out of range, …).
Expected<EncodedMessage, std::string> encode_message(const Message& message,
                                                     const LayoutSet& layouts,
                                                     const Variables& variables);

// How much of a stream a message takes, seen the bytes that are there already.
struct MessageNeed {
  std::size_t size = 0;   // read at least so many bytes in all
  bool complete = false;  // `received` holds the whole message, which has `size` bytes
  bool to_end = false;    // no length of its own (`rest`): ends where the stream or datagram ends
  bool is_searching = false;  // incomplete, and `size` is no more than what comes next of it
};
MessageNeed message_need(const Message& message, const LayoutSet& layouts,
                         const Variables& variables, ByteView received);

// Compares and, where it matches, stores `field=?name` values in `variables`.
std::optional<MessageMismatch> compare_message(const Message& message, const LayoutSet& layouts,
                                               Variables& variables, ByteView received);

// The arguments of a layout in a message by the full paths of their fields; they live as long as
// the message. The error is a sentence: unknown layout, unknown or ambiguous field.
using ArgumentsByPath = std::map<std::string, const FieldArgument*, std::less<>>;
Expected<ArgumentsByPath, std::string> resolve_arguments(const LayoutPart& part,
                                                         const LayoutSet& layouts);

}  // namespace wireproof
