#pragma once

#include <string>

#include "sheet/scenario.h"

namespace wireproof {

// A one-line-per-item dump of the tree, for goldens.
std::string dump_scenario(const Scenario& scenario);

}  // namespace wireproof
