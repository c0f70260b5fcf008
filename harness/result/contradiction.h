#pragma once

#include <utility>
#include <vector>

#include "result/explanation.h"
#include "result/run_result.h"

namespace wireproof {

// Whether one of two explanations says that the other is not so: no server can be both.
bool contradict(ExplanationId one, ExplanationId other);

// Of the messages of one sheet, played once, those that contradict each other; each pair once.
using Contradictions = std::vector<std::pair<ExplanationId, ExplanationId>>;
Contradictions find_contradictions(const ScenarioResult& result);

}  // namespace wireproof
