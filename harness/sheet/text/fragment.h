#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text/diagnostic.h"
#include "base/text/words.h"
#include "sheet/text/problem_code.h"

namespace wireproof {

// Gathers what is wrong with a sheet while it is read; every parser adds to it and goes on.
class Problems {
 public:
  // An error says false: a reader gives up with `return problems.error(…)`.
  bool error(ProblemCode code, Span span, std::string message, std::string help = "") {
    return add(code, Severity::error, span, std::move(message), std::move(help));
  }
  void warning(ProblemCode code, Span span, std::string message, std::string help = "") {
    add(code, Severity::warning, span, std::move(message), std::move(help));
  }
  // About the sheet as a whole.
  bool error(ProblemCode code, std::string message, std::string help = "") {
    return add(code, Severity::error, std::nullopt, std::move(message), std::move(help));
  }

  // One that another text's reader has made.
  void add(Diagnostic diagnostic) { diagnostics_.push_back(std::move(diagnostic)); }

  bool has_errors() const { return wireproof::has_errors(diagnostics_); }
  std::size_t count() const { return diagnostics_.size(); }
  // In the order of the sheet's text, those about the whole sheet last.
  Diagnostics take();

 private:
  bool add(ProblemCode code, Severity severity, std::optional<Span> span, std::string message,
           std::string help);

  Diagnostics diagnostics_;
};

// "did you mean X?" where one of the names is close, else "known: A, B, C", else nothing.
std::string suggest_name(std::string_view name, std::span<const std::string> known_names);

// A piece of a sheet that knows where each of its bytes came from, also after `\|` became `|` and
// `{name}` became a parameter's value.
struct Fragment {
  std::string text;
  std::vector<std::size_t> origins;  // source offset of each byte, and of the end

  bool operator==(const Fragment&) const = default;

  bool empty() const { return text.empty(); }
  // The source of text[begin, end).
  Span span(std::size_t begin, std::size_t end) const;
  Span span() const { return span(0, text.size()); }
};

Fragment make_fragment(std::string_view text, std::size_t offset);
Fragment part_of(const Fragment& fragment, std::size_t begin, std::size_t end);
// Without blanks (space, tab, CR, LF) at both ends.
Fragment trim(const Fragment& fragment);

// A line of a session without its comment: from a `#` on that stands at its beginning or behind a
// blank, outside of a "text" and of the /pattern/ of `recv` or `prints`.
Fragment without_comment(const Fragment& line);

// A cell's text without the backticks around it.
Fragment strip_backticks(const Fragment& fragment);

using Parameters = std::map<std::string, std::string>;

// Puts values in place of `{name}`, their sizes in bytes in place of `{size of name}`. `{n}` and
// `{i}` stay for the session; braces that hold no name are text. Inside double quotes a value's
// quotes and backslashes are escaped, inside the /pattern/ of `recv` or `prints` what means more
// than itself there.
Fragment substitute(const Fragment& fragment, const Parameters& parameters, Problems& problems);

}  // namespace wireproof
