#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/text/diagnostic.h"

namespace wireproof {

// Gathers what is wrong with a sheet while it is read; every parser adds to it and goes on.
class Problems {
 public:
  void error(Span span, std::string message, std::string help = "");
  void warning(Span span, std::string message, std::string help = "");
  // About the sheet as a whole.
  void error(std::string message, std::string help = "");

  bool has_errors() const { return wireproof::has_errors(diagnostics_); }
  std::size_t count() const { return diagnostics_.size(); }
  // In the order of the sheet's text, those about the whole sheet last.
  Diagnostics take();

 private:
  Diagnostics diagnostics_;
};

// "did you mean X?" where one of the names is close, else "known: A, B, C", else nothing.
std::string suggest_name(std::string_view name, std::span<const std::string> known_names);

}  // namespace wireproof
