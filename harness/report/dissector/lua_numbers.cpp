#include "report/dissector/lua_parts.h"

namespace wireproof {

// Lua before 5.3 has no numbers but doubles: from 2^53 on they are Wireshark's UInt64 and Int64.
const std::string_view kLuaNumbers = R"lua(
-- Whole numbers are doubles up to 2^53, also where Lua has others, and UInt64 or Int64 beyond.
local WORD = 2 ^ 32
local EXACT = 2 ^ 53

local function from_words(high, low, signed)
  local top = high
  if signed and high >= WORD / 2 then top = high - WORD end
  if top < EXACT / WORD and top >= -EXACT / WORD then return top * WORD + low end
  if signed then return Int64.new(low, high) end
  return UInt64.new(low, high)
end

local function to_words(value)
  local low = value % WORD
  return (value - low) / WORD % WORD, low
end

local function digits(value)
  if type(value) == "number" then return string.format("%.0f", value) end
  return tostring(value)
end

local function order_of_texts(a, b)
  for i = 1, math.min(#a, #b) do
    local difference = a:byte(i) - b:byte(i)
    if difference ~= 0 then return difference end
  end
  return #a - #b
end

local function order_of_digits(a, b)
  local a_negative, b_negative = a:sub(1, 1) == "-", b:sub(1, 1) == "-"
  if a_negative ~= b_negative then return a_negative and -1 or 1 end
  local order = #a ~= #b and #a - #b or order_of_texts(a, b)
  return a_negative and -order or order
end

-- Below, at or above zero; nothing for what has no order, as a NaN has none.
local function order_of(a, b)
  if type(a) == "string" then return order_of_texts(a, b) end
  if type(a) ~= "number" or type(b) ~= "number" then
    return order_of_digits(digits(a), digits(b))
  end
  if a < b then return -1 elseif a > b then return 1 elseif a == b then return 0 end
end

local comparisons = {
  ["=="] = function(order) return order == 0 end,
  ["!="] = function(order) return order ~= 0 end,
  ["<"] = function(order) return order ~= nil and order < 0 end,
  ["<="] = function(order) return order ~= nil and order <= 0 end,
  [">"] = function(order) return order ~= nil and order > 0 end,
  [">="] = function(order) return order ~= nil and order >= 0 end,
}

-- Nothing where the two are of different kinds, or one of them is not there.
local function compare(a, sign, b)
  if a == nil or b == nil or (type(a) == "string") ~= (type(b) == "string") then return nil end
  return comparisons[sign](order_of(a, b))
end

local function bitwise(a, b, rule)
  local result, weight = 0, 1
  for _ = 1, 53 do
    local x, y = a % 2, b % 2
    if rule(x + y) then result = result + weight end
    a, b, weight = (a - x) / 2, (b - y) / 2, weight * 2
  end
  -- What is left are copies of the signs.
  return rule(a % 2 + b % 2) and result - weight or result
end

local one_operand = {
  ["-"] = function(a) return -a end,
  ["~"] = function(a) return -a - 1 end,
  ["not"] = function(a) return a == 0 and 1 or 0 end,
}

local function shift_left(a, b)
  if b >= 0 and b <= 64 then return a * 2 ^ b end
end

local function shift_right(a, b)
  if b >= 0 and b <= 64 then return math.floor(a / 2 ^ b) end
end

local two_operands = {
  ["+"] = function(a, b) return a + b end,
  ["-"] = function(a, b) return a - b end,
  ["*"] = function(a, b) return a * b end,
  ["/"] = function(a, b) if b ~= 0 then return (a - a % b) / b end end,
  ["%"] = function(a, b) if b ~= 0 then return a % b end end,
  ["&"] = function(a, b) return bitwise(a, b, function(ones) return ones == 2 end) end,
  ["|"] = function(a, b) return bitwise(a, b, function(ones) return ones > 0 end) end,
  ["^"] = function(a, b) return bitwise(a, b, function(ones) return ones == 1 end) end,
  ["<<"] = shift_left,
  [">>"] = shift_right,
  ["and"] = function(_, b) return b ~= 0 and 1 or 0 end,
  ["or"] = function(_, b) return b ~= 0 and 1 or 0 end,
}

-- Nothing beyond 2^53: a double would be wrong there.
local function exact(value)
  if type(value) == "number" and value <= EXACT and value >= -EXACT then return value + 0.0 end
end

local evaluate

local function evaluate_number(one, leaf)
  local value = evaluate(one, leaf)
  if type(value) ~= "string" then return value end
end

local function evaluate_sign(one, leaf)
  local a = exact(evaluate_number(one[1], leaf))
  if one.sign == "and" and a == 0 then return 0 end
  if one.sign == "or" and a ~= nil and a ~= 0 then return 1 end
  if a == nil then return nil end
  if one[2] == nil then return exact(one_operand[one.sign](a)) end
  local b = exact(evaluate_number(one[2], leaf))
  return b and exact(two_operands[one.sign](a, b))
end

-- The value of an expression: a number or a text, nothing where it has none.
function evaluate(one, leaf)
  if one.leaf then return leaf(one) end
  if one.sign == nil then return one.value end
  if one.sign == "?" then
    local condition = evaluate_number(one[1], leaf)
    if condition == nil then return nil end
    return evaluate(condition ~= 0 and one[2] or one[3], leaf)
  end
  if comparisons[one.sign] == nil then return evaluate_sign(one, leaf) end
  local holds = compare(evaluate(one[1], leaf), one.sign, evaluate(one[2], leaf))
  if holds ~= nil then return holds and 1 or 0 end
end

local function is_true(one, leaf)
  local value = evaluate_number(one, leaf)
  return value ~= nil and value ~= 0
end
)lua";

}  // namespace wireproof
