#include "live/echo_sheet.h"

#include "support/sheet_builder.h"

namespace wireproof {

Scenario echo_sheet(const std::string& id, ServerAction action) {
  Scenario scenario = SheetBuilder()
                          .step("connect", StepConnect{})
                          .step("send \"hello\"", send_text("hello"))
                          .step("recv \"hello\"", recv_text("hello"))
                          .step("close", StepClose{})
                          .step("server: act", StepServer{action})
                          .scenario();
  scenario.id = id;
  scenario.front.server = "echo";
  return scenario;
}

}  // namespace wireproof
