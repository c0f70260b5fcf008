#include <algorithm>

#include "base/text/bytes.h"
#include "cli/commands.h"
#include "cli/options/output.h"
#include "machine/host/doctor.h"

namespace wireproof {
namespace {

const char* color_of(MachineState state) {
  switch (state) {
    case MachineState::ok:
      return "32";
    case MachineState::limited:
      return "1;33";
    case MachineState::missing:
      return "1;31";
  }
  return "0";
}

std::string render_finding(const MachineFinding& finding, std::size_t width, Style style) {
  constexpr std::size_t kStateWidth = 7;  // "limited"
  const std::string state = render_machine_state(finding.state);
  const std::string blanks(kStateWidth - std::min(kStateWidth, state.size()), ' ');
  std::string what = escape_control(finding.what);
  what.append(width - std::min(width, what.size()), ' ');
  std::string text = paint(state, color_of(finding.state), style) + blanks + "  " + what + "  " +
                     escape_control(finding.detail) + "\n";
  if (!finding.remedy.empty()) {
    text += std::string(kStateWidth + 2, ' ') + "= help: " + escape_control(finding.remedy) + "\n";
  }
  return text;
}

}  // namespace

int doctor_command(const CommandLine& line) {
  ColorChoice color = ColorChoice::automatic;
  ArgumentParser parser(line, "doctor [OPTIONS]",
                        "Tries what wireproof needs of this machine, and says what mends each "
                        "lack. Exit code 4 when something is missing.");
  add_color_option(parser, color);
  if (const auto code = parser.parse()) return *code;
  const MachineReport report = examine_machine();
  std::size_t width = 0;
  for (const MachineFinding& finding : report) width = std::max(width, finding.what.size());
  const Style style = choose_style(color, stdout);
  for (const MachineFinding& finding : report) print_out(render_finding(finding, width, style));
  const bool missing = std::ranges::any_of(
      report, [](const MachineFinding& finding) { return finding.state == MachineState::missing; });
  return missing ? kExitCouldNotRun : kExitPassed;
}

}  // namespace wireproof
