#include "result/diagnosis.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

#include "result/contradiction.h"

namespace wireproof {
namespace {

using Sheets = std::set<std::string>;

constexpr std::size_t kMaxMembers = 3;

// What a fault's signature says of one sheet of a program.
enum class Fit {
  nothing,  // it passes there, or what comes before hides it
  agrees,
  contradicts
};

// That a row failed, and nothing more, is so of many.
bool says_little(const Symptom& symptom) {
  return symptom.mismatch == Mismatch::row && symptom.detail.empty();
}

// Each sheet tells whether the process has ended.
bool is_about_end(ExplanationId id) {
  return id == ExplanationId::died_on_input || id == ExplanationId::died_on_reset;
}

// Where it is, some sheet sees it: it is not inferred.
bool is_plain(ExplanationId id) {
  return id == ExplanationId::stale_reply || id == ExplanationId::fin_held;
}

// A close becomes a reset where the program had not read all: which bytes it had read is its own
// affair (RFC 1122 §4.2.2.13).
bool looks_like(const Symptom& symptom, const Symptom& shown) {
  Symptom closed = symptom;
  if (closed.mismatch == Mismatch::reset) closed.mismatch = Mismatch::closed;
  return symptom == shown || closed == shown;
}

bool is_about_clients(ExplanationId id) {
  return id >= ExplanationId::reset_in_backlog && id <= ExplanationId::late_reply;
}

// Which of several clients waits in vain is a matter of who came first.
bool is_other_wait(const Symptom& symptom, const Symptom& shown, ExplanationId explanation) {
  return is_about_clients(explanation) && symptom.mismatch == Mismatch::nothing &&
         shown.mismatch == Mismatch::nothing;
}

bool is_wrong_answer(const Symptom& symptom) {
  return symptom.mismatch >= Mismatch::in_front && symptom.mismatch <= Mismatch::other_bytes;
}

Fit fit_sheet(const std::optional<Symptom>& shown, const SheetFacts& facts,
              ExplanationId explanation) {
  const bool passed = facts.symptoms.empty();
  if (passed) return shown ? Fit::contradicts : Fit::nothing;
  const bool is_other = is_seen(facts.explanation) && facts.explanation != explanation;
  const bool lives = is_about_end(explanation) && !is_about_end(facts.explanation);
  if (is_other && shown && contradict(facts.explanation, explanation)) return Fit::contradicts;
  if (is_other || lives || (shown && says_little(*shown))) return Fit::nothing;
  // Who is not served gets no answer, and no wrong one.
  const bool is_served = is_about_clients(explanation) && is_wrong_answer(facts.symptoms.front());
  if (!shown) return is_served ? Fit::nothing : Fit::agrees;
  // What the packets look like after a failed session follows from that.
  const bool is_there = std::ranges::any_of(facts.symptoms, [&](const Symptom& symptom) {
    return symptom.section == facts.symptoms.front().section && looks_like(symptom, *shown);
  });
  if (is_there) return Fit::agrees;
  if (is_other_wait(facts.symptoms.front(), *shown, explanation)) return Fit::nothing;
  return facts.symptoms.front() < *shown ? Fit::nothing : Fit::contradicts;
}

// A fault that agrees with all sheets.
struct Candidate {
  ExplanationId explanation = ExplanationId::none;
  Sheets sheets;          // that it makes fail, as the program does
  bool is_shown = false;  // one of them just as it was recorded, not only in one of several ways
};

std::optional<Candidate> try_signature(const Signature& signature, const ProgramFacts& program) {
  Candidate candidate{signature.explanation, {}, false};
  for (const auto& [sheet, shown] : signature.failing) {
    const auto facts = program.find(sheet);
    if (facts == program.end()) continue;
    switch (fit_sheet(shown, facts->second, signature.explanation)) {
      case Fit::contradicts:
        return std::nullopt;
      case Fit::agrees:
        candidate.sheets.insert(sheet);
        candidate.is_shown = candidate.is_shown || shown.has_value();
        break;
      case Fit::nothing:
        break;
    }
  }
  return candidate;
}

std::vector<Candidate> find_candidates(const ProgramFacts& program, const Signatures& known) {
  std::vector<Candidate> candidates;
  for (const Signature& signature : known) {
    if (signature.explanation == ExplanationId::none) continue;  // nothing to say
    auto candidate = try_signature(signature, program);
    if (candidate && candidate->is_shown) candidates.push_back(*std::move(candidate));
  }
  return candidates;
}

Sheets intersect(const Sheets& one, const Sheets& other) {
  Sheets both;
  std::ranges::set_intersection(one, other, std::inserter(both, both.end()));
  return both;
}

// What makes one set of faults better than another of the same size.
struct Worth {
  std::size_t explained = 0;  // sheets
  std::size_t named = 0;      // sheets that say the explanation themselves
  std::size_t shown = 0;      // sheets, each as often as a fault shows it
  std::size_t rank = 0;       // the smaller, the more fundamental

