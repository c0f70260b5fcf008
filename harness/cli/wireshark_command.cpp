#include "base/system/memory_map.h"
#include "base/system/process.h"
#include "cli/commands.h"
#include "cli/wireshark/wireshark_files.h"

namespace wireproof {

int wireshark_command(const CommandLine& line) {
  std::string action;
  ArgumentParser parser(line, "wireshark install|uninstall",
                        "Gives this user's Wireshark a script that makes fields of what captures "
                        "say of their packets, a profile `wireproof` with the columns, and an "
                        "interface that traces two programs; or takes them away.");
  parser.required_text("ACTION", action, "`install` or `uninstall`");
  if (const auto code = parser.parse()) return *code;
  const auto files = list_files(find_folders(), own_start_file());
  if (action == "install") {
    install_files(files);
    for (const WiresharkFile& file : files) print_text(file.path.string() + "\n");
    print_text("Wireshark shows it with the profile: wireshark -C wireproof FILE\n");
    return kExitPassed;
  }
  if (action != "uninstall") return parser.refuse(action, "it is `install` or `uninstall`");
  for (const auto& path : remove_files(files)) print_text("removed " + path.string() + "\n");
  return kExitPassed;
}

}  // namespace wireproof
