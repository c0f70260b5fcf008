#include "report/dissector/lua_parts.h"

namespace wireproof {

const std::string_view kLuaElements = R"lua(
-- What a condition compares with, as a value of the field.
local function literal_value(field, literal)
  if is_string(field) then return literal.text end
  if field.type == "float" then return field.size == 4 and literal.single or literal.real end
  if not is_integer(field) then return nil end
  return field.values[literal.word] or literal.number
end

-- Nothing where the field has no single value, or the literal is none of its type.
local function compare_value(field, value, condition)
  return compare(value, condition.sign, literal_value(field, condition.value))
end

function reader:meets(entry, condition)
  if entry == nil or entry.field.array then return false end
  return compare_value(entry.field, entry.value, condition) == true
end

-- The field of a name in the layout that is being read, or in one around it.
function reader:lookup(scope, name)
  while scope do
    local found = self.index[scope.prefix .. name]
    if found then return found end
    scope = scope.outer
  end
end

local function whole_number(entry)
  if entry == nil or not entry.complete or not is_integer(entry.field) then return nil end
  return not entry.field.array and entry.value or nil
end

function reader:own_number(scope, name)
  local value = whole_number(self.index[scope.prefix .. name])
  if value == nil or compare(value, "<", 0) then return nil end
  return type(value) == "number" and value or MOST_BYTES
end

function reader:count_elements(count, scope)
  if count.kind == "fixed" then return count.count end
  if count.kind == "of" then return self:computed(count.expression, scope) end
  if count.kind ~= "field" then return 1 end
  local value = whole_number(self:lookup(scope, count.field))
  if value == nil then return 0 end
  if compare(value, "<", 0) then
    self:fail("`" .. count.field .. "` counts less than nothing")
    return nil
  end
  return type(value) == "number" and value or MOST_BYTES
end

function reader:computed(expression, scope)
  local value = evaluate_number(expression, self:leaves_in(scope))
  if value ~= nil and compare(value, ">=", 0) then
    return type(value) == "number" and math.min(value, MOST_BYTES) or MOST_BYTES
  end
  self:fail(value and "a size or a count is negative" or "a size or a count cannot be computed")
end

-- The layout that a reference starts at.
local function find_scope(reference, scope)
  local function skip_elements(one)
    while one and one.shape.is_element do one = one.outer end
    return one
  end
  scope = skip_elements(scope)
  for _ = 1, reference.levels do scope = scope and skip_elements(scope.outer) end
  if reference.from ~= "root" then return scope end
  local root = nil
  while scope and (scope.shape.name .. "."):sub(1, #reference.root + 1) == reference.root .. "." do
    if scope.shape.name == reference.root then root = scope end
    scope = scope.outer
  end
  return root
end

-- A number at a fixed place in the bytes of a layout.
local function number_inside(data, entry, leaf)
  local begin = entry.begin + leaf.offset
  if begin + leaf.size > entry.stop then return nil end
  return read_fixed(data, begin, { type = "unsigned", size = leaf.size, little = leaf.little })
end

function reader:leaf_value(leaf, scope, element)
  local holder = find_scope(leaf.reference, scope)
  if holder == nil then return nil end
  if leaf.leaf == "position" then return self.at - holder.window end
  if leaf.leaf == "at_end" then
    if self.at < holder.stop then return 0 end
    self.is_open = self.is_open or holder.is_open
    return 1
  end
  local prefix = leaf.reference.from == "element" and element or holder.prefix
  local entry = self.index[prefix .. leaf.reference.path]
  if entry == nil or not entry.complete then return nil end
  if leaf.leaf == "count_of" then return entry.count end
  if leaf.leaf == "first_bytes" then return number_inside(self.data, entry, leaf) end
  if leaf.leaf == "size_of" then return entry.value and #entry.value or entry.stop - entry.begin end
  if entry.field.array or entry.field.type == "float" then return nil end
  return entry.value
end

-- `element` goes before the names of the fields of the last element.
function reader:leaves_in(scope, element)
  return function(leaf) return self:leaf_value(leaf, scope, element or "") end
end

-- Where a field without a length of its own ends.
function reader:bound_of(scope, declared)
  local behind = declared.behind or 0
  local stop = math.max(scope.stop - math.min(scope.stop, behind), self.at)
  local bound = { stop = stop, is_open = scope.is_open }
  for _, rule in ipairs(declared.ends or {}) do
    local size = self:own_number(scope, rule.by)
    if size then bound.stop, bound.is_open = self:end_by_size(scope, rule, size), false end
  end
  if declared.counted_by then bound.count = self:own_number(scope, declared.counted_by) end
  return bound
end

function reader:range_begin(scope, rule)
  if rule.first == 1 then return scope.begin end
  for i = rule.first, rule.last do
    local entry = self.index[scope.prefix .. scope.shape.fields[i].name]
    if entry then return entry.begin end
  end
  return self.at
end

function reader:end_by_size(scope, rule, number)
  local units = math.min(number, math.floor(MOST_BYTES / rule.unit))
  local size = math.min(units * rule.unit + math.max(-rule.plus, 0), MOST_BYTES)
  local stop = self:range_begin(scope, rule) + size
  return math.max(self.at, stop - math.min(stop, math.max(rule.plus, 0) + rule.behind))
end

function reader:range_end(scope, rule)
  for i = rule.last, rule.first, -1 do
    local entry = self.index[scope.prefix .. scope.shape.fields[i].name]
    if entry then return entry.stop end
  end
  return self:range_begin(scope, rule)
end

-- Sizes and counts that say something else than what is there.
function reader:check_sizes(scope)
  for _, field in ipairs(scope.shape.fields) do
    local entry = self.index[scope.prefix .. field.name]
    local rule = field.size_of
    if entry and rule then
      local bytes = self:range_end(scope, rule) - self:range_begin(scope, rule)
      self:check_number(entry, (bytes + rule.plus) / rule.unit, "the size is ")
    end
    local counted = field.count_of and self.index[scope.prefix .. field.count_of]
    if entry and counted then self:check_number(entry, counted.count, "the count is ") end
  end
end

function reader:check_number(entry, actual, what)
  local said = whole_number(entry)
  if said == nil or compare(said, "==", actual) then return end
  local shown = string.format("%.15g", actual)
  entry.note = "`" .. entry.path .. "` says " .. digits(said) .. ", but " .. what .. shown
end

-- Layouts in a layout: one, so many, as many as there is room for, or up to a certain one.
function reader:read_layouts(entry, elements, bound, scope)
  local kind = entry.field.count.kind
  local is_rest = kind == "rest" and not bound.count
  local is_until = kind == "until_value" or kind == "until_true"
  local most = kind == "rest" and bound.count or elements
  if scope.depth >= MOST_DEPTH then return self:fail("layouts lie too deep in each other") end
  if is_rest then self.is_open = self.is_open or bound.is_open end
  entry.count = 0
  while is_until or (is_rest and self.at < bound.stop) or (not is_rest and entry.count < most) do
    local before = self.at
    local path = self:read_element(entry, bound, scope)
    if path == nil then return false end
    if is_until and self:is_last(entry.field.count, path, scope) then return true end
    if is_rest and self.at == before then return true end
  end
  return true
end

-- Its path; nothing where it cannot be read.
function reader:read_element(entry, bound, scope)
  self.elements = self.elements + 1
  if self.elements > MOST_ENTRIES then self:fail("too many elements") return nil end
  local element = entry
  if entry.field.array then
    local index = string.format("[%d]", entry.count)
    element = {
      field = entry.field, path = entry.path .. index, label = entry.label .. index,
      begin = self.at, count = 1, entries = {}, is_element = true,
    }
    table.insert(entry.entries, element)
  end
  local inner = {
    shape = shapes[entry.field.shape], prefix = element.path .. ".", begin = self.at,
    stop = bound.stop, is_open = bound.is_open, depth = scope.depth + 1, window = scope.window,
    outer = scope, entries = element.entries,
  }
  local done = self:read_in_window(entry.field, inner)
  element.stop = math.min(self.at, #self.data)
  if not done then return nil end
  entry.count = entry.count + 1
  return element.path
end

-- In the bytes that its size gives it, where it has one. What it leaves over belongs to nothing.
function reader:read_in_window(field, scope)
  if not field.window then return self:read_scope(scope) end
  local size = self:computed(field.window, scope.outer)
  if size == nil then return false end
  local stop = self.at + size
  local outer_stop, outer_limit = self.window_stop, self.limit
  if outer_stop and stop > outer_stop then
    return self:fail("more bytes than the size around it allows")
  end
  scope.stop, scope.is_open, scope.window = stop, false, self.at
  self.window_stop, self.limit = stop, math.min(outer_limit, stop)
  local done = self:read_scope(scope)
  self.window_stop, self.limit = outer_stop, outer_limit
  if not done then return false end
  if stop > self.limit then return self:lack(stop) end
  self.at = stop
  return true
end

function reader:is_last(count, path, scope)
  if count.kind == "until_true" then
    return is_true(count.expression, self:leaves_in(scope, path .. "."))
  end
  for _, one in ipairs(count.conditions) do
    if self:meets(self.index[path .. "." .. one.field], one) then return true end
  end
  return false
end

-- Numbers up to and with the first for which `ends` holds.
function reader:take_numbers(entry, ends)
  entry.count = 0
  repeat
    local value = self:take_number(entry.field)
    if value == nil then return false end
    entry.count = entry.count + 1
  until ends(value)
  return true
end

function reader:take_until_value(entry)
  return self:take_numbers(entry, function(value)
    for _, one in ipairs(entry.field.count.conditions) do
      if compare_value(entry.field, value, one) ~= false then return true end
    end
    return false
  end)
end

function reader:take_until_true(entry, scope)
  local outer = self:leaves_in(scope)
  return self:take_numbers(entry, function(value)
    return is_true(entry.field.count.expression, function(leaf)
      if leaf.reference.from == "element" then return value end
      return outer(leaf)
    end)
  end)
end

local function read_message(buffer, data, begin)
  local self = setmetatable({
    buffer = buffer, data = data, begin = begin, at = begin, limit = #data, bit = 0,
    elements = 0, entries = 0, index = {}, top = {},
  }, reader)
  self.is_complete = self:read_scope({
    shape = shapes[1], prefix = "", begin = begin, stop = #data, is_open = true, depth = 1,
    window = begin, entries = self.top,
  })
  return self
end
)lua";

}  // namespace wireproof
