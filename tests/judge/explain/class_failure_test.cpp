// How a failed step looks, as a class.
#include "judge/explain/class_failure.h"

#include "catch.h"
#include "support/talks.h"

namespace wireproof {
namespace {

std::string look(const FailureEvidence& evidence) {
  return std::string(mismatch_name(class_failure(evidence).mismatch));
}

}  // namespace

TEST_CASE("a step without a byte looks like the end of its wait", "[expect]") {
  CHECK(look(failure(StepGoal::message, StepEnd::timed_out)) == "nothing");
  CHECK(look(failure(StepGoal::message, StepEnd::end_of_stream)) == "closed");
  CHECK(look(failure(StepGoal::message, StepEnd::reset)) == "reset");
  CHECK(look(failure(StepGoal::connect, StepEnd::refused)) == "refused");
  CHECK(look(failure(StepGoal::server_restart, StepEnd::port_in_use)) == "in-use");
  CHECK(look(failure(StepGoal::end, StepEnd::timed_out)) == "stays-open");
  CHECK(look(failure(StepGoal::end, StepEnd::reset)) == "reset");
  CHECK(look(failure(StepGoal::silence, StepEnd::end_of_stream)) == "closed");
  CHECK(look(failure(StepGoal::server_alive, StepEnd::other)) == "state");
}

TEST_CASE("what comes after a step's time limit is no part of how the step looks", "[expect]") {
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::timed_out);
  evidence.expected = text("answer");
  evidence.came = evidence.expected->bytes;
  CHECK(look(evidence) == "nothing");
  evidence.in_time = 3;
  CHECK(look(evidence) == "cut");
  evidence.end = StepEnd::bytes;
  evidence.came.push_back('!');
  CHECK(look(evidence) == "behind");
}

TEST_CASE("an answer looks like its difference from the expected one", "[expect]") {
  FailureEvidence evidence = failure(StepGoal::message, StepEnd::bytes);
  evidence.expected = text("ECHO: two");
  evidence.replies = {text("ECHO: one")};
  const auto look_of = [&](const std::string& came) {
    evidence.came = text(came).bytes;
    return look(evidence);
  };
  CHECK(look_of("ECHO: tw") == "cut");
  CHECK(look_of("ECHO: two!") == "behind");
  CHECK(look_of("ECHO: one") == "earlier");
  CHECK(look_of("ECHO: TWO") == "letter-case");
  CHECK(look_of("ECHO: tow") == "other-bytes");
  FailureEvidence end = failure(StepGoal::end, StepEnd::bytes);
  end.came = text("x").bytes;
  CHECK(look(end) == "unasked");
}

TEST_CASE("each class has a name of its own", "[expect]") {
  for (std::uint8_t at = 0; at <= static_cast<std::uint8_t>(Mismatch::row); ++at) {
    const auto mismatch = static_cast<Mismatch>(at);
    CHECK(find_mismatch(mismatch_name(mismatch)) == mismatch);
  }
  CHECK_FALSE(find_mismatch("rows"));
}

}  // namespace wireproof
