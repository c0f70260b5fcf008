#pragma once

#include <string>
#include <string_view>

#include "base/text/expected.h"
#include "expect/payload/payload.h"

namespace wireproof {

// A number as written (`15`, `-3`, `0xff`, `2.5`) as a value of the field's numeric type. The
// error is a sentence: no number, or out of the type's range.
Expected<FieldValue, std::string> parse_field_number(std::string_view text, const Field& field);

}  // namespace wireproof
