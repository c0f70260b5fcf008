#pragma once

#include <optional>

#include "expect/field/field.h"
#include "sheet/text/cursor.h"

namespace wireproof {

// Parts of a type's cell. Nothing when they are malformed (reported).

// A number, a name or a "text".
std::optional<Literal> read_literal(Cursor& cursor, Problems& problems);
// `FIELD == V`
std::optional<FieldCondition> read_field_condition(Cursor& cursor, Problems& problems);
// The same, or `FIELD` and `not FIELD`, which ask whether it is zero.
std::optional<FieldCondition> read_presence(Cursor& cursor, Problems& problems);

}  // namespace wireproof
