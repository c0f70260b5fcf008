#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof {

// `NAME=VALUE` or `NAME!=VALUE`, about the value of a parameter.
struct Condition {
  std::string name;
  std::string value;
  bool is_equal = true;  // false: any other value

  bool holds(std::string_view of) const { return (of == value) == is_equal; }
  bool operator==(const Condition&) const = default;
};

// Nothing for a text that is none.
std::optional<Condition> parse_condition(std::string_view text);

// Whether a sheet with these `forms` holds for a value of the parameter: NAME alone means all of
// its values, NAME=VALUE that one (several of them: each), NAME!=VALUE all but that one. Nothing
// where no item is about the parameter.
std::optional<bool> form_holds(const std::vector<std::string>& forms, std::string_view name,
                               std::string_view value);

}  // namespace wireproof
