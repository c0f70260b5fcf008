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
#include "expect/field/argument.h"
#include "expect/http/http_part.h"
#include "expect/layout/layout.h"

namespace wireproof {

// The parts of a MESSAGE. Texts may hold `{n}`, `{i}`, `{host}` and `{port}`, filled in when
// the message is used.
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
using MessagePart = std::variant<Bytes, TextPart, LayoutPart, VariablePart, HttpPart>;

// What the part gives for its fields; null: it has none, of which there are none to give.
const std::vector<FieldArgument>* arguments_of(const MessagePart& part);

struct Message {
  std::vector<MessagePart> parts;
  Span span;

  bool operator==(const Message&) const = default;
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
  bool at_end_only = false;   // of those: whatever came, it goes on until then
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
