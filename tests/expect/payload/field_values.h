#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/text/bytes.h"
#include "expect/payload/payload.h"

namespace wireproof {

inline FieldValue text_value(const std::string& text) {
  return Bytes(text.begin(), text.end());
}

inline FieldArgument given(const std::string& field, std::vector<std::string> values) {
  FieldArgument argument;
  argument.field = field;
  argument.values = std::move(values);
  argument.is_list = argument.values.size() != 1;
  return argument;
}

// Hex text as render_hex divides it.
inline std::string spaced(const char* hex) {
  return render_hex(*parse_hex(hex));
}

}  // namespace wireproof
