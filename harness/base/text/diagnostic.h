#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof {

// Byte offsets into a text: [begin, end).
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;

  bool operator==(const Span&) const = default;
};

// Line and column from 1; a column counts Unicode code points, as editors do.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;

  bool operator==(const Position&) const = default;
};

// A text with the name that messages give it (a path, "--timeout", "<stdin>").
class SourceText {
 public:
  SourceText() : SourceText("", "") {}
  SourceText(std::string name, std::string text);

  const std::string& name() const { return name_; }
  const std::string& text() const { return text_; }
  std::size_t line_count() const { return line_starts_.size(); }

  // Offsets past the end give the position just behind the last character.
  Position position(std::size_t offset) const;
  // The line's text without its line end; `line` from 1.
  std::string_view line_text(std::size_t line) const;
  // Offset of the first byte of a line; `line` from 1.
  std::size_t line_start(std::size_t line) const;

 private:
  std::string name_;
  std::string text_;
  std::vector<std::size_t> line_starts_;
};

enum class Severity { error, warning };

// A cause of the catalogue, which a judge may know of what a message tells; 0: none. Opaque here:
// result/explanation.h names them.
enum class ExplanationId : std::uint8_t;

// The rule that a message is about, by a number that never changes; 0: none, as for what a judge
// says. Opaque here: sheet/text/problem_code.h names them.
enum class ProblemCode : std::uint16_t;

// "WP0203"
std::string render_code(ProblemCode code);

// One ` = label: text` line under a diagnostic: "help", "why", "expected", "captured", "again".
// An empty label prints ` = text`.
struct Note {
  std::string label;
  std::string text;

  bool operator==(const Note&) const = default;
};

// One message about user text: what was observed (lower case, no full stop), where, and notes.
struct Diagnostic {
  Severity severity = Severity::error;
  std::string message;
  std::optional<Span> span;  // none: the message is about the text as a whole
  std::string label;         // written behind the carets, may be empty
  std::vector<Note> notes;
  ExplanationId explanation{};  // not printed
  ProblemCode code{};           // printed behind the message
  // Of a text that the one it is about refers to: where `span` is. Many messages share it.
  std::shared_ptr<const SourceText> source = nullptr;

  bool operator==(const Diagnostic&) const = default;
};

using Diagnostics = std::vector<Diagnostic>;

bool has_errors(const Diagnostics& diagnostics);

enum class Style { plain, color };

// The text in a colour by its SGR code ("1;31"), unless it is empty or the style is plain.
std::string paint(const std::string& text, const char* color, Style style);

// The form of every message about user text, ends with a line end:
//   error: MESSAGE [CODE]
//     --> NAME:LINE:COLUMN
//      |
//   47 | source line
//      |   ^^^^ LABEL
//      = LABEL: text
// Of a message with a `source` of its own that one counts, not the one given.
// Controls and broken UTF-8 in user text are shown as escapes, tabs as four blanks; carets stand
// under the span by printed columns. "expected" and "captured" notes are written without a colon,
// so that their texts stand above each other. A note of several lines is indented.
std::string render_diagnostic(const Diagnostic& diagnostic, const SourceText& source,
                              Style style = Style::plain);

// The known name closest to `name` when the distance is small enough to be a slip (at most a
// third of its length, at least one), else nothing. Case does not count.
std::optional<std::string> nearest_name(std::string_view name,
                                        std::span<const std::string> known_names);

}  // namespace wireproof
