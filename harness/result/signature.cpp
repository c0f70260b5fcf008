#include "result/signature.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text/words.h"

namespace wireproof {
namespace {

constexpr std::string_view kNoExplanation = "-";
constexpr std::string_view kVaries = "varies";
// In the order of CheckKind.
constexpr std::string_view kSections[] = {"session",  "packets", "sockets",
                                          "measures", "calls",   "path"};
static_assert(std::size(kSections) == static_cast<std::size_t>(CheckKind::path) + 1);

std::string render_symptom(const std::optional<Symptom>& symptom) {
  if (!symptom) return std::string(kVaries);
  std::string text = fmt::format("{} {} {}", kSections[static_cast<std::size_t>(symptom->section)],
                                 symptom->place, mismatch_name(symptom->mismatch));
  if (!symptom->detail.empty()) text += " " + symptom->detail;
  return text;
}

std::optional<Symptom> parse_symptom(const std::vector<std::string_view>& words) {
  if (words.size() < 3 || words.size() > 4) return std::nullopt;
  const auto* const section = std::ranges::find(kSections, words[0]);
  const auto place = parse_number<std::uint64_t>(words[1]);
  const auto mismatch = find_mismatch(words[2]);
  if (section == std::end(kSections) || !place || !mismatch) return std::nullopt;
  return Symptom{static_cast<CheckKind>(section - std::begin(kSections)), *place, *mismatch,
                 words.size() == 4 ? std::string(words[3]) : std::string()};
}

// Reads the lines of a record one by one; what it cannot read it says.
class Reader {
 public:
  explicit Reader(const SourceText& source) : source_(source) {}

  Expected<Signatures, Diagnostics> read() {
    for (std::size_t line = 1; line <= source_.line_count(); ++line) {
      const std::string_view text = source_.line_text(line);
      const std::vector<std::string_view> words = split_words(text);
      if (words.empty() || words.front().starts_with('#')) continue;
      const bool is_sheet = is_blank(text.front());
      if (is_sheet ? !read_sheet(words) : !read_fault(words)) refuse(line);
    }
    if (!wrong_.empty()) return Unexpected<Diagnostics>(std::move(wrong_));
    return std::move(signatures_);
  }

 private:
  bool read_fault(const std::vector<std::string_view>& words) {
    if (words.size() != 2) return false;
    const auto explanation =
        words[1] == kNoExplanation ? ExplanationId::none : find_explanation(words[1]);
    if (!explanation) return false;
    signatures_.push_back({std::string(words[0]), *explanation, {}});
    return true;
  }

  bool read_sheet(const std::vector<std::string_view>& words) {
    if (signatures_.empty() || words.size() < 2) return false;
    std::optional<Symptom> symptom;
    if (words.size() != 2 || words[1] != kVaries) {
      symptom = parse_symptom({words.begin() + 1, words.end()});
      if (!symptom) return false;
    }
    signatures_.back().failing[std::string(words[0])] = std::move(symptom);
    return true;
  }

  void refuse(std::size_t line) {
    Diagnostic& diagnostic = wrong_.emplace_back();
    diagnostic.message = "this is no line of a record of signatures";
    const std::size_t begin = source_.line_start(line);
    diagnostic.span = Span{begin, begin + source_.line_text(line).size()};
    diagnostic.notes.push_back({"help", "`wireproof selftest --record` writes it anew"});
  }

