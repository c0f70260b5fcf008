#include "sheet/text/problems.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace wireproof {
namespace {

// A longer list helps nobody; the sheet itself shows the names.
constexpr std::size_t kMaxListedNames = 20;

Diagnostic make_diagnostic(Severity severity, std::optional<Span> span, std::string message,
                           std::string help) {
  Diagnostic diagnostic{severity, std::move(message), span, "", {}};
  if (!help.empty()) diagnostic.notes.push_back({"help", std::move(help)});
  return diagnostic;
}

std::size_t begin_of(const Diagnostic& diagnostic) {
  return diagnostic.span ? diagnostic.span->begin : std::numeric_limits<std::size_t>::max();
}

}  // namespace

void Problems::error(Span span, std::string message, std::string help) {
  diagnostics_.push_back(
      make_diagnostic(Severity::error, span, std::move(message), std::move(help)));
}

void Problems::warning(Span span, std::string message, std::string help) {
  diagnostics_.push_back(
      make_diagnostic(Severity::warning, span, std::move(message), std::move(help)));
}

void Problems::error(std::string message, std::string help) {
  diagnostics_.push_back(
      make_diagnostic(Severity::error, std::nullopt, std::move(message), std::move(help)));
}

Diagnostics Problems::take() {
  std::ranges::stable_sort(diagnostics_, {}, begin_of);
  return std::move(diagnostics_);
}

std::string suggest_name(std::string_view name, std::span<const std::string> known_names) {
  if (const auto nearest = nearest_name(name, known_names)) {
    return fmt::format("did you mean `{}`?", *nearest);
  }
  if (known_names.empty() || known_names.size() > kMaxListedNames) return "";
  return fmt::format("known: {}", fmt::join(known_names, ", "));
}

}  // namespace wireproof
