#include "result/signature.h"

#include "catch.h"

namespace wireproof {
namespace {

const Symptom kCut{CheckKind::session, 3, Mismatch::cut, ""};
const Symptom kRow{CheckKind::packets, 0, Mismatch::row, "reset-unread"};

Signature signature(const std::string& fault,
                    std::map<std::string, std::optional<Symptom>> failing) {
  return {fault, ExplanationId::short_reply, std::move(failing)};
}

TrialOutcome outcome(const std::string& fault, std::vector<TrialSheet> sheets) {
  Trial trial;
  trial.server = "calc";
  trial.kind = TrialKind::fault;
  trial.name = fault;
  trial.explanation = ExplanationId::short_reply;
  return {trial, std::move(sheets)};
}

TrialSheet sheet(const std::string& id, Verdict verdict, std::optional<Symptom> symptom = {}) {
  TrialSheet result;
  result.id = id;
  result.verdict = verdict;
  result.symptom = std::move(symptom);
  return result;
}

SourceText source(const std::string& text) {
  return {"signatures.txt", text};
}

}  // namespace

TEST_CASE("a record of signatures reads as it was written", "[signature]") {
  const Signatures signatures{signature("short", {{"calc/a", kCut}, {"calc/b", std::nullopt}}),
                              signature("none", {}), signature("row", {{"calc/c", kRow}})};
  Signatures signatures_and_one = signatures;
  signatures_and_one.push_back({"unnamed", ExplanationId::none, {{"calc/a", kCut}}});
  const std::string text = write_signatures("calc", signatures_and_one);
  CHECK(parse_signatures(source(text)).value() == signatures_and_one);
  CHECK(text.find("short short-reply\n  calc/a session 3 cut\n  calc/b varies\n") !=
        std::string::npos);
}

TEST_CASE("a line that is none of a record is named", "[signature]") {
  const std::string line = GENERATE(
      "short", "short no-such-cause", "  calc/a varies", "short short-reply\n  calc/a",
      "short short-reply\n  calc/a x", "short short-reply\n  calc/a session -1 cut",
      "short short-reply\n  calc/a session 1 cutting", "short short-reply\n  calc/a sessions 1 cut",
      "short short-reply\n  calc/a session 1 cut id more");
  INFO(line);
  const auto parsed = parse_signatures(source(line + "\n"));
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().size() == 1);
  CHECK(parsed.error().front().span.has_value());
}

TEST_CASE("what is judged of a trial is its signature", "[signature]") {
  TrialOutcome correct = outcome("none", {sheet("calc/a", Verdict::fail, kCut)});
  correct.trial.kind = TrialKind::correct;
  const TrialOutcome fault =
      outcome("short", {sheet("calc/a", Verdict::fail, kCut), sheet("calc/b", Verdict::pass),
                        sheet("calc/c", Verdict::inconclusive), sheet("calc/d", Verdict::skip)});
  CHECK(make_signatures({correct, fault}) ==
        Signatures{signature("short", {{"calc/a", kCut}, {"calc/c", std::nullopt}})});
}

TEST_CASE("a new signature replaces that of the same fault alone", "[signature]") {
  const Signatures known{signature("b", {{"x", kCut}}), signature("a", {})};
  CHECK(replace_signatures(known, {signature("b", {{"x", kRow}}), signature("aa", {})}) ==
        Signatures{signature("a", {}), signature("aa", {}), signature("b", {{"x", kRow}})});
}

TEST_CASE("what is not the same in two records varies", "[signature]") {
  const Signatures first{signature("short", {{"a", kCut}, {"b", kCut}, {"c", kCut}})};
  const Signatures second{signature("short", {{"a", kCut}, {"b", kRow}, {"d", kCut}})};
  CHECK(
      common_signatures(first, second) ==
      Signatures{signature(
          "short", {{"a", kCut}, {"b", std::nullopt}, {"c", std::nullopt}, {"d", std::nullopt}})});
}

TEST_CASE("a fault that shows something else than was recorded is told", "[signature]") {
  const std::map<std::string, Signatures> recorded{
      {"calc", {signature("short", {{"a", kCut}, {"b", kCut}, {"v", std::nullopt}})}}};
  const auto changes_of = [&](TrialSheet one, const std::string& fault = "short") {
    return list_changes({outcome(fault, {std::move(one)})}, recorded);
  };
  CHECK(changes_of(sheet("a", Verdict::fail, kCut)).empty());
  CHECK(changes_of(sheet("a", Verdict::inconclusive)).empty());
  CHECK(changes_of(sheet("other", Verdict::pass)).empty());
  CHECK(changes_of(sheet("v", Verdict::pass)).empty());
  CHECK(changes_of(sheet("v", Verdict::fail, kRow)).empty());
  CHECK(changes_of(sheet("a", Verdict::pass)) ==
        std::vector<std::string>{"fault short in a: passes, recorded is session 3 cut"});
  CHECK(changes_of(sheet("other", Verdict::fail, kRow)) ==
        std::vector<std::string>{"fault short in other: packets 0 row reset-unread, recorded is "
                                 "that it passes"});
  CHECK(changes_of(sheet("a", Verdict::fail, kRow)).size() == 1);
  CHECK(changes_of(sheet("a", Verdict::fail, kRow), "new").empty());
}

TEST_CASE("how a broken connection looks, and at which step, is no change", "[signature]") {
  const std::map<std::string, Signatures> recorded{
      {"calc", {signature("short", {{"a", Symptom{CheckKind::session, 4, Mismatch::reset, ""}}})}}};
  const auto changes_of = [&](Mismatch mismatch) {
    const Symptom shown{CheckKind::session, 3, mismatch, ""};
    return list_changes({outcome("short", {sheet("a", Verdict::fail, shown)})}, recorded).size();
  };
  CHECK(changes_of(Mismatch::reset) == 0);
  CHECK(changes_of(Mismatch::closed) == 0);
  CHECK(changes_of(Mismatch::nothing) == 1);
}

}  // namespace wireproof
