-- What wireproof wrote into the comments of packets, as fields to filter by, to sort by and to show
-- as columns: wireproof.cause, .blocked, .row, .verdict, .remark, .fate. Packets that failed are
-- errors of Analyze > Expert Information.
local wireproof = Proto("wireproof", "wireproof")
local comment = Field.new("frame.comment")

local fields = {
  cause = ProtoField.string("wireproof.cause", "Cause"),
  blocked = ProtoField.string("wireproof.blocked", "Blocked"),
  row = ProtoField.string("wireproof.row", "Row"),
  verdict = ProtoField.string("wireproof.verdict", "Verdict"),
  remark = ProtoField.string("wireproof.remark", "Remark"),
  fate = ProtoField.string("wireproof.fate", "Fate"),
}
wireproof.fields = { fields.cause, fields.blocked, fields.row, fields.verdict, fields.remark,
                     fields.fate }

local failed = ProtoExpert.new("wireproof.failed", "the sheet expects something else",
                               expert.group.PROTOCOL, expert.severity.ERROR)
wireproof.experts = { failed }

function wireproof.dissector(_, _, tree)
  local branch
  for _, info in ipairs({ comment() }) do
    for key, value in tostring(info):gmatch("(%w+): ([^\n]+)") do
      local field = fields[key]
      if field then
        branch = branch or tree:add(wireproof)
        local item = branch:add(field, value)
        if key == "verdict" and value == "fail" then item:add_proto_expert_info(failed) end
      end
    end
  end
end

register_postdissector(wireproof)
