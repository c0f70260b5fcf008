#include "report/feedback.h"

#include "catch.h"
#include "report/failed_sheets.h"
#include "report/findings.h"
#include "support/contains.h"

namespace wireproof {
TEST_CASE("sheets with the same cause are one finding", "[report]") {
  const RunResult run = run_of({sheet("a", {failure("a has no end", "close-wait")}), sheet("b", {}),
                                sheet("c", {failure("c has no end", "close-wait")})});
  const std::vector<Finding> findings = find_findings(run, {});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].why == "because of close-wait");
  REQUIRE(findings[0].places.size() == 2);
  CHECK(findings[0].places[1].sheet == "c");
}

TEST_CASE("without a known cause the same message makes one finding", "[report]") {
  const RunResult run = run_of({sheet("a", {failure("no answer")}), sheet("b", {failure("other")}),
                                sheet("c", {failure("no answer")})});
  const std::vector<Finding> findings = find_findings(run, {});
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].places.size() == 2);
}

TEST_CASE("what a client did not print follows from what it asked", "[report]") {
  const RunResult wrong = run_of({sheet("a", {failure("it did not print x")}),
                                  sheet("b", {failure("it sent y", "client-half-message")}),
                                  sheet("c", {failure("it did not print z")}),
                                  sheet("d", {failure("it printed a part", "client-one-recv")})});
  const std::vector<Finding> findings = find_findings(wrong, {});
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].explanation == ExplanationId::client_half_message);
  CHECK(findings[0].places.size() == 3);
  const RunResult other = run_of({sheet("a", {failure("it did not print x")}),
                                  sheet("d", {failure("it printed a part", "client-one-recv")})});
  CHECK(find_findings(other, {}).size() == 2);
}

TEST_CASE(
    "what a server keeps of earlier messages explains other wrong answers, once it is seen often",
    "[report]") {
  const auto run = [](std::size_t kept, Mismatch mismatch) {
    std::vector<ScenarioSummary> sheets;
    for (std::size_t i = 0; i < kept; ++i) {
      sheets.push_back(sheet("kept " + std::to_string(i), {failure("old", "stale-reply")}));
    }
    sheets.push_back(sheet("other", {failure("wrong at 7")}));
    sheets.back().result.symptoms = {Symptom{CheckKind::session, 0, mismatch, ""}};
    return find_findings(run_of(std::move(sheets)), {}).size();
  };
  CHECK(run(3, Mismatch::other_bytes) == 1);
  CHECK(run(2, Mismatch::other_bytes) == 2);
  CHECK(run(3, Mismatch::nothing) == 2);
}

TEST_CASE("what looks like a known cause elsewhere is counted with it", "[report]") {
  const RunResult run = run_of({sheet("a", {failure("c12: differs at 0")}),
                                sheet("b", {failure("differs at 0", "byte-order")}),
                                sheet("c", {failure("differs at 4")})});
  const std::vector<Finding> findings = find_findings(run, {});
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].explanation == ExplanationId::byte_order);
  CHECK(findings[0].places.size() == 2);
  CHECK(findings[1].places[0].sheet == "c");
}

TEST_CASE("a server that is there but not at one address is not missing", "[report]") {
  const ScenarioSummary missing = sheet("a", {failure("refused", "nothing-listens")});
  const ScenarioSummary wrong = sheet("b", {failure("wrong id", "wrong-id")});
  const std::vector<Finding> findings = find_findings(run_of({missing, wrong}), {});
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].explanation == ExplanationId::wrong_id);
}

TEST_CASE("of a sheet the process comes first, of all what is answered wrongly", "[report]") {
  const RunResult run =
      run_of({sheet("a", {failure("wrong number", "byte-order")}),
              sheet("b", {failure("row 3 differs"), failure("short", "short-reply"),
                          failure("it died", "died-on-input")})});
  const std::vector<Finding> findings = find_findings(run, {});
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].explanation == ExplanationId::byte_order);
  CHECK(findings[1].explanation == ExplanationId::died_on_input);
  CHECK(findings[1].places[0].further == 2);
}

