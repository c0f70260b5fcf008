#include "expect/http/http_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <functional>

namespace wireproof {
namespace {

namespace http = boost::beast::http;
using View = boost::beast::string_view;
using Error = boost::beast::error_code;

constexpr std::string_view kVersion = "HTTP/1.1";
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeaderEnd = "\r\n\r\n";

// Beast's parser, with the places of what it finds: its views point into the bytes it is given,
// but for lines that are folded (RFC 9112 §5.2).
template <bool kIsRequest>
class Reader : public http::basic_parser<kIsRequest> {
 public:
  Reader(std::string_view text, HttpMessage& message) : text_(text), message_(message) {
    this->eager(true);
    this->header_limit(kMaxHttpHeader);
    this->body_limit(kMaxHttpBody);
  }

  Error read() {
    Error error;
    while (!this->is_done()) {
      const auto rest = text_.substr(read_);
      const std::size_t taken = this->put({rest.data(), rest.size()}, error);
      read_ += taken;
      if (this->is_header_done() && message_.header_end == 0) {
        message_.header_end = text_.find(kHeaderEnd) + kHeaderEnd.size();
      }
      if (error || taken == 0) break;
    }
    return error == http::error::need_more ? Error() : error;
  }

  std::size_t bytes_read() const { return read_; }
  // Of the chunk that is being read, and of what ends the message behind it: at least so many.
  std::size_t bytes_to_come() const {
    constexpr std::size_t kLastChunk = 7;  // "\r\n0\r\n\r\n"
    return chunk_rest_ == 0 ? 1 : chunk_rest_ + kLastChunk;
  }

 private:
  void on_request_impl(http::verb /*verb*/, View method, View target, int /*version*/,
                       Error& /*error*/) override {
    message_.method = std::string(method);
    message_.target_place = place_of(target).value_or(HttpStretch{});
    const std::size_t begin = message_.target_place.end + 1;
    message_.version_place = {begin, begin + kVersion.size()};
  }
  void on_response_impl(int status, View reason, int /*version*/, Error& /*error*/) override {
    message_.status = static_cast<unsigned>(status);
    message_.version_place = {0, kVersion.size()};
    message_.reason_place = place_of(reason).value_or(HttpStretch{});
  }
  void on_field_impl(http::field /*field*/, View name, View value, Error& /*error*/) override {
    if (this->is_header_done()) return;  // a trailer
    const std::size_t line = place_of(name).value_or(HttpStretch{}).begin;
    message_.fields.push_back(
        {std::string(name), std::string(value), place_of(value).value_or(HttpStretch{line, line})});
  }
  // What stands behind the last chunk is no field of the header section (RFC 9110 §6.5.1). Newer
  // versions of Beast tell it so.
  void on_trailer_field_impl(http::field /*field*/, View /*name*/, View /*value*/,
                             Error& /*error*/) {}
  void on_header_impl(Error& /*error*/) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& /*size*/,
                         Error& /*error*/) override {}
  std::size_t on_body_impl(View body, Error& /*error*/) override { return keep(body); }
  void on_chunk_header_impl(std::uint64_t size, View /*extensions*/, Error& /*error*/) override {
    chunk_rest_ = static_cast<std::size_t>(std::min<std::uint64_t>(size, kMaxHttpBody));
  }
  // `remaining` counts these bytes, too.
  std::size_t on_chunk_body_impl(std::uint64_t /*remaining*/, View body,
                                 Error& /*error*/) override {
    chunk_rest_ -= std::min(chunk_rest_, body.size());
    return keep(body);
  }
  void on_finish_impl(Error& /*error*/) override {}

  std::size_t keep(View body) {
    const ByteView bytes = as_bytes({body.data(), body.size()});
    message_.body.insert(message_.body.end(), bytes.begin(), bytes.end());
    if (const auto place = place_of(body)) message_.body_places.push_back(*place);
    return body.size();
  }

  // None: it was put together somewhere else.
  std::optional<HttpStretch> place_of(View part) const {
    const std::less_equal<> before;
    const bool inside =
        before(text_.data(), part.data()) && before(part.data(), text_.data() + text_.size());
    if (!inside) return std::nullopt;
    const auto begin = static_cast<std::size_t>(part.data() - text_.data());
    return HttpStretch{begin, begin + part.size()};
  }

