#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sheet/text/problem_code.h"

namespace wireproof {

// What the examples of a page are, besides which a sheet has what it needs.
enum class ExampleKind : std::uint8_t {
  sheet,         // a whole one
  front_matter,  // the lines between `---`
  sections,      // Markdown
  session,       // the lines of a session's fence
  description,   // server.yaml
};

// What is to know about the messages with one code.
struct ProblemPage {
  ProblemCode code;
  std::string_view title;
  ExampleKind kind;
  std::string_view text;   // what it means and how to mend it
  std::string_view wrong;  // gives a message with this code; empty: no example is short enough
  std::string_view right;  // the same without
};

// One for each code, in the order of their numbers.
const std::vector<ProblemPage>& problem_pages();

// The page of "WP0203", also as "wp203" and "203"; null: there is none.
const ProblemPage* find_problem_page(std::string_view name);

// As Markdown.
std::string render_problem_page(const ProblemPage& page);

// All pages, with a title and words about codes above them: docs/codes.md.
std::string render_problem_pages();

}  // namespace wireproof