TEST_CASE("a server that dies in most sheets does little else", "[report]") {
  const RunResult run = run_of({sheet("a", {failure("wrong number", "byte-order")}),
                                sheet("b", {failure("it died", "died-on-input")}),
                                sheet("c", {failure("it died", "died-on-input")})});
  CHECK(find_findings(run, {}).front().explanation == ExplanationId::died_on_input);
}

TEST_CASE("what does not start again is told last, beside what was wrong before", "[report]") {
  const RunResult run = run_of({sheet("restart", {failure("differs at 5", "wrong-beginning"),
                                                  failure("it did not start", "port-not-reusable"),
                                                  failure("refused", "nothing-listens")})});
  const std::vector<Finding> findings = find_findings(run, {});
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].explanation == ExplanationId::wrong_beginning);
  CHECK(findings[1].explanation == ExplanationId::port_not_reusable);
}

TEST_CASE("who waits for the end of a line seems to serve one client at a time", "[report]") {
  const RunResult run = run_of({sheet("a", {failure("no answer", "waits-for-end")}),
                                sheet("b", {failure("none for bob", "one-at-a-time")}),
                                sheet("c", {failure("none at all", "thread-died")})});
  const std::vector<Finding> findings = find_findings(run, {});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].places.size() == 3);
  const RunResult other = run_of({sheet("b", {failure("none for bob", "one-at-a-time")})});
  CHECK(find_findings(other, {}).front().explanation == ExplanationId::one_at_a_time);
}

TEST_CASE("one cause that shows in several ways is told once", "[report]") {
  struct Case {
    std::string cause;
    std::string follower;
  };
  const auto one = GENERATE(
      Case{"endless-after-eof", "stray-after-eof"}, Case{"endless-after-eof", "busy-loop"},
      Case{"fin-held", "close-wait"}, Case{"never-closed", "close-wait"},
      Case{"close-wait", "thread-died"}, Case{"sent-unasked", "stray-after-eof"},
      Case{"wrong-sign", "closed-before-reply"}, Case{"closed-early", "closed-before-reply"},
      Case{"newest-client", "close-wait"}, Case{"waits-for-end", "newest-client"});
  CAPTURE(one.cause, one.follower);
  Diagnostic plain = failure("another", one.follower);
  plain.notes.push_back({"expected", "a"});
  plain.notes.push_back({"captured", "b"});
  const RunResult both =
      run_of({sheet("a", {}), sheet("b", {failure("one way", one.cause)}), sheet("c", {plain})});
  const std::vector<Finding> findings = find_findings(both, {});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].explanation == find_explanation(one.cause));
  CHECK(findings[0].why == "because of " + one.cause);
  const RunResult alone = run_of({sheet("c", {failure("another", one.follower)})});
  CHECK(find_findings(alone, {}).front().explanation == find_explanation(one.follower));
}

// Whose session waited in vain.
ScenarioSummary silent(const std::string& id, const Diagnostic& message) {
  ScenarioSummary summary = sheet(id, {message});
  summary.result.symptoms = {{CheckKind::session, 2, Mismatch::nothing, ""}};
  return summary;
}

TEST_CASE("who does not answer the simplest is told nothing of pieces, ends and clients",
          "[report]") {
  std::vector<ScenarioSummary> sheets{silent("split", failure("0 of 3 bytes came", "one-recv")),
                                      silent("half", failure("0 of 4 bytes", "half-close-deaf")),
                                      silent("two", failure("0 of 6 bytes", "one-at-a-time")),
                                      silent("one", failure("0 of 5 bytes came")),
                                      sheet("other", {})};
  CHECK(find_findings(run_of(sheets), {}).size() == 4);
  sheets[3].result.tags = {"first"};
  const std::vector<Finding> findings = find_findings(run_of(sheets), {});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].explanation == ExplanationId::none);
  CHECK(findings[0].why.empty());
  CHECK(findings[0].places.front().sheet == "one");
  sheets[3] = silent("one", failure("0 of 5 bytes came", "late-reply"));
  sheets[3].result.tags = {"first"};
  CHECK(find_findings(run_of(sheets), {}).front().explanation == ExplanationId::late_reply);
}