  const std::string_view text_;
  HttpMessage& message_;
  std::size_t read_ = 0;
  std::size_t chunk_rest_ = 0;
};

// What can be said before the header section has ended, which Beast waits for.
std::optional<HttpFault> early_fault(HttpRole role, std::string_view text) {
  const std::string_view header = text.substr(0, text.find(kHeaderEnd));
  if (role == HttpRole::response) {
    const std::string_view begin = kVersion.substr(0, kVersion.size() - 1);
    const std::size_t same = common_size(as_bytes(begin), as_bytes(header));
    if (same < std::min(begin.size(), header.size())) return HttpFault{same, "version", "HTTP/1."};
  }
  for (std::size_t at = header.find('\n'); at != std::string_view::npos;
       at = header.find('\n', at + 1)) {
    if (at == 0 || header[at - 1] != '\r')
      return HttpFault{at, "header", "a line that ends with \"\\r\\n\" (RFC 9112 §2.2)"};
  }
  if (header.size() < text.size() || text.size() <= kMaxHttpHeader) return std::nullopt;
  return HttpFault{kMaxHttpHeader, "header",
                   fmt::format("a header section of at most {} bytes", kMaxHttpHeader)};
}

template <bool kIsRequest>
Error error_of_lines(std::string_view lines) {
  HttpMessage scratch;
  const std::string whole = std::string(lines) + std::string(kLineEnd);
  return Reader<kIsRequest>(whole, scratch).read();
}

// The line that Beast refuses: it says what is wrong, and not where. Whatever stands behind that
// line changes nothing, so it is found by halves.
template <bool kIsRequest>
HttpFault fault_in_header(std::string_view text, const Error& error) {
  std::vector<std::size_t> ends;
  const std::size_t size = text.find(kHeaderEnd) + kLineEnd.size();
  for (std::size_t end = 0; end < size;) {
    end = text.find(kLineEnd, end) + kLineEnd.size();
    ends.push_back(end);
  }
  const auto is_right = [&](std::size_t end) {
    return !error_of_lines<kIsRequest>(text.substr(0, end));
  };
  const auto wrong = std::partition_point(ends.begin(), ends.end(), is_right);
  if (wrong == ends.begin()) {
    return {0, "start-line", fmt::format("a start line ({})", error.message())};
  }
  return {*(wrong - 1), "header", fmt::format("a field line ({})", error.message())};
}

HttpFault fault_in_body(const HttpMessage& message, std::size_t offset, const Error& error) {
  if (error == http::error::body_limit) {
    return {message.header_end, "body", fmt::format("a body of at most {} bytes", kMaxHttpBody)};
  }
  return {offset, "body", fmt::format("the next chunk ({})", error.message())};
}

template <bool kIsRequest>
HttpMessage read_as(std::string_view text, bool answers_head) {
  HttpMessage message;
  const HttpRole role = kIsRequest ? HttpRole::request : HttpRole::response;
  message.fault = early_fault(role, text);
  if (message.fault) return message;
  Reader<kIsRequest> reader(text, message);
  reader.skip(answers_head);
  const Error error = reader.read();
  message.complete = !error && reader.is_done();
  message.size = reader.bytes_read();
  if (error) {
    message.fault = message.header_end == 0 && text.find(kHeaderEnd) != std::string_view::npos
                        ? fault_in_header<kIsRequest>(text, error)
                        : fault_in_body(message, reader.bytes_read(), error);
    return message;
  }
  if (message.complete) return message;
  message.to_end = reader.is_header_done() && reader.need_eof();
  const auto rest = reader.is_header_done() ? reader.content_length_remaining() : boost::none;
  message.is_searching = !rest && !message.to_end;
  message.size = text.size() + (rest ? static_cast<std::size_t>(*rest) : reader.bytes_to_come());
  if (message.to_end) message.size = text.size();
  return message;
}

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

}  // namespace

std::size_t HttpMessage::body_offset(std::size_t index) const {
  for (const HttpStretch& place : body_places) {
    if (index < place.end - place.begin) return place.begin + index;
    index -= place.end - place.begin;
  }
  return body_places.empty() ? header_end : body_places.back().end;
}

HttpMessage read_http(HttpRole role, ByteView bytes, bool answers_head) {
  const std::string_view text = as_text(bytes);
  return role == HttpRole::request ? read_as<true>(text, false)
                                   : read_as<false>(text, answers_head);
}

bool is_same_field(std::string_view one, std::string_view other) {
  return boost::beast::iequals({one.data(), one.size()}, {other.data(), other.size()});
}

Expected<EncodedMessage, std::string> write_http(const HttpDraft& draft) {
  if (has_line_break(draft.start_line))
    return Unexpected<std::string>("a start line has no line break");
  EncodedMessage result;
  std::string text = draft.start_line + std::string(kLineEnd);
  result.fields.push_back({"start-line", 0, text.size()});
  bool is_chunked = false;
  for (const auto& [name, value] : draft.fields) {
    if (has_line_break(value)) {
      return Unexpected<std::string>(fmt::format("the value of `{}` has a line break", name));
    }
    const std::size_t begin = text.size();
    text += fmt::format("{}: {}{}", name, value, kLineEnd);
    result.fields.push_back({name, begin, text.size()});
    is_chunked |= is_same_field(name, "transfer-encoding") && is_same_field(value, "chunked");
  }
  text += kLineEnd;
  result.fields.push_back({"headers", 0, text.size()});
  const std::size_t begin = text.size();
  if (is_chunked) {
    if (!draft.body.empty()) text += fmt::format("{:x}\r\n{}\r\n", draft.body.size(), draft.body);
    text += "0\r\n\r\n";
  } else {
    text += draft.body;
  }
  result.fields.push_back({"body", begin, text.size()});
  const ByteView bytes = as_bytes(text);
  result.bytes.assign(bytes.begin(), bytes.end());
  return result;
}

}  // namespace wireproof
