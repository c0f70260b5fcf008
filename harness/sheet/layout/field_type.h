#pragma once

#include "expect/payload/payload.h"
#include "sheet/text/fragment.h"

namespace wireproof {

// Reads a cell of the column `Type` into `field`: element type, size, byte order, count, padding.
// Any other word is taken for a layout's name; check_layouts knows whether there is one.
// False when the cell is malformed (reported).
bool parse_field_type(const Fragment& cell, ByteOrder order, Field& field, Problems& problems);

// Reads a cell of the column `Value` for a field whose type is known. Wrong cells are reported and
// read as any value.
FieldRule parse_field_rule(const Fragment& cell, const Field& field, Problems& problems);

// Names of all types that are no layout.
const std::vector<std::string>& type_names();

}  // namespace wireproof
