#pragma once

#include <string>
#include <vector>

#include "cli/options/selection.h"

namespace wireproof {

struct LintFinding {
  const SourceText* source = nullptr;  // outlives the finding; null: a file that cannot be read
  Diagnostic diagnostic;
};

struct LintReport {
  std::vector<LintFinding> findings;
  std::size_t sheets = 0;
  std::size_t servers = 0;  // descriptions

  void add(const Diagnostics& diagnostics, const SourceText& source) {
    for (const Diagnostic& one : diagnostics) findings.push_back({&source, one});
  }
  std::size_t count(Severity severity) const;  // of files that can be read
};

// All that is wrong with the selected sheets, and before them with the descriptions of servers in
// the folders named and beside the sheets. It points into `selection`.
LintReport lint_selection(const SelectionOptions& options, const Selection& selection);

// "2 sheets read: 1 error, 0 warnings", a line.
std::string render_summary(const LintReport& report);

// A list of objects. Controls are escapes in JSON, and bytes that are no UTF-8 become U+FFFD.
std::string render_lint_json(const LintReport& report);

}  // namespace wireproof
