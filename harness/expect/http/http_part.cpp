#include "expect/http/http_part.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text/pattern.h"

namespace wireproof {
namespace {

constexpr std::size_t kEmptyLine = 2;  // bytes at the end of a header section
constexpr std::string_view kCurrentVersion = "HTTP/1.1";

const FieldArgument* find_argument(const HttpPart& part, std::string_view name) {
  const auto found = std::ranges::find_if(
      part.arguments, [name](const FieldArgument& one) { return is_same_field(one.field, name); });
  return found == part.arguments.end() ? nullptr : &*found;
}

bool is_own_name(std::string_view name) {
  return name == "version" || name == "reason" || name == "body";
}

Expected<std::string, std::string> text_of(const FieldArgument& argument,
                                           const Variables& variables) {
  if (argument.is_literal) return argument.values.front();
  if (argument.kind != FieldArgument::Kind::recall)
    return fill_placeholders(argument.values.front(), variables);
  const auto variable = variables.find(argument.variable);
  if (variable != variables.end()) return variable->second;
  return Unexpected<std::string>(fmt::format("nothing was remembered as `{}`", argument.variable));
}

// RFC 9110 §6.4.1: no content whatever the header says.
bool has_no_content(const HttpPart& part) {
  return part.answers_head || part.status.starts_with('1') || part.status == "204" ||
         part.status == "304";
}

// Whether a message without a body says so: most requests do not (RFC 9110 §8.6).
bool says_length(const HttpPart& part) {
  if (find_argument(part, "body") != nullptr) return true;
  if (part.role == HttpRole::response) return !has_no_content(part);
  constexpr std::array<std::string_view, 3> kWithContent{"POST", "PUT", "PATCH"};
  return std::ranges::find(kWithContent, part.method) != kWithContent.end();
}

class Comparer {
 public:
  Comparer(const HttpPart& part, const Variables& variables, ByteView received, std::size_t begin,
           Variables& remembered)
      : part_(part),
        variables_(variables),
        begin_(begin + interim_size(part, received.subspan(begin))),
        bytes_(received.subspan(begin_)),
        message_(read_http_part(part, bytes_)),
        remembered_(remembered) {}

  std::optional<MessageMismatch> compare(std::size_t& at) {
    at = begin_ + std::min(message_.size, bytes_.size());
    if (message_.fault) {
      tell(message_.fault->offset, message_.fault->field, message_.fault->expected);
      if (message_.header_end == 0) return first_;
    }
    if (message_.header_end == 0) {
      return MessageMismatch{begin_ + bytes_.size(), "", "the end of the header section",
                             "the end"};
    }
    compare_start_line();
    for (const FieldArgument& argument : part_.arguments) compare_argument(argument);
    if (!message_.complete && !message_.to_end && !message_.fault) {
      const std::size_t lacking = message_.size - bytes_.size();
      tell(bytes_.size(), "body", fmt::format("{} more bytes", lacking));
    }
    return first_;
  }

 private:
  ByteView stretch(HttpStretch place) const {
    return bytes_.subspan(place.begin, place.end - place.begin);
  }

  // The earliest one is kept.
  void tell(std::size_t offset, const std::string& field, const std::string& expected,
            std::string captured = "") {
    if (first_ && first_->offset <= begin_ + offset) return;
    if (captured.empty())
      captured = offset < bytes_.size() ? render_window(bytes_.subspan(offset), 0) : "the end";
    first_ = MessageMismatch{begin_ + offset, field, expected, std::move(captured)};
  }

  void compare_text(const std::string& field, std::string_view expected, HttpStretch place) {
    compare_text(field, expected, as_text(stretch(place)), place);
  }
  // A value that was put together of folded lines has no place of its own.
  void compare_text(const std::string& field, std::string_view expected, std::string_view captured,
                    HttpStretch place) {
    const std::size_t same = common_size(as_bytes(expected), as_bytes(captured));
    if (same == expected.size() && same == captured.size()) return;
    tell(std::min(place.begin + same, place.end), field,
         render_quoted(as_bytes(expected), kMaxShownText),
         render_quoted(as_bytes(captured), kMaxShownText));
  }

  void compare_start_line() {
    if (part_.role == HttpRole::request) {
      compare_text("method", part_.method, {0, message_.method.size()});
      compare_text("target", fill_placeholders(part_.target, variables_), message_.target_place);
      return;
    }
    const std::string captured = std::to_string(message_.status);
    const std::size_t begin = message_.version_place.end + 1;
    for (std::size_t i = 0; i < captured.size() && part_.status != "?"; ++i) {
      if (part_.status[i] == captured[i] || part_.status[i] == 'x') continue;
      return tell(begin + i, "status", part_.status, captured);
    }
  }

  void compare_argument(const FieldArgument& argument) {
    if (argument.field == "version") return compare_stretch(argument, message_.version_place);
    if (argument.field == "reason") return compare_stretch(argument, message_.reason_place);
    if (argument.field == "body") return compare_body(argument);
    std::vector<const HttpField*> lines;
    for (const HttpField& one : message_.fields) {
      if (is_same_field(one.name, argument.field)) lines.push_back(&one);
    }
    if (lines.empty()) {
      return tell(message_.header_end - kEmptyLine, argument.field,
                  fmt::format("a field `{}`", argument.field), "no such field");
    }
    // Several lines of a name are one list, or alternatives as of Set-Cookie (RFC 9110 §5.3).
    const std::optional<MessageMismatch> before = first_;
    for (const HttpField* const line : lines) {
      first_ = std::nullopt;
      compare_value(argument, line->value, line->value_place);
      if (!first_) break;
    }
    if (before && (!first_ || before->offset <= first_->offset)) first_ = before;
  }

