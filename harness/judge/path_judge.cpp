#include <fmt/format.h>

#include <algorithm>

#include "base/text/words.h"
#include "judge/judge.h"
#include "judge/program_judge.h"

namespace wireproof {
namespace {

// On so many packets the rule must have acted.
std::uint64_t needed_acts(const PathChoice& which) {
  std::uint64_t needed = 0;
  for (const Range& range : which.ranges) needed += range.most - range.least + 1;
  return std::max<std::uint64_t>(needed, 1);
}

// So many packets that a rule is about must have been sent.
std::uint64_t needed_packets(const PathChoice& which) {
  if (which.every > 0) return which.every;
  std::uint64_t needed = 1;
  for (const Range& range : which.ranges) needed = std::max(needed, range.most);
  return needed;
}

std::string sender_words(const PathRule& rule) {
  if (!rule.from) return "";
  const bool is_named = *rule.from == Side::client && !rule.client.empty();
  return " of " + (is_named ? party_words(rule.client) : "the " + side_words(*rule.from));
}

// "only 1 of 2 such packets of the client was sent"
std::string tell_lack(const PathRule& rule, std::uint64_t met, std::uint64_t needed) {
  const std::string sender = sender_words(rule);
  if (met == 0) return fmt::format("no such packet{} was sent", sender);
  return fmt::format("only {} of {} such packets{} {} sent", met, needed, sender,
                     met == 1 ? "was" : "were");
}

class PathJudge {
 public:
  PathJudge(const Scenario& scenario, const Evidence& evidence)
      : rules_(scenario.path_rules), evidence_(evidence) {}

  SectionJudgement judge() {
    CheckResult& check = judgement_.check;
    check.kind = CheckKind::path;
    check.name = "Path";
    if (evidence_.offline || evidence_.path_uses.size() != rules_.size()) {
      check.verdict = Verdict::skip;
      check.reason = why_unknown();
      return std::move(judgement_);
    }
    for (std::size_t index = 0; index < rules_.size(); ++index) {
      judge_rule(rules_[index], evidence_.path_uses[index]);
    }
    return std::move(judgement_);
  }

 private:
  std::string why_unknown() const {
    if (evidence_.fates_unknown) return std::string(kFatesUnknown);
    return evidence_.offline ? "a saved capture does not tell which rule did it"
                             : "the packets did not go over a path of the sheet's own";
  }

  void judge_rule(const PlacedPathRule& placed, const PathUse& use) {
    const PathRule& rule = placed.rule;
    const std::uint64_t needed = needed_packets(rule.which);
    const std::uint64_t acts = needed_acts(rule.which);
    if (use.acted >= acts || rule.level == Level::info) return;
    const bool counts = rule.level == Level::must || evidence_.strict;
    Diagnostic diagnostic;
    diagnostic.severity = counts ? Severity::error : Severity::warning;
    diagnostic.message =
        fmt::format("rule {} of the path: {}", rule.number,
                    use.met < needed ? tell_lack(rule, use.met, needed)
                                     : "it could not act on each packet that it names");
    diagnostic.span = placed.span;
    diagnostic.notes.push_back({"captured", use.acted == 0
                                                ? "it did nothing"
                                                : "it acted on " + counted(use.acted, "packet")});
    if (use.met >= needed) {
      diagnostic.notes.push_back(
          {"why",
           "a rule above it acted on the packet, or the deed does not fit it: its payload is "
           "too short, it is in fragments, or it is an ICMP error itself"});
    }
    judgement_.failures.push_back(std::move(diagnostic));
    if (counts) judgement_.check.verdict = Verdict::fail;
  }

  const std::vector<PlacedPathRule>& rules_;
  const Evidence& evidence_;
  SectionJudgement judgement_;
};

}  // namespace

SectionJudgement judge_path(const Scenario& scenario, const Evidence& evidence) {
  return PathJudge(scenario, evidence).judge();
}

}  // namespace wireproof
