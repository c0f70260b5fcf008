#include "report/dissector/lua_parts.h"

namespace wireproof {

const std::string_view kLuaTree = R"lua(
-- What was read, as Wireshark shows it.
local MOST_NUMBERS = 10000
local MOST_IN_INFO = 4
local TCP = 2

local show_all

local function range_of(message, begin, stop)
  return message.buffer(begin, math.max(stop - begin, 0))
end

local function tell(item, kind, text)
  item:add_proto_expert_info(problems[kind], text)
end

-- What the sheet asks of a value and does not find.
local function judge_value(item, field, value)
  local allowed = field.allowed == nil
  for _, one in ipairs(field.allowed or {}) do allowed = allowed or compare(value, "==", one) end
  if field.least then
    allowed = compare(value, ">=", field.least) and compare(value, "<=", field.most)
  end
  if allowed and field.is_closed then
    allowed = false
    for _, one in pairs(field.values) do allowed = allowed or compare(value, "==", one) end
  end
  if not allowed then tell(item, "value", "`" .. field.name .. "` has another value") end
end

local function note_in_info(message, field, text)
  if #message.info < MOST_IN_INFO then table.insert(message.info, field.name .. "=" .. text) end
end

-- Wireshark takes numbers of 64 bits as UInt64 and Int64 alone.
local function field_value(field, value)
  if not field.is_wide or type(value) ~= "number" then return value end
  local high, low = to_words(value)
  return field.type == "signed" and Int64.new(low, high) or UInt64.new(low, high)
end

local function show_number(parent, field, range, value)
  local item = parent:add(protofields[field.proto], range, field_value(field, value))
  judge_value(item, field, value)
  return item
end

local function name_of(field, value)
  for name, one in pairs(field.values or {}) do
    if compare(value, "==", one) then return name end
  end
  return field.type == "float" and tostring(value) or digits(value)
end

local function show_bits(message, parent, entry)
  local field = entry.field
  local stop = entry.begin + math.ceil((entry.bit + field.bits) / 8)
  local range = range_of(message, entry.begin, stop)
  local item = show_number(parent, field, range, entry.value)
  item:append_text(string.format(" [bits %d to %d]", entry.bit, entry.bit + field.bits - 1))
  return item
end

local function show_numbers(message, parent, entry)
  local at = entry.begin
  for i = 0, math.min(entry.count, MOST_NUMBERS) - 1 do
    local value, size = message:number_at(at, entry.field)
    if value == nil then return end
    local item = show_number(parent, entry.field, range_of(message, at, at + size), value)
    item:prepend_text(string.format("[%d] ", i))
    at = at + size
  end
  if entry.count > MOST_NUMBERS then
    parent:add(range_of(message, at, entry.stop), entry.label .. ": more of them")
  end
end

local function show_string(message, parent, entry)
  local field, begin = entry.field, entry.value_begin
  local range = range_of(message, begin, begin + #entry.value)
  local item = nil
  if field.type == "text" then
    item = parent:add_packet_field(protofields[field.proto], range, ENC_UTF_8)
  else
    item = parent:add(protofields[field.proto], range)
  end
  if entry.stop > begin then item:set_len(entry.stop - begin) end
  if entry.prefix then
    item:add(range_of(message, entry.begin, begin), "bytes: " .. digits(entry.prefix))
  end
  judge_value(item, field, entry.value)
  return item
end

local function show_layout(message, parent, entry)
  local range = range_of(message, entry.begin, entry.stop)
  local item = parent:add(protofields[entry.field.proto], range)
  item:set_text(entry.label .. ": " .. shapes[entry.field.shape].name)
  show_all(message, item, entry.entries)
  return item
end

local function show_value(message, parent, entry)
  local field = entry.field
  local range = range_of(message, entry.begin, entry.stop)
  if is_string(field) then return show_string(message, parent, entry) end
  note_in_info(message, field, name_of(field, entry.value))
  if field.bits then return show_bits(message, parent, entry) end
  return show_number(parent, field, range, entry.value)
end

local function show(message, parent, entry)
  local field, item = entry.field, nil
  if field.type == "layout" and field.array and not entry.is_element then
    show_all(message, parent, entry.entries)
  elseif field.type == "layout" then
    item = show_layout(message, parent, entry)
  elseif not entry.complete then
    local range = range_of(message, entry.begin, entry.stop)
    item = parent:add(range, entry.label .. ": cannot be read")
  elseif field.array and not is_string(field) then
    show_numbers(message, parent, entry)
  else
    item = show_value(message, parent, entry)
  end
  if entry.note then tell(item or parent, "value", entry.note) end
end

function show_all(message, parent, entries)
  for _, entry in ipairs(entries) do show(message, parent, entry) end
end

local function show_rest(message, root, begin, what)
  local size = #message.data - begin
  if size <= 0 then return end
  local item = root:add(message.buffer(begin, size), what)
  tell(item, "left", what .. ": " .. digits(size))
end

local function show_message(message, pinfo, tree)
  local stop = message.is_complete and message.at or #message.data
  local root = tree:add(protocol, range_of(message, message.begin, stop), title)
  show_all(message, root, message.top)
  if message.need then
    local lacking = digits(message.need - #message.data)
    tell(root, "missing", "bytes that are missing, at least: " .. lacking)
  elseif message.fault then
    tell(root, "fault", message.fault)
  elseif message.is_open and pinfo.port_type == TCP then
    tell(root, "open", "no length of its own: it ends where this segment does")
  end
  pinfo.cols.info:append(" " .. title .. " " .. table.concat(message.info, " "))
  return root
end

-- Whether the next segments may complete the message.
local function ask_for_more(message, pinfo)
  local buffer = message.buffer
  if message.need == nil or pinfo.port_type ~= TCP or pinfo.can_desegment == 0 then return false end
  if buffer:len() < buffer:reported_len() then return false end
  pinfo.desegment_offset = message.begin
  -- Not `need`: it may grow with each field, and Wireshark 4.0 shows messages twice then.
  pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
  return true
end

local function is_wanted(pinfo)
  local direction = protocol.prefs.direction
  if direction == 0 then return true end
  return (direction == 1) == (pinfo.dst_port == pinfo.match)
end

protocol.prefs.direction = Pref.enum("Direction", 0, "Which messages have this layout", {
  { 1, "both", 0 }, { 2, "to the port", 1 }, { 3, "from the port", 2 },
}, false)

function protocol.dissector(buffer, pinfo, tree)
  if not is_wanted(pinfo) then return 0 end
  local data = buffer:raw(0, buffer:len())
  local at = 0
  pinfo.cols.protocol:set(title)
  while at < #data or at == 0 do
    local message = read_message(buffer, data, at)
    message.info = {}
    if ask_for_more(message, pinfo) then return end
    local root = show_message(message, pinfo, tree)
    if not message.is_complete then return end
    local is_last = pinfo.port_type ~= TCP or message.at == at
    at = message.at
    if is_last then return show_rest(message, root, at, "bytes behind the message") end
  end
end

for name, port in pairs(ports) do
  local ports_of = DissectorTable.get(name)
  ports_of:add_for_decode_as(protocol)
  if port > 0 then ports_of:add(port, protocol) end
end
)lua";

}  // namespace wireproof
