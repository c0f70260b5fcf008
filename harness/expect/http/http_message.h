#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text/bytes.h"
#include "base/text/expected.h"
#include "expect/field/argument.h"

namespace wireproof {

// Bytes of a start line with its header section, and of a body: more is no message.
constexpr std::size_t kMaxHttpHeader = 64 << 10;
constexpr std::size_t kMaxHttpBody = 64 << 20;

enum class HttpRole : std::uint8_t { request, response };

// A stretch of a message, from its first byte.
struct HttpStretch {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// One field line (RFC 9112 §5): its value without the blanks around it.
struct HttpField {
  std::string name;         // in any case
  std::string value;        // of folded lines (§5.2) joined by blanks
  HttpStretch value_place;  // empty, at the begin of its line, where that was folded
};

// Where bytes are no HTTP message.
struct HttpFault {
  std::size_t offset = 0;  // of the first byte that cannot be in one, or of its line
  std::string field;       // "status", "header", "body", as far as it is known
  std::string expected;
};

// A message of HTTP/1.x (RFC 9112) as far as its bytes are there.
struct HttpMessage {
  std::string method;  // of a request
  HttpStretch target_place;
  unsigned status = 0;  // of a response
  HttpStretch reason_place;
  HttpStretch version_place;  // `HTTP/1.1`
  std::vector<HttpField> fields;
  std::size_t header_end = 0;  // behind the empty line; 0: it is not there yet
  Bytes body;                  // without the framing of chunks
  std::vector<HttpStretch> body_places;

  std::optional<HttpFault> fault;
  bool complete = false;
  bool to_end = false;   // no length of its own: ends with the connection (RFC 9112 §6.3)
  std::size_t size = 0;  // of the whole message; while it is incomplete, of what must be there next
  bool is_searching = false;  // incomplete, and nobody knows yet how long it is

  // Where the body's byte `index` stands; the end of what is there for one that is not.
  std::size_t body_offset(std::size_t index) const;
};

// Reads a message from the begin of the bytes. The answer to a HEAD has no body, whatever its
// header says (RFC 9110 §9.3.2); that is for the caller to know.
HttpMessage read_http(HttpRole role, ByteView bytes, bool answers_head = false);

// Whether the names of two fields are the same: their case means nothing (RFC 9110 §5.1).
bool is_same_field(std::string_view one, std::string_view other);

// A message to be written as it stands: nothing is added but the framing of the body.
struct HttpDraft {
  std::string start_line;  // without its line end
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
};

// With `Transfer-Encoding: chunked` among the fields the body is one chunk and the last one
// (RFC 9112 §7.1). Its places are "start-line", the fields by name, "headers" for all up to the
// empty line, and "body". The error is a sentence: what cannot stand in a header section.
Expected<EncodedMessage, std::string> write_http(const HttpDraft& draft);

}  // namespace wireproof
