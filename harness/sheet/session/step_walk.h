#pragma once

#include <vector>

#include "sheet/session/session_script.h"

namespace wireproof {

// Calls `visit` for each step in order, those inside a `repeat` once, before the repeat's end.
template <class Visit>
void visit_steps(const std::vector<Step>& steps, const Visit& visit) {
  for (const Step& step : steps) {
    if (const auto* const repeat = std::get_if<StepRepeat>(&step.action)) {
      visit_steps(repeat->steps, visit);
    } else {
      visit(step);
    }
  }
}

}  // namespace wireproof
