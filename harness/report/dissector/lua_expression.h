#pragma once

#include <string>

#include "base/text/expected.h"
#include "expect/layout/layout.h"

namespace wireproof {

// What a layout asks while it is read, as tables of Lua (see lua_parts.h).

// { field = "type", sign = "==", value = … }
std::string lua_condition(const FieldCondition& condition);
std::string lua_conditions(const std::vector<FieldCondition>& conditions);
// What a condition or a case compares with, as every type of field may read it.
std::string lua_literal(const Literal& literal);
// The error is a sentence: a number in it is beyond what Lua holds exactly.
Expected<std::string, std::string> lua_expression(const Expression& expression);

}  // namespace wireproof
