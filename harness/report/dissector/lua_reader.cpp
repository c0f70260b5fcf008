#include "report/dissector/lua_parts.h"

namespace wireproof {

const std::string_view kLuaReader = R"lua(
-- Reads one message. It stops with `fault` where the bytes can never become the layout, and with
-- `need` (at least so many bytes) where some are missing.
local MOST_BYTES = 4294967295
local MOST_ENTRIES = 100000
local MOST_DEPTH = 16

local reader = {}
reader.__index = reader

local function is_string(field) return field.type == "bytes" or field.type == "text" end
local function is_integer(field) return field.type == "unsigned" or field.type == "signed" end

function reader:fail(fault)
  self.fault = fault
  return false
end

function reader:lack(need)
  if self.window_stop and need > self.window_stop then
    return self:fail("more bytes than the size around it allows")
  end
  self.need = need
  return false
end

function reader:lack_end()
  return self:lack(#self.data + 1)
end

function reader:end_bits()
  if self.bit ~= 0 then self.at = self.at + 1 end
  self.bit = 0
end

function reader:number_at(at, field)
  if field.type ~= "float" then return read_number(self.data, at, self.limit, field) end
  if at + field.size > self.limit then return nil, CUT_OFF end
  local range = self.buffer(at, field.size)
  return field.little and range:le_float() or range:float(), field.size
end

function reader:take_number(field)
  local value, size = self:number_at(self.at, field)
  if value ~= nil then
    self.at = self.at + size
    return value
  end
  if size ~= CUT_OFF then
    self:fail("`" .. field.name .. "`: " .. size)
  elseif field.coding then
    self:lack_end()
  else
    self:lack(self.at + field.size)
  end
end

-- So many bytes of a text, or elements of an array.
function reader:take(entry, count)
  local field = entry.field
  if type(count) ~= "number" then count = MOST_BYTES end
  entry.count = count
  if is_string(field) then return self:take_string(entry, count) end
  if not field.array then
    entry.value = self:take_number(field)
    return entry.value ~= nil
  end
  if field.coding == nil then return self:skip(count * field.size) end
  entry.count = 0
  while entry.count < count do
    if self:take_number(field) == nil then return false end
    entry.count = entry.count + 1
  end
  return true
end

function reader:skip(size)
  size = math.min(size, MOST_BYTES)
  if size > self.limit - self.at then return self:lack(self.at + size) end
  self.at = self.at + size
  return true
end

function reader:take_string(entry, count)
  entry.value_begin = self.at
  if not self:skip(count) then return false end
  local value = self.data:sub(entry.value_begin + 1, self.at)
  local padding = entry.field.padding
  local size = #value
  while padding and size > 0 and value:byte(size) == padding do size = size - 1 end
  entry.value = value:sub(1, size)
  return true
end

function reader:take_until(entry, terminator)
  local found, last = self.data:find(terminator, self.at + 1, true)
  if found == nil or last > self.limit then return self:lack_end() end
  self:take_string(entry, found - 1 - self.at)
  self.at = last
  return true
end

function reader:take_prefixed(entry, prefix)
  local size = self:take_number(prefix)
  if size == nil then return false end
  entry.prefix = size
  return self:take(entry, size)
end

function reader:take_bits(entry)
  local bits = self.bit + entry.field.bits
  local stop = self.at + math.ceil(bits / 8)
  if stop > self.limit then return self:lack(stop) end
  entry.value = read_bits(self.data, self.at, self.bit, entry.field.bits)
  entry.bit = self.bit
  self.at, self.bit = self.at + math.floor(bits / 8), bits % 8
  return true
end

function reader:take_align(entry, unit, scope)
  local over = (self.at - scope.begin) % unit
  return self:take(entry, (unit - over) % unit)
end

-- All that is left, up to where something around it ends.
function reader:take_rest(entry, bound)
  local field = entry.field
  if bound.count then return self:take(entry, bound.count) end
  self.is_open = self.is_open or bound.is_open
  if field.coding == nil then
    return self:take(entry, math.floor((bound.stop - self.at) / field.size))
  end
  entry.count = 0
  while self.at < bound.stop do
    if self:take_number(field) == nil then return false end
    entry.count = entry.count + 1
  end
  return true
end

function reader:read_field(entry, bound, scope)
  local field, count = entry.field, entry.field.count
  if field.bits then return self:take_bits(entry) end
  if count.kind == "until" then return self:take_until(entry, count.terminator) end
  if count.kind == "prefix" then return self:take_prefixed(entry, count.number) end
  if count.kind == "align" then return self:take_align(entry, count.unit, scope) end
  local elements = self:count_elements(count, scope)
  if elements == nil then return false end
  if field.type == "layout" then return self:read_layouts(entry, elements, bound, scope) end
  if count.kind == "until_value" then return self:take_until_value(entry) end
  if count.kind == "until_true" then return self:take_until_true(entry, scope) end
  if count.kind == "rest" then return self:take_rest(entry, bound) end
  return self:take(entry, elements)
end

function reader:read_member(field, declared, scope)
  if not field.bits then
    self:end_bits()
    self.at = scope.begin + math.ceil((self.at - scope.begin) / field.align) * field.align
  end
  if self.at > self.limit then return self:lack(self.at) end
  self.entries = self.entries + 1
  if self.entries > MOST_ENTRIES then return self:fail("too many fields") end
  local path = scope.prefix .. field.name
  local entry = {
    field = field, path = path, label = field.name, begin = self.at, count = 1, entries = {},
  }
  self.index[path] = self.index[path] or entry
  table.insert(scope.entries, entry)
  entry.complete = self:read_field(entry, self:bound_of(scope, declared), scope)
  entry.stop = math.min(self.at + (self.bit == 0 and 0 or 1), #self.data)
  if self.need then entry.stop = #self.data end
  return entry.complete
end

function reader:read_scope(scope)
  for _, declared in ipairs(scope.shape.fields) do
    local field = declared
    if self:is_there(field, scope) then
      while field and field.type == "choice" do field = self:choose(field, scope) end
      if field == nil then
        return self:fail("`" .. declared.name .. "`: no case fits the value that chooses")
      end
      if not self:read_member(field, declared, scope) then return false end
    end
  end
  self:end_bits()
  self:check_sizes(scope)
  return true
end

function reader:is_there(field, scope)
  if field.condition and not is_true(field.condition, self:leaves_in(scope)) then return false end
  for _, one in ipairs(field.conditions) do
    if not self:meets(self:lookup(scope, one.field), one) then return false end
  end
  return true
end

function reader:choose(choice, scope)
  local chooser = choice.chosen_by and self:lookup(scope, choice.chosen_by)
  local value = choice.chooser and evaluate(choice.chooser, self:leaves_in(scope))
  if choice.chosen_by and not chooser then return nil end
  for _, case in ipairs(choice.cases) do
    if case.value == nil then return case.field end
    if chooser and self:meets(chooser, { sign = "==", value = case.value }) then
      return case.field
    end
    if choice.chooser and compare(value, "==", case.value.text or case.value.number) then
      return case.field
    end
  end
end
)lua";

}  // namespace wireproof
