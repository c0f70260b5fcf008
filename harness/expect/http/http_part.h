#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/text/expected.h"
#include "expect/field/argument.h"
#include "expect/http/http_message.h"

namespace wireproof {

// A message of HTTP/1.1: `http GET "/" accept="text/html"`, `http 200 content-type=? body="hi\n"`.
// One that is received may have more fields, one that is sent has what it needs besides.
struct HttpPart {
  HttpRole role = HttpRole::request;
  std::string method;  // of a request
  std::string target;
  std::string status;         // of a response: `200`, `4xx`, `?`
  bool answers_head = false;  // a response without a body
  bool is_sent = false;
  std::vector<FieldArgument> arguments;  // by field names, `version`, `reason` and `body`
  bool operator==(const HttpPart&) const = default;
};

// Bytes of interim responses (1xx) at the begin, which a server may send before its answer (RFC
// 9110 §15.2): none where the part asks for one.
std::size_t interim_size(const HttpPart& part, ByteView bytes);
// The message at the begin of the bytes, by what the part says it is.
HttpMessage read_http_part(const HttpPart& part, ByteView bytes);

// The bytes of a message that is sent. A request of HTTP/1.1 gets `Host: {host}:{port}` if it names
// none (RFC 9112 §3.2), a message with a body its Content-Length. The error is a sentence; what is
// received has no bytes of its own.
Expected<EncodedMessage, std::string> encode_http(const HttpPart& part, const Variables& variables);

// Compares the message that begins at `at`, and sets `at` behind it. What its fields have to keep
// is added to `remembered`, which goes before the variables. Of several differences the one with
// the first wrong byte is told; a field that is missing differs at the end of the header section.
std::optional<MessageMismatch> compare_http(const HttpPart& part, const Variables& variables,
                                            ByteView received, std::size_t& at,
                                            Variables& remembered);

}  // namespace wireproof
