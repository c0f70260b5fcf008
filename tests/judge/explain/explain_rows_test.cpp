#include "catch.h"
#include "judge/explain/explain.h"
#include "support/connection_script.h"

namespace wireproof {
namespace {

// Why the server's FIN is missing, where packet `nearest` stands in its place.
ExplanationId explain_fin(const std::vector<std::string>& words, std::size_t nearest) {
  const ScriptCapture capture = capture_script(words);
  const Row row = script_rows({"S FIN,ACK"}).front();
  RowResult result;
  result.nearest = nearest;
  const auto explanation = explain_row(row, result, capture.connection(), {});
  return explanation ? explanation->id : ExplanationId::none;
}

}  // namespace

TEST_CASE("data of the server behind the client's FIN, instead of its own, is a stray reply",
          "[expect]") {
  CHECK(explain_fin({"C SYN", "S SYN", "C ACK", "C FIN", "S 13"}, 4) ==
        ExplanationId::stray_after_eof);
}

TEST_CASE("data of a server that had not seen the client's FIN is no stray reply", "[expect]") {
  CHECK(explain_fin({"C SYN", "S SYN", "C ACK", "C 5", "S 13"}, 4) !=
        ExplanationId::stray_after_eof);
  CHECK(explain_fin({"C SYN", "S SYN", "C ACK", "C 5", "C FIN", "S 13 ack=6"}, 5) !=
        ExplanationId::stray_after_eof);
}

}  // namespace wireproof
