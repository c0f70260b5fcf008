#include <algorithm>

#include "cli/commands.h"
#include "cli/doctor/doctor_report.h"
#include "machine/path/path_doctor.h"

namespace wireproof {

int doctor_command(const CommandLine& line) {
  ColorChoice color = ColorChoice::automatic;
  bool json = false;
  bool fix = false;
  ArgumentParser parser(line, "doctor [OPTIONS]",
                        "Tries what wireproof needs of this machine, and says what mends each "
                        "lack. Exit code 4 when something is missing.");
  add_color_option(parser, color);
  parser.flag("--json", json, "the same as JSON: what, state, detail and remedy of each");
  parser.flag("--fix", fix, "a script for root that mends what a command can, to be read and run");
  if (const auto code = parser.parse()) return *code;
  const MachineLocks locks = read_machine_locks();
  MachineReport report = examine_machine();
  report.push_back(examine_path(locks));
  if (fix) {
    print_out(render_fix_script(report, locks));
    return kExitPassed;
  }
  const auto print = json ? print_out : print_text;
  print(json ? render_machine_json(report)
             : render_machine_text(report, choose_style(color, stdout)));
  const bool missing = std::ranges::any_of(
      report, [](const MachineFinding& finding) { return finding.state == MachineState::missing; });
  return missing ? kExitCouldNotRun : kExitPassed;
}

}  // namespace wireproof
