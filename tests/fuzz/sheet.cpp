#include "sheet/scenario.h"

#include "fuzz/sheets.h"
#include "fuzz/targets.h"
#include "sheet/session/session_plan.h"

// A whole sheet.
namespace wireproof {

void fuzz_sheet(ByteView input) {
  const SourceText source("sheet.md", std::string(as_text(input)));
  const auto scenario = parse_scenario("sheet", source, {});
  if (!scenario) {
    promise(has_errors(scenario.error()), "a sheet that is refused has an error");
    check_diagnostics(scenario.error(), source);
    return;
  }
  promise(!has_errors(scenario->warnings), "a sheet that is taken has none");
  check_diagnostics(scenario->warnings, source);
  if (!scenario->session) return;
  const SessionPlan plan = plan_session(*scenario->session);
  promise(!plan.cut, "a session that is taken can be played");
  promise(longest_session(plan, scenario->front.timeout) <= kLongestSession, "it ends some day");
}

}  // namespace wireproof
