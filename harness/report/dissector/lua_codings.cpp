#include "report/dissector/lua_parts.h"

namespace wireproof {

const std::string_view kLuaCodings = R"lua(
-- Numbers in bytes: their value and how many bytes they take, or nothing and what is wrong.
local CUT_OFF = "cut off"

local function read_fixed(data, at, field)
  local high, low = 0, 0
  for i = 0, field.size - 1 do
    local byte = data:byte(at + 1 + (field.little and field.size - 1 - i or i))
    high, low = high * 256 % WORD + math.floor(low / 16777216), low * 256 % WORD + byte
  end
  if field.type == "signed" and field.size < 8 then
    local value = high * WORD + low
    local half = 2 ^ (field.size * 8 - 1)
    return value >= half and value - 2 * half or value
  end
  return from_words(high, low, field.type == "signed")
end

local function read_bits(data, at, bit, count)
  local high, low = 0, 0
  for i = bit, bit + count - 1 do
    local byte = data:byte(at + 1 + math.floor(i / 8))
    local one = math.floor(byte / 2 ^ (7 - i % 8)) % 2
    high, low = high * 2 % WORD + math.floor(low * 2 / WORD), low * 2 % WORD + one
  end
  return from_words(high, low, false)
end

-- RFC 9000, section 16: the two most significant bits are the logarithm of the size.
local function read_quic(data, at, stop)
  if at >= stop then return nil, CUT_OFF end
  local first = data:byte(at + 1)
  local size = 2 ^ math.floor(first / 64)
  if at + size > stop then return nil, CUT_OFF end
  local high, low = 0, first % 64
  for i = 1, size - 1 do
    high = high * 256 % WORD + math.floor(low / 16777216)
    low = low * 256 % WORD + data:byte(at + 1 + i)
  end
  return from_words(high, low, false), size
end

local function without_zigzag(high, low)
  local odd = low % 2 == 1
  low = math.floor(low / 2) + high % 2 * (WORD / 2)
  high = math.floor(high / 2)
  if odd then return WORD - 1 - high, WORD - 1 - low end
  return high, low
end

local function filled_with_ones(high, low, bits)
  if bits >= 64 then return high, low end
  if bits >= 32 then return high + WORD - 2 ^ (bits - 32), low end
  return WORD - 1, low + WORD - 2 ^ bits
end

local function finish_groups(high, low, bits, last, coding)
  if coding == "sleb128" and last >= 64 then high, low = filled_with_ones(high, low, bits) end
  if coding == "zigzag" then high, low = without_zigzag(high, low) end
  return from_words(high, low, coding == "sleb128" or coding == "zigzag")
end

-- Groups of seven bits, the least significant first; the top bit says that another one follows.
local function read_groups(data, at, stop, coding)
  local high, low = 0, 0
  local most = coding == "mqtt-varint" and 4 or 10
  for i = 0, most - 1 do
    if at + i >= stop then return nil, CUT_OFF end
    local byte = data:byte(at + 1 + i)
    local group, bits = byte % 128, 7 * i
    local fits = group == 0 or group == (coding == "sleb128" and 127 or 1)
    if i == 9 and not fits then return nil, "more than 64 bits" end
    -- Seven bits, wherever they stand, are exact in a double, and no group carries into another.
    local part = group * 2 ^ bits % (WORD * WORD)
    low = low + part % WORD
    high = high + math.floor(part / WORD)
    if byte < 128 then
      if coding == "mqtt-varint" and group == 0 and i > 0 then
        return nil, "not in its shortest form"
      end
      return finish_groups(high, low, bits + 7, group, coding), i + 1
    end
  end
  return nil, "too many bytes"
end

local function read_number(data, at, stop, field)
  if field.coding == "quic-varint" then return read_quic(data, at, stop) end
  if field.coding then return read_groups(data, at, stop, field.coding) end
  if at + field.size > stop then return nil, CUT_OFF end
  return read_fixed(data, at, field), field.size
end
)lua";

}  // namespace wireproof