  bool is_better(const Worth& other) const {
    return std::tuple(explained, named, shown, other.rank) >
           std::tuple(other.explained, other.named, other.shown, rank);
  }
};

class Cover {
 public:
  Cover(const ProgramFacts& program, const Sheets& open, std::vector<Candidate> candidates)
      : program_(program), open_(open), candidates_(std::move(candidates)) {
    for (Candidate& one : candidates_) {
      one.sheets = intersect(one.sheets, open_);
      coverable_.insert(one.sheets.begin(), one.sheets.end());
    }
    std::erase_if(candidates_, [](const Candidate& one) { return one.sheets.empty(); });
  }

  std::vector<DiagnosisMember> find() {
    for (std::size_t size = 1; size <= kMaxMembers; ++size) {
      if (chosen_.worth.explained == coverable_.size()) break;
      Choice best;
      Choice choice;
      choose(size, 0, choice, best);
      if (best.worth.explained > chosen_.worth.explained) chosen_ = std::move(best);
    }
    return make_members();
  }

 private:
  struct Choice {
    std::vector<std::size_t> members;  // indexes of candidates
    Worth worth;
  };

  void choose(std::size_t size, std::size_t from, Choice& choice, Choice& best) const {
    if (choice.members.size() == size) {
      choice.worth = judge(choice.members);
      if (best.members.empty() || choice.worth.is_better(best.worth)) best = choice;
      return;
    }
    for (std::size_t index = from; index < candidates_.size(); ++index) {
      choice.members.push_back(index);
      choose(size, index + 1, choice, best);
      choice.members.pop_back();
    }
  }

  Worth judge(const std::vector<std::size_t>& chosen) const {
    Worth worth;
    Sheets explained;
    for (const std::size_t index : chosen) {
      const Candidate& one = candidates_[index];
      explained.insert(one.sheets.begin(), one.sheets.end());
      worth.shown += one.sheets.size();
      worth.rank += fundamental_rank(one.explanation);
      worth.named += count_named(one);
    }
    worth.explained = explained.size();
    return worth;
  }

  std::size_t count_named(const Candidate& one) const {
    return static_cast<std::size_t>(std::ranges::count_if(one.sheets, [&](const auto& sheet) {
      return program_.at(sheet).explanation == one.explanation;
    }));
  }

  // A sheet that two members show is the more fundamental one's.
  std::vector<DiagnosisMember> make_members() const {
    std::vector<std::size_t> order = chosen_.members;
    std::ranges::sort(order, {}, [&](std::size_t index) {
      return fundamental_rank(candidates_[index].explanation);
    });
    std::vector<DiagnosisMember> members;
    Sheets taken;
    for (const std::size_t index : order) {
      const Candidate& one = candidates_[index];
      DiagnosisMember member{one.explanation, find_twins(one), {}};
      std::ranges::set_difference(one.sheets, taken, std::back_inserter(member.sheets));
      taken.insert(one.sheets.begin(), one.sheets.end());
      if (!member.sheets.empty()) members.push_back(std::move(member));
    }
    return members;
  }

  // What shows just the same; where a sheet names one of them, it is that.
  std::vector<ExplanationId> find_twins(const Candidate& member) const {
    std::set<ExplanationId> twins;
    if (count_named(member) > 0) return {};
    for (const Candidate& other : candidates_) {
      const bool is_twin = other.explanation != member.explanation && other.sheets == member.sheets;
      if (is_twin) twins.insert(other.explanation);
    }
    return {twins.begin(), twins.end()};
  }

