#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cli/options/selection.h"

namespace wireproof {

// A sheet about calc with these steps.
inline Sheet sheet_of(const std::string& id, std::map<std::string, std::string> parameters,
                      std::vector<StepAction> actions) {
  Sheet sheet;
  sheet.id = id;
  Scenario scenario;
  scenario.id = id;
  scenario.front.server = "calc";
  scenario.front.parameters = std::move(parameters);
  scenario.session.emplace();
  for (StepAction& action : actions) {
    Step step;
    step.action = std::move(action);
    scenario.session->steps.push_back(std::move(step));
  }
  sheet.scenario = std::move(scenario);
  return sheet;
}

}  // namespace wireproof
