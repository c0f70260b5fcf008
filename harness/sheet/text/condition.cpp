#include "sheet/text/condition.h"

#include "base/text/words.h"

namespace wireproof {

std::optional<Condition> parse_condition(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  const bool is_equal = equals == 0 || text[equals - 1] != '!';
  const std::string_view name = text.substr(0, is_equal ? equals : equals - 1);
  return Condition{std::string(trim_text(name)), std::string(trim_text(text.substr(equals + 1))),
                   is_equal};
}

std::optional<bool> form_holds(const std::vector<std::string>& forms, std::string_view name,
                               std::string_view value) {
  bool is_named = false;
  bool is_one = false;
  bool needs_one = false;
  for (const std::string& item : forms) {
    const auto condition = parse_condition(item);
    if ((condition ? condition->name : item) != name) continue;
    is_named = true;
    if (!condition) continue;
    if (!condition->is_equal && !condition->holds(value)) return false;
    if (!condition->is_equal) continue;
    needs_one = true;
    is_one = is_one || condition->holds(value);
  }
  if (!is_named) return std::nullopt;
  return !needs_one || is_one;
}

}  // namespace wireproof
