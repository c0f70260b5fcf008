#include "result/diagnosis.h"

#include "catch.h"

namespace wireproof {
namespace {

using Id = ExplanationId;

Symptom at(std::uint64_t step, Mismatch mismatch) {
  return {CheckKind::session, step, mismatch, ""};
}

SheetFacts fails(std::vector<Symptom> symptoms, Id explanation = Id::none) {
  return {std::move(symptoms), explanation};
}

const SheetFacts kPasses;
const Symptom kNothing = at(2, Mismatch::nothing);
const Symptom kClosed = at(2, Mismatch::closed);

// Three faults of one server: what a first sheet shows is alike in two of them.
const Signatures kKnown{
    {"one-recv", Id::one_recv, {{"split", kNothing}, {"halves", kClosed}}},
    {"one-at-a-time", Id::one_at_a_time, {{"two", kNothing}, {"halves", kClosed}}},
    {"thread-dies", Id::thread_died, {{"split", kNothing}}},
    {"swapped", Id::byte_order, {{"one", at(4, Mismatch::byte_order)}, {"large", kClosed}}},
    {"late", Id::late_reply, {{"slow", std::nullopt}}}};

}  // namespace

TEST_CASE("the fault that shows every failure is the diagnosis", "[diagnosis]") {
  const ProgramFacts program{
      {"split", fails({kNothing})}, {"halves", fails({kClosed})}, {"two", kPasses}};
  CHECK(diagnose(program, kKnown) ==
        std::vector<DiagnosisMember>{{Id::one_recv, {}, {"halves", "split"}}});
}

TEST_CASE("what passes where a fault fails rules that out", "[diagnosis]") {
  const ProgramFacts program{{"halves", fails({kClosed}, Id::one_at_a_time)}, {"two", kPasses}};
  CHECK(diagnose(program, kKnown) == std::vector<DiagnosisMember>{{Id::one_recv, {}, {"halves"}}});
  CHECK(is_ruled_out(Id::one_at_a_time, program, kKnown));
  CHECK_FALSE(is_ruled_out(Id::one_recv, program, kKnown));
  // Of no known fault, or an event and no habit.
  CHECK_FALSE(is_ruled_out(Id::newest_client, program, kKnown));
  CHECK_FALSE(is_ruled_out(Id::byte_order, {{"one", kPasses}}, kKnown));
}

TEST_CASE("a habit is ruled out by what the program does, not by how else it fails",
          "[diagnosis]") {
  const Signatures known{{"readline", Id::waits_for_end, {{"one", at(2, Mismatch::nothing)}}}};
  CHECK_FALSE(is_ruled_out(Id::waits_for_end, {{"one", fails({at(2, Mismatch::cut)})}}, known));
  CHECK(is_ruled_out(Id::waits_for_end, {{"one", fails({at(3, Mismatch::cut)})}}, known));
  CHECK(is_ruled_out(Id::waits_for_end, {{"one", kPasses}}, known));
}

TEST_CASE("which of several clients waits in vain does not matter", "[diagnosis]") {
  const Signatures known{
      {"newest", Id::newest_client, {{"two", at(2, Mismatch::nothing)}, {"ten", kNothing}}}};
  const ProgramFacts program{{"two", fails({at(5, Mismatch::nothing)})},
                             {"ten", fails({kNothing})}};
  CHECK(diagnose(program, known) == std::vector<DiagnosisMember>{{Id::newest_client, {}, {"ten"}}});
  CHECK(diagnose({{"two", fails({at(5, Mismatch::cut)})}, {"ten", fails({kNothing})}}, known)
            .empty());
}

TEST_CASE("what fails in another way than a fault does is another's", "[diagnosis]") {
  const ProgramFacts program{{"split", fails({at(2, Mismatch::cut)})},
                             {"halves", fails({kClosed})}};
  const auto members = diagnose(program, kKnown);
  REQUIRE(members.size() == 1);
  CHECK(members[0].explanation == Id::one_at_a_time);
  CHECK(members[0].sheets == std::vector<std::string>{"halves"});
}

TEST_CASE("a failure may hide what comes behind it", "[diagnosis]") {
  const Symptom earlier = at(1, Mismatch::other_bytes);
  const ProgramFacts hidden{
      {"split", fails({earlier})}, {"halves", fails({kClosed})}, {"two", kPasses}};
  CHECK(diagnose(hidden, kKnown) == std::vector<DiagnosisMember>{{Id::one_recv, {}, {"halves"}}});
  const ProgramFacts beside{
      {"split", fails({earlier, kNothing})}, {"halves", fails({kClosed})}, {"two", kPasses}};
  CHECK(diagnose(beside, kKnown) ==
        std::vector<DiagnosisMember>{{Id::one_recv, {}, {"halves", "split"}}});
}

TEST_CASE("two faults are two things where one does not show all", "[diagnosis]") {
  const ProgramFacts program{
      {"split", fails({kNothing})}, {"two", fails({kNothing})}, {"halves", fails({kClosed})}};
  const auto members = diagnose(program, kKnown);
  REQUIRE(members.size() == 2);
  CHECK(members[0].explanation == Id::one_recv);
  CHECK(members[0].sheets == std::vector<std::string>{"halves", "split"});
  CHECK(members[1].explanation == Id::one_at_a_time);
  CHECK(members[1].sheets == std::vector<std::string>{"two"});
}

TEST_CASE("what a sheet names is taken, else twins are told", "[diagnosis]") {
  CHECK(diagnose({{"split", fails({kNothing})}}, kKnown) ==
        std::vector<DiagnosisMember>{{Id::one_recv, {Id::thread_died}, {"split"}}});
  CHECK(diagnose({{"split", fails({kNothing}, Id::thread_died)}}, kKnown) ==
        std::vector<DiagnosisMember>{{Id::thread_died, {}, {"split"}}});
}

TEST_CASE("a cause that was seen takes what it is known to show with it", "[diagnosis]") {
  const ProgramFacts program{{"one", fails({at(4, Mismatch::byte_order)}, Id::byte_order)},
                             {"large", fails({kClosed}, Id::closed_before_reply)}};
  CHECK(diagnose(program, kKnown) ==
        std::vector<DiagnosisMember>{{Id::byte_order, {}, {"large", "one"}}});
  // Where the numbers of another sheet are right, it is not this fault that closes.
  ProgramFacts other = program;
  other["one"] = kPasses;
  CHECK(diagnose(other, kKnown).empty());
}

TEST_CASE("a cause that was seen is no other's", "[diagnosis]") {
  const ProgramFacts program{{"split", fails({kNothing}, Id::left_behind)}};
  CHECK(diagnose(program, kKnown) ==
        std::vector<DiagnosisMember>{{Id::left_behind, {}, {"split"}}});
}

TEST_CASE("what varies agrees with any failure and with none, and names nothing", "[diagnosis]") {
  CHECK(diagnose({{"slow", fails({kClosed})}}, kKnown).empty());
  const Signatures known{{"late", Id::late_reply, {{"slow", std::nullopt}, {"one", kNothing}}}};
  CHECK(diagnose({{"one", fails({kNothing})}, {"slow", fails({kClosed})}}, known) ==
        std::vector<DiagnosisMember>{{Id::late_reply, {}, {"one", "slow"}}});
  CHECK_FALSE(is_ruled_out(Id::late_reply, {{"slow", kPasses}}, kKnown));
}

TEST_CASE("a close may be seen as a reset, a reset as nothing else", "[diagnosis]") {
  const Signatures close{{"close", Id::closed_before_reply, {{"one", kClosed}}}};
  const Signatures reset{{"reset", Id::reset_abort, {{"one", at(2, Mismatch::reset)}}}};
  CHECK(diagnose({{"one", fails({at(2, Mismatch::reset)})}}, close).size() == 1);
  CHECK(diagnose({{"one", fails({at(2, Mismatch::reset)})}}, reset).size() == 1);
  CHECK(diagnose({{"one", fails({kClosed})}}, reset).empty());
}

TEST_CASE("a server that lives did not die", "[diagnosis]") {
  const Signatures known{{"die", Id::died_on_input, {{"bad", kClosed}}}};
  CHECK(diagnose({{"bad", fails({kClosed}, Id::closed_before_reply)}}, known).empty());
  CHECK(diagnose({{"bad", fails({kClosed}, Id::died_on_input)}}, known).size() == 1);
}

TEST_CASE("that some row failed names no fault", "[diagnosis]") {
  const Symptom row{CheckKind::packets, 0, Mismatch::row, ""};
  Symptom reset = row;
  reset.detail = "reset-abort";
  CHECK(
      diagnose({{"one", fails({row})}}, {{"stray", Id::stray_after_eof, {{"one", row}}}}).empty());
  CHECK(
      diagnose({{"one", fails({reset})}}, {{"stray", Id::reset_abort, {{"one", reset}}}}).size() ==
      1);
}

TEST_CASE("what was seen rules out what cannot be beside it", "[diagnosis]") {
  const Symptom other = at(2, Mismatch::other_bytes);
  const Signatures known{{"latin1", Id::latin1, {{"letters", other}, {"invalid", other}}}};
  CHECK(diagnose({{"letters", fails({other})}, {"invalid", fails({other})}}, known).size() == 1);
  CHECK(diagnose({{"letters", fails({other}, Id::ascii_only)}, {"invalid", fails({other})}}, known)
            .front() == DiagnosisMember{Id::ascii_only, {}, {"letters"}});
  CHECK(diagnose({{"letters", fails({other}, Id::ascii_only)}, {"invalid", fails({other})}}, known)
            .size() == 1);
}

TEST_CASE("what the packets look like after a failed session names no fault", "[diagnosis]") {
  const Symptom row{CheckKind::packets, 0, Mismatch::row, "close-wait"};
  const Signatures known{{"leak", Id::close_wait, {{"one", row}}}};
  CHECK(diagnose({{"one", fails({row})}}, known).size() == 1);
  CHECK(diagnose({{"one", fails({kClosed, row})}}, known).empty());
}

TEST_CASE("what nobody has thought of has no cause", "[diagnosis]") {
  CHECK(diagnose({{"one", fails({at(7, Mismatch::behind)})}}, kKnown).empty());
  CHECK(diagnose({{"one", fails({kClosed})}}, {}).empty());
}

TEST_CASE("a fault that is taken for another by its own record is named", "[diagnosis]") {
  CHECK(list_mistaken(kKnown).empty());
  // "late" shows nothing that is the same in every run.
  Signatures known = kKnown;
  // Shows less than one-recv, and of it nothing but what one-recv shows: no twin of it.
  known.push_back({"deaf", Id::half_close_deaf, {{"halves", kClosed}, {"late", kNothing}}});
  known.push_back({"closes", Id::closed_before_reply, {{"halves", kClosed}, {"one", kClosed}}});
  CHECK(list_mistaken(known).empty());
  known.push_back({"twin", Id::fin_held, {{"halves", kClosed}, {"late", kNothing}}});
  CHECK(list_mistaken(known).empty());
  // Dies of every input that it gets, and two faults show that, too, one of them more plainly.
  known = {
      {"row", Id::stray_after_eof, {{"one", Symptom{CheckKind::packets, 0, Mismatch::row, ""}}}},
      {"closes", Id::closed_before_reply, {{"one", kClosed}}}};
  CHECK(list_mistaken(known) == std::vector<std::string>{"row"});
}

}  // namespace wireproof
