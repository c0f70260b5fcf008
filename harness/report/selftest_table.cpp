#include "report/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text/text_table.h"
#include "base/text/words.h"

namespace wireproof {
namespace {

constexpr std::size_t kSheetsInMatrix = 2;
constexpr std::size_t kShownSheets = 3;  // with their reasons

std::string render_trial_verdict(TrialVerdict verdict) {
  switch (verdict) {
    case TrialVerdict::caught:
      return "caught";
    case TrialVerdict::unexplained:
      return "UNEXPLAINED";
    case TrialVerdict::survived:
      return "SURVIVED";
    case TrialVerdict::clean:
      return "clean";
    case TrialVerdict::flagged:
      return "FLAGGED";
    case TrialVerdict::unjudged:
      return "UNJUDGED";
  }
  return "";
}

std::string name_sheets(const std::vector<const TrialSheet*>& sheets) {
  std::vector<std::string> names;
  for (const TrialSheet* const sheet : sheets) names.push_back(sheet->id);
  return enumerate(names, kSheetsInMatrix);
}

std::string render_kind(const Trial& trial) {
  switch (trial.kind) {
    case TrialKind::correct:
      return "as it is";
    case TrialKind::fault:
      return "fault " + trial.name;
    case TrialKind::variant:
      return "variant " + trial.name;
  }
  return "";
}

std::vector<std::string> render_row(const TrialOutcome& outcome) {
  const std::vector<const TrialSheet*> telling = telling_sheets(outcome);
  return {outcome.trial.server,
          render_kind(outcome.trial),
          render_trial_verdict(judge_trial(outcome)),
          fmt::format("{}/{}", telling.size(), outcome.sheets.size()),
          std::string(explanation_name(outcome.trial.explanation)),
          name_sheets(telling)};
}

std::string explain_survivor(const TrialOutcome& outcome) {
  switch (judge_trial(outcome)) {
    case TrialVerdict::unexplained:
      return fmt::format("sheets failed, none with the explanation `{}`",
                         explanation_name(outcome.trial.explanation));
    case TrialVerdict::survived:
      return fmt::format("all {} sheets passed", outcome.sheets.size());
    case TrialVerdict::flagged:
      return "sheets failed though nothing is wrong";
    case TrialVerdict::unjudged:
      return outcome.sheets.empty() ? "no sheet is about this server"
                                    : "sheets could not be judged";
    case TrialVerdict::caught:
    case TrialVerdict::clean:
      return "";
  }
  return "";
}

std::string render_again(const Trial& trial, const std::string& file) {
  std::string command = "wireproof run " + file;
  for (const auto& [name, value] : trial.parameters) {
    command += fmt::format(" --set {}={}", name, value);
  }
  return command;
}

std::string render_sheet(const TrialSheet& sheet, const Trial& trial,
                         const std::map<std::string, std::string>& scenario_files) {
  const std::string replays = render_replays(sheet.replays);
  std::string text = fmt::format("  {} {}{}{}: {}\n", render_verdict(sheet.verdict), sheet.id,
                                 replays.empty() ? "" : " ", replays, sheet.reason);
  if (!sheet.explanations.empty()) {
    std::string names;
    for (const ExplanationId id : sheet.explanations) {
      names += fmt::format("{}{}", names.empty() ? "" : ", ", explanation_name(id));
    }
    text += fmt::format("    explained as {}\n", names);
  }
  const auto file = scenario_files.find(sheet.id);
  if (file != scenario_files.end()) {
    text += "    again: " + render_again(trial, file->second) + "\n";
  }
  return text;
}

}  // namespace

std::string render_selftest(const std::vector<TrialOutcome>& outcomes) {
  TextTable table{{"Server", "Trial", "Verdict", "Sheets", "Explanation", "Told by"},
                  {Align::left, Align::left, Align::left, Align::right},
                  {}};
  for (const TrialOutcome& outcome : outcomes) table.rows.push_back(render_row(outcome));
  return render_text_table(table);
}

std::string render_survivors(const std::vector<TrialOutcome>& outcomes,
                             const std::map<std::string, std::string>& scenario_files) {
  std::string text;
  for (const TrialOutcome& outcome : outcomes) {
    if (proves_suite(judge_trial(outcome))) continue;
    text += fmt::format("\n{} {}, {}: {}\n", outcome.trial.server, render_kind(outcome.trial),
                        render_trial_verdict(judge_trial(outcome)), explain_survivor(outcome));
    const std::vector<const TrialSheet*> telling = telling_sheets(outcome);
    for (std::size_t index = 0; index < std::min(telling.size(), kShownSheets); ++index) {
      text += render_sheet(*telling[index], outcome.trial, scenario_files);
    }
    if (telling.size() > kShownSheets) {
      text += fmt::format("  and {} more sheets\n", telling.size() - kShownSheets);
    }
  }
  return text;
}

std::string render_selftest_counts(const std::vector<TrialOutcome>& outcomes, Duration lasted) {
  const auto count = [&](TrialKind kind) {
    std::size_t all = 0;
    std::size_t good = 0;
    for (const TrialOutcome& outcome : outcomes) {
      if (outcome.trial.kind != kind) continue;
      ++all;
      if (proves_suite(judge_trial(outcome))) ++good;
    }
    return fmt::format("{} of {}", good, all);
  };
  const std::chrono::duration<double> seconds = lasted;
  return fmt::format(
      "{} servers as they are clean, {} faults caught with their explanations, {} variants clean "
      "in {:.1f} s\n",
      count(TrialKind::correct), count(TrialKind::fault), count(TrialKind::variant),
      seconds.count());
}

}  // namespace wireproof