  const ProgramFacts& program_;
  const Sheets& open_;
  std::vector<Candidate> candidates_;
  Sheets coverable_;
  Choice chosen_;
};

// Says how the server always does something: one sheet in which it does otherwise contradicts it.
// What is said of a process that ended, of bytes or of packets, happened.
constexpr ExplanationId kHabits[] = {ExplanationId::waits_for_end, ExplanationId::cut_character,
                                     ExplanationId::one_recv,      ExplanationId::merged_messages,
                                     ExplanationId::lost_reply,    ExplanationId::half_close_deaf,
                                     ExplanationId::one_at_a_time, ExplanationId::blocked_by_reader,
                                     ExplanationId::newest_client, ExplanationId::late_reply,
                                     ExplanationId::died_on_reset, ExplanationId::thread_died};

// Whether the program does in some sheet what one with the fault does not: it passes there, or goes
// on behind the step that the fault makes fail.
bool is_refuted(const Signature& fault, const ProgramFacts& program) {
  return std::ranges::any_of(fault.failing, [&](const auto& one) {
    const auto& [sheet, shown] = one;
    const auto facts = program.find(sheet);
    if (!shown || facts == program.end()) return false;
    if (facts->second.symptoms.empty()) return true;
    if (is_seen(facts->second.explanation) || says_little(*shown)) return false;
    const Symptom& first = facts->second.symptoms.front();
    return first.section == shown->section && first.place > shown->place &&
           !is_other_wait(first, *shown, fault.explanation);
  });
}

// A program that has the fault, as far as it is recorded. What is plain its sheets name.
ProgramFacts program_with(const Signature& fault, const Signatures& known) {
  ProgramFacts program;
  for (const Signature& other : known) {
    for (const auto& [sheet, shown] : other.failing) program[sheet] = {};
  }
  for (const auto& [sheet, shown] : fault.failing) {
    if (!shown) {
      program.erase(sheet);
      continue;
    }
    const bool is_named = is_about_end(fault.explanation) || is_plain(fault.explanation);
    program[sheet] = {{*shown}, is_named ? fault.explanation : ExplanationId::none};
  }
  return program;
}

bool has_failed(const std::pair<const std::string, SheetFacts>& sheet) {
  return !sheet.second.symptoms.empty();
}

}  // namespace

bool is_seen(ExplanationId id) {
  switch (id) {
    case ExplanationId::never_read:
    case ExplanationId::sent_unasked:
    case ExplanationId::wrong_beginning:
    case ExplanationId::zeros_behind:
    case ExplanationId::line_end_behind:
    case ExplanationId::byte_order:
    case ExplanationId::native_layout:
    case ExplanationId::swapped_fields:
    case ExplanationId::wrong_id:
    case ExplanationId::wrapped_number:
    case ExplanationId::latin1:
    case ExplanationId::ascii_only:
    case ExplanationId::reversed_characters:
    case ExplanationId::empty_datagram:
    case ExplanationId::counted_characters:
    case ExplanationId::counted_header:
    case ExplanationId::wrong_padding:
    case ExplanationId::stale_reply:
    case ExplanationId::stale_tail:
    case ExplanationId::kept_address:
    case ExplanationId::closed_early:
    case ExplanationId::other_port:
    case ExplanationId::duplicate_reply:
    case ExplanationId::fin_held:
    case ExplanationId::left_behind:
    case ExplanationId::port_not_reusable:
      return true;
    default:
      return false;
  }
}

std::vector<DiagnosisMember> diagnose(const ProgramFacts& program, const Signatures& known) {
  std::map<ExplanationId, Sheets> seen;
  Sheets open;
  for (const auto& [sheet, facts] : program) {
    if (facts.symptoms.empty()) continue;
    if (is_seen(facts.explanation)) {
      seen[facts.explanation].insert(sheet);
    } else {
      open.insert(sheet);
    }
  }
  std::vector<Candidate> candidates = find_candidates(program, known);
  std::erase_if(candidates, [&seen](const Candidate& one) {
    return is_plain(one.explanation) && !seen.contains(one.explanation);
  });
  for (auto& [explanation, sheets] : seen) {
    for (const Candidate& one : candidates) {
      if (one.explanation != explanation) continue;
      for (const std::string& sheet : intersect(one.sheets, open)) {
        sheets.insert(sheet);
        open.erase(sheet);
      }
    }
  }
  std::vector<DiagnosisMember> members;
  for (const auto& [explanation, sheets] : seen) {
    members.push_back({explanation, {}, {sheets.begin(), sheets.end()}});
  }
  std::ranges::move(Cover(program, open, std::move(candidates)).find(),
                    std::back_inserter(members));
  return members;
}

std::vector<std::string> list_mistaken(const Signatures& known) {
  std::vector<std::string> mistaken;
  for (const Signature& fault : known) {
    const ProgramFacts program = program_with(fault, known);
    const bool has_words = fault.explanation != ExplanationId::none;
    if (!has_words || std::ranges::none_of(program, has_failed)) continue;
    const std::vector<DiagnosisMember> members = diagnose(program, known);
    const auto names_it = [&](const DiagnosisMember& first) {
      return first.explanation == fault.explanation ||
             std::ranges::find(first.twins, fault.explanation) != first.twins.end();
    };
    if (members.empty() || !names_it(members.front())) mistaken.push_back(fault.fault);
  }
  return mistaken;
}

bool is_ruled_out(ExplanationId id, const ProgramFacts& program, const Signatures& known) {
  if (std::ranges::find(kHabits, id) == std::end(kHabits)) return false;
  const auto has_it = [&](const Signature& one) { return one.explanation == id; };
  return std::ranges::any_of(known, has_it) &&
         std::ranges::none_of(
             known, [&](const Signature& one) { return has_it(one) && !is_refuted(one, program); });
}

}  // namespace wireproof