TEST_CASE("a datagram that was lost as shorter ones were is not lost by its size", "[report]") {
  const std::vector<Finding> findings =
      find_findings(run_of({silent("long", failure("0 of 999 bytes came", "truncated-datagram")),
                            silent("two", failure("0 of 5 bytes came", "lost-reply"))}),
                    {});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].explanation == ExplanationId::lost_reply);
  CHECK(findings[0].why == "because of lost-reply");
}

TEST_CASE("an answer of which nobody knows why it is wrong comes before endings", "[report]") {
  ScenarioSummary wrong = sheet("b", {failure("the answer differs")});
  wrong.result.symptoms = {{CheckKind::session, 2, Mismatch::other_bytes, ""}};
  const RunResult run = run_of({sheet("a", {failure("reset", "reset-unread")}), wrong});
  CHECK(find_findings(run, {}).front().places.front().sheet == "b");
}

TEST_CASE("of one kind what the exercise shows comes first, then what most sheets show",
          "[report]") {
  std::vector<ScenarioSummary> sheets{sheet("a", {failure("wraps", "wrapped-number")}),
                                      sheet("b", {failure("sign of b", "wrong-sign")}),
                                      sheet("c", {failure("sign of c", "wrong-sign")}),
                                      sheet("d", {failure("it stays", "never-closed")})};
  for (ScenarioSummary& one : sheets) one.result.level = SheetLevel::robust;
  CHECK(find_findings(run_of(sheets), {})[0].explanation == ExplanationId::wrong_sign);
  sheets[0].result.level = SheetLevel::exercise;
  sheets[3].result.level = SheetLevel::exercise;
  CHECK(find_findings(run_of(sheets), {})[0].explanation == ExplanationId::wrapped_number);
  sheets[0].result.level = SheetLevel::robust;
  sheets[2].result.level = SheetLevel::exercise;
  const std::vector<Finding> findings = find_findings(run_of(sheets), {});
  CHECK(findings[0].places[0].sheet == "c");  // how a connection ends comes behind answers
  CHECK(findings[2].explanation == ExplanationId::never_closed);
}

TEST_CASE("of one kind what has a cause comes before what has none", "[report]") {
  std::vector<ScenarioSummary> sheets{sheet("a", {failure("wraps", "wrapped-number")})};
  for (const char* const name : {"b", "c"}) {
    ScenarioSummary& unknown = sheets.emplace_back(sheet(name, {failure("the answer differs")}));
    unknown.result.symptoms = {{CheckKind::session, 2, Mismatch::other_bytes, ""}};
  }
  CHECK(find_findings(run_of(sheets), {})[0].explanation == ExplanationId::wrapped_number);
}

TEST_CASE("of a server that does nothing right no habit is inferred", "[report]") {
  std::vector<ScenarioSummary> sheets{sheet("a", {failure("32 bytes", "native-layout")}),
                                      sheet("b", {failure("no answer", "half-close-deaf")}),
                                      sheet("c", {failure("no answer for bob", "one-at-a-time")}),
                                      sheet("d", {failure("it died", "died-on-input")})};
  const std::vector<Finding> findings = find_findings(run_of(sheets), {});
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].explanation == ExplanationId::native_layout);
  CHECK(findings[0].places.size() == 3);
  CHECK(findings[1].explanation == ExplanationId::died_on_input);
  sheets.push_back(sheet("e", {}));
  CHECK(find_findings(run_of(sheets), {}).size() == 4);
}

