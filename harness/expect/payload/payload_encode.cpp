#include <fmt/format.h>

#include <algorithm>

#include "expect/payload/field_codec.h"
#include "expect/payload/layout_encode.h"

namespace wireproof {
namespace {

class MessageEncoder {
 public:
  MessageEncoder(const LayoutSet& layouts, const Variables& variables)
      : layouts_(layouts), variables_(variables) {}

  void operator()(const Bytes& bytes) { append(bytes); }
  void operator()(const TextPart& part) {
    const std::string text = fill_placeholders(part.text, variables_);
    if (!text.empty() && part.times > kMaxMessageBytes / text.size()) {
      error = fmt::format("the message has more than {} bytes", kMaxMessageBytes);
      return;
    }
    const std::size_t size = text.size() * part.times;
    std::string repeated = text.substr(0, size);
    while (repeated.size() < size) {
      repeated.append(repeated, 0, std::min(repeated.size(), size - repeated.size()));
    }
    append(as_bytes(repeated));
  }
  void operator()(const VariablePart& part) {
    const auto variable = variables_.find(part.variable);
    if (variable == variables_.end()) {
      error = fmt::format("nothing was remembered as `{}`", part.variable);
    } else {
      append(as_bytes(variable->second));
    }
  }
  void operator()(const LayoutPart& part) {
    const auto arguments = resolve_arguments(part, layouts_);
    if (!arguments) {
      error = arguments.error();
      return;
    }
    take(encode_layout(layouts_.at(part.layout), layouts_, variables_, *arguments));
  }
  void operator()(const HttpPart& part) { take(encode_http(part, variables_)); }

  EncodedMessage message;
  std::string error;

 private:
  void take(const Expected<EncodedMessage, std::string>& encoded) {
    if (!encoded) {
      error = encoded.error();
      return;
    }
    const std::size_t begin = message.bytes.size();
    for (const FieldPlace& place : encoded->fields) {
      message.fields.push_back({place.field, begin + place.begin, begin + place.end});
    }
    append(encoded->bytes);
  }

  void append(ByteView bytes) {
    message.bytes.insert(message.bytes.end(), bytes.begin(), bytes.end());
  }

  const LayoutSet& layouts_;
  const Variables& variables_;
};

}  // namespace

const std::vector<FieldArgument>* arguments_of(const MessagePart& part) {
  if (const auto* const layout = std::get_if<LayoutPart>(&part)) return &layout->arguments;
  const auto* const http = std::get_if<HttpPart>(&part);
  return http == nullptr ? nullptr : &http->arguments;
}

Expected<ArgumentsByPath, std::string> resolve_arguments(const LayoutPart& part,
                                                         const LayoutSet& layouts) {
  const auto layout = layouts.find(part.layout);
  if (layout == layouts.end()) {
    return Unexpected<std::string>(fmt::format("the layout `{}` is not known", part.layout));
  }
  ArgumentsByPath arguments;
  for (const FieldArgument& argument : part.arguments) {
    const auto field = find_field(layout->second, layouts, argument.field);
    if (!field) return Unexpected<std::string>(field.error());
    arguments[field->path] = &argument;
  }
  return arguments;
}

Expected<EncodedMessage, std::string> encode_message(const Message& message,
                                                     const LayoutSet& layouts,
                                                     const Variables& variables) {
  MessageEncoder encoder(layouts, variables);
  for (const MessagePart& part : message.parts) {
    std::visit(encoder, part);
    if (encoder.message.bytes.size() > kMaxMessageBytes && encoder.error.empty()) {
      encoder.error = fmt::format("the message has more than {} bytes", kMaxMessageBytes);
    }
    if (!encoder.error.empty()) return Unexpected<std::string>(encoder.error);
  }
  return std::move(encoder.message);
}

}  // namespace wireproof
