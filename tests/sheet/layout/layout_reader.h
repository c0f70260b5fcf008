#pragma once

#include <optional>
#include <string>

#include "base/text/bytes.h"
#include "expect/payload/payload.h"
#include "sheet/kaitai/kaitai_section.h"
#include "sheet/layout/layout_section.h"
#include "sheet/session/session_parser.h"
#include "sheet/text/markdown.h"

namespace wireproof {

// The layouts of a sheet's text, and messages of them as a session has them.
class LayoutReader {
 public:
  explicit LayoutReader(const std::string& markdown, const FileReader& read_file = {})
      : source_("layouts.md", markdown) {
    Problems problems;
    std::vector<LayoutSource> sources;
    for (const Section& section : read_markdown(source_, 0)) {
      const Heading heading = read_heading_kind(section, false, problems);
      if (heading.kind != SectionKind::layout) continue;
      if (is_kaitai_section(section)) {
        const KaitaiContext context{read_file, source_.name(), nullptr};
        layouts_.merge(parse_kaitai_section(section, heading, context, problems));
        continue;
      }
      auto layout = parse_layout_section(section, heading, {}, problems);
      if (!layout) continue;
      layouts_[heading.name] = layout->layout;
      sources.push_back(*std::move(layout));
    }
    check_layouts(sources, layouts_, problems);
    errors_ = render(problems, source_);
  }

  const std::string& errors() const { return errors_; }
  const LayoutSet& layouts() const { return layouts_; }

  // The bytes in hex, or the error.
  std::string sent(const std::string& message) {
    std::string errors;
    const auto parsed = parse(message, MessageUse::send, errors);
    if (!parsed) return errors;
    const auto encoded = encode_message(*parsed, layouts_, {});
    return encoded ? render_hex(encoded->bytes) : encoded.error();
  }

  // Empty where the bytes are the message, else the first wrong byte and what is wrong with it.
  std::string received(const std::string& message, const std::string& hex) {
    std::string errors;
    const auto parsed = parse(message, MessageUse::recv, errors);
    if (!parsed) return errors;
    const Bytes bytes = *parse_hex(hex);
    const auto found = compare_message(*parsed, layouts_, variables_, bytes);
    const auto need = message_need(*parsed, layouts_, variables_, bytes);
    complete_ = need.complete && need.size == bytes.size();
    if (!found) return "";
    return std::to_string(found->offset) + " " + found->field + ": " + found->expected + " / " +
           found->captured;
  }

  // Whether what was received last was complete, and no byte too much.
  bool complete() const { return complete_; }
  const Variables& variables() const { return variables_; }

 private:
  static std::string render(Problems& problems, const SourceText& source) {
    std::string text;
    for (const Diagnostic& one : problems.take()) text += render_diagnostic(one, source);
    return text;
  }

  std::optional<Message> parse(const std::string& text, MessageUse use, std::string& errors) {
    Problems problems;
    const SourceText source("message", text);
    Cursor cursor(make_fragment(text, 0));
    auto message = parse_message(cursor, layouts_, use, problems);
    const bool failed = problems.has_errors();
    errors = render(problems, source);
    return failed ? std::nullopt : message;
  }

  SourceText source_;
  LayoutSet layouts_;
  Variables variables_;
  std::string errors_;
  bool complete_ = false;
};

}  // namespace wireproof
