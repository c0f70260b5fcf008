#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "play/runner/runner.h"
#include "result/gradebook.h"

namespace wireproof {

// One program of a class.
struct Submission {
  std::string name;
  std::filesystem::path folder;  // where the command runs
  std::string command;
};

// Called in the main process as each submission is done, in any order.
using GradeSink = std::function<void(std::size_t submission, const SubmissionGrade& grade)>;

// Plays every sheet against every submission, `options.jobs` at a time. Whether a program starts
// is seen by one sheet of each kind (TCP, UDP): where it does not, the others of that kind are not
// played. False when SIGINT came: then some submissions were not handed out.
bool grade_submissions(const std::vector<Submission>& submissions,
                       const std::vector<Scenario>& sheets, const ServerTable& servers,
                       const RunOptions& options, const GradeSink& sink);

}  // namespace wireproof