  void compare_stretch(const FieldArgument& argument, HttpStretch place) {
    compare_value(argument, std::string(as_text(stretch(place))), place);
  }

  void compare_value(const FieldArgument& argument, const std::string& captured,
                     HttpStretch place) {
    compare_given(
        argument, captured,
        [&](const std::string& expected) {
          compare_text(argument.field, expected, captured, place);
        },
        place.begin);
  }

  void compare_body(const FieldArgument& argument) {
    const std::string captured(as_text(message_.body));
    const bool may_go_on = !message_.complete && !message_.to_end;
    if (argument.kind == FieldArgument::Kind::pattern && may_go_on) return;
    compare_given(
        argument, captured,
        [&](const std::string& expected) {
          const std::size_t same = common_size(as_bytes(expected), message_.body);
          if (same == expected.size() && same == captured.size()) return;
          if (same == captured.size() && may_go_on) return;
          tell(
              message_.body_offset(same), "body",
              same == expected.size() ? "the end of the body"
                                      : render_window(as_bytes(expected), same),
              same == captured.size() ? "the end of the body" : render_window(message_.body, same));
        },
        message_.body_offset(0));
  }

  template <typename CompareText>
  void compare_given(const FieldArgument& argument, const std::string& captured,
                     const CompareText& compare_text_with, std::size_t begin) {
    switch (argument.kind) {
      case FieldArgument::Kind::anything:
        return;
      case FieldArgument::Kind::remember:
        remembered_[argument.variable] = captured;
        return;
      case FieldArgument::Kind::pattern: {
        const std::string text = fill_pattern(argument.values.front(), variables_);
        const auto pattern = Pattern::parse(text);
        if (pattern && pattern->find_end(as_bytes(captured))) return;
        return tell(begin, argument.field, fmt::format("/{}/", text),
                    render_quoted(as_bytes(captured), kMaxShownText));
      }
      case FieldArgument::Kind::values:
      case FieldArgument::Kind::recall:
        break;
    }
    const auto now = remembered_.find(argument.variable);
    if (argument.kind == FieldArgument::Kind::recall && now != remembered_.end())
      return compare_text_with(now->second);
    const auto expected = text_of(argument, variables_);
    if (!expected) return tell(begin, argument.field, expected.error());
    compare_text_with(*expected);
  }

  static constexpr std::size_t kMaxShownText = 60;  // bytes

  const HttpPart& part_;
  const Variables& variables_;
  const std::size_t begin_;
  const ByteView bytes_;
  const HttpMessage message_;
  Variables& remembered_;
  std::optional<MessageMismatch> first_;
};

}  // namespace

std::size_t interim_size(const HttpPart& part, ByteView bytes) {
  constexpr unsigned kSwitching = 101;  // RFC 9110 §15.2.2: final, as another protocol follows
  if (part.role == HttpRole::request || part.status.starts_with('1') || part.status == "?")
    return 0;
  constexpr std::size_t kClass = 9;  // where a status begins: "HTTP/1.1 1"
  std::size_t size = 0;
  for (;;) {
    if (bytes.size() <= size + kClass || bytes[size + kClass] != '1') return size;
    const HttpMessage message = read_http(part.role, bytes.subspan(size));
    const bool is_interim =
        message.complete && message.status / 100 == 1 && message.status != kSwitching;
    if (!is_interim) return size;
    size += message.size;
  }
}

HttpMessage read_http_part(const HttpPart& part, ByteView bytes) {
  return read_http(part.role, bytes, part.answers_head);
}

Expected<EncodedMessage, std::string> encode_http(const HttpPart& part,
                                                  const Variables& variables) {
  if (!part.is_sent) return Unexpected<std::string>("a received HTTP message has other bytes too");
  HttpDraft draft;
  std::map<std::string, std::string> own{{"version", std::string(kCurrentVersion)}};
  for (const FieldArgument& argument : part.arguments) {
    auto value = text_of(argument, variables);
    if (!value) return Unexpected<std::string>(value.error());
    if (is_own_name(argument.field)) {
      own[argument.field] = *std::move(value);
    } else {
      draft.fields.emplace_back(argument.field, *std::move(value));
    }
  }
  draft.body = own["body"];
  const bool is_request = part.role == HttpRole::request;
  draft.start_line = is_request
                         ? fmt::format("{} {} {}", part.method,
                                       fill_placeholders(part.target, variables), own["version"])
                         : fmt::format("{} {} {}", own["version"], part.status, own["reason"]);
  if (is_request && own["version"] == kCurrentVersion && find_argument(part, "host") == nullptr) {
    const bool is_ipv6 = fill_placeholders("{host}", variables).find(':') != std::string::npos;
    draft.fields.emplace(
        draft.fields.begin(), "Host",
        fill_placeholders(is_ipv6 ? "[{host}]:{port}" : "{host}:{port}", variables));
  }
  const bool has_framing = find_argument(part, "content-length") != nullptr ||
                           find_argument(part, "transfer-encoding") != nullptr;
  if (says_length(part) && !has_framing)
    draft.fields.emplace_back("Content-Length", std::to_string(draft.body.size()));
  return write_http(draft);
}

std::optional<MessageMismatch> compare_http(const HttpPart& part, const Variables& variables,
                                            ByteView received, std::size_t& at,
                                            Variables& remembered) {
  return Comparer(part, variables, received, at, remembered).compare(at);
}

}  // namespace wireproof