  const SourceText& source_;
  Signatures signatures_;
  Diagnostics wrong_;
};

bool was_judged(const TrialSheet& sheet) {
  return sheet.verdict == Verdict::pass || sheet.verdict == Verdict::fail;
}

const Signature* find_fault(const Signatures& signatures, const std::string& fault) {
  const auto found = std::ranges::find(signatures, fault, &Signature::fault);
  return found == signatures.end() ? nullptr : &*found;
}

// A reset may overtake what was sent before it, and is noticed by whichever call comes next:
// whether the end looks like EOF, and at which step, is a race (RFC 9293 §3.10.7.4, RST is taken at
// once).
bool is_broken_off(const Symptom& symptom) {
  return symptom.section == CheckKind::session &&
         (symptom.mismatch == Mismatch::closed || symptom.mismatch == Mismatch::reset ||
          symptom.mismatch == Mismatch::refused);
}

bool looks_alike(const std::optional<Symptom>& shown, const std::optional<Symptom>& wanted) {
  return shown == wanted || (shown && wanted && is_broken_off(*shown) && is_broken_off(*wanted));
}

}  // namespace

Signatures make_signatures(const std::vector<TrialOutcome>& outcomes) {
  Signatures signatures;
  for (const TrialOutcome& outcome : outcomes) {
    if (outcome.trial.kind != TrialKind::fault) continue;
    Signature signature{outcome.trial.name, outcome.trial.explanation, {}};
    for (const TrialSheet& sheet : outcome.sheets) {
      if (sheet.verdict == Verdict::pass || sheet.verdict == Verdict::skip) continue;
      // What could not be judged once may be either.
      signature.failing[sheet.id] = was_judged(sheet) ? sheet.symptom : std::nullopt;
    }
    signatures.push_back(std::move(signature));
  }
  return signatures;
}

Signatures replace_signatures(Signatures signatures, const Signatures& newer) {
  for (const Signature& one : newer) {
    const auto old = std::ranges::find(signatures, one.fault, &Signature::fault);
    if (old == signatures.end()) {
      signatures.push_back(one);
    } else {
      *old = one;
    }
  }
  std::ranges::sort(signatures, {}, &Signature::fault);
  return signatures;
}

Signatures common_signatures(const Signatures& first, const Signatures& second) {
  Signatures common = first;
  for (Signature& signature : common) {
    const Signature* const other = find_fault(second, signature.fault);
    if (other == nullptr) continue;
    for (auto& [sheet, symptom] : signature.failing) {
      const auto again = other->failing.find(sheet);
      if (again == other->failing.end() || again->second != symptom) symptom.reset();
    }
    for (const auto& [sheet, symptom] : other->failing) {
      signature.failing.try_emplace(sheet, std::nullopt);
    }
  }
  return common;
}

std::string write_signatures(const std::string& server, const Signatures& signatures) {
  std::string text = fmt::format(
      "# What each fault of {} shows, recorded by `wireproof selftest --record`: the sheets that\n"
      "# fail, and how each does first. docs/diagnosis.md says what is made of it.\n",
      server);
  for (const Signature& signature : signatures) {
    const bool has_words = signature.explanation != ExplanationId::none;
    text += fmt::format("{} {}\n", signature.fault,
                        has_words ? explanation_name(signature.explanation) : kNoExplanation);
    for (const auto& [sheet, symptom] : signature.failing) {
      text += fmt::format("  {} {}\n", sheet, render_symptom(symptom));
    }
  }
  return text;
}

Expected<Signatures, Diagnostics> parse_signatures(const SourceText& source) {
  return Reader(source).read();
}

std::vector<std::string> list_changes(const std::vector<TrialOutcome>& outcomes,
                                      const std::map<std::string, Signatures>& recorded) {
  std::vector<std::string> changes;
  for (const TrialOutcome& outcome : outcomes) {
    const auto server = recorded.find(outcome.trial.server);
    if (outcome.trial.kind != TrialKind::fault || server == recorded.end()) continue;
    const Signature* const signature = find_fault(server->second, outcome.trial.name);
    if (signature == nullptr) continue;
    for (const TrialSheet& sheet : outcome.sheets) {
      const auto known = signature->failing.find(sheet.id);
      const bool fails = known != signature->failing.end();
      if (!was_judged(sheet) || (fails && !known->second)) continue;
      const std::optional<Symptom> wanted = fails ? known->second : std::nullopt;
      if (looks_alike(sheet.symptom, wanted)) continue;
      changes.push_back(fmt::format("fault {} in {}: {}, recorded is {}", outcome.trial.name,
                                    sheet.id,
                                    sheet.symptom ? render_symptom(sheet.symptom) : "passes",
                                    wanted ? render_symptom(wanted) : "that it passes"));
    }
  }
  return changes;
}

}  // namespace wireproof
