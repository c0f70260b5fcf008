#include "report/dissector/dissector.h"

#include <fmt/format.h>

#include "expect/payload/references.h"
#include "report/dissector/lua_parts.h"
#include "report/dissector/lua_tables.h"
#include "report/dissector/lua_text.h"

namespace wireproof {
namespace {

Unexpected<std::string> refused(const Layout& layout, std::string_view why) {
  return Unexpected<std::string>(
      fmt::format("the layout `{}` cannot be a dissector: {}", layout.name, why));
}

// What Wireshark shows beside a message: the name below the protocol, and how bad it is.
constexpr std::string_view kProblems = R"lua(
-- No field has a hyphen in its name.
local function problem(kind, text, group, severity)
  return ProtoExpert.new(filter .. "." .. kind, text, group, severity)
end
local malformed, protocol_group = expert.group.MALFORMED, expert.group.PROTOCOL
local is_error, is_warning = expert.severity.ERROR, expert.severity.WARN
local is_note = expert.severity.NOTE
local problems = {
  missing = problem("bytes-missing", "bytes are missing", malformed, is_error),
  fault = problem("not-the-layout", "the bytes are not the layout", malformed, is_error),
  left = problem("left-over", "bytes are left over", protocol_group, is_warning),
  value = problem("wrong-value", "the sheet has another value", protocol_group, is_warning),
  open = problem("open-end", "the message has no length of its own", protocol_group, is_note),
}
protocol.experts = {
  problems.missing, problems.fault, problems.left, problems.value, problems.open,
}
)lua";

std::string head_of(const Layout& layout, const std::string& protocol,
                    const DissectorPorts& ports) {
  const std::string name = lua_string(layout.name);
  return fmt::format(
      "-- A dissector for Wireshark of the layout {0}, written by `wireproof layout`:\n"
      "--   wireshark -X lua_script:FILE\n"
      "--   tshark -X lua_script:FILE -r CAPTURE -Y {1}\n\n"
      "local title = {0}\n"
      "local filter = \"{1}\"\n"
      "local ports = {{ [\"tcp.port\"] = {2}, [\"udp.port\"] = {3} }}\n"
      "local protocol = Proto.new(filter, \"Layout \" .. title .. \" of wireproof\")\n"
      "local protofields, shapes = {{}}, {{}}\n",
      name, protocol, ports.tcp.value_or(0), ports.udp.value_or(0));
}

}  // namespace

Expected<std::string, std::string> render_dissector(const Layout& layout, const LayoutSet& layouts,
                                                    const DissectorPorts& ports) {
  if (layout_size(layout, layouts) == 0) return refused(layout, "it has no bytes");
  if (const auto missing = missing_reference(layout, layouts)) {
    return refused(layout,
                   fmt::format("`{}` stands in a layout around it; name that one", *missing));
  }
  const std::string protocol = "wireproof_" + lua_identifier(layout.name);
  const auto tables = lua_tables(layout, layouts, protocol);
  if (!tables) return refused(layout, tables.error());
  std::string script = head_of(layout, protocol, ports);
  script.append(kProblems).append("\n").append(*tables).append("protocol.fields = protofields\n");
  for (const std::string_view part :
       {kLuaNumbers, kLuaCodings, kLuaReader, kLuaElements, kLuaTree}) {
    script.append(part);
  }
  return script;
}

}  // namespace wireproof
