#include "cli/layout/print_layout.h"

#include <filesystem>

#include "base/text/bytes.h"
#include "cli/options/output.h"
#include "cli/options/selection.h"
#include "cli/options/server_table.h"
#include "play/stage/stage_plan.h"
#include "report/dissector/dissector.h"
#include "result/verdict.h"
#include "sheet/layout/layout_section.h"

namespace wireproof {
namespace {

constexpr std::string_view kNameOfFormat = "struct";  // a format string gives its layout none

DissectorPorts dissector_ports(const Scenario& scenario, std::optional<std::uint16_t> given) {
  const FrontMatter& front = scenario.front;
  const ServerTable servers = make_server_table();
  ServerPorts planned = plan_ports(scenario, servers);
  // A program of somebody's own may speak both.
  if (!front.transport && !front.command.empty() && !servers.contains(front.server)) {
    planned.wants_udp = true;
    planned.udp = planned.tcp;
  }
  const auto port = [&](bool is_wanted, std::uint16_t known) {
    const std::uint16_t number = given.value_or(known);
    return is_wanted && number != 0 ? std::optional(number) : std::nullopt;
  };
  return {port(planned.wants_tcp, planned.tcp), port(planned.wants_udp, planned.udp)};
}

int print_dissector(const Layout& layout, const LayoutSet& layouts, const DissectorPorts& ports) {
  const auto script = render_dissector(layout, layouts, ports);
  if (!script) {
    print_error("error: " + escape_control(script.error()) + "\n");
    return kExitSheetWrong;
  }
  print_out(*script);
  return kExitPassed;
}

int print_struct_format(const LayoutOptions& options) {
  const SourceText source("layout", options.source);
  auto layout = parse_struct_format(source);
  if (!layout) {
    for (const Diagnostic& problem : layout.error()) print_diagnostic(problem, source);
    return kExitUsage;
  }
  if (options.as_lua) {
    layout->name = kNameOfFormat;
    return print_dissector(*layout, {}, {options.port, options.port});
  }
  print_text(escape_control(render_layout_table(*layout, {})));
  return kExitPassed;
}

int refuse_name(const ArgumentParser& parser, const std::string& name, const LayoutSet& layouts) {
  std::vector<std::string> names;
  for (const auto& [known, layout] : layouts) names.push_back(known);
  std::vector<Note> notes = nearest_note(name, names);
  for (const std::string& known : names) notes.push_back({"help", "layout of the sheet: " + known});
  return parser.refuse(name, "the sheet has no layout `" + name + "`", notes);
}

int print_sheet_layout(const ArgumentParser& parser, const LayoutOptions& options) {
  const Sheet sheet = read_sheet(options.source, {});
  if (const int code = print_diagnostics({sheet}); code != kExitPassed) return code;
  const LayoutSet& layouts = sheet.scenario->layouts;
  const auto found = layouts.find(options.name);
  if (found == layouts.end()) return refuse_name(parser, options.name, layouts);
  if (options.as_lua) {
    return print_dissector(found->second, layouts, dissector_ports(*sheet.scenario, options.port));
  }
  print_text(escape_control(render_layout_table(found->second, layouts)));
  return kExitPassed;
}

}  // namespace

int print_layout(const ArgumentParser& parser, const LayoutOptions& options) {
  if (options.port && !options.as_lua) {
    return parser.refuse("--port", "a table has no port",
                         {{"help", "`--lua` prints a dissector, which has one"}});
  }
  const bool is_format = options.source.starts_with("struct");
  if (options.name.empty() && is_format) return print_struct_format(options);
  if (!std::filesystem::exists(find_sheet_path(options.source))) {
    return parser.refuse(
        options.source, "there is no sheet " + options.source,
        {{"help", "a format string begins with `struct`, like 'struct \"!BLL\"'"}});
  }
  if (options.name.empty()) {
    return parser.refuse(options.source, "which layout of the sheet is missing");
  }
  return print_sheet_layout(parser, options);
}

}  // namespace wireproof