TEST_CASE("a sheet of its own kind most likely fails as nearly all others do", "[report]") {
  std::vector<ScenarioSummary> sheets;
  for (int place = 0; place < 8; ++place) {
    sheets.push_back(sheet(std::to_string(place), {failure("no FIN", "never-closed")}));
  }
  sheets.push_back(sheet("program", {failure("it did not print x")}));
  CHECK(find_findings(run_of(sheets), {}).size() == 1);
  sheets.erase(sheets.begin());
  CHECK(find_findings(run_of(sheets), {}).size() == 2);
}

TEST_CASE("a connection that stays open also leaves something behind", "[report]") {
  const RunResult run = run_of({sheet("a", {failure("+100 descriptors", "left-behind")}),
                                sheet("b", {failure("no FIN", "close-wait")})});
  const std::vector<Finding> findings = find_findings(run, {});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].explanation == ExplanationId::close_wait);
}

TEST_CASE("an answer that is as wrong unsplit is not wrong by the split", "[report]") {
  const ScenarioSummary split = sheet("split", {failure("differs at 4", "one-recv")});
  const RunResult run = run_of({split, sheet("a", {failure("differs at 4", "byte-order")}),
                                sheet("b", {failure("differs at 4", "byte-order")})});
  const std::vector<Finding> findings = find_findings(run, {});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].explanation == ExplanationId::byte_order);
  CHECK(findings[0].places.size() == 3);
  CHECK(find_findings(run_of({split}), {}).front().explanation == ExplanationId::one_recv);
}

TEST_CASE("the server's last words stand with the cause, but not those of a reset", "[report]") {
  RunResult run = run_of({sheet("a", {failure("it closed", "closed-before-reply")})});
  std::string& output = run.scenarios[0].result.server_output;
  output = "Traceback\n  File\nValueError: no text\n";
  CHECK(contains(render_feedback_text(run, {}, Hints::observed), "it said: ValueError: no text\n"));
  CHECK(contains(render_feedback_markdown(run, {}, Hints::observed), "**It said:** ValueError"));
  output = "ConnectionResetError: [Errno 104] Connection reset by peer\n";
  CHECK_FALSE(contains(render_feedback_text(run, {}, Hints::observed), "it said"));
}

TEST_CASE("the same exception is one thing", "[report]") {
  RunResult run = run_of({sheet("a", {failure("it closed", "closed-before-reply")}),
                          sheet("b", {failure("it reset", "reset-unread")}),
                          sheet("c", {failure("it closed", "closed-before-reply")})});
  for (ScenarioSummary& one : run.scenarios) {
    one.result.server_output = "Traceback\n  File\nValueError: no text in " + one.result.id + "\n";
  }
  const std::vector<Finding> findings = find_findings(run, {});
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].explanation == ExplanationId::closed_before_reply);
  CHECK(findings[0].places.size() == 3);
  run.scenarios[1].result.server_output = "Traceback\n  File\nKeyError: 'a'\n";
  CHECK(find_findings(run, {}).size() == 2);
}

TEST_CASE("what a passing sheet contradicts is no cause", "[report]") {
  const Symptom nothing{CheckKind::session, 2, Mismatch::nothing, ""};
  const Signatures known{
      {"serial", ExplanationId::one_at_a_time, {{"a", nothing}, {"b", nothing}}}};
  RunResult run = run_of({sheet("a", {failure("no answer", "one-at-a-time")}), sheet("b", {})});
  run.scenarios[0].result.symptoms = {nothing};
  const std::vector<Finding> findings = find_findings(run, known);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].explanation == ExplanationId::none);
  CHECK(findings[0].why.empty());
  CHECK(find_findings(run, {}).front().explanation == ExplanationId::one_at_a_time);
}

