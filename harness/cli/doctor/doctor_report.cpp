#include "cli/doctor/doctor_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text/bytes.h"

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

std::string render_machine_text(const MachineReport& report, Style style) {
  std::size_t width = 0;
  for (const MachineFinding& finding : report) width = std::max(width, finding.what.size());
  std::string text;
  for (const MachineFinding& finding : report) text += render_finding(finding, width, style);
  return text;
}

std::string render_machine_json(const MachineReport& report) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const MachineFinding& finding : report) {
    list.push_back({{"what", finding.what},
                    {"state", render_machine_state(finding.state)},
                    {"detail", finding.detail},
                    {"remedy", finding.remedy}});
  }
  using Dump = nlohmann::ordered_json::error_handler_t;
  return list.dump(2, ' ', false, Dump::replace) + "\n";
}

}  // namespace wireproof
