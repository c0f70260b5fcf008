#pragma once

#include <string>

#include "result/run_result.h"

namespace wireproof {

// What a run leaves for GitHub Actions, beside its files; nothing where GITHUB_ACTIONS is not
// `true`.
bool is_github_actions();

// Output that programs wrote a part of: no line of it is taken for a command of GitHub's.
std::string without_commands(const std::string& text);

// Appends Markdown to the summary of the step (GITHUB_STEP_SUMMARY), as far as GitHub takes it.
// Throws SystemError naming the file.
void append_step_summary(const std::string& markdown);

// Appends lines NAME=VALUE to the outputs of the step (GITHUB_OUTPUT). Throws likewise.
void append_step_outputs(const std::string& lines);

}  // namespace wireproof
