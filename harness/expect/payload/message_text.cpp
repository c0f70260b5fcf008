#include <fmt/format.h>

#include <vector>

#include "base/text/bytes.h"
#include "expect/payload/payload.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxShownBytes = 256;

// Numbers stand bare; whatever else was written in quotes gets them back.
std::string render_written(const std::string& value) {
  const bool number =
      !value.empty() &&
      value.find_first_not_of("0123456789abcdefxABCDEFX.-+{n}i") == std::string::npos &&
      value.find_first_of("0123456789{") != std::string::npos;
  return number ? value : render_quoted(as_bytes(value), kMaxShownBytes);
}

std::string render_argument(const FieldArgument& argument) {
  switch (argument.kind) {
    case FieldArgument::Kind::anything:
      return argument.field + "=?";
    case FieldArgument::Kind::remember:
      return argument.field + "=?" + argument.variable;
    case FieldArgument::Kind::recall:
      return argument.field + "=$" + argument.variable;
    case FieldArgument::Kind::values:
      break;
  }
  std::vector<std::string> values;
  for (const std::string& value : argument.values) values.push_back(render_written(value));
  const std::string list = fmt::format("{}", fmt::join(values, ", "));
  return argument.is_list ? fmt::format("{}=[{}]", argument.field, list)
                          : fmt::format("{}={}", argument.field, list);
}

struct PartRenderer {
  std::string operator()(const Bytes& bytes) const { return "hex " + render_hex(bytes); }
  std::string operator()(const TextPart& part) const {
    const std::string text = render_quoted(as_bytes(part.text), kMaxShownBytes);
    return part.times == 1 ? text : fmt::format("{} * {}", part.times, text);
  }
  std::string operator()(const LayoutPart& part) const {
    std::string text = part.layout;
    for (const FieldArgument& argument : part.arguments) text += " " + render_argument(argument);
    return text;
  }
  std::string operator()(const VariablePart& part) const { return "$" + part.variable; }
};

}  // namespace

std::string render_message_script(const Message& message) {
  std::vector<std::string> parts;
  for (const MessagePart& part : message.parts) parts.push_back(std::visit(PartRenderer{}, part));
  return fmt::format("{}", fmt::join(parts, " "));
}

}  // namespace wireproof