TEST_CASE("the diagnosis of all sheets is what is said of each", "[report]") {
  const Symptom nothing{CheckKind::session, 2, Mismatch::nothing, ""};
  const Symptom closed{CheckKind::session, 4, Mismatch::closed, ""};
  const Signatures known{{"one-recv", ExplanationId::one_recv, {{"a", nothing}, {"b", closed}}},
                         {"strict", ExplanationId::cut_character, {{"c", closed}}},
                         {"cut", ExplanationId::latin1, {{"c", closed}}}};
  RunResult run = run_of({sheet("a", {failure("no answer", "one-recv")}),
                          sheet("b", {failure("it closed", "closed-before-reply")}),
                          sheet("c", {failure("it ended")})});
  run.scenarios[0].result.symptoms = {nothing};
  run.scenarios[1].result.symptoms = {closed};
  run.scenarios[2].result.symptoms = {closed};
  const std::vector<Finding> findings = find_findings(run, known);
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].explanation == ExplanationId::one_recv);
  CHECK(findings[0].why == "because of one-recv");
  CHECK(findings[0].places.size() == 2);
  CHECK(findings[1].why.starts_with("either a character"));
  CHECK(contains(findings[1].why, ", or the server reads or answers in Latin-1"));
}

TEST_CASE("warnings and sheets that were not judged are no findings", "[report]") {
  Diagnostic warning = failure("a should");
  warning.severity = Severity::warning;
  ScenarioSummary open = sheet("b", {failure("no answer")});
  open.result.verdict = Verdict::inconclusive;
  CHECK(find_findings(run_of({sheet("a", {warning}), open}), {}).empty());
  CHECK(render_feedback_text(run_of({sheet("a", {warning}), open}), {}, Hints::advised).empty());
}

TEST_CASE("hints decide how much is given away", "[report]") {
  const RunResult run = run_of({sheet("a", {failure("it reset", "reset-abort"), failure("more")})});
  const auto render = GENERATE(render_feedback_text, render_feedback_markdown);
  const std::string observed = render(run, {}, Hints::observed);
  CHECK(contains(observed, "1. it reset"));
  CHECK(contains(observed, "1 further message there may follow from it"));
  CHECK_FALSE(contains(observed, "because of"));
  const std::string explained = render(run, {}, Hints::explained);
  CHECK(contains(explained, "because of reset-abort"));
  CHECK_FALSE(contains(explained, "SO_LINGER"));
  CHECK_FALSE(contains(explained, "--> a"));
  const std::string advised = render(run, {}, Hints::advised);
  CHECK(contains(advised, "do not set SO"));
  CHECK(contains(advised, "--> a"));
}

TEST_CASE("how a connection ended follows from the answer that cut its session short", "[report]") {
  RunResult run = run_of({sheet(
      "a", {failure("the answer differs"), failure("the server sent no FIN", "close-wait")})});
  CHECK(find_findings(run, {}).front().places.front().message == "the server sent no FIN");
  Symptom wrong;
  wrong.section = CheckKind::session;
  wrong.mismatch = Mismatch::other_bytes;
  run.scenarios[0].result.symptoms = {wrong};
  CHECK(find_findings(run, {}).front().places.front().message == "the answer differs");
}

TEST_CASE("a thing has its place in the sheet, and the bytes that came", "[report]") {
  Diagnostic wrong = failure("the answer differs at offset 1");
  wrong.notes = {{"expected", "0"}, {"captured", "3"}, {"bytes", "0: 00 [03] 02"}};
  RunResult run = run_of({sheet("a", {wrong})});
  run.scenarios[0].result.failures[0].rendered =
      "error: the answer differs at offset 1\n  --> a.md:52:1\n   |\n52 | recv ok\n";
  CHECK(contains(render_feedback_text(run, {}, Hints::observed),
                 "   in 1 sheet: a\n"
                 "   at a.md:52: recv ok\n"
                 "   expected  0\n"
                 "   captured  3\n"
                 "   bytes     0: 00 [03] 02\n"));
}

TEST_CASE("what a server wrote cannot mark up its feedback", "[report]") {
  RunResult run = run_of({sheet("a", {failure("it sent <b>*bold*</b>")})});
  run.scenarios[0].result.failures[0].rendered = "error: ```\nit sent\n```\n";
  const std::string text = render_feedback_markdown(run, {}, Hints::advised);
  CHECK(contains(text, "\\<b\\>\\*bold\\*"));
  CHECK(contains(text, "````text\n"));
}

TEST_CASE("a gradebook has of each thing what was seen, why, and where", "[report]") {
  std::vector<ScenarioResult> results{sheet("a", {failure("no end", "close-wait")}).result,
                                      sheet("b", {}).result,
                                      sheet("c", {failure("other", "wrong-beginning")}).result};
  const std::vector<GradedThing> things = list_things(find_findings(results, {}));
  REQUIRE(things.size() == 2);
  CHECK(things[0].what == "because of wrong-beginning");
  CHECK(things[0].why.empty());
  CHECK(things[1] ==
        GradedThing{ExplanationId::close_wait, "no end", "because of close-wait", {"a"}});
}

TEST_CASE("what is only inferred of a failure that a failed call explains follows from it",
          "[report]") {
  const RunResult run = run_of({sheet("a", {failure("it has ended", "died-on-input")}),
                                sheet("b", {failure("it has ended", "failed-call")}),
                                sheet("c", {failure("it never began", "died-on-reset")})});
  CHECK(find_findings(run, {}).size() == 2);
  const RunResult same = run_of({sheet("a", {failure("it has ended", "died-on-input")}),
                                 sheet("b", {failure("it has ended", "failed-call")})});
  REQUIRE(find_findings(same, {}).size() == 1);
  CHECK(find_findings(same, {}).front().explanation == ExplanationId::failed_call);
}

TEST_CASE("a reset of a client that was sent too much follows from the wrong answers", "[report]") {
  const auto count = [](Mismatch mismatch) {
    std::vector<ScenarioSummary> sheets{
        sheet("a", {failure("differs at 6", "extra-byte")}),
        sheet("b", {failure("the client sent [RST, ACK] where the table expects [FIN, ACK]")})};
    sheets.front().result.symptoms = {Symptom{CheckKind::session, 0, mismatch, ""}};
    return find_findings(run_of(std::move(sheets)), {}).size();
  };
  CHECK(count(Mismatch::other_bytes) == 1);
  CHECK(count(Mismatch::nothing) == 2);
}

TEST_CASE("what shows only beside a second client is told so where enough pass alone", "[report]") {
  const auto why = [](std::size_t alone, const std::vector<std::string>& clients,
                      Mismatch mismatch = Mismatch::nothing,
                      const Diagnostic& failed = failure("no answer", "closed-before-reply")) {
    std::vector<ScenarioSummary> sheets{sheet("two", {failed})};
    ScenarioResult& two = sheets.front().result;
    two.symptoms = {Symptom{CheckKind::session, 0, mismatch, ""}};
    for (const std::string& client : clients) two.steps.emplace_back().actor = client;
    for (std::size_t i = 0; i < alone; ++i) {
      sheets.push_back(sheet("one " + std::to_string(i), {}));
      sheets.back().result.steps.emplace_back().actor = "client";
    }
    return find_findings(run_of(std::move(sheets)), {}).front().why;
  };
  CHECK(
      contains(why(5, {"alice", "bob"}), "only where a second client is connected, and 5 sheets"));
  CHECK(contains(why(5, {"alice", "bob"}), "or are served one after the other"));
  CHECK_FALSE(contains(why(5, {"alice", "bob"}, Mismatch::other_bytes), "one after the other"));
  CHECK_FALSE(contains(why(4, {"alice", "bob"}), "second client"));
  CHECK_FALSE(contains(why(5, {"alice", "server"}), "second client"));
  const std::vector<std::string> both{"alice", "bob"};
  CHECK(contains(why(5, both, Mismatch::other_bytes, failure("no answer")), "second client"));
  CHECK(why(5, both, Mismatch::other_bytes, unknown("none", "kept apart")) == "kept apart");
}

}  // namespace wireproof
